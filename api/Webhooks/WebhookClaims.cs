using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>Which endpoint of which organization.</summary>
internal sealed record LaneKey(Guid Organization, Guid Endpoint);

/// <summary>A delivery in this node's hands, for as long as the lease is.</summary>
internal sealed record Claimed(LaneKey Lane, Guid Id, Guid EventId, int Attempts, int Tries, Guid? Ticket, long Sequence, bool Ordered, DateTimeOffset At)
{
    /// <summary>The request's body; null where the event is gone.</summary>
    public byte[]? Body { get; init; }
}

/// <summary>Takes deliveries into this node's hands: across organizations, led by an index, past what other nodes hold.</summary>
internal sealed class WebhookClaims(SystemDb system, SecretBox box, TimeProvider time)
{
    /// <summary>What a node holds and does not finish is another's after this.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    // One look into the index for each endpoint that has deliveries waiting, however many those are.
    internal const string DueSql = """
        with recursive lanes as (
            (select organization_id, endpoint_id from webhook_deliveries where status = 'pending' order by organization_id, endpoint_id limit 1)
            union all
            select n.organization_id, n.endpoint_id from lanes l cross join lateral (
                select d.organization_id, d.endpoint_id from webhook_deliveries d
                where d.status = 'pending' and (d.organization_id, d.endpoint_id) > (l.organization_id, l.endpoint_id)
                order by d.organization_id, d.endpoint_id limit 1) n
        )
        select l.organization_id, l.endpoint_id, first.next_attempt_at
        from lanes l
        cross join lateral (
            select d.next_attempt_at from webhook_deliveries d
            where d.organization_id = l.organization_id and d.endpoint_id = l.endpoint_id and d.status = 'pending' and d.next_attempt_at <= $1
            order by d.next_attempt_at limit 1) first
        join webhook_endpoints e on e.organization_id = l.organization_id and e.id = l.endpoint_id and e.enabled
        """;

    // Of an endpoint that wants order, what stands behind an earlier one of its ticket is put off until that one's turn.
    // The finished one brings it forward again; ten minutes at most where that was missed.
    internal const string ClaimSql = """
        with due as (
            select d.organization_id, d.id, d.ordered, d.endpoint_id, d.ticket_id, d.sequence from webhook_deliveries d
            where d.organization_id = $1 and d.endpoint_id = $2 and d.status = 'pending' and d.next_attempt_at <= $3 and (d.locked_until is null or d.locked_until <= $3)
            order by d.next_attempt_at, d.sequence limit $4 for update skip locked
        ), judged as (
            select due.organization_id, due.id, case when due.ordered then (
                select greatest(b.next_attempt_at, b.locked_until) from webhook_deliveries b
                where b.organization_id = due.organization_id and b.endpoint_id = due.endpoint_id and b.ticket_id = due.ticket_id and b.status = 'pending' and b.ordered and b.sequence < due.sequence
                order by b.sequence limit 1) end as behind
            from due
        )
        update webhook_deliveries d
        set locked_until = case when j.behind is null then $5 end,
            next_attempt_at = case when j.behind is null then d.next_attempt_at else least(greatest(j.behind, $3 + interval '5 seconds'), $3 + interval '10 minutes') end
        from judged j where d.organization_id = j.organization_id and d.id = j.id
        returning d.id, d.event_id, d.attempts, d.tries, d.ticket_id, d.sequence, d.ordered, j.behind is null
        """;

