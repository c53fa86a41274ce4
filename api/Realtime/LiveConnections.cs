using System.Collections.Concurrent;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.SignalR;
using Npgsql;

namespace HeadlessSupport.Api.Realtime;

/// <summary>Who is connected to this node. Sends each what they may hear, and ends the connections whose credential has ended.</summary>
internal sealed partial class LiveConnections(EventFeed feed, IHubContext<LiveHub> hub, ICredentialWatch credentials, ILogger<LiveConnections> logger) : BackgroundService
{
    private readonly ConcurrentDictionary<string, LiveConnection> connections = new(StringComparer.Ordinal);

    public ICollection<LiveConnection> All => connections.Values;

    public void Add(LiveConnection connection)
    {
        connections[connection.Id] = connection;
        LiveMetrics.Connections.Add(1);
    }

    public LiveConnection? Find(string id) => connections.GetValueOrDefault(id);

    public LiveConnection? Remove(string id)
    {
        if (!connections.TryRemove(id, out var connection))
            return null;
        LiveMetrics.Connections.Add(-1);
        return connection;
    }

    /// <summary>Sends what comes after a sequence for as long as the connection lasts. Who is slow is waited for: the database keeps what they have not seen.</summary>
    public async Task<LiveStart> FollowAsync(LiveConnection connection, long? after)
    {
        var cancellationToken = connection.FollowAnew();
        var start = after ?? await feed.NewestAsync(connection.Organization, cancellationToken);
        _ = SendAsync(connection, start, cancellationToken);
        return new(start);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(CredentialWatch.Every, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var connection in connections.Values)
            {
                if (!stoppingToken.IsCancellationRequested && !await IsGoodAsync(connection, stoppingToken))
                    connection.End();
            }
        }
    }

    private async Task SendAsync(LiveConnection connection, long after, CancellationToken cancellationToken)
    {
        var view = EventView.Of(connection.Person);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var e in feed.FollowAsync(connection.Organization, after, view, cancellationToken))
                {
                    if (e is null)
                        continue;
                    await hub.Clients.Client(connection.Id).SendAsync("event", view.Show(e), cancellationToken);
                    after = e.Sequence!.Value;
                }
            }
            catch (Exception error) when (cancellationToken.IsCancellationRequested && error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException)
            {
                // The database is away: it goes on where it was.
                Log.Failed(logger, error);
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
#pragma warning disable CA1031 // Whatever it is: a connection that hears nothing any more must not look alive. It comes back and goes on.
            catch (Exception error)
#pragma warning restore CA1031
            {
                Log.Failed(logger, error);
                connection.End();
                return;
            }
        }
    }

    // What cannot be looked up now is not known to be bad.
    private async Task<bool> IsGoodAsync(LiveConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await credentials.IsGoodAsync(connection.Request, cancellationToken);
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException or InvalidOperationException or OperationCanceledException)
        {
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A live connection's events could not be read; trying again.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
