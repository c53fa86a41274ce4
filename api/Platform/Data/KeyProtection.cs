using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>What protects the key ring itself: settings below <c>Keys</c>.</summary>
/// <param name="File">Protects new keys; null where a certificate does, or nothing.</param>
/// <param name="Certificate">Protects new keys; null where a file does, or nothing.</param>
/// <param name="PreviousFiles">Open only.</param>
/// <param name="PreviousCertificates">Open only.</param>
internal sealed record KeyProtection(KeyFile? File, X509Certificate2? Certificate, IReadOnlyList<KeyFile> PreviousFiles, IReadOnlyList<X509Certificate2> PreviousCertificates)
{
    private static readonly string[] Names = [nameof(File), nameof(PreviousFiles), nameof(Certificate), "CertificatePassword", nameof(PreviousCertificates)];

    /// <summary>Those that may open a key.</summary>
    public IEnumerable<KeyFile> Files => File is null ? PreviousFiles : PreviousFiles.Prepend(File);

    public bool IsSet => File is not null || Certificate is not null;

    public static bool IsUnset(IConfiguration configuration) => Set(configuration.GetSection("Keys"), nameof(File)) is null && Set(configuration.GetSection("Keys"), nameof(Certificate)) is null;

    /// <exception cref="InvalidOperationException">A setting is wrong; the sentence names it.</exception>
    public static KeyProtection Read(IConfiguration configuration)
    {
        var section = configuration.GetSection("Keys");
        if (section.GetChildren().FirstOrDefault(c => !Names.Contains(c.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new InvalidOperationException($"The setting {unknown.Path} is not known; known are {string.Join(", ", Names)}.");
        var (file, certificate) = (Set(section, nameof(File)), Set(section, nameof(Certificate)));
        if (file is not null && certificate is not null)
            throw new InvalidOperationException("Keys:File and Keys:Certificate are both set, but one protects new keys: name the other among the previous ones.");
        return new(
            file is null ? null : KeyFile.Read(file, "Keys:File"),
            certificate is null ? null : ReadCertificate(certificate, Set(section, "CertificatePassword"), "Keys:Certificate"),
            [.. Listed(section, nameof(PreviousFiles)).Select(s => KeyFile.Read(s.Value!, s.Path))],
            [.. Listed(section, nameof(PreviousCertificates)).Select(ReadPrevious)]);
    }

    // Each is a path, or a path with its password.
    private static X509Certificate2 ReadPrevious(IConfigurationSection section) => ReadCertificate(
        section.Value ?? Set(section, "Path") ?? throw new InvalidOperationException($"The setting {section.Path}:Path is missing."), Set(section, "Password"), section.Path);

    private static X509Certificate2 ReadCertificate(string path, string? password, string setting)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadPkcs12FromFile(path, password);
        }
        catch (CryptographicException error)
        {
            throw new InvalidOperationException($"The setting {setting} must name a PFX file, and its password must be right: {error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The setting {setting} names a file that cannot be read: {error.Message}", error);
        }
        using var key = certificate.GetRSAPrivateKey();
        return key is not null ? certificate : throw new InvalidOperationException($"The setting {setting} must name a PFX file with an RSA certificate and its private key; {path} has none.");
    }

    private static IEnumerable<IConfigurationSection> Listed(IConfigurationSection section, string name) => section.GetSection(name).GetChildren().Where(c => !string.IsNullOrEmpty(c.Value) || c.GetChildren().Any());

    // A variable that is set to nothing is one that was not set, as in compose files.
    private static string? Set(IConfigurationSection section, string name) => string.IsNullOrEmpty(section[name]) ? null : section[name];
}
