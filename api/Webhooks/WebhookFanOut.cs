using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using Npgsql;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>
/// Makes deliveries of events as they are sequenced: which event goes to which endpoint. What was made and how far it is
/// commit together, so killing the process loses nothing and repeats nothing; any number of nodes may run it, each
/// organization being worked on by one at a time. Organizations that never had an endpoint have no cursor and cost nothing.
/// </summary>
internal sealed partial class WebhookFanOut(AppDataSource app, SystemDb system, EventSequencer sequencer, WebhookSignal sender, WebhookFilters filters, TimeProvider time, ILogger<WebhookFanOut> logger) : BackgroundService
{
    private const int EventsAtOnce = 1000;
    private const string Behind = "select w.organization_id from webhook_cursors w join event_cursors e on e.organization_id = w.organization_id where e.sequence > w.sequence";
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(1);
    private readonly EventSignal signal = new();

    /// <summary>One round: a page of events of each organization that has new ones. Answers whether there was anything to do.</summary>
    public async Task<bool> FanOutAsync(CancellationToken cancellationToken)
    {
        var worked = false;
        foreach (var organization in await system.FindAcrossOrganizationsAsync(Behind, cancellationToken))
        {
            try
            {
                worked |= await FanOutAsync(organization, cancellationToken);
            }
            catch (NpgsqlException error)
            {
                // One organization's trouble must not keep the others waiting; it is tried again with the next round.
                Log.FailedIn(logger, organization, error);
            }
        }
        return worked;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        sequencer.Sequenced += (_, _) => signal.Wake();
        return Rounds.RunAsync(async stopping =>
        {
            if (!await FanOutAsync(stopping))
                await signal.WaitAsync(Sweep, stopping);
        }, error => Log.Failed(logger, error), stoppingToken);
    }

    private async Task<bool> FanOutAsync(Guid organization, CancellationToken cancellationToken)
    {
        await using var connection = await app.Value.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await WebhookQueue.LockCursorAsync(connection, organization, cancellationToken) is not { } at)
            return false;
        var endpoints = await WebhookQueue.SubscribersAsync(connection, organization, null, filters, cancellationToken);
        if (endpoints.Count == 0)
        {
            await WebhookQueue.AdvanceAsync(connection, organization, null, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return false;
        }
        var events = await WebhookQueue.EventsAsync(connection, organization, at, EventsAtOnce, endpoints.Exists(e => e.Filter is not null), cancellationToken);
        if (events.Count == 0)
            return false;
        var wanted = new List<(Subscriber, Candidate)>();
        foreach (var happened in events)
        {
            foreach (var endpoint in endpoints)
            {
                if (endpoint.Wants(happened))
                    wanted.Add((endpoint, happened));
            }
        }
        var made = await WebhookQueue.InsertAsync(connection, organization, Guid.Empty, wanted, time.GetUtcNow(), cancellationToken);
        await WebhookQueue.AdvanceAsync(connection, organization, events[^1].Sequence, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        WebhookMetrics.Queued.Add(made);
        if (made > 0)
            sender.Wake();
        return true;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Webhook deliveries of organization {Organization} could not be made; trying again.")]
        public static partial void FailedIn(ILogger logger, Guid organization, Exception error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook deliveries could not be made; trying again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
