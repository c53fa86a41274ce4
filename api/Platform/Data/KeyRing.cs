using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>
/// The key ring, kept in the database so that every node reads what any node sealed. Each key stands there under the
/// protection that was set when it was made (<see cref="KeyProtection"/>).
/// </summary>
internal sealed class KeyRing(SystemDataSource source, IServiceProvider services) : IXmlRepository
{
    // As Data Protection writes it.
    private static readonly XNamespace Space = "http://schemas.asp.net/2015/03/dataProtection";
    private static readonly XName Secret = Space + "encryptedSecret";
    private static readonly XName MustBeSecret = Space + "requiresEncryption";

    public IReadOnlyCollection<XElement> GetAllElements() => [.. Rows().Select(r => XElement.Parse(r.Xml))];

    public void StoreElement(XElement element, string friendlyName)
    {
        // Where keys do not open, Data Protection would make new ones, and so leave everything that was sealed behind.
        MustOpen();
        using var command = source.Value.CreateCommand("insert into data_protection_keys (friendly_name, xml) values ($1, $2)");
        command.Parameters.AddWithValue(friendlyName);
        command.Parameters.AddWithValue(element.ToString(SaveOptions.DisableFormatting));
        command.ExecuteNonQuery();
    }

    /// <exception cref="InvalidOperationException">A key does not open with what is set.</exception>
    public void MustOpen()
    {
        foreach (var (_, xml) in Rows())
            Opened(XElement.Parse(xml));
    }

    /// <summary>How many keys anybody can read who can read the database.</summary>
    public int CountUnprotected() => Rows().Select(r => XElement.Parse(r.Xml)).Count(IsOpen);

    /// <summary>Puts each key under this protection, whatever it is under now; answers how many that were. Can be killed at any time and run again.</summary>
    public int Protect(IXmlEncryptor encryptor, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var (id, old) in Rows())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = Opened(XElement.Parse(old));
            foreach (var secret in key.DescendantsAndSelf().Where(e => (bool?)e.Attribute(MustBeSecret) == true).ToList())
            {
                var closed = encryptor.Encrypt(secret);
                secret.ReplaceWith(new XElement(Secret, new XAttribute("decryptorType", closed.DecryptorType.AssemblyQualifiedName!), closed.EncryptedElement));
            }
            using var command = source.Value.CreateCommand("update data_protection_keys set xml = $2 where id = $1 and xml = $3");
            command.Parameters.AddWithValue(id);
            command.Parameters.AddWithValue(key.ToString(SaveOptions.DisableFormatting));
            command.Parameters.AddWithValue(old);
            done += command.ExecuteNonQuery();
        }
        return done;
    }

    private List<(long Id, string Xml)> Rows()
    {
        using var command = source.Value.CreateCommand("select id, xml from data_protection_keys order by id");
        using var reader = command.ExecuteReader();
        var rows = new List<(long, string)>();
        while (reader.Read())
            rows.Add((reader.GetInt64(0), reader.GetString(1)));
        return rows;
    }

    private static bool IsOpen(XElement key) => key.DescendantsAndSelf().Any(e => (bool?)e.Attribute(MustBeSecret) == true);

    private XElement Opened(XElement key)
    {
        foreach (var secret in key.DescendantsAndSelf(Secret).ToList())
        {
            try
            {
                secret.ReplaceWith(Decryptor(secret).Decrypt(secret.Elements().Single()));
            }
            catch (Exception error) when (error is CryptographicException or FormatException or InvalidOperationException)
            {
                throw new InvalidOperationException($"The key ring holds a key that does not open: it is protected by {Protector(secret)}. Set Keys:File or Keys:Certificate to that one, or name it in Keys:PreviousFiles or Keys:PreviousCertificates. Nothing was changed.", error);
            }
        }
        return key;
    }

    private IXmlDecryptor Decryptor(XElement secret) => Type.GetType((string)secret.Attribute("decryptorType")!) is { } type && type.IsAssignableTo(typeof(IXmlDecryptor))
        ? (IXmlDecryptor)ActivatorUtilities.CreateInstance(services, type)
        : throw new InvalidOperationException("Nothing is known that opens it.");

    private static string Protector(XElement secret)
    {
        if (secret.Element(KeyFileDecryptor.Element) is { } file)
            return $"the key file with the id {(string?)file.Attribute("id")}";
        var certificate = secret.Descendants().FirstOrDefault(e => e.Name.LocalName == "X509Certificate")?.Value;
        if (certificate is null)
            return "something this program does not know";
        using var read = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(certificate));
        return $"the certificate with the thumbprint {read.Thumbprint}";
    }
}
