using HeadlessSupport.Api.Platform.Data;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Events;

/// <summary>
/// Gives committed events their place in the organization's order, so that a reader who follows <c>after=</c> never
/// misses one although transactions commit in another order than they began. Any number of nodes may run it.
/// </summary>
internal sealed partial class EventSequencer(SystemDb system, EventSignal signal, TimeProvider time, ILogger<EventSequencer> logger) : BackgroundService
{
    /// <summary>The channel on which every node is told that an organization has new events to read.</summary>
    internal const string Channel = "events_sequenced";

    private const int BatchSize = 1000;
    private const int OrganizationsAtOnce = 100;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    /// <summary>Said after events were numbered by this node: they can be read now. Other nodes' are found by sweeps.</summary>
    public event EventHandler? Sequenced;

    /// <summary>Numbers everything committed by now, in every organization; answers how many events it numbered.</summary>
    public async Task<long> SequenceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken);
        long total = 0;
        foreach (var organizations in (await WaitingAsync(connection, cancellationToken)).Chunk(OrganizationsAtOnce))
        {
            long numbered;
            do
            {
                numbered = await NumberAsync(connection, organizations, cancellationToken);
                total += numbered;
            }
            while (numbered >= BatchSize);
        }
        EventMetrics.Sequenced.Add(total);
        if (total > 0)
            Sequenced?.Invoke(this, EventArgs.Empty);
        return total;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(async stopping =>
    {
        await SequenceAsync(stopping);
        await signal.WaitAsync(Sweep, stopping);
    }, error => Log.Failed(logger, error), stoppingToken);

    private static async Task<List<Guid>> WaitingAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select organization_id, count(*) from (select organization_id from events where sequence is null limit 100000) waiting group by organization_id", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var organizations = new List<Guid>();
        var waiting = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            organizations.Add(reader.GetGuid(0));
            waiting += reader.GetInt64(1);
        }
        EventMetrics.Waiting.Record(waiting);
        return organizations;
    }

    // Two statements in one transaction: the second takes its snapshot after the lock is held, so it sees every row
    // that the previous holder numbered. In one statement both would share a snapshot and give duplicates.
    // Cursors are locked in the order of their ids, so that two nodes wait for each other only one way round.
    private async Task<long> NumberAsync(NpgsqlConnection connection, Guid[] organizations, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("insert into event_cursors (organization_id, sequence) select id, 0 from unnest($1) id order by id on conflict do nothing") { Parameters = { new() { Value = organizations } } },
                new("select sequence from event_cursors where organization_id = any ($1) order by organization_id for update") { Parameters = { new() { Value = organizations } } },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            with waiting as (
                select next.organization_id, next.id, row_number() over (partition by next.organization_id order by next.position) as place
                from unnest($1) organization cross join lateral (
                    select e.organization_id, e.id, e.position from events e
                    where e.organization_id = organization and e.sequence is null order by e.position limit $2
                ) next
            ), numbered as (
                update events e set sequence = c.sequence + w.place
                from waiting w join event_cursors c on c.organization_id = w.organization_id
                where e.organization_id = w.organization_id and e.id = w.id
                returning e.organization_id
            ), moved as (
                update event_cursors c set sequence = c.sequence + n.count
                from (select organization_id, count(*) from numbered group by organization_id) n
                where c.organization_id = n.organization_id
            )
            select count(*), (select id from waiting order by id limit 1), (select count(pg_notify($3, n.organization_id::text)) from (select distinct organization_id from numbered) n)
            from numbered
            """, connection, transaction)
        { Parameters = { new() { Value = organizations }, new() { Value = BatchSize }, new() { Value = Channel } } };
        long count;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            count = reader.GetInt64(0);
            if (count > 0)
                EventMetrics.Lag.Record((time.GetUtcNow() - TypeId.MadeAt(reader.GetGuid(1))).TotalSeconds);
        }
        await transaction.CommitAsync(cancellationToken);
        return count;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Events could not be sequenced; trying again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
