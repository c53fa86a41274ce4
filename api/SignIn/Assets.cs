using System.Globalization;
using System.Reflection;
using System.Text;

namespace HeadlessSupport.Api.SignIn;

/// <summary>The style and the one script of the sign-in pages.</summary>
internal static class Assets
{
    public static void MapAssets(this RouteGroupBuilder pages)
    {
        pages.MapGet("/assets/sign-in.css", (HttpContext context) => File(context, "sign-in.css", "text/css"));
        pages.MapGet("/assets/passkeys.js", (HttpContext context) => File(context, "passkeys.js", "text/javascript"));
        pages.MapGet("/assets/color/{color:regex(^[0-9a-f]{{6}}$)}.css", (HttpContext context, string color) =>
        {
            context.Response.Headers.CacheControl = "public, max-age=86400";
            return Results.Text($":root {{ --accent: #{color}; --on-accent: {On(color)}; }}\n", "text/css", Encoding.UTF8);
        });
        pages.MapGet("/device-done", (HttpContext context, SignInPages p) => p.Message(context, "Signed in", "Go back to your other device. You can close this page."));
        pages.MapGet("/device-refused", (HttpContext context, SignInPages p) => p.Message(context, "Not signed in", "The other device is not let in. You can close this page."));
    }

    private static IResult File(HttpContext context, string name, string type)
    {
        context.Response.Headers.CacheControl = "public, max-age=3600";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return Results.Stream(Assembly.GetExecutingAssembly().GetManifestResourceStream("sign-in/" + name)!, type + "; charset=utf-8");
    }

    // Black or white, whichever can be read better on it (WCAG's relative luminance; both have 4.5 where it is 0.179).
    private static string On(string color)
    {
        double Part(int at)
        {
            var value = int.Parse(color.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255d;
            return value <= 0.03928 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
        }
        return (0.2126 * Part(0)) + (0.7152 * Part(2)) + (0.0722 * Part(4)) > 0.179 ? "#000" : "#fff";
    }
}
