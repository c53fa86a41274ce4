using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;

namespace HeadlessSupport.Api.Platform.Events;

/// <summary>
/// Lets any number of readers on this node follow their organization's events. What is new is read once for all of
/// them and kept for a moment; each goes on at its own pace, and one that is far behind reads from the database.
/// Nothing is handed from node to node: each reads for itself, as soon as the sequencer of any node says so, and by a
/// sweep where that was not heard.
/// </summary>
public sealed partial class EventFeed : BackgroundService
{
    internal const int Kept = 100;
    private const int AtOnce = 500;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<Guid, Recent> followed = new();
    private readonly IServiceScopeFactory scopes;
    private readonly SystemDb system;
    private readonly ILogger<EventFeed> logger;

    public EventFeed(IServiceScopeFactory scopes, SystemDb system, Notices notices, ILogger<EventFeed> logger)
    {
        this.scopes = scopes;
        this.system = system;
        this.logger = logger;
        notices.On(EventSequencer.Channel, Wake, () => { });
    }

    /// <summary>
    /// Follows an organization's events for as long as it is read. Yields null where nothing came for 15 seconds, so
    /// that readers can say that they are alive.
    /// </summary>
    /// <param name="after">The last sequence seen; null for from now on.</param>
    public async IAsyncEnumerable<Event?> FollowAsync(Id<Tenant> organization, long? after, EventView view, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var recent = Enter(organization.Value);
        try
        {
            await RefreshAsync(recent, cancellationToken);
            var at = after ?? recent.Newest;
            while (true)
            {
                var (events, newest, more) = recent.After(at);
                if (events is null)
                {
                    // Filtered by the database: of a long history most may not be for this reader.
                    var missed = await ReadAsync(organization.Value, e => view.Among(e.Where(x => x.Sequence > at && x.Sequence <= newest)), cancellationToken);
                    foreach (var e in missed)
                        yield return e;
                    at = missed.Count == AtOnce ? missed[^1].Sequence!.Value : newest;
                    continue;
                }
                foreach (var e in events)
                {
                    if (view.Shows(e))
                        yield return e;
                }
                at = Math.Max(at, newest);
                if (events.Count == 0 && !await HappensAsync(more, cancellationToken))
                    yield return null;
            }
        }
        finally
        {
            Leave(recent);
        }
    }

    /// <summary>The sequence of the newest event there is.</summary>
    public async Task<long> NewestAsync(Id<Tenant> organization, CancellationToken cancellationToken) =>
        (await NewestAsync([organization.Value], cancellationToken)).GetValueOrDefault(organization.Value);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(async stopping =>
    {
        await Task.Delay(Sweep, stopping);
        if (followed.IsEmpty)
            return;
        foreach (var (organization, sequence) in await NewestAsync([.. followed.Keys], stopping))
        {
            if (followed.TryGetValue(organization, out var recent) && recent.Newest < sequence)
                Wake(organization);
        }
    }, error => Log.Failed(logger, error), stoppingToken);

    private void Wake(Guid organization)
    {
        if (followed.TryGetValue(organization, out var recent))
            _ = TryRefreshAsync(recent);
    }

    private async Task TryRefreshAsync(Recent recent)
    {
        try
        {
            await RefreshAsync(recent, CancellationToken.None);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException or ObjectDisposedException)
        {
            // The sweep comes again.
            Log.Failed(logger, error);
        }
    }

    // One at a time; whoever waits meanwhile finds that it was read already, or reads what came since.
    private async Task RefreshAsync(Recent recent, CancellationToken cancellationToken)
    {
        var asked = recent.Ask();
        await recent.Gate.WaitAsync(cancellationToken);
        try
        {
            if (recent.Answered >= asked)
                return;
            var answering = recent.Asked;
            if (!recent.IsReady)
                recent.Start(await NewestAsync(new Id<Tenant>(recent.Organization), cancellationToken));
            List<Event> events;
            do
            {
                var newest = recent.Newest;
                events = await ReadAsync(recent.Organization, e => e.Where(x => x.Sequence > newest), cancellationToken);
                recent.Add(events);
            }
            while (events.Count == AtOnce);
            recent.Answered = answering;
        }
        finally
        {
            recent.Gate.Release();
        }
    }

    private async Task<List<Event>> ReadAsync(Guid organization, Func<IQueryable<Event>, IQueryable<Event>> which, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(new Id<Tenant>(organization), Actor.System, TimeSpan.Zero);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        return await which(db.Events.AsNoTracking()).OrderBy(e => e.Sequence).Take(AtOnce).ToListAsync(cancellationToken);
    }

    private async Task<Dictionary<Guid, long>> NewestAsync(Guid[] organizations, CancellationToken cancellationToken)
    {
        await using var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select organization_id, sequence from event_cursors where organization_id = any ($1)", connection)
        { Parameters = { new() { Value = organizations, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sequences = new Dictionary<Guid, long>();
        while (await reader.ReadAsync(cancellationToken))
            sequences.Add(reader.GetGuid(0), reader.GetInt64(1));
        return sequences;
    }

    private Recent Enter(Guid organization)
    {
        while (true)
        {
            var recent = followed.GetOrAdd(organization, id => new Recent(id));
            lock (recent)
            {
                if (recent.Readers >= 0)
                {
                    recent.Readers++;
                    return recent;
                }
            }
        }
    }

    // The last one out forgets it: what nobody reads need not be followed.
    private void Leave(Recent recent)
    {
        lock (recent)
        {
            if (--recent.Readers > 0)
                return;
            recent.Readers = -1;
            followed.TryRemove(recent.Organization, out _);
        }
    }

    private static async Task<bool> HappensAsync(Task more, CancellationToken cancellationToken)
    {
        try
        {
            await more.WaitAsync(Heartbeat, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>The newest events of an organization, oldest first.</summary>
    private sealed class Recent(Guid organization)
    {
        private readonly List<Event> events = [];
        private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long asked;
        private long before;

        public Guid Organization => organization;
        public SemaphoreSlim Gate { get; } = new(1, 1);
        public int Readers { get; set; }
        public bool IsReady { get; private set; }
        public long Newest { get; private set; }
        public long Asked => Interlocked.Read(ref asked);
        public long Answered { get; set; }

        public long Ask() => Interlocked.Increment(ref asked);

        public void Start(long newest)
        {
            lock (events)
            {
                (before, Newest, IsReady) = (newest, newest, true);
            }
        }

        public void Add(List<Event> added)
        {
            if (added.Count == 0)
                return;
            TaskCompletionSource told;
            lock (events)
            {
                events.AddRange(added);
                Newest = added[^1].Sequence!.Value;
                if (events.Count > Kept)
                {
                    before = events[^(Kept + 1)].Sequence!.Value;
                    events.RemoveRange(0, events.Count - Kept);
                }
                (told, more) = (more, new(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            told.SetResult();
        }

        /// <summary>What came after a sequence; no list where that is longer ago than it reaches back. The task ends when there is more.</summary>
        public (List<Event>? Events, long Newest, Task More) After(long sequence)
        {
            lock (events)
            {
                if (sequence < before)
                    return (null, Newest, more.Task);
                var first = events.FindIndex(e => e.Sequence > sequence);
                return (first < 0 ? [] : events[first..], Newest, more.Task);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "New events could not be read; trying again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
