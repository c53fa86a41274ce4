using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Text;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>What a file is, judged by its first bytes and its name.</summary>
/// <param name="ContentType">The media type to keep and to serve it by; null if it may not be attached.</param>
/// <param name="Refusal">Why it may not be attached, as a sentence fit for the sender; null if it may.</param>
public readonly record struct FileType(string? ContentType, string? Refusal)
{
    /// <summary>Whether the file may be attached.</summary>
    public bool Allowed => ContentType is not null;
}

/// <summary>
/// The allow list of attachments. The content decides, since a name can claim anything; the extension only tells
/// apart what looks alike (texts, Office files) and refuses what an operating system would run by it.
/// </summary>
public static class FileTypes
{
    /// <summary>How many bytes of a file's beginning <see cref="Sniff"/> wants to see.</summary>
    public const int HeadBytes = 512;

    private const string PlainText = "text/plain";

    private static readonly FrozenSet<string> RefusedExtensions = FrozenSet.Create(StringComparer.Ordinal,
        // programs and installers
        "apk", "app", "appimage", "appx", "appxbundle", "com", "cpl", "deb", "dll", "dmg", "ear", "exe", "gadget", "img",
        "iso", "jar", "msi", "msix", "msixbundle", "msp", "mst", "ocx", "pif", "pkg", "rpm", "scr", "sys", "vhd", "vhdx",
        "war", "xbap", "xpi", "crx",
        // scripts
        "bash", "bat", "cjs", "cmd", "command", "csh", "fish", "hta", "js", "jse", "ksh", "mjs", "php", "phtml", "pl", "ps1",
        "ps1xml", "ps2", "psc1", "psd1", "psm1", "py", "pyc", "pyw", "rb", "sct", "sh", "tcl", "vb", "vbe", "vbs", "wasm",
        "ws", "wsc", "wsf", "wsh", "zsh",
        // shortcuts and settings that lead to a program
        "appref-ms", "application", "chm", "desktop", "diagcab", "hlp", "inf", "lnk", "library-ms", "mht", "mhtml", "msc",
        "ade", "adp", "mde", "reg", "scf", "search-ms", "settingcontent-ms", "theme", "url", "webloc", "website", "xll",
        // Office files with macros
        "docm", "dotm", "potm", "ppam", "ppsm", "pptm", "sldm", "xlam", "xlsm", "xltm", "iqy", "slk",
        // pages that a browser would run
        "htm", "html", "shtml", "svg", "svgz", "swf", "xht", "xhtml", "xsl", "xslt");

    private static readonly FrozenDictionary<string, string> TextTypes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["csv"] = "text/csv",
        ["eml"] = "message/rfc822",
        ["ics"] = "text/calendar",
        ["json"] = "application/json",
        ["log"] = PlainText,
        ["markdown"] = "text/markdown",
        ["md"] = "text/markdown",
        ["tsv"] = "text/tab-separated-values",
        ["txt"] = PlainText,
        ["vcf"] = "text/vcard",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> ZipTypes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["docx"] = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ["epub"] = "application/epub+zip",
        ["odg"] = "application/vnd.oasis.opendocument.graphics",
        ["odp"] = "application/vnd.oasis.opendocument.presentation",
        ["ods"] = "application/vnd.oasis.opendocument.spreadsheet",
        ["odt"] = "application/vnd.oasis.opendocument.text",
        ["pptx"] = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ["xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> CompoundTypes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["doc"] = "application/msword",
        ["msg"] = "application/vnd.ms-outlook",
        ["ppt"] = "application/vnd.ms-powerpoint",
        ["vsd"] = "application/vnd.visio",
        ["xls"] = "application/vnd.ms-excel",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly SearchValues<byte> MediaTypeBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz.+-/"u8);

    /// <summary>Tells what a file is and whether it may be attached.</summary>
    /// <param name="head">The file's first bytes: <see cref="HeadBytes"/>, or all if it has fewer.</param>
    /// <param name="fileName">The name it came with; only its extension counts.</param>
    public static FileType Sniff(ReadOnlySpan<byte> head, string? fileName)
    {
        var extension = FileNames.Extension(fileName);
        if (RefusedExtensions.Contains(extension))
            return Refused($"Files that end in .{extension} are not accepted.");
        if (IsProgram(head))
            return Refused("Programs and scripts are not accepted.");
        if ((Picture(head) ?? Sound(head) ?? Film(head) ?? Document(head)) is { } type)
            return Accepted(type);
        if (head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8))
            return Zip(head, extension);
        if (head.StartsWith<byte>([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]))
            return Compound(extension);
        return Text(head, extension);
    }

