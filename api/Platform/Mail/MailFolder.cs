using System.Globalization;
using HeadlessSupport.Api.Platform.Storage;
using MimeKit;

namespace HeadlessSupport.Api.Platform.Mail;

/// <summary>Mails that reach nobody, as <c>.eml</c> files below <c>DATA_DIR/mail</c>: all of them where no server is set, those of test organizations otherwise.</summary>
internal sealed class MailFolder(string folder)
{
    private const string Suffix = ".eml";

    /// <summary>The newest are kept.</summary>
    internal int Most { get; init; } = 1000;

    public string Path => folder;

    public async Task WriteAsync(MimeMessage message, Guid id, DateTimeOffset createdAt, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        await message.WriteToAsync(content, cancellationToken);
        PrivateFile.MakeFolder(folder);
        // The same name each time it is tried, so it is there once; and names sort by time.
        PrivateFile.Write(System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{createdAt.UtcDateTime:yyyyMMdd'T'HHmmssfff}-{id:N}{Suffix}")), content.ToArray());
        foreach (var name in List().Skip(Most))
            File.Delete(System.IO.Path.Combine(folder, name));
    }

    /// <summary>Names of the files, the newest first.</summary>
    public IReadOnlyList<string> List() => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*" + Suffix).Select(f => System.IO.Path.GetFileName(f)).OrderDescending(StringComparer.Ordinal)]
        : [];

    /// <returns>Null where there is no such mail.</returns>
    public Stream? Open(string name)
    {
        // The name comes from a URL: it is one of those that were written, or none.
        if (!name.EndsWith(Suffix, StringComparison.Ordinal) || name.AsSpan(0, name.Length - Suffix.Length).ContainsAnyExcept("0123456789abcdefT-"))
            return null;
        try
        {
            return File.OpenRead(System.IO.Path.Combine(folder, name));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
