using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>
/// Makes deliveries of the events of a time range, page by page: what was made and how far it is commit together, so it
/// goes on where it was killed.
/// </summary>
internal sealed class ReplayWebhooksJob(SupportDb db, TenantContext tenant, WebhookFilters filters, WebhookSignal sender)
{
    private const int EventsAtOnce = 1000;

    public async Task RunAsync(Guid replay, CancellationToken cancellationToken)
    {
        var id = new Id<WebhookReplay>(replay);
        // The request that asked for it may have queued this before its own transaction is committed.
        for (var i = 0; i < 40 && !await db.WebhookReplays.AnyAsync(r => r.Id == id, cancellationToken); i++)
            await Task.Delay(250, cancellationToken);
        while (await ContinueAsync(id, cancellationToken))
            sender.Wake();
        sender.Wake();
    }

    private async Task<bool> ContinueAsync(Id<WebhookReplay> id, CancellationToken cancellationToken)
    {
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // In another node's hands it is passed by.
        var replay = (await db.WebhookReplays.FromSql($"select * from webhook_replays where id = {id.Value} and finished_at is null for update skip locked").ToListAsync(cancellationToken)).SingleOrDefault();
        if (replay is null)
            return false;
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        var endpoint = (await WebhookQueue.SubscribersAsync(connection, tenant.Required.Value, replay.EndpointId.Value, filters, cancellationToken)).SingleOrDefault();
        var events = endpoint is null ? [] : await EventsAsync(replay, cancellationToken);
        var wanted = events.Where(e => endpoint!.WantsEver(e) && (replay.EventTypes.Count == 0 || replay.EventTypes.Exists(t => Subscriber.Matches(t, e.Type)))).Select(e => (endpoint!, e)).ToList();
        var made = await WebhookQueue.InsertAsync(connection, tenant.Required.Value, id.Value, wanted, tenant.RealNow, cancellationToken);
        replay.Advance(events.Count == 0 ? replay.After : events[^1].Id, made, events.Count < EventsAtOnce, tenant.RealNow);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        WebhookMetrics.Queued.Add(made);
        return replay.FinishedAt is null;
    }

    // Ids tell the real time, so the range is one of the key's, and of few partitions. What is not sequenced yet is sent as new.
    private async Task<List<Candidate>> EventsAsync(WebhookReplay replay, CancellationToken cancellationToken)
    {
        var offset = tenant.Now - tenant.RealNow;
        var (first, last) = (TypeId.FirstOf(replay.From - offset), TypeId.FirstOf(replay.To - offset));
        var after = replay.After == Guid.Empty ? first : replay.After;
        var rows = await db.Events.FromSql($"select * from events where id > {after} and id < {last} and sequence is not null order by id limit {EventsAtOnce}").AsNoTracking()
            .Select(e => new { Sequence = e.Sequence!.Value, e.Id, e.Type, e.TicketId, e.ResourceId, e.Audience, e.Data }).ToListAsync(cancellationToken);
        return rows.OrderBy(r => r.Id.Value).Select(r => new Candidate(r.Sequence, r.Id.Value, r.Type, r.TicketId, r.ResourceId, r.Audience, JsonSerializer.Deserialize<JsonElement>(r.Data))).ToList();
    }
}
