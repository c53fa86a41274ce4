using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Claims;
using System.Threading.RateLimiting;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>A token bucket: so many at once, refilled evenly.</summary>
public sealed record RateLimit
{
    /// <summary>Most requests at once.</summary>
    public int Burst { get; init; } = 600;

    /// <summary>Requests a second in the long run.</summary>
    public int PerSecond { get; init; } = 100;

    internal static RateLimit Read(IConfigurationSection section, RateLimit unset) => new()
    {
        Burst = Number(section.GetSection(nameof(Burst)), unset.Burst),
        PerSecond = Number(section.GetSection(nameof(PerSecond)), unset.PerSecond),
    };

    private static int Number(IConfigurationSection setting, int unset) => setting.Value switch
    {
        null => unset,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 1_000_000 => number,
        var text => throw new InvalidOperationException($"The setting {setting.Path} must be a whole number from 1 to 1000000; it is '{text}'."),
    };
}

/// <summary>Settings <c>RateLimits</c>, per node.</summary>
public sealed record RateLimitOptions
{
    /// <summary>For each credential.</summary>
    public RateLimit Credential { get; init; } = new();

    /// <summary>For each address (of IPv6: each network of 64 bits) without a valid credential.</summary>
    public RateLimit Anonymous { get; init; } = new() { Burst = 120, PerSecond = 10 };

    /// <summary>For each address at the pages and routes where people sign in. Wrong passwords are counted by account besides.</summary>
    public RateLimit SignIn { get; init; } = new() { Burst = 60, PerSecond = 1 };

    /// <summary>For each address, and what the route names, where tokens are got without a credential.</summary>
    public RateLimit Token { get; init; } = new() { Burst = 60, PerSecond = 5 };

    /// <summary>For each address and widget where visitors come without a credential.</summary>
    public RateLimit Widget { get; init; } = new() { Burst = 120, PerSecond = 10 };

    internal RateLimit Of(string policy) => policy switch
    {
        LimitedAttribute.SignIn => SignIn,
        LimitedAttribute.Token => Token,
        LimitedAttribute.Widget => Widget,
        _ => throw new InvalidOperationException($"There is no rate limit called {policy}."),
    };

    /// <exception cref="InvalidOperationException">A setting is no number that can be; the message names it.</exception>
    internal static RateLimitOptions Read(IConfigurationSection section)
    {
        var unset = new RateLimitOptions();
        return new()
        {
            Credential = RateLimit.Read(section.GetSection(nameof(Credential)), unset.Credential),
            Anonymous = RateLimit.Read(section.GetSection(nameof(Anonymous)), unset.Anonymous),
            SignIn = RateLimit.Read(section.GetSection(nameof(SignIn)), unset.SignIn),
            Token = RateLimit.Read(section.GetSection(nameof(Token)), unset.Token),
            Widget = RateLimit.Read(section.GetSection(nameof(Widget)), unset.Widget),
        };
    }
}

/// <summary>
/// A stricter limit by address, on an action or (as metadata: <c>.WithMetadata(new LimitedAttribute(…))</c>) on any
/// endpoint. It takes the place of the usual ones, whatever credential comes along.
/// </summary>
/// <param name="policy">One of the words below; the settings of that name say how much.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class LimitedAttribute(string policy) : Attribute
{
    public const string SignIn = "sign_in";
    public const string Token = "token";
    public const string Widget = "widget";

    public string Policy { get; } = policy;

    /// <summary>
    /// A value of the route (the widget's key) that is counted apart beside the address, so that one of several behind an
    /// address does not lock out the others. All together have ten times as much: values can be made up.
    /// </summary>
    public string? By { get; init; }
}

/// <summary>The buckets of this node.</summary>
internal sealed class RateLimitBuckets : IAsyncDisposable
{
    private readonly PartitionedRateLimiter<RateLimitCharge> limiter = PartitionedRateLimiter.Create<RateLimitCharge, string>(charge => RateLimitPartition.GetTokenBucketLimiter(charge.Key, _ => new()
    {
        TokenLimit = charge.Limit.Burst,
        // Ten small refills a second where they come out even, else one.
        TokensPerPeriod = charge.Limit.PerSecond % 10 == 0 ? charge.Limit.PerSecond / 10 : charge.Limit.PerSecond,
        ReplenishmentPeriod = charge.Limit.PerSecond % 10 == 0 ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(1),
        AutoReplenishment = true,
        QueueLimit = 0,
    }));

