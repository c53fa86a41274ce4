using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace HeadlessSupport.Api.EndUsers;

/// <summary>
/// Which web pages browsers let call the API: those that any enabled widget key allows, and those that public OAuth apps
/// run on. All of them are kept at hand, since a preflight names neither a key nor an organization, and nobody's made-up
/// origins shall ask the database.
/// </summary>
internal sealed class BrowserOrigins
{
    private const string Channel = "widget_keys_changed";
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim turn = new(1);
    private readonly SystemDb system;
    private readonly TimeProvider time;
    private (Known Pages, long At)? known;

    public BrowserOrigins(SystemDb system, TimeProvider time, Notices notices)
    {
        (this.system, this.time) = (system, time);
        notices.On(Channel, _ => known = null, () => known = null);
    }

    /// <summary>Whether a widget's visitors come from there.</summary>
    public async Task<bool> IsWidgetsAsync(string origin, CancellationToken cancellationToken) => Origins.Allow((await AllAsync(cancellationToken)).Widgets, origin);

    /// <summary>Whether people sign in to an app there, which sends their token from the browser.</summary>
    public async Task<bool> IsAppsAsync(string origin, CancellationToken cancellationToken) => (await AllAsync(cancellationToken)).Apps.Contains(origin);

    private async Task<Known> AllAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } at)
            return at;
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } meanwhile)
                return meanwhile;
            var now = time.GetTimestamp();
            var (keys, apps) = await system.ReadAcrossOrganizationsAsync(async db => (
                await db.WidgetKeys.AsNoTracking().Where(k => k.Enabled).Select(k => k.AllowedOrigins).ToListAsync(cancellationToken),
                await db.OAuthApps.AsNoTracking().Where(a => !a.Confidential && a.DeletedAt == null).Select(a => a.RedirectUris).ToListAsync(cancellationToken)));
            var all = new Known(keys.SelectMany(o => o).ToHashSet(StringComparer.Ordinal), apps.SelectMany(u => u).SelectMany(OriginOf).ToHashSet(StringComparer.Ordinal));
            known = (all, now);
            return all;
        }
        finally
        {
            turn.Release();
        }
    }

    private Known? Fresh() => known is { } k && time.GetElapsedTime(k.At) < Kept ? k.Pages : null;

    // An app on a phone comes back to an address of its own scheme, from which no browser asks.
    private static IEnumerable<string> OriginOf(string redirectUri) =>
        Uri.TryCreate(redirectUri, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && Origins.TryNormalize($"{uri.Scheme}://{uri.Authority}", out var origin) ? [origin] : [];

    private sealed record Known(HashSet<string> Widgets, HashSet<string> Apps);
}

/// <summary>
/// CORS for end users and for apps in the browser. Preflights are answered for the allowed pages; an answer is shown to a
/// widget's page only where it was asked without a credential or with an end-user token, and to an app's page with an
/// access token: an API key has no business in a browser.
/// </summary>
internal sealed class BrowserCors(BrowserOrigins origins) : ICorsPolicyProvider
{
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(2);
    private static readonly string[] Headers = ["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID", "X-Requested-With", "X-SignalR-User-Agent"];
    private static readonly string[] Exposed = ["ETag", "Location", "Link", "Request-Id", "RateLimit", "RateLimit-Policy", "Retry-After", "Idempotency-Replayed"];

    public async Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length == 0)
            return null;
        // Whatever it is that answers: another origin gets another answer.
        context.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Origin);
        if (!await MayBeShownAsync(context.Request, origin))
            return null;
        return new CorsPolicyBuilder(origin).WithHeaders(Headers).WithMethods("GET", "POST", "PUT", "PATCH", "DELETE").WithExposedHeaders(Exposed).SetPreflightMaxAge(Remembered).Build();
    }

    private async Task<bool> MayBeShownAsync(HttpRequest request, string origin)
    {
        const string bearer = "Bearer ";
        var credential = request.Headers.Authorization.ToString();
        // Live connections may carry it in the address.
        var token = credential.StartsWith(bearer, StringComparison.OrdinalIgnoreCase) ? credential[bearer.Length..] : request.Query["access_token"].ToString();
        if (credential.Length > 0 && token.Length == 0)
            return false;
        var ct = request.HttpContext.RequestAborted;
        if (token.Length == 0)
            return await origins.IsWidgetsAsync(origin, ct) || await origins.IsAppsAsync(origin, ct);
        if (token.StartsWith(EndUserTokens.Prefix, StringComparison.Ordinal))
            return await origins.IsWidgetsAsync(origin, ct);
        // Access tokens are JWTs.
        return token.StartsWith("ey", StringComparison.Ordinal) && await origins.IsAppsAsync(origin, ct);
    }
}
