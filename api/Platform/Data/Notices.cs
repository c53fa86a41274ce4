using Npgsql;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>
/// What other nodes tell through PostgreSQL (<c>notify</c>), on one connection for all who listen. A notice may be
/// lost: whoever listens looks for itself too, only later.
/// </summary>
public sealed partial class Notices(SystemDb system, ILogger<Notices> logger) : BackgroundService
{
    private readonly Dictionary<string, (Action<Guid> Said, Action Missed)> listeners = new(StringComparer.Ordinal);

    /// <summary>Listens; only before the host has started.</summary>
    /// <param name="channel">Its payload is an organization.</param>
    /// <param name="said">What to do then; must be quick.</param>
    /// <param name="missed">What to do where notices may have been lost.</param>
    public void On(string channel, Action<Guid> said, Action missed) => listeners.Add(channel, (said, missed));

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(ListenAsync, error => Log.Lost(logger, error), stoppingToken);

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken);
        connection.Notification += (_, notice) =>
        {
            if (Guid.TryParse(notice.Payload, out var organization) && listeners.TryGetValue(notice.Channel, out var listener))
                listener.Said(organization);
        };
        foreach (var channel in listeners.Keys)
        {
            await using var listen = new NpgsqlCommand($"listen {channel}", connection);
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }
        // What was said while nobody listened is not repeated.
        foreach (var listener in listeners.Values)
            listener.Missed();
        while (!cancellationToken.IsCancellationRequested)
            await connection.WaitAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Notices of the database cannot be heard; what they tell is found by looking, some seconds later, meanwhile.")]
        public static partial void Lost(ILogger logger, Exception error);
    }
}