    /// <summary>Endpoints that have something to be sent, and since when.</summary>
    public async Task<List<(LaneKey Lane, DateTimeOffset Since)>> DueAsync(CancellationToken cancellationToken)
    {
        await using var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken);
        await using var command = new NpgsqlCommand(DueSql, connection) { Parameters = { new() { Value = time.GetUtcNow() } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var due = new List<(LaneKey, DateTimeOffset)>();
        while (await reader.ReadAsync(cancellationToken))
            due.Add((new(reader.GetGuid(0), reader.GetGuid(1)), reader.GetFieldValue<DateTimeOffset>(2)));
        return due;
    }

    /// <summary>Takes up to so many deliveries of each lane; answers them with their bodies, and how many rows it looked at in each.</summary>
    public async Task<(List<Claimed> Deliveries, int[] Seen)> ClaimAsync(IReadOnlyList<(LaneKey Lane, int Room)> lanes, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var claimed = new List<Claimed>();
        var seen = new int[lanes.Count];
        await using (var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken))
        {
            await using var batch = new NpgsqlBatch(connection);
            foreach (var (lane, room) in lanes)
            {
                batch.BatchCommands.Add(new(ClaimSql)
                {
                    Parameters = { new() { Value = lane.Organization }, new() { Value = lane.Endpoint }, new() { Value = now }, new() { Value = room }, new() { Value = now + Lease } },
                });
            }
            await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
            for (var i = 0; i < lanes.Count; i++)
            {
                while (await reader.ReadAsync(cancellationToken))
                {
                    seen[i]++;
                    if (reader.GetBoolean(7))
                    {
                        claimed.Add(new(lanes[i].Lane, reader.GetGuid(0), reader.GetGuid(1), reader.GetInt32(2), reader.GetInt32(3), reader.IsDBNull(4) ? null : reader.GetGuid(4),
                            reader.GetInt64(5), reader.GetBoolean(6), now));
                    }
                }
                await reader.NextResultAsync(cancellationToken);
            }
        }
        // A row locked by an update comes back in no order.
        claimed.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));
        var bodies = await BodiesAsync(claimed, cancellationToken);
        return (claimed.ConvertAll(c => c with { Body = bodies.GetValueOrDefault((c.Lane.Organization, c.EventId)) }), seen);
    }

    /// <summary>What must be known of an endpoint to send to it; null where it is gone or disabled.</summary>
    public async Task<WebhookTarget?> TargetAsync(LaneKey lane, CancellationToken cancellationToken)
    {
        await using var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select url, headers, signatures, max_concurrency, rate_limit from webhook_endpoints where organization_id = $1 and id = $2 and enabled") { Parameters = { new() { Value = lane.Organization }, new() { Value = lane.Endpoint } } },
                new("select scheme, sealed, expires_at from webhook_secrets where organization_id = $1 and endpoint_id = $2 and (expires_at is null or expires_at > $3) order by created_at desc")
                { Parameters = { new() { Value = lane.Organization }, new() { Value = lane.Endpoint }, new() { Value = time.GetUtcNow() } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
            return null;
        var url = new Uri(reader.GetString(0));
        var headers = reader.IsDBNull(1) || !box.TryOpen(WebhookEndpointsController.HeadersPurpose, reader.GetFieldValue<byte[]>(1), out var content) ? [] : JsonSerializer.Deserialize<Dictionary<string, string>>(content)!;
        var schemes = reader.GetFieldValue<string[]>(2);
        var (concurrency, rate) = (reader.GetInt32(3), reader.IsDBNull(4) ? (int?)null : reader.GetInt32(4));
        await reader.NextResultAsync(cancellationToken);
        var keys = new List<WebhookKey>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var scheme = reader.GetString(0);
            if (!schemes.Contains(scheme))
                continue;
            keys.Add(box.TryOpen(WebhookSecret.Purpose, reader.GetFieldValue<byte[]>(1), out var key)
                ? WebhookKey.Of(scheme, key, reader.IsDBNull(2) ? null : reader.GetFieldValue<DateTimeOffset>(2))
                : throw new InvalidOperationException("A stored webhook secret does not open: the key ring lacks its key."));
        }
        return new(url, [.. headers], keys, concurrency, rate);
    }

    /// <summary>How many deliveries wait, counted up to 100,000.</summary>
    public async Task<long> PendingAsync(CancellationToken cancellationToken)
    {
        await using var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select count(*) from (select from webhook_deliveries where status = 'pending' limit 100000) as waiting", connection);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Gives back what was not sent, so that it need not wait for the lease's end.</summary>
    public Task ReleaseAsync(IReadOnlyList<Claimed> unsent, CancellationToken cancellationToken) => system.ExecuteAcrossOrganizationsAsync(
        "update webhook_deliveries d set locked_until = null from unnest($1::uuid[], $2::uuid[]) as u (organization_id, id) where d.organization_id = u.organization_id and d.id = u.id and d.locked_until = $3",
        cancellationToken, new() { Value = unsent.Select(u => u.Lane.Organization).ToArray() }, new() { Value = unsent.Select(u => u.Id).ToArray() }, new() { Value = unsent[0].At + Lease });

    // Many endpoints may be sent the same event: it is read and written once.
    private async Task<Dictionary<(Guid, Guid), byte[]>> BodiesAsync(List<Claimed> claimed, CancellationToken cancellationToken)
    {
        var wanted = claimed.Select(c => (c.Lane.Organization, c.EventId)).Distinct().ToList();
        if (wanted.Count == 0)
            return [];
        var organizations = wanted.Select(w => w.Organization).ToArray();
        var ids = wanted.Select(w => w.EventId).ToArray();
        var events = await system.ReadAcrossOrganizationsAsync(db => db.Events
            .FromSql($"select e.* from unnest({organizations}, {ids}) as w (organization_id, id) join events e on e.organization_id = w.organization_id and e.id = w.id")
            .AsNoTracking().ToListAsync(cancellationToken));
        return events.ToDictionary(e => (e.OrganizationId.Value, e.Id.Value), e => JsonSerializer.SerializeToUtf8Bytes(EventResponse.From(e), Json.Options));
    }
}
