using System.Text;
using Ganss.Xss;

namespace HeadlessSupport.Api.Platform.Text;

/// <summary>Makes what people write safe to show, whatever format it is in.</summary>
/// <remarks>
/// One path serves all formats: HTML, rewritten to be small and well nested, parsed and sanitized, and from the
/// sanitized tree the HTML, the blocks and the text. It takes linear time and is safe to call from many threads.
/// </remarks>
public static class RichText
{
    /// <summary>The most characters of a body that are shown; what follows is cut off.</summary>
    public const int MaxLength = 256 * 1024;

    // One instance for all: its methods are thread-safe as long as nobody changes its settings (HtmlSanitizer's README).
    private static readonly HtmlSanitizer Sanitizer = CreateSanitizer();

    /// <summary>Renders a body. Never throws on any text.</summary>
    /// <param name="body">The body as given.</param>
    /// <param name="format">How it was written.</param>
    public static Rendered Render(string body, BodyFormat format)
    {
        ArgumentNullException.ThrowIfNull(body);
        body = Clean(body);
        var html = format switch
        {
            BodyFormat.Markdown => MarkdownReader.ToHtml(body) ?? PlainText.ToHtml(body),
            BodyFormat.Text => PlainText.ToHtml(body),
            _ => body,
        };
        using var document = Sanitizer.SanitizeDom(BoundedHtml.From(html));
        if (document.Body is not { } content)
            return new Rendered("", "", []);
        var blocks = BlockBuilder.Build(content);
        return new Rendered(HtmlWriter.Write(content), BlockText.Write(blocks), blocks);
    }

    /// <summary>The beginning of a text on one line, for lists and notifications.</summary>
    /// <param name="text">Plain text, as in <see cref="Rendered.Text"/>.</param>
    /// <param name="max">The most characters (UTF-16 units), at least 1; a cut text ends in an ellipsis, which counts.</param>
    public static string Excerpt(string text, int max)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfLessThan(max, 1);
        var line = new StringBuilder();
        foreach (var character in text.AsSpan().Trim())
        {
            if (!char.IsWhiteSpace(character))
                line.Append(character);
            else if (line[^1] is not ' ')
                line.Append(' ');
            if (line.Length > max)
                break;
        }
        if (line.Length <= max)
            return line.ToString();
        line.Length = max - 1;
        // Half a character shows as a replacement sign.
        if (line.Length > 0 && char.IsHighSurrogate(line[^1]))
            line.Length--;
        return line.ToString().TrimEnd() + "…";
    }

    private static HtmlSanitizer CreateSanitizer()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = HtmlPolicy.Tags.ToHashSet(StringComparer.Ordinal),
            AllowedAttributes = HtmlPolicy.Attributes.ToHashSet(StringComparer.Ordinal),
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto", "cid" },
            UriAttributes = HtmlPolicy.UrlAttributes.ToHashSet(StringComparer.Ordinal),
        });
        sanitizer.FilterUrl += (_, url) =>
            url.SanitizedUrl = HtmlPolicy.Url(url.Tag.LocalName, url.SanitizedUrl);
        return sanitizer;
    }

    // PostgreSQL stores no NUL and JSON no half character; no control character is meant to be seen.
    private static string Clean(string body)
    {
        var cut = body.Length <= MaxLength ? body.AsSpan()
            : body.AsSpan(0, char.IsHighSurrogate(body[MaxLength - 1]) ? MaxLength - 1 : MaxLength);
        var clean = new StringBuilder(cut.Length);
        foreach (var rune in cut.EnumerateRunes())
        {
            if (rune.Value is '\t' or '\n' or '\r' || !Rune.IsControl(rune))
                clean.Append(rune);
        }
        return clean.ToString();
    }
}
