using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;

namespace HeadlessSupport.Api.SignIn;

/// <summary>
/// How often an address may be tried, whether there is such a login or not: by the account's address and where the
/// request came from, so that one person's mistakes lock out nobody else in the office. Per node.
/// </summary>
internal sealed class SignInTries : IDisposable
{
    private const int AtOnce = 10;
    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);
    private readonly PartitionedRateLimiter<string> limiter = PartitionedRateLimiter.Create<string, string>(who => RateLimitPartition.GetTokenBucketLimiter(who, _ => new()
    {
        TokenLimit = AtOnce,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromMinutes(1),
        AutoReplenishment = true,
        QueueLimit = 0,
    }));

    public bool May(HttpContext context, string account)
    {
        var who = Convert.ToHexString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{account.Trim().ToUpperInvariant()} {context.Connection.RemoteIpAddress}")));
        using var lease = limiter.AttemptAcquire(who);
        return lease.IsAcquired;
    }

    public void Dispose() => limiter.Dispose();
}
