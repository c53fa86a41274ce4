using System.Net;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>A browser without a screen: keeps cookies, follows redirects within our own site, fills in forms.</summary>
internal sealed partial class Browser : IDisposable
{
    private const RegexOptions Safe = RegexOptions.Singleline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;
    private readonly HttpClient http;
    private readonly Uri url;

    public Browser(Uri url, string userAgent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
    {
        this.url = url;
        http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = Cookies });
        http.DefaultRequestHeaders.UserAgent.ParseAdd(userAgent);
    }

    public CookieContainer Cookies { get; } = new();

    /// <summary>The page it shows.</summary>
    public string Page { get; private set; } = "";
    public int Status { get; private set; }

    /// <summary>Where it is: on our site, or where it was sent away to.</summary>
    public Uri At { get; private set; } = null!;
    public HttpResponseMessage Response { get; private set; } = null!;

    public string Title => Heading().Match(Page) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups["text"].Value) : "";

    public string? Error => Alert().Match(Page) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups["text"].Value) : null;

    public Task<Browser> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null);

    /// <summary>Sends the page's form with this action; what it holds already goes along.</summary>
    public Task<Browser> SubmitAsync(string action, params (string Name, string Value)[] values) => PostAsync(action, Form(action, values));

    public Task<Browser> PostAsync(string path, IEnumerable<KeyValuePair<string, string>> form) => SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(form));

    /// <summary>What the form holds, and these values.</summary>
    public Dictionary<string, string> Form(string action, params (string Name, string Value)[] values)
    {
        var form = Forms().Matches(Page).Select(m => m.Value).FirstOrDefault(f => f.Contains($"action=\"{action}\"", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"The page has no form for {action}: {Status} {Page}");
        var fields = Hidden().Matches(form).ToDictionary(m => WebUtility.HtmlDecode(m.Groups["name"].Value), m => WebUtility.HtmlDecode(m.Groups["value"].Value), StringComparer.Ordinal);
        foreach (var (name, value) in values)
            fields[name] = value;
        return fields;
    }

    public string? Link(string contains) => Links().Matches(Page).Select(m => WebUtility.HtmlDecode(m.Groups["text"].Value)).FirstOrDefault(l => l.Contains(contains, StringComparison.Ordinal));

    public void Dispose() => http.Dispose();

    private async Task<Browser> SendAsync(HttpMethod method, string path, HttpContent? content)
    {
        var to = new Uri(url, path);
        for (var i = 0; i < 15; i++)
        {
            using var request = new HttpRequestMessage(method, to) { Content = content };
            Response = await http.SendAsync(request);
            Page = await Response.Content.ReadAsStringAsync();
            (Status, At) = ((int)Response.StatusCode, to);
            if (Status is not (301 or 302 or 303 or 307) || Response.Headers.Location is not { } next)
                return this;
            At = to = new Uri(to, next);
            if (to.GetLeftPart(UriPartial.Authority) != url.GetLeftPart(UriPartial.Authority))
                return this;
            (method, content) = (HttpMethod.Get, null);
        }
        throw new InvalidOperationException($"It is sent round in circles at {At}.");
    }

    [GeneratedRegex("<h1[^>]*>(?<text>.*?)</h1>", Safe)]
    private static partial Regex Heading();

    [GeneratedRegex("role=\"alert\">(?<text>.*?)</p>", Safe)]
    private static partial Regex Alert();

    [GeneratedRegex("<form.*?</form>", Safe)]
    private static partial Regex Forms();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\"[^>]*?value=\"(?<value>[^\"]*)\"", Safe)]
    private static partial Regex Hidden();

    [GeneratedRegex("href=\"(?<text>[^\"]*)\"", Safe)]
    private static partial Regex Links();
}
