namespace HeadlessSupport.Api.Platform.Data;

/// <summary>
/// TypeID text form of a UUID: prefix, underscore, 26 characters of Crockford base32 in lower case.
/// Source: https://github.com/jetify-com/typeid/tree/main/spec (version 0.3).
/// </summary>
public static class TypeId
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int SuffixLength = 26;

    public static string Format(string prefix, Guid value) =>
        string.Create(prefix.Length + 1 + SuffixLength, (prefix, value), static (span, state) =>
        {
            state.prefix.CopyTo(span);
            span[state.prefix.Length] = '_';
            var bits = ToUInt128(state.value);
            for (var i = span.Length - 1; i > state.prefix.Length; i--)
            {
                span[i] = Alphabet[(int)(bits & 31)];
                bits >>= 5;
            }
        });

    /// <summary>The smallest UUIDv7 of a moment.</summary>
    public static Guid FirstOf(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        var milliseconds = Math.Max(0, time.ToUnixTimeMilliseconds());
        for (var i = 0; i < 6; i++)
            bytes[i] = (byte)(milliseconds >> (40 - (8 * i)));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>When a UUIDv7 was made, to the millisecond.</summary>
    public static DateTimeOffset MadeAt(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return DateTimeOffset.FromUnixTimeMilliseconds((long)(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16));
    }

    /// <summary>Reads an id with exactly this prefix. Upper case, other letters and an overflow of 128 bits are refused.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, string prefix, out Guid value)
    {
        value = default;
        if (text.Length != prefix.Length + 1 + SuffixLength || !text.StartsWith(prefix, StringComparison.Ordinal) || text[prefix.Length] != '_')
            return false;
        var suffix = text[(prefix.Length + 1)..];
        if (suffix[0] > '7') // 26 × 5 bits are 130: the first letter holds three.
            return false;
        UInt128 bits = 0;
        foreach (var letter in suffix)
        {
            var digit = Alphabet.IndexOf(letter, StringComparison.Ordinal);
            if (digit < 0)
                return false;
            bits = (bits << 5) | (uint)digit;
        }
        value = FromUInt128(bits);
        return true;
    }

    private static UInt128 ToUInt128(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static Guid FromUInt128(UInt128 bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        return new Guid(bytes, bigEndian: true);
    }
}
