using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using Npgsql;
using NpgsqlTypes;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>An endpoint, as far as it decides what it is sent.</summary>
internal sealed record Subscriber(Guid Id, string[] Types, bool Ordered, bool IncludeInternal, Func<Candidate, bool>? Filter)
{
    /// <summary>What happens now: not what happened before it was made.</summary>
    public bool Wants(Candidate happened) => happened.Id.CompareTo(Id) > 0 && WantsEver(happened);

    public bool WantsEver(Candidate happened)
    {
        if (happened.Type == WebhookEndpointEvents.Test)
            return happened.Resource == Id;
        return (IncludeInternal || happened.Audience != Audiences.Internal) && Array.Exists(Types, t => Matches(t, happened.Type)) && Filter?.Invoke(happened) != false;
    }

    public static bool Matches(string pattern, string type) =>
        pattern == "*" || pattern == type || (pattern.EndsWith(".*", StringComparison.Ordinal) && type.StartsWith(pattern[..^1], StringComparison.Ordinal));
}

/// <summary>An event that may be sent.</summary>
internal sealed record Candidate(long Sequence, Guid Id, string Type, Guid? Ticket, Guid Resource, string Audience, JsonElement Data);

/// <summary>The statements by which deliveries come to be, in a transaction that is told the organization first.</summary>
internal static class WebhookQueue
{
    /// <summary>Whoever has the cursor has the organization; others pass by.</summary>
    public static async Task<long?> LockCursorAsync(NpgsqlConnection connection, Guid organization, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select set_config('app.organization_id', $1, true)") { Parameters = { new() { Value = organization.ToString() } } },
                new("select sequence from webhook_cursors where organization_id = $1 for update skip locked") { Parameters = { new() { Value = organization } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? reader.GetInt64(0) : null;
    }

    /// <summary>The enabled endpoints, or one.</summary>
    public static async Task<List<Subscriber>> SubscribersAsync(NpgsqlConnection connection, Guid organization, Guid? only, WebhookFilters filters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select id, event_types, ordered, include_internal, filter from webhook_endpoints where organization_id = $1 and enabled and (id = $2 or $2 is null)", connection)
        { Parameters = { new() { Value = organization }, new() { Value = (object?)only ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new List<Subscriber>();
        while (await reader.ReadAsync(cancellationToken))
            found.Add(new(reader.GetGuid(0), reader.GetFieldValue<string[]>(1), reader.GetBoolean(2), reader.GetBoolean(3), reader.IsDBNull(4) ? null : filters.Compile(reader.GetString(4))));
        return found;
    }

    /// <summary>The next events. Their data are read only where a filter looks at them.</summary>
    public static async Task<List<Candidate>> EventsAsync(NpgsqlConnection connection, Guid organization, long after, int limit, bool withData, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select sequence, id, type, ticket_id, resource_id, audience, {(withData ? "data" : "null::json")} from events where organization_id = $1 and sequence > $2 order by sequence limit {limit}", connection)
        { Parameters = { new() { Value = organization }, new() { Value = after } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<Candidate>();
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(new(reader.GetInt64(0), reader.GetGuid(1), reader.GetString(2), reader.IsDBNull(3) ? null : reader.GetGuid(3), reader.GetGuid(4), reader.GetString(5),
                reader.IsDBNull(6) ? default : JsonSerializer.Deserialize<JsonElement>(reader.GetString(6))));
        }
        return events;
    }

    /// <summary>Makes deliveries; what was made already is left as it is. Answers how many are new.</summary>
    public static async Task<int> InsertAsync(NpgsqlConnection connection, Guid organization, Guid replay, List<(Subscriber Endpoint, Candidate Event)> wanted, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (wanted.Count == 0)
            return 0;
        await using var command = new NpgsqlCommand(
            """
            insert into webhook_deliveries (organization_id, id, endpoint_id, event_id, replay_id, event_type, sequence, ticket_id, ordered, status, attempts, tries, next_attempt_at, created_at)
            select $1, d.id, d.endpoint_id, d.event_id, $2, d.event_type, d.sequence, d.ticket_id, d.ordered and d.ticket_id is not null, 'pending', 0, 0, $3, $3
            from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::bigint[], $9::uuid[], $10::boolean[]) as d (id, endpoint_id, event_id, event_type, sequence, ticket_id, ordered)
            on conflict (organization_id, endpoint_id, event_id, replay_id) do nothing
            """, connection)
        {
            Parameters =
            {
                new() { Value = organization },
                new() { Value = replay },
                new() { Value = now },
                new() { Value = wanted.Select(_ => Id<WebhookDelivery>.New().Value).ToArray() },
                new() { Value = wanted.Select(w => w.Endpoint.Id).ToArray() },
                new() { Value = wanted.Select(w => w.Event.Id).ToArray() },
                new() { Value = wanted.Select(w => w.Event.Type).ToArray() },
                new() { Value = wanted.Select(w => w.Event.Sequence).ToArray() },
                new() { Value = wanted.Select(w => w.Event.Ticket).ToArray() },
                new() { Value = wanted.Select(w => w.Endpoint.Ordered).ToArray() },
            },
        };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <param name="to">Null for the newest event there is.</param>
    public static async Task AdvanceAsync(NpgsqlConnection connection, Guid organization, long? to, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "update webhook_cursors w set sequence = coalesce($2, (select sequence from event_cursors e where e.organization_id = $1), w.sequence) where organization_id = $1", connection)
        { Parameters = { new() { Value = organization }, new() { Value = (object?)to ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
