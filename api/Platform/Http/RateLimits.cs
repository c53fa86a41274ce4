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

    /// <exception cref="InvalidOperationException">A setting is no number that can be; the message names it.</exception>
    internal static RateLimitOptions Read(IConfigurationSection section)
    {
        var unset = new RateLimitOptions();
        return new() { Credential = RateLimit.Read(section.GetSection(nameof(Credential)), unset.Credential), Anonymous = RateLimit.Read(section.GetSection(nameof(Anonymous)), unset.Anonymous) };
    }
}

/// <summary>
/// Limits by credential, else by address, and says how much is left in the headers of the IETF draft
/// (draft-ietf-httpapi-ratelimit-headers).
/// </summary>
internal sealed class RateLimits(RequestDelegate next, RateLimitOptions options) : IAsyncDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> limiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
    {
        var (key, limit, _) = For(context, options);
        return RateLimitPartition.GetTokenBucketLimiter(key, _ => new()
        {
            TokenLimit = limit.Burst,
            // Ten small refills a second where they come out even, else one.
            TokensPerPeriod = limit.PerSecond % 10 == 0 ? limit.PerSecond / 10 : limit.PerSecond,
            ReplenishmentPeriod = limit.PerSecond % 10 == 0 ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromSeconds(1),
            AutoReplenishment = true,
            QueueLimit = 0,
        });
    });

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }
        using var lease = limiter.AttemptAcquire(context);
        var (_, limit, policy) = For(context, options);
        var left = limiter.GetStatistics(context)?.CurrentAvailablePermits ?? 0;
        var headers = context.Response.Headers;
        headers["RateLimit-Policy"] = string.Create(CultureInfo.InvariantCulture, $"\"{policy}\";q={limit.Burst};w={Math.Max(1, limit.Burst / limit.PerSecond)}");
        headers["RateLimit"] = string.Create(CultureInfo.InvariantCulture, $"\"{policy}\";r={left};t={Math.Max(1, (limit.Burst - left) / limit.PerSecond)}");
        if (!lease.IsAcquired)
        {
            throw new SupportException(ErrorCode.RateLimited, "Too many requests. Wait as long as Retry-After says, then go on more slowly.")
            {
                Headers = { ["Retry-After"] = Math.Max(1, lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? (int)Math.Ceiling(wait.TotalSeconds) : 1).ToString(CultureInfo.InvariantCulture) },
            };
        }
        await next(context);
    }

    public ValueTask DisposeAsync() => limiter.DisposeAsync();

    private static (string Key, RateLimit Limit, string Policy) For(HttpContext context, RateLimitOptions options) =>
        context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } credential
            ? ("c:" + credential, options.Credential, "credential")
            : ("a:" + Whose(context.Connection.RemoteIpAddress), options.Anonymous, "anonymous");

    // Whoever has an IPv6 address has 2^64 of them: it is their network that counts.
    private static string Whose(IPAddress? address) => address switch
    {
        null => "",
        { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } => Convert.ToHexString(address.GetAddressBytes(), 0, 8),
        _ => address.MapToIPv4().ToString(),
    };
}
