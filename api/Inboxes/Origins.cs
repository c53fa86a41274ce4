using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace HeadlessSupport.Api.Inboxes;

/// <summary>
/// Origins of web pages, as widget keys allow them: <c>https://shop.example</c>, <c>https://*.shop.example</c> for all
/// below it, and on the developer's own machine <c>http://localhost:3000</c> or <c>http://localhost:*</c>.
/// </summary>
public static class Origins
{
    private const string AnyBelow = "*.";
    private const string AnyPort = ":*";

    /// <summary>As browsers write it: in lower case, without the port that goes without saying, hosts in ASCII.</summary>
    public static bool TryNormalize(string text, out string origin)
    {
        origin = "";
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || text.Length > 300 || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '\\' or '@' or '?' or '#'))
            return false;
        var rest = text[(scheme + 3)..];
        var below = rest.StartsWith(AnyBelow, StringComparison.Ordinal);
        if (below)
            rest = rest[AnyBelow.Length..];
        var anyPort = rest.EndsWith(AnyPort, StringComparison.Ordinal);
        if (anyPort)
            rest = rest[..^AnyPort.Length];
        if (rest.Length == 0 || rest.Contains('/', StringComparison.Ordinal) || rest.Contains('*', StringComparison.Ordinal)
            || !Uri.TryCreate($"{text[..scheme]}://{rest}/", UriKind.Absolute, out var uri) || uri.HostNameType is UriHostNameType.Unknown or UriHostNameType.Basic || rest.EndsWith('.'))
            return false;
        var isLocal = uri.Host is "localhost" or "127.0.0.1" or "[::1]";
        if (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && isLocal))
            return false;
        // Everybody has something below *.com.
        if ((below && (uri.HostNameType != UriHostNameType.Dns || !uri.IdnHost.Contains('.', StringComparison.Ordinal))) || (anyPort && !isLocal))
            return false;
        var port = anyPort ? AnyPort : uri.IsDefaultPort ? "" : ":" + uri.Port.ToString(CultureInfo.InvariantCulture);
        origin = $"{uri.Scheme}://{(below ? AnyBelow : "")}{(uri.HostNameType == UriHostNameType.Dns ? uri.IdnHost : uri.Host)}{port}".ToLowerInvariant();
        return true;
    }

    /// <summary>Whether one of those allowed is the origin that a browser sent, or covers it.</summary>
    public static bool Allow(IReadOnlyCollection<string> allowed, string origin) => Covering(origin).Any(allowed.Contains);

    /// <summary>All ways to allow this origin.</summary>
    internal static IEnumerable<string> Covering(string origin)
    {
        // Only what a browser could have written: nothing is made to fit here.
        if (!TryNormalize(origin, out var normal) || normal != origin || origin.Contains('*', StringComparison.Ordinal))
            yield break;
        yield return origin;
        var uri = new Uri(origin);
        if (uri.Host is "localhost" or "127.0.0.1" or "[::1]")
            yield return $"{uri.Scheme}://{uri.Host}{AnyPort}";
        if (uri.HostNameType != UriHostNameType.Dns)
            yield break;
        var port = uri.IsDefaultPort ? "" : ":" + uri.Port.ToString(CultureInfo.InvariantCulture);
        for (var dot = uri.IdnHost.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = uri.IdnHost.IndexOf('.', dot + 1))
            yield return $"{uri.Scheme}://*{uri.IdnHost[dot..]}{port}";
    }
}

/// <summary>Origins of web pages.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class OriginsAttribute : ValidationAttribute
{
    public OriginsAttribute() => ErrorMessage = "Must be origins such as https://shop.example or https://*.shop.example, without a path; http only for localhost and 127.0.0.1.";

    public override bool IsValid(object? value) => value is null || (value is List<string> origins && origins.TrueForAll(o => o is not null && Origins.TryNormalize(o, out _)));
}