    private static FileType Accepted(string contentType) => new(contentType, null);

    private static FileType Refused(string reason) => new(null, reason);

    private static FileType Unknown() => Refused("The file's type is not known or not accepted.");

    private static bool IsProgram(ReadOnlySpan<byte> head) =>
        head.StartsWith("MZ"u8)                                         // Windows
        || head.StartsWith("\x7F"u8) && head[1..].StartsWith("ELF"u8)   // Linux
        || head.Length >= 4 && BinaryPrimitives.ReadUInt32BigEndian(head)
            is 0xFEEDFACE or 0xFEEDFACF or 0xCEFAEDFE or 0xCFFAEDFE     // macOS
            or 0xCAFEBABE or 0xBEBAFECA or 0xCAFEBABF                   // macOS for several processors; Java classes
            or 0x0061736D                                               // WebAssembly
        || head.StartsWith("dex\n"u8)                                   // Android
        || head.StartsWith("MSCF"u8) || head.StartsWith("ITSF"u8)       // cabinets, compiled help
        || head.StartsWith("FWS"u8) || head.StartsWith("CWS"u8) || head.StartsWith("ZWS"u8)                // Flash
        || head.StartsWith<byte>([0x4C, 0, 0, 0, 0x01, 0x14, 0x02, 0])  // Windows shortcuts
        || head.StartsWith("!<arch>\n"u8)                               // Debian packages, libraries
        || head.StartsWith<byte>([0xED, 0xAB, 0xEE, 0xDB]);             // RPM packages

