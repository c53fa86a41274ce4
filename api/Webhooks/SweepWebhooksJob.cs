using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>
/// Has replays gone on with that nobody works on any more, and removes, some at a time, deliveries past their time and
/// what waits for an endpoint that was deleted.
/// </summary>
internal sealed class SweepWebhooksJob(SystemDb system, WebhookReplays replays, WebhookOptions options, TimeProvider time)
{
    private const int AtATime = 5000;
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await ContinueReplaysAsync(cancellationToken);
        var before = time.GetUtcNow() - TimeSpan.FromDays(options.DeliveriesKeptDays);
        await RemoveAsync("webhook_attempts", "select ctid from webhook_attempts where at < $1", before, cancellationToken);
        await RemoveAsync("webhook_deliveries", "select ctid from webhook_deliveries where created_at < $1", before, cancellationToken);
        await RemoveAsync("webhook_deliveries",
            "select ctid from webhook_deliveries d where d.status = 'pending' and d.created_at < $1 and not exists (select from webhook_endpoints e where e.organization_id = d.organization_id and e.id = d.endpoint_id)", time.GetUtcNow(), cancellationToken);
    }

    internal async Task ContinueReplaysAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - Forgotten;
        var forgotten = await system.ReadAcrossOrganizationsAsync(db => db.WebhookReplays.AsNoTracking().Where(r => r.FinishedAt == null && r.TouchedAt < before)
            .OrderBy(r => r.TouchedAt).Take(100).Select(r => new { r.OrganizationId, r.Id }).ToListAsync(cancellationToken));
        foreach (var replay in forgotten)
            replays.Start(replay.OrganizationId.Value, replay.Id.Value);
    }

    private async Task RemoveAsync(string table, string which, DateTimeOffset before, CancellationToken cancellationToken)
    {
        int removed;
        do
        {
            removed = await system.ExecuteAcrossOrganizationsAsync($"delete from {table} where ctid = any (array({which} limit {AtATime}))", cancellationToken, new NpgsqlParameter { Value = before });
        }
        while (removed == AtATime);
    }
}
