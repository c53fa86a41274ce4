using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HeadlessSupport.AspNetCore;

/// <summary>Asks the API who the key stands for.</summary>
internal sealed class HeadlessSupportHealthCheck(HeadlessSupportClient client, TimeSpan timeout) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        try
        {
            await client.Me.GetAsync(new RequestOptions { MaxRetries = 0, Timeout = timeout }, cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy("The API answers.");
        }
        catch (RateLimitException e)
        {
            return HealthCheckResult.Degraded("The API limits the calls: wait, or make fewer.", e);
        }
        catch (HeadlessSupportException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, Describe(e), e);
        }
    }

    private static string Describe(HeadlessSupportException e) => e switch
    {
        UnauthenticatedException => "The API refuses the key: it is wrong, expired or revoked.",
        ForbiddenException => $"The API refuses the call: {e.Message}",
        RequestTimeoutException => "The API did not answer in time.",
        ConnectionException => "The API cannot be reached.",
        _ => $"The API answers {(int?)e.Status}.",
    };
}
