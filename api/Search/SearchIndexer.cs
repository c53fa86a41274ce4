using System.Diagnostics;
using System.Text.Json;
using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Tags;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;
using Npgsql;

namespace HeadlessSupport.Api.Search;

/// <summary>
/// Keeps the index up to date after commits, driven by the sequenced events. What was done and how far it is commit
/// together, so killing the process loses nothing and repeats nothing; any number of nodes may run it, each organization
/// being worked on by one at a time.
/// </summary>
internal sealed partial class SearchIndexer(AppDataSource app, SystemDb system, SearchIndex index, EventSequencer sequencer, ILogger<SearchIndexer> logger) : BackgroundService
{
    private const int EventsAtOnce = 1000;
    private const string Behind = "select e.organization_id from event_cursors e left join search_cursors s on s.organization_id = e.organization_id where e.sequence > coalesce(s.sequence, 0)";
    private const string WithTasks = "select organization_id from search_tasks group by organization_id order by random() limit 100";
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TasksInARound = TimeSpan.FromMilliseconds(250);
    private readonly EventSignal signal = new();

    /// <summary>Looks for work anew, without waiting for the sweep.</summary>
    public void Wake() => signal.Wake();

    /// <summary>
    /// One round: a batch of events of each organization that has new ones, then pieces of tasks for a moment, of
    /// whichever organizations, so that what is new never waits for what is long. Answers whether there was anything to do.
    /// </summary>
    public async Task<bool> IndexAsync(CancellationToken cancellationToken)
    {
        var worked = false;
        foreach (var organization in await system.FindAcrossOrganizationsAsync(Behind, cancellationToken))
            worked |= await TryAsync(organization, events: true, cancellationToken);
        var started = Stopwatch.GetTimestamp();
        foreach (var organization in await system.FindAcrossOrganizationsAsync(WithTasks, cancellationToken))
        {
            worked |= await TryAsync(organization, events: false, cancellationToken);
            if (Stopwatch.GetElapsedTime(started) > TasksInARound)
                break;
        }
        return worked;
    }

    private async Task<bool> TryAsync(Guid organization, bool events, CancellationToken cancellationToken)
    {
        try
        {
            return await IndexAsync(organization, events, cancellationToken);
        }
        catch (NpgsqlException error)
        {
            // One organization's trouble must not keep the others waiting; it is tried again with the next round.
            Log.FailedIn(logger, organization, error);
            return false;
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        sequencer.Sequenced += (_, _) => Wake();
        return Rounds.RunAsync(async stopping =>
        {
            var started = Stopwatch.GetTimestamp();
            if (!await IndexAsync(stopping))
            {
                await signal.WaitAsync(Sweep, stopping);
                return;
            }
            // Requests come first: under load it works at most half of the time, and takes more at once.
            var rest = Stopwatch.GetElapsedTime(started);
            await Task.Delay(rest < LongestRest ? rest : LongestRest, stopping);
        }, error => Log.Failed(logger, error), stoppingToken);
    }

    private async Task<bool> IndexAsync(Guid organization, bool events, CancellationToken cancellationToken)
    {
        await using var connection = await app.Value.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, organization, cancellationToken) is not { } state)
            return false;
        var work = new SearchWork(connection, index, organization, state);
        var worked = events
            ? await work.FollowAsync(await EventsAsync(connection, organization, state.Sequence, cancellationToken), cancellationToken)
            : await work.ContinueAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return worked;
    }

    // Whoever has the cursor has the organization; others pass by. The first statement is a no-op but for the first time.
    private static async Task<SearchState?> LockAsync(NpgsqlConnection connection, Guid organization, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("select set_config('app.organization_id', $1, true)") { Parameters = { new() { Value = organization.ToString() } } },
                new("insert into search_cursors (organization_id, sequence) select $1, 0 where not exists (select from search_cursors where organization_id = $1) on conflict do nothing")
                {
                    Parameters = { new() { Value = organization } },
                },
                new("select sequence, newest, dictionary, run from search_cursors where organization_id = $1 for update skip locked") { Parameters = { new() { Value = organization } } },
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? new(reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt32(3)) : null;
    }

    private static async Task<List<Heard>> EventsAsync(NpgsqlConnection connection, Guid organization, long after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select sequence, type, ticket_id, resource_id,
                case when type in ('{TicketEvents.Updated}', '{UserEvents.Updated}', '{TagEvents.Updated}') then changes end,
                case when type = '{TagEvents.Deleted}' then data ->> 'name' end
            from events where organization_id = $1 and sequence > $2 order by sequence limit {EventsAtOnce}
            """, connection)
        { Parameters = { new() { Value = organization }, new() { Value = after } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var events = new List<Heard>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var changed = reader.IsDBNull(4) ? [] : JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(reader.GetString(4))!.Keys.ToHashSet(StringComparer.Ordinal);
            events.Add(new(reader.GetInt64(0), reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetGuid(2), reader.GetGuid(3), changed, reader.IsDBNull(5) ? null : reader.GetString(5)));
        }
        return events;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The search index of organization {Organization} could not be brought up to date; trying again.")]
        public static partial void FailedIn(ILogger logger, Guid organization, Exception error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The search index could not be brought up to date; trying again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}

/// <summary>What the index needs to know of an event.</summary>
/// <param name="Changed">Names of changed members, where they matter.</param>
/// <param name="Name">Of a tag that was deleted.</param>
internal sealed record Heard(long Sequence, string Type, Guid? Ticket, Guid Resource, HashSet<string> Changed, string? Name);
