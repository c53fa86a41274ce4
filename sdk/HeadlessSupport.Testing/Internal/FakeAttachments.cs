using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>Files: uploaded first, then named by a comment.</summary>
internal static class FakeAttachments
{
    private const long MostBytes = 25 * 1024 * 1024;
    private static readonly TimeSpan LinksAreGoodFor = TimeSpan.FromMinutes(15);
    private static readonly string[] RefusedExtensions = ["exe", "dll", "msi", "bat", "cmd", "com", "ps1", "sh", "js", "jar", "vbs", "scr", "html", "htm", "svg"];
    private static readonly (byte[] Beginning, string Type)[] Beginnings =
    [
        ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "image/png"),
        ([0xFF, 0xD8, 0xFF], "image/jpeg"),
        ("GIF89a"u8.ToArray(), "image/gif"),
        ("GIF87a"u8.ToArray(), "image/gif"),
        ("%PDF-"u8.ToArray(), "application/pdf"),
        ("PK\x03\x04"u8.ToArray(), "application/zip"),
    ];

    public static Answer Create(Call call)
    {
        var (name, content) = Upload(call);
        var store = call.Store;
        var id = store.Ids.New("att");
        call.Work.Do(() => store.Files.Add(id, content), () => store.Files.Remove(id));
        var file = call.Work.Add(store.Attachments, new Attachment
        {
            Id = id,
            Name = name,
            ContentType = TypeOf(name, content),
            Size = content.Length,
            Sha256 = Hash(content),
            CreatedAt = call.Work.Now,
            Version = 1,
        }, "attachment.created");
        return call.Created(file, $"attachments/{id}", WireJson.Write(WithAddress(call, file.Value)));
    }

    public static Answer Get(Call call)
    {
        var file = call.Store.Attachments.Find(call.Id(0, "att")) ?? throw Refusal.NotFound("attachment");
        return call.Show(file, WireJson.Write(WithAddress(call, file.Value)), versionCoversBody: false);
    }

    public static Answer ListOfTicket(Call call)
    {
        var ticket = FakeTickets.Find(call);
        return call.Page(call.Store.Attachments.Rows.Where(a => a.Value.TicketId == ticket.Id), a => Call.KeyOf(a.CreatedAt), a => a.Id, descending: false, a => WireJson.Write(WithAddress(call, a.Value)));
    }

    public static Answer Download(Call call)
    {
        if (Opened(call)?.Split(' ') is not [var id, var until] || call.Store.Attachments.Find(id) is not { } file || !call.Store.Files.TryGetValue(id, out var content))
            throw Refusal.NotFound("file");
        if (long.Parse(until, CultureInfo.InvariantCulture) < call.Work.Now.ToUnixTimeSeconds())
            throw new Refusal(ErrorCode.LinkExpired, "Get the attachment again for a fresh download_url.");
        return new(200)
        {
            Content = () => new ByteArrayContent(content)
            {
                Headers = { ContentType = new("application/octet-stream"), ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileNameStar = file.Value.Name } },
            },
        };
    }

    /// <summary>The attachment with an address to download it from.</summary>
    public static Attachment WithAddress(Call call, Attachment file)
    {
        var until = (call.Work.Now + LinksAreGoodFor).ToUnixTimeSeconds();
        return file with { DownloadUrl = call.Address("files/" + call.Seal(string.Create(CultureInfo.InvariantCulture, $"{file.Id} {until}"), "files")) };
    }

    /// <summary>What tells one upload from another: the boundary is another each time.</summary>
    public static string? Fingerprint(Call call, Route route)
    {
        if (route.Path != "attachments")
            return null;
        var (name, content) = Upload(call);
        return name + "\n" + Hash(content);
    }

    public static string Hash(byte[] content) => Convert.ToHexString(SHA256.HashData(content)).ToLowerInvariant();

    private static string? Opened(Call call)
    {
        try
        {
            return call.Open(call.Path[0], "files");
        }
        catch (Refusal)
        {
            return null;
        }
    }

    private static (string Name, byte[] Content) Upload(Call call)
    {
        if (call.ContentType is not { MediaType: "multipart/form-data" } type)
            throw new Refusal(ErrorCode.UnsupportedMediaType, "Send multipart/form-data with one part named file.");
        var boundary = type.Parameters.FirstOrDefault(p => p.Name == "boundary")?.Value?.Trim('"');
        if (boundary is not { Length: > 0 and <= 70 })
            throw new Refusal(ErrorCode.InvalidRequest, "The multipart boundary is missing or too long.");
        var parts = Parts(call.Body, boundary);
        if (parts.Count == 0 || !ContentDispositionHeaderValue.TryParse(Disposition(parts[0].Headers), out var disposition) || disposition.Name?.Trim('"') != "file" || (disposition.FileNameStar ?? disposition.FileName) is not { } name)
            throw Refusal.Invalid("/file", "The first part must be a file named file.");
        if (parts.Count > 1)
            throw Refusal.Invalid("/file", "Send one file at a time, and nothing else.");
        if (parts[0].Content.Length == 0)
            throw Refusal.Invalid("/file", "The file is empty.");
        if (parts[0].Content.Length > MostBytes)
            throw new Refusal(ErrorCode.BodyTooLarge, string.Create(CultureInfo.InvariantCulture, $"The file is larger than the {MostBytes} bytes that this organization may attach."), ("/file", "Is too large."));
        name = name.Trim('"');
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Trim(' ', '.');
        return (name.Length == 0 ? "file" : name, parts[0].Content);
    }

    private static string TypeOf(string name, byte[] content)
    {
        var extension = Path.GetExtension(name).TrimStart('.').ToLowerInvariant();
        if (RefusedExtensions.Contains(extension))
            throw Refusal.Invalid("/file", $"Files that end in .{extension} are not accepted.");
        if (Array.Find(Beginnings, b => content.AsSpan().StartsWith(b.Beginning)).Type is { } known)
            return known;
        if (!System.Text.Unicode.Utf8.IsValid(content) || content.Contains((byte)0))
            throw Refusal.Invalid("/file", "The file's type is not known or not accepted.");
        return extension switch
        {
            "csv" => "text/csv",
            "json" => "application/json",
            "md" or "markdown" => "text/markdown",
            "ics" => "text/calendar",
            "eml" => "message/rfc822",
            "tsv" => "text/tab-separated-values",
            "vcf" => "text/vcard",
            _ => "text/plain",
        };
    }

    private static string? Disposition(string headers) =>
        headers.Split("\r\n").FirstOrDefault(h => h.StartsWith("Content-Disposition:", StringComparison.OrdinalIgnoreCase)) is { } header ? header[(header.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() : null;

    private static List<(string Headers, byte[] Content)> Parts(byte[] body, string boundary)
    {
        var parts = new List<(string Headers, byte[] Content)>();
        // The first boundary begins the body, where all others stand on a line of their own.
        ReadOnlySpan<byte> rest = (byte[])[.. "\r\n"u8, .. body];
        ReadOnlySpan<byte> line = Encoding.ASCII.GetBytes("\r\n--" + boundary);
        for (var at = rest.IndexOf(line); at >= 0; at = rest.IndexOf(line))
        {
            rest = rest[(at + line.Length)..];
            var end = rest.IndexOf(line);
            if (end < 0)
                break;
            var headers = rest[..end].IndexOf("\r\n\r\n"u8);
            if (headers >= 0)
                parts.Add((Encoding.UTF8.GetString(rest[..headers]), rest[(headers + 4)..end].ToArray()));
        }
        return parts;
    }
}
