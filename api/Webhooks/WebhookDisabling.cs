using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>Disables endpoints that asked for it (410) or have failed too long. Their organization hears of it by an event.</summary>
internal sealed partial class WebhookDisabling(IServiceScopeFactory scopes, OrganizationClocks clocks, ILogger<WebhookDisabling> logger)
{
    private const int Most = 3;

    public async Task DisableAsync(IEnumerable<(LaneKey Lane, string Reason)> failing, CancellationToken cancellationToken)
    {
        foreach (var (lane, reason) in failing.DistinctBy(f => f.Lane))
        {
            for (var i = 0; i < Most && !await TryAsync(lane, reason, cancellationToken); i++)
                await Task.Delay(50, cancellationToken);
        }
    }

    private async Task<bool> TryAsync(LaneKey lane, string reason, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var tenant = scope.ServiceProvider.GetRequiredService<TenantContext>();
        tenant.Enter(new(lane.Organization), Actor.System, await clocks.OffsetAsync(lane.Organization, cancellationToken));
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var id = new Id<WebhookEndpoint>(lane.Endpoint);
        try
        {
            if (await db.WebhookEndpoints.SingleOrDefaultAsync(e => e.Id == id, cancellationToken) is { Enabled: true } endpoint)
            {
                endpoint.Disable(reason, tenant.Now);
                await db.SaveChangesAsync(cancellationToken);
                Log.Disabled(logger, lane.Endpoint, reason);
            }
            return true;
        }
        catch (DbUpdateConcurrencyException)
        {
            // Somebody changed it meanwhile: look again.
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The webhook endpoint {Endpoint} was disabled: {Reason}.")]
        public static partial void Disabled(ILogger logger, Guid endpoint, string reason);
    }
}
