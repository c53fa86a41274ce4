using System.Threading.Channels;
using HeadlessSupport.Api.Platform.Data;
using Npgsql;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>Writes down how requests went, as many at once as there are: the delivery, the attempt and the endpoint's luck in one transaction.</summary>
internal sealed partial class WebhookResults(SystemDb system, WebhookDisabling disabling, WebhookSignal signal, TimeProvider time, ILogger<WebhookResults> logger)
{
    public const string EventGone = "event_gone";
    private const int AtOnce = 500;
    private readonly Channel<Result> results = Channel.CreateBounded<Result>(2 * AtOnce);

    public ValueTask AddAsync(Claimed delivery, WebhookOutcome outcome) => results.Writer.WriteAsync(Judge(delivery, outcome));

    /// <summary>Nothing more is added: writing ends when all is written.</summary>
    public void Complete() => results.Writer.TryComplete();

    public async Task WriteAsync()
    {
        var some = new List<Result>();
        while (some.Count > 0 || await results.Reader.WaitToReadAsync())
        {
            while (some.Count < AtOnce && results.Reader.TryRead(out var result))
                some.Add(result);
            try
            {
                var failing = await StoreAsync(some);
                foreach (var result in some)
                    WebhookMetrics.Attempts.Add(1, new KeyValuePair<string, object?>("outcome", result.Outcome.Error ?? "success"));
                if (some.Exists(r => r.Delivery.Ordered && r.IsFinished))
                    signal.Wake();
                some.Clear();
                await disabling.DisableAsync(failing, CancellationToken.None);
            }
#pragma warning disable CA1031 // Whatever it is: if it ended here, nothing would be written down any more.
            catch (Exception error)
#pragma warning restore CA1031
            {
                // They are kept and written later; should the program end before, they are sent once more.
                Log.Failed(logger, error);
                await Task.Delay(TimeSpan.FromSeconds(1));
                if (results.Reader.Completion.IsCompleted)
                    return;
            }
        }
    }

    private Result Judge(Claimed delivery, WebhookOutcome outcome)
    {
        var tries = delivery.Tries + 1;
        if (outcome.Error is null)
            return new(delivery, outcome, Id<WebhookAttempt>.New().Value, "succeeded", tries, null);
        var next = outcome.IsGone || outcome.Error == EventGone ? null : WebhookRetries.Next(tries, time.GetUtcNow(), outcome.RetryAfter);
        return new(delivery, outcome, Id<WebhookAttempt>.New().Value, next is null ? "failed" : "pending", tries, next);
    }

