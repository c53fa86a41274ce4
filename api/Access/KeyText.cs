using System.IO.Hashing;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace HeadlessSupport.Api.Access;

/// <summary>The text form of keys: prefix, 43 letters of base62 (32 random bytes), 6 letters of base62 (CRC32 of all before).</summary>
public static class KeyText
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int SecretLength = 43;
    private const int CheckLength = 6;

    public static string New(string prefix)
    {
        var body = prefix + Base62(new BigInteger(RandomNumberGenerator.GetBytes(32), isUnsigned: true, isBigEndian: true), SecretLength);
        return body + Check(body);
    }

    /// <summary>True where the checksum fits: anything else need not be looked up.</summary>
    public static bool IsWellFormed(string text, params ReadOnlySpan<string> prefixes)
    {
        foreach (var prefix in prefixes)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal) && text.Length == prefix.Length + SecretLength + CheckLength)
                return text[^CheckLength..] == Check(text[..^CheckLength]);
        }
        return false;
    }

    private static string Check(string body) => Base62(Crc32.HashToUInt32(Encoding.UTF8.GetBytes(body)), CheckLength);

    private static string Base62(BigInteger value, int length)
    {
        Span<char> text = stackalloc char[length];
        for (var i = length - 1; i >= 0; i--)
        {
            value = BigInteger.DivRem(value, 62, out var digit);
            text[i] = Alphabet[(int)digit];
        }
        return new string(text);
    }
}