    private static string? Picture(ReadOnlySpan<byte> head) => head switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => "image/gif",
        [(byte)'I', (byte)'I', 0x2A, 0, ..] or [(byte)'M', (byte)'M', 0, 0x2A, ..] => "image/tiff",
        _ when IsRiff(head, "WEBP"u8) => "image/webp",
        _ when IsBitmap(head) => "image/bmp",
        _ => null,
    };

    // "BM" alone begins many a text; the four reserved bytes are zero and the second header has one of a few sizes.
    private static bool IsBitmap(ReadOnlySpan<byte> head) =>
        head.Length >= 18 && head.StartsWith("BM"u8)
        && BinaryPrimitives.ReadUInt32LittleEndian(head[6..]) == 0
        && BinaryPrimitives.ReadUInt32LittleEndian(head[14..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124;

    private static string? Sound(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("ID3"u8) || IsMp3Frame(head))
            return "audio/mpeg";
        if (IsRiff(head, "WAVE"u8))
            return "audio/wav";
        if (head.StartsWith("#!AMR"u8))
            return "audio/amr";
        if (head.StartsWith("OggS"u8))
            return head.IndexOf("theora"u8) >= 0 ? "video/ogg" : "audio/ogg";
        return null;
    }

    // A frame of layer III with a bit rate and a sampling rate that exist; otherwise UTF-16's mark would look like one.
    private static bool IsMp3Frame(ReadOnlySpan<byte> head) =>
        head.Length >= 3 && head[0] == 0xFF
        && (head[1] & 0xE6) == 0xE2 && (head[1] & 0x18) != 0x08
        && (head[2] & 0xF0) is not (0xF0 or 0) && (head[2] & 0x0C) != 0x0C;

    private static bool IsRiff(ReadOnlySpan<byte> head, ReadOnlySpan<byte> form) =>
        head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith(form);

    private static string? Film(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith<byte>([0x1A, 0x45, 0xDF, 0xA3]))
            return head.IndexOf("webm"u8) >= 0 ? "video/webm" : null;
        if (head.Length < 12 || !head[4..].StartsWith("ftyp"u8))
            return null;
        return Encoding.Latin1.GetString(head.Slice(8, 4)) switch
        {
            "heic" or "heix" or "heim" or "heis" or "hevc" or "hevx" or "mif1" or "msf1" => "image/heic",
            "avif" or "avis" => "image/avif",
            "qt  " => "video/quicktime",
            "M4A " or "M4B " => "audio/mp4",
            "3gp4" or "3gp5" or "3gp6" or "3g2a" => "video/3gpp",
            _ => "video/mp4",
        };
    }

    private static string? Document(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("%PDF-"u8))
            return "application/pdf";
        if (head.StartsWith("{\\rtf"u8))
            return "application/rtf";
        if (head.StartsWith<byte>([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]))
            return "application/x-7z-compressed";
        return head.StartsWith<byte>([0x1F, 0x8B, 0x08]) ? "application/gzip" : null;
    }

    private static FileType Zip(ReadOnlySpan<byte> head, string extension)
    {
        // Entry names stand uncompressed between the entries, so those of the first few are readable in the head.
        if (Has(head, "META-INF/MANIFEST.MF"u8) || Has(head, "AndroidManifest.xml"u8) || Has(head, ".class"u8))
            return Refused("Programs and scripts are not accepted.");
        if (Has(head, "vbaProject.bin"u8))
            return Refused("Office files with macros are not accepted.");
        if (OpenDocument(head) is { } open)
            return ZipTypes.Values.Contains(open) ? Accepted(open) : Unknown();
        if (Has(head, "[Content_Types].xml"u8) || Has(head, "_rels/"u8) || Has(head, "docProps/"u8))
        {
            if (Has(head, "word/"u8))
                return Accepted(ZipTypes["docx"]);
            if (Has(head, "xl/"u8))
                return Accepted(ZipTypes["xlsx"]);
            if (Has(head, "ppt/"u8))
                return Accepted(ZipTypes["pptx"]);
        }
        return Accepted(ZipTypes.GetValueOrDefault(extension, "application/zip"));
    }

    private static bool Has(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name) => head.IndexOf(name) >= 0;

    // OpenDocument and EPUB put their own media type, uncompressed, into a first entry named "mimetype".
    private static string? OpenDocument(ReadOnlySpan<byte> head)
    {
        var content = head.Length > 38 && head[30..].StartsWith("mimetype"u8) ? head[38..] : [];
        var start = content.IndexOf("application/"u8);
        if (start < 0)
            return null;
        content = content[start..];
        var end = content.IndexOfAnyExcept(MediaTypeBytes);
        return Encoding.Latin1.GetString(end < 0 ? content : content[..end]);
    }

    // Word, Excel, Outlook and Windows installers share this container and differ only deep inside the file. Without
    // its own extension an installer does not run.
    private static FileType Compound(string extension) =>
        CompoundTypes.TryGetValue(extension, out var type) ? Accepted(type) : Unknown();

    private static FileType Text(ReadOnlySpan<byte> head, string extension)
    {
        // Spreadsheets and old mail programs still write Windows-1252, which only a text's name makes believable.
        if (TextHead.Read(head, guess: TextTypes.ContainsKey(extension)) is not { } text)
            return Unknown();
        if (TextHead.IsScript(text))
            return Refused("Programs and scripts are not accepted.");
        if (TextHead.IsPage(text))
            return Refused("Web pages and SVG pictures are not accepted.");
        // A byte-order mark or blank lines before it do not make a PDF a text.
        if (text.StartsWith("%PDF-", StringComparison.Ordinal))
            return Accepted("application/pdf");
        return Accepted(TextTypes.GetValueOrDefault(extension, PlainText));
    }
}
