using System.Globalization;
using System.Text;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>Makes file names that strangers give safe to show, to store and to save under on any system.</summary>
public static class FileNames
{
    /// <summary>The longest name that file systems take, in bytes of UTF-8.</summary>
    public const int MaxBytes = 255;

    private const string Unnamed = "file";
    private const int MaxExtensionBytes = 32;

    // Windows opens a device under these names, whatever the extension.
    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "con", "prn", "aux", "nul",
        "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
        "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
    };

    /// <summary>
    /// The name without folders, control characters and signs that reverse the reading direction (which make
    /// <c>exe.pdf</c> of <c>fdp.exe</c>), at most <see cref="MaxBytes"/> long with its extension kept.
    /// </summary>
    /// <returns>A name, never empty; <c>file</c> if nothing of the given one is left.</returns>
    public static string Safe(string? name)
    {
        name ??= "";
        // Browsers and mail programs of all systems send paths; on none of them is a slash part of a name.
        var cleaned = Clean(name.AsSpan(name.LastIndexOfAny(['/', '\\']) + 1)).Trim(' ', '.');
        if (cleaned.Length == 0)
            return Unnamed;
        var firstDot = cleaned.IndexOf('.', StringComparison.Ordinal);
        if (Devices.Contains(firstDot < 0 ? cleaned : cleaned[..firstDot].TrimEnd()))
            cleaned = "_" + cleaned;
        return Cut(cleaned);
    }

    /// <summary>The extension in lower case without its dot; empty if there is none.</summary>
    public static string Extension(string? name)
    {
        var safe = Safe(name);
        return safe[(safe.LastIndexOf('.') is var dot and >= 0 ? dot + 1 : safe.Length)..].ToLowerInvariant();
    }

    private static string Clean(ReadOnlySpan<char> name)
    {
        var cleaned = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            // Half a surrogate pair arrives as the replacement character.
            if (rune == Rune.ReplacementChar || IsInvisible(rune))
                continue;
            if (Rune.IsWhiteSpace(rune))
                cleaned.Append(' ');
            else if (rune.Value is '<' or '>' or ':' or '"' or '|' or '?' or '*')
                cleaned.Append('_');
            else
                cleaned.Append(rune);
        }
        return cleaned.ToString();
    }

    // Joiners stay: Persian and Indic words and many emoji are written with them.
    private static bool IsInvisible(Rune rune) =>
        rune.Value is not (0x200C or 0x200D)
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    private static string Cut(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MaxBytes)
            return name;
        var dot = name.LastIndexOf('.');
        var extension = dot > 0 && Encoding.UTF8.GetByteCount(name.AsSpan(dot)) <= MaxExtensionBytes ? name[dot..] : "";
        var room = MaxBytes - Encoding.UTF8.GetByteCount(extension);
        var stem = new StringBuilder();
        foreach (var rune in name.AsSpan(0, name.Length - extension.Length).EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0)
                break;
            stem.Append(rune);
        }
        return stem.ToString().TrimEnd(' ', '.') + extension;
    }
}