    // Answers the endpoints that are to be disabled, and why.
    private async Task<List<(LaneKey Lane, string Reason)>> StoreAsync(List<Result> some)
    {
        await using var connection = await system.OpenAcrossOrganizationsAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync();
        // Always in one order, so that two nodes never wait for each other.
        some.Sort((a, b) => a.Delivery.Id.CompareTo(b.Delivery.Id));
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { Deliveries(some), Attempts(some), Healths(some) } };
        if (some.Exists(r => r.Delivery.Ordered && r.IsFinished))
            batch.BatchCommands.Add(Followers([.. some.Where(r => r.Delivery.Ordered && r.IsFinished)]));
        var failing = some.Where(r => r.Outcome.IsGone).Select(r => (r.Delivery.Lane, WebhookEndpoint.DisabledAsGone)).Distinct().ToList();
        var patience = time.GetUtcNow() - WebhookRetries.Patience;
        await using (var reader = await batch.ExecuteReaderAsync())
        {
            // Only the third answers rows.
            while (await reader.ReadAsync())
            {
                if (!reader.IsDBNull(2) && reader.GetFieldValue<DateTimeOffset>(2) < patience)
                    failing.Add((new(reader.GetGuid(0), reader.GetGuid(1)), WebhookEndpoint.DisabledAsFailing));
            }
        }
        await transaction.CommitAsync();
        return failing;
    }

    private static NpgsqlBatchCommand Deliveries(List<Result> some) => new("""
        update webhook_deliveries d set status = r.status, attempts = r.attempts, tries = r.tries, next_attempt_at = r.next, locked_until = null, last_status = r.http, last_error = r.error,
            finished_at = case when r.status <> 'pending' then r.at end
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::integer[], $6::timestamptz[], $7::integer[], $8::text[], $9::timestamptz[]) as r (organization_id, id, status, attempts, tries, next, http, error, at)
        where d.organization_id = r.organization_id and d.id = r.id
        """)
    {
        Parameters =
        {
            Array(some, r => r.Delivery.Lane.Organization),
            Array(some, r => r.Delivery.Id),
            Array(some, r => r.Status),
            Array(some, r => r.Delivery.Attempts + 1),
            Array(some, r => r.Tries),
            Array(some, r => r.Next),
            Array(some, r => r.Outcome.Status),
            Array(some, r => r.Outcome.Error),
            Array(some, r => r.Outcome.At.AddMilliseconds(r.Outcome.LatencyMs)),
        },
    };

    private static NpgsqlBatchCommand Attempts(List<Result> some) => new("""
        insert into webhook_attempts (organization_id, delivery_id, id, endpoint_id, at, status, error, latency_ms, answer)
        select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::integer[], $7::text[], $8::integer[], $9::text[])
        on conflict do nothing
        """)
    {
        Parameters =
        {
            Array(some, r => r.Delivery.Lane.Organization),
            Array(some, r => r.Delivery.Id),
            Array(some, r => r.AttemptId),
            Array(some, r => r.Delivery.Lane.Endpoint),
            Array(some, r => r.Outcome.At),
            Array(some, r => r.Outcome.Status),
            Array(some, r => r.Outcome.Error),
            Array(some, r => r.Outcome.LatencyMs),
            Array(some, r => r.Outcome.Answer),
        },
    };

    // Not of endpoints that were deleted meanwhile.
    private static NpgsqlBatchCommand Healths(List<Result> some)
    {
        var lanes = some.GroupBy(r => r.Delivery.Lane).OrderBy(g => g.Key.Endpoint).Select(g => (
            g.Key,
            Success: g.Where(r => r.Outcome.Error is null).Select(r => (DateTimeOffset?)r.Outcome.At).Max(),
            Failure: g.Where(r => r.Outcome.Error is not null).Select(r => (DateTimeOffset?)r.Outcome.At).Min())).ToList();
        return new("""
            insert into webhook_healths as h (organization_id, endpoint_id, last_success_at, failing_since)
            select r.organization_id, r.endpoint_id, r.success, case when r.success is null then r.failure end
            from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) as r (organization_id, endpoint_id, success, failure)
            join webhook_endpoints e on e.organization_id = r.organization_id and e.id = r.endpoint_id
            on conflict (organization_id, endpoint_id) do update set
                last_success_at = coalesce(greatest(excluded.last_success_at, h.last_success_at), h.last_success_at),
                failing_since = case when excluded.last_success_at is null then coalesce(h.failing_since, excluded.failing_since) end
            returning organization_id, endpoint_id, failing_since
            """)
        {
            Parameters = { Array(lanes, l => l.Key.Organization), Array(lanes, l => l.Key.Endpoint), Array(lanes, l => l.Success), Array(lanes, l => l.Failure) },
        };
    }

    // The ticket's next one need wait no longer.
    private static NpgsqlBatchCommand Followers(List<Result> finished) => new("""
        update webhook_deliveries d set next_attempt_at = r.at
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::timestamptz[]) as r (organization_id, endpoint_id, ticket_id, sequence, at)
        where d.organization_id = r.organization_id and d.id = (
            select n.id from webhook_deliveries n
            where n.organization_id = r.organization_id and n.endpoint_id = r.endpoint_id and n.ticket_id = r.ticket_id and n.status = 'pending' and n.ordered and n.sequence > r.sequence
            order by n.sequence limit 1) and d.tries = 0
        """)
    {
        Parameters =
        {
            Array(finished, r => r.Delivery.Lane.Organization),
            Array(finished, r => r.Delivery.Lane.Endpoint),
            Array(finished, r => r.Delivery.Ticket),
            Array(finished, r => r.Delivery.Sequence),
            Array(finished, r => r.Outcome.At),
        },
    };

    private static NpgsqlParameter Array<TItem, TValue>(List<TItem> items, Func<TItem, TValue> value) => new() { Value = items.Select(value).ToArray() };

    private sealed record Result(Claimed Delivery, WebhookOutcome Outcome, Guid AttemptId, string Status, int Tries, DateTimeOffset? Next)
    {
        public bool IsFinished => Status != "pending";
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Results of webhooks could not be written; trying again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
