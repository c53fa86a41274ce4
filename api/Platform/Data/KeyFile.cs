using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>A file that protects the key ring: 32 random bytes or more, in base64.</summary>
internal sealed class KeyFile
{
    private const int LeastBytes = 32;
    private readonly byte[] key;

    private KeyFile(byte[] content)
    {
        key = Derived(content, "key");
        Id = Convert.ToHexStringLower(Derived(content, "id").AsSpan(0, 8));
    }

    /// <summary>Tells which file it is, and nothing of what it holds.</summary>
    public string Id { get; }

    public static string NewText() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(LeastBytes));

    /// <param name="setting">What names the file, for the refusal.</param>
    /// <exception cref="InvalidOperationException">It cannot be read, or is none.</exception>
    public static KeyFile Read(string path, string setting)
    {
        try
        {
            var content = Convert.FromBase64String(File.ReadAllText(path).Trim());
            return content.Length >= LeastBytes ? new(content) : throw new FormatException();
        }
        catch (FormatException error)
        {
            throw new InvalidOperationException($"The setting {setting} must name a file with {LeastBytes} random bytes or more in base64, as 'openssl rand -base64 {LeastBytes}' makes it; {path} is none.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The setting {setting} names a file that cannot be read: {error.Message}", error);
        }
    }

    public byte[] Close(byte[] content)
    {
        var (nonce, tag) = (RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize), new byte[AesGcm.TagByteSizes.MaxSize]);
        var closed = new byte[content.Length];
        using var aes = new AesGcm(key, tag.Length);
        aes.Encrypt(nonce, content, closed, tag, Encoding.ASCII.GetBytes(Id));
        return [.. nonce, .. closed, .. tag];
    }

    /// <exception cref="CryptographicException">It was closed with another file, or changed.</exception>
    public byte[] Open(byte[] closed)
    {
        var (nonce, tag) = (AesGcm.NonceByteSizes.MaxSize, AesGcm.TagByteSizes.MaxSize);
        if (closed.Length < nonce + tag)
            throw new CryptographicException("It is too short.");
        var content = new byte[closed.Length - nonce - tag];
        using var aes = new AesGcm(key, tag);
        aes.Decrypt(closed.AsSpan(0, nonce), closed.AsSpan(nonce, content.Length), closed.AsSpan(closed.Length - tag), content, Encoding.ASCII.GetBytes(Id));
        return content;
    }

    private static byte[] Derived(byte[] content, string use) => HKDF.DeriveKey(HashAlgorithmName.SHA256, content, 32, info: Encoding.ASCII.GetBytes("HeadlessSupport key ring " + use));
}

/// <summary>Protects keys of the ring with a file: AES-256-GCM, and the file's id beside it, so that an earlier file's keys are known as such.</summary>
internal sealed class KeyFileEncryptor(KeyFile file) : IXmlEncryptor
{
    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var closed = file.Close(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)));
        return new(new XElement(KeyFileDecryptor.Element, new XAttribute("id", file.Id), Convert.ToBase64String(closed)), typeof(KeyFileDecryptor));
    }
}

/// <summary>Stored keys name this class: it must not be moved or renamed.</summary>
internal sealed class KeyFileDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public static readonly XName Element = "keyFile";

    public XElement Decrypt(XElement encryptedElement)
    {
        var id = (string?)encryptedElement.Attribute("id");
        var file = services.GetRequiredService<KeyProtection>().Files.FirstOrDefault(f => f.Id == id) ?? throw new CryptographicException($"The key file with the id {id} is not set.");
        return XElement.Parse(Encoding.UTF8.GetString(file.Open(Convert.FromBase64String(encryptedElement.Value))));
    }
}
