using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using HeadlessSupport.Api.Platform.Http;
using MimeKit;

namespace HeadlessSupport.Api.Platform.Mail;

/// <summary>Mails that reach nobody, to be read in a browser at <c>/dev/mail</c>: in the profile demo only, which is never reached from outside.</summary>
internal static class DevMail
{
    private const int Shown = 100;

    private const string Style = """
        :root { color-scheme: light dark; }
        body { max-width: 52rem; margin: 0 auto; padding: 2rem 1rem; font: 1rem/1.6 system-ui, sans-serif; color: #1b1b1f; background: #fff; }
        article { border-top: 1px solid #c9c9d1; padding: 1rem 0; }
        h2 { font-size: 1.125rem; margin: 0; }
        pre { padding: 1rem; border: 1px solid #c9c9d1; border-radius: 0.375rem; background: #f5f5f8; white-space: pre-wrap; overflow-wrap: anywhere; }
        a { color: #0b57d0; }
        @media (prefers-color-scheme: dark) {
          body { color: #e6e6ea; background: #17171a; }
          pre { border-color: #46464f; background: #222226; }
          a { color: #a8c7fa; }
        }
        """;

    private static readonly string ContentSecurityPolicy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void MapDevMail(this WebApplication app)
    {
        app.MapGet("/dev/mail", ListAsync).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/dev/mail/{name}", Raw).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> ListAsync(PlatformSettings settings, MailFolder folder, HttpResponse response, CancellationToken cancellationToken)
    {
        Prepare(settings, response);
        var mails = new StringBuilder();
        foreach (var name in folder.List().Take(Shown))
            mails.Append(await ShowAsync(folder, name, cancellationToken));
        // The style is what the policy's hash is of, to the last space.
        return Results.Text($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Mail – HeadlessSupport</title>
            <style>{Style}</style>
            </head>
            <body>
            <main>
            <h1>Mail</h1>
            {(mails.Length == 0 ? "<p>None was written yet.</p>\n" : mails)}</main>
            </body>
            </html>

            """, "text/html; charset=utf-8");
    }

    private static IResult Raw(string name, PlatformSettings settings, MailFolder folder, HttpResponse response)
    {
        Prepare(settings, response);
        // As text to save: a browser must not run what stands in it.
        return Results.File(folder.Open(name) ?? throw SupportException.NotFound("mail"), "message/rfc822", name);
    }

    private static void Prepare(PlatformSettings settings, HttpResponse response)
    {
        if (settings.Profile != PlatformSettings.Demo)
            throw SupportException.NotFound("page");
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
    }

    private static async Task<string> ShowAsync(MailFolder folder, string name, CancellationToken cancellationToken)
    {
        await using var file = folder.Open(name);
        if (file is null)
            return "";
        MimeMessage mail;
        try
        {
            mail = await MimeMessage.LoadAsync(file, cancellationToken);
        }
        catch (FormatException)
        {
            return "";
        }
        return $"""
            <article>
            <h2>{Escaped(mail.Subject ?? "")}</h2>
            <p>To {Escaped(mail.To.ToString())}, {Escaped(mail.Date.ToString("u", CultureInfo.InvariantCulture))} · <a href="/dev/mail/{Escaped(name)}">as a file</a></p>
            <pre>{Links(mail.TextBody ?? mail.HtmlBody ?? "")}</pre>
            </article>

            """;
    }

    // A link that stands alone on its line, as in our letters, can be followed.
    private static string Links(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line =>
        Uri.TryCreate(line, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && !line.Contains(' ', StringComparison.Ordinal)
            ? $"<a href=\"{Escaped(uri.AbsoluteUri)}\" rel=\"noreferrer\">{Escaped(line)}</a>"
            : Escaped(line)));

    private static string Escaped(string text) => WebUtility.HtmlEncode(text);
}
