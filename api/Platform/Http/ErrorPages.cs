using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Markdig;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>Serves what <c>docs/errors</c> says of an error code, where each problem's <c>type</c> points.</summary>
internal static partial class ErrorPages
{
    private const string Style = """
        :root { color-scheme: light dark; }
        body { max-width: 42rem; margin: 0 auto; padding: 2rem 1rem; font: 1.0625rem/1.6 system-ui, sans-serif; color: #1b1b1f; background: #fff; }
        h1 { font-size: 1.75rem; line-height: 1.25; }
        h2 { font-size: 1.25rem; }
        code { font: 0.9375em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
        pre { padding: 1rem; border: 1px solid #c9c9d1; border-radius: 0.375rem; background: #f5f5f8; white-space: pre-wrap; }
        a { color: #0b57d0; }
        @media (prefers-color-scheme: dark) {
          body { color: #e6e6ea; background: #17171a; }
          pre { border-color: #46464f; background: #222226; }
          a { color: #a8c7fa; }
        }
        """;

    private static readonly string ContentSecurityPolicy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().Build();

    public static void MapErrorPages(this WebApplication app) =>
        app.MapGet("/errors/{code}", ShowAsync).AllowAnonymous().ExcludeFromDescription();

    private static async Task<IResult> ShowAsync(string code, HttpResponse response, CancellationToken cancellationToken)
    {
        var file = Path.Combine(AppContext.BaseDirectory, "errors", code + ".md");
        if (!Code().IsMatch(code) || !File.Exists(file))
            throw SupportException.NotFound("error page");
        var page = Render(await File.ReadAllTextAsync(file, cancellationToken));
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "public, max-age=300";
        return Results.Text(page, "text/html; charset=utf-8");
    }

    private static string Render(string markdown)
    {
        // Each page begins with its heading: "# The cursor cannot be used".
        var title = WebUtility.HtmlEncode(markdown[1..markdown.IndexOf('\n', StringComparison.Ordinal)].Trim());
        // The style is what the policy's hash is of, to the last space.
        return $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{title} – HeadlessSupport</title>
            <style>{Style}</style>
            </head>
            <body>
            <main>
            {Markdown.ToHtml(markdown, Pipeline)}</main>
            </body>
            </html>

            """;
    }

    [GeneratedRegex("^[a-z0-9_]+$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Code();
}
