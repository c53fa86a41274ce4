using System.Net;
using System.Text;

namespace HeadlessSupport.Api.Platform.Mail;

/// <summary>How an organization's mails look.</summary>
/// <param name="ProductName">What its customers know it by.</param>
/// <param name="PrimaryColor">As <c>#rrggbb</c>; anything else is not used.</param>
public sealed record MailLook(string ProductName, string? PrimaryColor = null)
{
    public static MailLook OfTheInstallation { get; } = new("HeadlessSupport");
}

/// <param name="Url">Absolute, http or https.</param>
public sealed record MailButton(string Label, string Url);

/// <summary>The one form of our mails: a title, paragraphs, one link to follow, a last line. As text and as simple HTML, without images and scripts.</summary>
public sealed record Letter(MailLook Look, string Title, IReadOnlyList<string> Paragraphs, MailButton? Button = null, string? Footer = null)
{
    private const string DefaultColor = "#1a56db";

    public string ToText()
    {
        var text = new StringBuilder();
        text.Append(Title).Append("\n\n");
        foreach (var paragraph in Paragraphs)
            text.Append(paragraph).Append("\n\n");
        if (Button is not null)
            text.Append(Button.Label).Append(":\n").Append(Link(Button.Url)).Append("\n\n");
        text.Append("-- \n").Append(Look.ProductName).Append('\n');
        if (Footer is not null)
            text.Append(Footer).Append('\n');
        return text.ToString();
    }

    public string ToHtml()
    {
        var color = Look.PrimaryColor is { Length: 7 } own && own[0] == '#' && own.AsSpan(1).IndexOfAnyExcept("0123456789abcdefABCDEF") < 0 ? own : DefaultColor;
        var body = new StringBuilder();
        foreach (var paragraph in Paragraphs)
            body.Append("<p style=\"margin:0 0 16px\">").Append(Escaped(paragraph).Replace("\n", "<br>", StringComparison.Ordinal)).Append("</p>\n");
        if (Button is not null)
        {
            var link = Escaped(Link(Button.Url));
            body.Append($"<p style=\"margin:24px 0\"><a href=\"{link}\" style=\"display:inline-block;padding:12px 20px;border-radius:6px;background:{color};color:{TextOn(color)};text-decoration:none;font-weight:600\">{Escaped(Button.Label)}</a></p>\n");
            body.Append($"<p style=\"margin:0 0 16px;font-size:14px;overflow-wrap:anywhere\">{link}</p>\n");
        }
        var footer = Footer is null ? "" : "<br>" + Escaped(Footer);
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{Escaped(Title)}</title></head>
            <body style="margin:0;padding:24px;background:#ffffff;color:#1b1b1f;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif">
            <div style="max-width:560px;margin:0 auto">
            <p style="margin:0 0 24px;font-weight:600;border-bottom:3px solid {color};padding-bottom:12px">{Escaped(Look.ProductName)}</p>
            <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">{Escaped(Title)}</h1>
            {body}<p style="margin:32px 0 0;font-size:13px;color:#5a5a64">{Escaped(Look.ProductName)}{footer}</p>
            </div>
            </body>
            </html>

            """;
    }

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);

    // Whoever builds a link of what a stranger sent must not be able to make it another kind of link.
    private static string Link(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        ? uri.AbsoluteUri
        : throw new ArgumentException("A button's link must be an absolute http or https address.", nameof(url));

    // Black or white, whichever can be read on it (WCAG's relative luminance).
    private static string TextOn(string color)
    {
        double Part(int at)
        {
            var value = Convert.ToInt32(color.Substring(at, 2), 16) / 255.0;
            return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
        var luminance = (0.2126 * Part(1)) + (0.7152 * Part(3)) + (0.0722 * Part(5));
        return luminance > 0.179 ? "#000000" : "#ffffff";
    }
}
