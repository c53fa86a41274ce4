using HeadlessSupport;
using HeadlessSupport.AspNetCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a check of whether the API of HeadlessSupport answers.</summary>
public static class HeadlessSupportHealthChecks
{
    /// <summary>
    /// Checks that the API answers the registered client's key (<c>GET /api/v1/me</c>). It is degraded where the API limits the
    /// calls, and fails where the API refuses the key, fails itself or cannot be reached; a sentence says which.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="clientName">The name that the client was registered under; null for the one without a name.</param>
    /// <param name="name">What the check is called; <c>headlesssupport</c> unless set, with the client's name behind it.</param>
    /// <param name="failureStatus">What a failure counts as; unhealthy unless set.</param>
    /// <param name="tags">Tags to choose checks by.</param>
    /// <param name="timeout">How long the API may take; 5 seconds unless set.</param>
    /// <returns>The health checks.</returns>
    public static IHealthChecksBuilder AddHeadlessSupport(this IHealthChecksBuilder builder, string? clientName = null, string? name = null, HealthStatus? failureStatus = null, IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Add(new HealthCheckRegistration(
            name ?? (clientName is null ? "headlesssupport" : $"headlesssupport-{clientName}"),
            services => new HeadlessSupportHealthCheck(clientName is null ? services.GetRequiredService<HeadlessSupportClient>() : services.GetRequiredKeyedService<HeadlessSupportClient>(clientName), timeout ?? TimeSpan.FromSeconds(5)),
            failureStatus,
            tags));
    }
}
