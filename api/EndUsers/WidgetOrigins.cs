using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;

namespace HeadlessSupport.Api.EndUsers;

/// <summary>
/// Which web pages browsers let call the API: those that any enabled widget key allows. All of them are kept at hand,
/// since a preflight names neither a key nor an organization, and nobody's made-up origins shall ask the database.
/// </summary>
internal sealed class WidgetOrigins
{
    private const string Channel = "widget_keys_changed";
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);
    private readonly SemaphoreSlim turn = new(1);
    private readonly SystemDb system;
    private readonly TimeProvider time;
    private (HashSet<string> Allowed, long At)? known;

    public WidgetOrigins(SystemDb system, TimeProvider time, Notices notices)
    {
        (this.system, this.time) = (system, time);
        notices.On(Channel, _ => known = null, () => known = null);
    }

    public async Task<bool> AllowAsync(string origin, CancellationToken cancellationToken) => Origins.Allow(await AllAsync(cancellationToken), origin);

    private async Task<HashSet<string>> AllAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } at)
            return at;
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } meanwhile)
                return meanwhile;
            var now = time.GetTimestamp();
            var lists = await system.ReadAcrossOrganizationsAsync(db => db.WidgetKeys.AsNoTracking().Where(k => k.Enabled).Select(k => k.AllowedOrigins).ToListAsync(cancellationToken));
            var all = lists.SelectMany(o => o).ToHashSet(StringComparer.Ordinal);
            known = (all, now);
            return all;
        }
        finally
        {
            turn.Release();
        }
    }

    private HashSet<string>? Fresh() => known is { } k && time.GetElapsedTime(k.At) < Kept ? k.Allowed : null;
}

/// <summary>
/// CORS for end users. Preflights are answered for the allowed pages; an answer is shown to them only where it was asked
/// without a credential or with an end-user token: an API key has no business in a browser.
/// </summary>
internal sealed class WidgetCors(WidgetOrigins origins) : ICorsPolicyProvider
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
        if (!MayBeShown(context.Request) || !await origins.AllowAsync(origin, context.RequestAborted))
            return null;
        return new CorsPolicyBuilder(origin).WithHeaders(Headers).WithMethods("GET", "POST", "PUT", "PATCH", "DELETE").WithExposedHeaders(Exposed).SetPreflightMaxAge(Remembered).Build();
    }

    private static bool MayBeShown(HttpRequest request)
    {
        var credential = request.Headers.Authorization.ToString();
        return credential.Length == 0 || credential.StartsWith("Bearer " + EndUserTokens.Prefix, StringComparison.OrdinalIgnoreCase);
    }
}
