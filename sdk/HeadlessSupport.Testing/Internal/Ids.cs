using System.Buffers.Binary;
using System.Security.Cryptography;

namespace HeadlessSupport.Testing;

/// <summary>
/// Ids as the API gives them: a prefix and a UUIDv7 in Crockford base32 (TypeID). Those of one maker grow, also within
/// a millisecond and where its clock is set back.
/// </summary>
internal sealed class Ids(TimeProvider time)
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int SuffixLength = 26;
    private long last;

    /// <summary>A new id with this prefix.</summary>
    public string New(string prefix)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[8..]);
        var place = Next();
        BinaryPrimitives.WriteInt64BigEndian(bytes, (place >> 12 << 16) | 0x7000 | (place & 0xFFF));
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        var bits = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        Span<char> text = stackalloc char[SuffixLength];
        for (var i = text.Length - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(bits & 31)];
            bits >>= 5;
        }
        return $"{prefix}_{text}";
    }

    /// <summary>Whether it is an id with this prefix.</summary>
    public static bool IsId(string? text, string prefix) =>
        text is not null && text.Length == prefix.Length + 1 + SuffixLength && text.StartsWith(prefix, StringComparison.Ordinal) && text[prefix.Length] == '_'
        && text[prefix.Length + 1] <= '7' && text.AsSpan(prefix.Length + 1).IndexOfAnyExcept(Alphabet) < 0;

    // Milliseconds in front, and behind them a count that runs over into the next millisecond.
    private long Next()
    {
        while (true)
        {
            var before = Interlocked.Read(ref last);
            var next = Math.Max(before + 1, time.GetUtcNow().ToUnixTimeMilliseconds() << 12);
            if (Interlocked.CompareExchange(ref last, next, before) == before)
                return next;
        }
    }
}