    /// <summary>Takes one from the bucket and says in the headers how much is left.</summary>
    /// <exception cref="SupportException">There is none left: 429.</exception>
    public void Take(HttpContext context, RateLimitCharge charge)
    {
        using var lease = limiter.AttemptAcquire(charge);
        var (_, limit, policy) = charge;
        var left = limiter.GetStatistics(charge)?.CurrentAvailablePermits ?? 0;
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{policy}\";q={limit.Burst};w={Math.Max(1, limit.Burst / limit.PerSecond)}");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{policy}\";r={left};t={Math.Max(1, (limit.Burst - left) / limit.PerSecond)}");
        if (lease.IsAcquired)
            return;
        throw new SupportException(ErrorCode.RateLimited, "Too many requests. Wait as long as Retry-After says, then go on more slowly.")
        {
            Headers = { ["Retry-After"] = Math.Max(1, lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? (int)Math.Ceiling(wait.TotalSeconds) : 1).ToString(CultureInfo.InvariantCulture) },
        };
    }

    public ValueTask DisposeAsync() => limiter.DisposeAsync();

    // Whoever has an IPv6 address has 2^64 of them: it is their network that counts.
    public static string Whose(IPAddress? address) => address switch
    {
        null => "",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } => Convert.ToHexString(address.GetAddressBytes(), 0, 8),
        _ => address.MapToIPv4().ToString(),
    };
}

/// <param name="Key">Names the bucket.</param>
/// <param name="Policy">What it is called in the headers.</param>
internal readonly record struct RateLimitCharge(string Key, RateLimit Limit, string Policy);

/// <summary>
/// Limits by credential, else by address, and says how much is left in the headers of the IETF draft
/// (draft-ietf-httpapi-ratelimit-headers).
/// </summary>
internal sealed class RateLimits(RequestDelegate next, RateLimitOptions options, RateLimitBuckets buckets)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) && DoorLimits.Of(context) is null)
        {
            buckets.Take(context, context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } credential
                ? new("c:" + credential, options.Credential, "credential")
                : new("a:" + RateLimitBuckets.Whose(context.Connection.RemoteIpAddress), options.Anonymous, "anonymous"));
        }
        return next(context);
    }
}

/// <summary>
/// The stricter limits of <see cref="LimitedAttribute"/>, and of all below <c>/sign-in</c> and <c>/oauth</c>. Before
/// authentication: what protects sign-in must not cost a look-up first, and some of it is answered there already.
/// </summary>
internal sealed class DoorLimits(RequestDelegate next, RateLimitOptions options, RateLimitBuckets buckets)
{
    private const int MostTogether = 10;
    private static readonly LimitedAttribute SignIn = new(LimitedAttribute.SignIn);

    public Task InvokeAsync(HttpContext context)
    {
        if (Of(context) is { } limited)
            Take(context, limited);
        return next(context);
    }

    /// <summary>The stricter limit that holds for the request, if one does.</summary>
    public static LimitedAttribute? Of(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<LimitedAttribute>() ?? (IsDoor(context.Request.Path.Value ?? "") ? SignIn : null);

    private static bool IsDoor(string path) => path.StartsWith("/sign-in", StringComparison.OrdinalIgnoreCase) || path.StartsWith("/oauth/", StringComparison.OrdinalIgnoreCase);

    private void Take(HttpContext context, LimitedAttribute limited)
    {
        var (limit, key) = (options.Of(limited.Policy), $"{limited.Policy}:{RateLimitBuckets.Whose(context.Connection.RemoteIpAddress)}");
        if (limited.By is not { } by)
        {
            buckets.Take(context, new(key, limit, limited.Policy));
            return;
        }
        buckets.Take(context, new(key, new() { Burst = limit.Burst * MostTogether, PerSecond = limit.PerSecond * MostTogether }, limited.Policy));
        var value = context.GetRouteValue(by)?.ToString() ?? "";
        buckets.Take(context, new($"{key}:{(value.Length > 100 ? value[..100] : value)}", limit, limited.Policy));
    }
}
