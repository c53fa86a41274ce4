using System.Collections.Concurrent;
using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using Npgsql;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>
/// Sends what is due, on every node. What waits stands in the database, so killing the process loses nothing: what it
/// held is sent by any node once the lease is over. Each endpoint has a lane of its own and delays no other.
/// </summary>
internal sealed partial class WebhookSender(WebhookClaims claims, WebhookCall call, WebhookResults results, WebhookSignal signal, TimeProvider time, ILogger<WebhookSender> logger) : BackgroundService
{
    private const int MostUnderWay = 1000;
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TargetKept = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LaneKept = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan CountEvery = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LastMoments = TimeSpan.FromSeconds(25);
    private readonly ConcurrentDictionary<LaneKey, WebhookLane> lanes = new();
    private readonly SemaphoreSlim ceiling = new(MostUnderWay);
    private int underWay;
    private DateTimeOffset counted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var writing = results.WriteAsync();
        await Rounds.RunAsync(async stopping =>
        {
            await ClaimAsync(stopping);
            await signal.WaitAsync(Sweep, stopping);
        }, error => Log.Failed(logger, error), stoppingToken);
        await FinishAsync(writing);
    }

    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var wanted = new List<(WebhookLane Lane, int Room)>();
        var due = await claims.DueAsync(cancellationToken);
        WebhookMetrics.IsBehind(due.Count == 0 ? TimeSpan.Zero : now - due.Min(d => d.Since));
        if (now - counted > CountEvery)
        {
            counted = now;
            WebhookMetrics.HasWaiting(await claims.PendingAsync(cancellationToken));
        }
        foreach (var (key, _) in due)
        {
            var lane = lanes.GetOrAdd(key, k => new(k));
            if (now - lane.TargetAt > TargetKept)
                lane.Know(await claims.TargetAsync(key, cancellationToken), now);
            if (lane.Room(now) is > 0 and var room)
                wanted.Add((lane, room));
        }
        foreach (var (key, lane) in lanes)
        {
            if (lane.IsIdle && now - lane.TargetAt > LaneKept)
                lanes.TryRemove(key, out _);
        }
        foreach (var some in wanted.Chunk(50))
        {
            var (claimed, seen) = await claims.ClaimAsync([.. some.Select(w => (w.Lane.Key, w.Room))], cancellationToken);
            var byLane = claimed.ToLookup(c => c.Lane);
            for (var i = 0; i < some.Length; i++)
            {
                some[i].Lane.Add(byLane[some[i].Lane.Key], seen[i] == some[i].Room, now);
                Pump(some[i].Lane, cancellationToken);
                // All of them stood behind others: what comes after these may be free.
                if (seen[i] == some[i].Room && !byLane[some[i].Lane.Key].Any())
                    signal.Wake();
            }
        }
    }

    private void Pump(WebhookLane lane, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested && lane.Take() is { } next)
        {
            Interlocked.Increment(ref underWay);
            _ = SendAsync(lane, next, stopping);
        }
    }

    private async Task SendAsync(WebhookLane lane, Claimed delivery, CancellationToken stopping)
    {
        bool? succeeded = null;
        try
        {
            succeeded = await TrySendAsync(lane, delivery, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // It is sent by whoever comes next.
        }
#pragma warning disable CA1031 // Whatever it is, it must not stop the lane; the lease brings it back.
        catch (Exception error)
        {
            Log.Unexpected(logger, lane.Key.Endpoint, error);
        }
#pragma warning restore CA1031
        finally
        {
            Interlocked.Decrement(ref underWay);
            if (lane.Done(succeeded))
                signal.Wake();
            Pump(lane, stopping);
        }
    }

    private async Task<bool?> TrySendAsync(WebhookLane lane, Claimed delivery, CancellationToken stopping)
    {
        var target = lane.Target!;
        if (lane.Wait(time.GetUtcNow()) is { Ticks: > 0 } wait)
            await Task.Delay(wait, stopping);
        await ceiling.WaitAsync(stopping);
        try
        {
            // Too late to be sure that it is still this node's: the lease brings it back.
            if (time.GetUtcNow() > delivery.At + WebhookClaims.Lease - LastMoments)
                return null;
            // A request that has begun is seen to its end, also while the program stops.
            var outcome = delivery.Body is { } body
                ? await call.SendAsync(target, new Id<Event>(delivery.EventId).ToString(), body, CancellationToken.None)
                : new(time.GetUtcNow(), null, WebhookResults.EventGone, 0, null, null);
            await results.AddAsync(delivery, outcome);
            return outcome.Error is null;
        }
        finally
        {
            ceiling.Release();
        }
    }

    private async Task FinishAsync(Task writing)
    {
        try
        {
            foreach (var unsent in lanes.Values.SelectMany(l => l.Empty()).GroupBy(u => u.At))
                await claims.ReleaseAsync([.. unsent], CancellationToken.None);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            Log.Failed(logger, error);
        }
        for (var i = 0; Volatile.Read(ref underWay) > 0 && i < 160; i++)
            await Task.Delay(100);
        results.Complete();
        await writing;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Webhooks could not be sent; trying again.")]
        public static partial void Failed(ILogger logger, Exception error);

        [LoggerMessage(Level = LogLevel.Error, Message = "A webhook to endpoint {Endpoint} could not be sent for an unexpected reason; it is tried again.")]
        public static partial void Unexpected(ILogger logger, Guid endpoint, Exception error);
    }
}
