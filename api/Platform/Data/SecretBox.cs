using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>
/// Seals what must not be read or forged: stored secrets, cursors, signed URLs. Authenticated encryption by ASP.NET
/// Data Protection; the ciphertext names its key, so rotation keeps old ones readable.
/// </summary>
public sealed class SecretBox(IDataProtectionProvider provider)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, IDataProtector> protectors = new(StringComparer.Ordinal);

    /// <param name="purpose">What it is for; sealed for one purpose, it does not open for another.</param>
    public byte[] Seal(string purpose, ReadOnlySpan<byte> content) => Protector(purpose).Protect(content.ToArray());

    /// <summary>As <see cref="Seal"/>, in base64url.</summary>
    public string SealText(string purpose, string content) => WebEncoders.Base64UrlEncode(Seal(purpose, Encoding.UTF8.GetBytes(content)));

    public bool TryOpen(string purpose, byte[] sealedContent, [NotNullWhen(true)] out byte[]? content)
    {
        try
        {
            content = Protector(purpose).Unprotect(sealedContent);
            return true;
        }
        catch (CryptographicException)
        {
            content = null;
            return false;
        }
    }

    public bool TryOpenText(string purpose, string sealedText, [NotNullWhen(true)] out string? content)
    {
        content = null;
        byte[] bytes;
        try
        {
            bytes = WebEncoders.Base64UrlDecode(sealedText);
        }
        catch (FormatException)
        {
            return false;
        }
        if (!TryOpen(purpose, bytes, out var opened))
            return false;
        content = Encoding.UTF8.GetString(opened);
        return true;
    }

    private IDataProtector Protector(string purpose) => protectors.GetOrAdd(purpose, static (p, from) => from.CreateProtector("HeadlessSupport", p), provider);
}
