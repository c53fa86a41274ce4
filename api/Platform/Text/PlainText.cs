using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace HeadlessSupport.Api.Platform.Text;

/// <summary>Turns plain text into HTML that reads the same.</summary>
internal static partial class PlainText
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>The text as HTML: blank lines part paragraphs, line ends stay, web and mail addresses become links.</summary>
    public static string ToHtml(string text)
    {
        var html = new StringBuilder(text.Length + text.Length / 8);
        var inParagraph = false;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsWhiteSpace())
            {
                html.Append(inParagraph ? "</p>\n" : "");
                inParagraph = false;
                continue;
            }
            html.Append(inParagraph ? "<br>\n" : "<p>");
            inParagraph = true;
            AppendLine(html, KeepSpaces(line.TrimEnd()));
        }
        return html.Append(inParagraph ? "</p>" : "").ToString();
    }

    // HTML joins spaces, while columns and indented lines in plain text are made of them.
    private static string KeepSpaces(ReadOnlySpan<char> line)
    {
        var kept = new StringBuilder(line.Length);
        var afterSpace = true;
        foreach (var character in line)
        {
            if (character is '\t')
                kept.Append('\u00A0', 4);
            else
                kept.Append(character is ' ' && afterSpace ? '\u00A0' : character);
            afterSpace = character is ' ' or '\t';
        }
        return kept.ToString();
    }

    private static void AppendLine(StringBuilder html, string line)
    {
        var from = 0;
        foreach (Match match in Address().Matches(line))
        {
            html.Append(Encoder.Encode(line[from..match.Index]));
            var address = WithoutPunctuation(match.Value);
            var encoded = Encoder.Encode(address);
            html.Append("<a href=\"").Append(Prefix(address)).Append(encoded).Append("\">").Append(encoded).Append("</a>");
            from = match.Index + address.Length;
        }
        html.Append(Encoder.Encode(line[from..]));
    }

    private static string Prefix(string address) =>
        address.Contains("://", StringComparison.Ordinal) ? ""
        : address.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? "https://"
        : "mailto:";

    // A sentence's own punctuation follows the address; a closing bracket belongs to it only if it opened one.
    private static string WithoutPunctuation(string address)
    {
        var unopened = address.Count(character => character is ')') - address.Count(character => character is '(');
        var end = address.Length;
        while (end > 0)
        {
            if (address[end - 1] is ')' && unopened-- <= 0)
                break;
            if (address[end - 1] is not (')' or '.' or ',' or ';' or ':' or '!' or '?' or '\'' or '*' or '_' or ']' or '}'))
                break;
            end--;
        }
        return address[..end];
    }

    // Every repetition is bounded, so that the time is linear whatever the text.
    [GeneratedRegex(
        """\b(?:https?://[^\s<>"\u00A0]{2,2000}|www\.[^\s<>"\u00A0]{2,2000}|[a-z0-9._%+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})""",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Address();
}
