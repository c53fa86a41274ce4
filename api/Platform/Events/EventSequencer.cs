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
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);

    /// <summary>Said after events were numbered by this node: they can be read now. Other nodes' are found by sweeps.</summary>
    public event EventHandler? Sequenced;

    /// <summary>Numbers everything committed by now, in every organization; answers how many events it numbered.</summary>
    public async Task<long> SequenceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken);
        long total = 0;
        foreach (var organization in await WaitingAsync(connection, cancellationToken))
        {
            long numbered;
            do
            {
                numbered = await NumberAsync(connection, organization, cancellationToken);
                total += numbered;
            }
            while (numbered == BatchSize);
        }
        EventMetrics.Sequenced.Add(total);
        if (total > 0)
            Sequenced?.Invoke(this, EventArgs.Empty);
        return total;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SequenceAsync(stoppingToken);
                await signal.WaitAsync(Sweep, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                Log.Failed(logger, error);
                await Task.Delay(Sweep, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

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
    private async Task<long> NumberAsync(NpgsqlConnection connection, Guid organization, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection, transaction)
        {
            BatchCommands =
            {
                new("insert into event_cursors (organization_id, sequence) values ($1, 0) on conflict do nothing") { Parameters = { new() { Value = organization } } },
                new("select sequence from event_cursors where organization_id = $1 for update") { Parameters = { new() { Value = organization } } },
            },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            with waiting as (
                select id, row_number() over (order by position) as place
                from (select id, position from events where organization_id = $1 and sequence is null order by position limit $2) as next
            ), numbered as (
                update events e set sequence = c.sequence + w.place
                from waiting w, event_cursors c
                where e.organization_id = $1 and e.id = w.id and c.organization_id = $1
                returning 1
            )
            update event_cursors set sequence = sequence + (select count(*) from numbered) where organization_id = $1
            returning (select count(*) from numbered), (select id from waiting where place = 1)
            """, connection, transaction)
        { Parameters = { new() { Value = organization }, new() { Value = BatchSize } } };
        long count;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            count = reader.GetInt64(0);
            if (count > 0)
                EventMetrics.Lag.Record((time.GetUtcNow() - TypeId.MadeAt(reader.GetGuid(1))).TotalSeconds);
        }
        if (count > 0)
        {
            await using var tell = new NpgsqlCommand("select pg_notify($1, $2)", connection, transaction) { Parameters = { new() { Value = Channel }, new() { Value = organization.ToString() } } };
            await tell.ExecuteNonQueryAsync(cancellationToken);
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
