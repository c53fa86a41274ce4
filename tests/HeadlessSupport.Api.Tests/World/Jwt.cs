using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace HeadlessSupport.Api.Tests;

/// <summary>Signed tokens, made by hand, so that wrong ones can be made too.</summary>
internal static class Jwt
{
    /// <summary>HS256 with this secret.</summary>
    public static string Of(string secret, object claims, object? header = null) =>
        Signed(header ?? new { alg = "HS256", typ = "JWT" }, claims, input => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), input));

    /// <summary>Whatever the header says, with this signature.</summary>
    public static string Signed(object header, object claims, Func<byte[], byte[]> sign)
    {
        var input = $"{Part(header)}.{Part(claims)}";
        return $"{input}.{WebEncoders.Base64UrlEncode(sign(Encoding.ASCII.GetBytes(input)))}";
    }

    private static string Part(object part) => WebEncoders.Base64UrlEncode(part as byte[] ?? JsonSerializer.SerializeToUtf8Bytes(part));
}
