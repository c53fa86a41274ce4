using System.Collections.Concurrent;
using System.Threading.Channels;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Audit;

/// <summary>
/// Lines for the audit log that no request waits for. What whoever knocks can make happen again and again is written at
/// most each minute, on each node, and dropped where the database does not keep up.
/// </summary>
internal sealed partial class AuditQueue(IDbContextFactory<SupportDb> contexts, TimeProvider time, ILogger<AuditQueue> logger) : BackgroundService
{
    private const int Most = 1_000;
    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Each = TimeSpan.FromMinutes(1);

    private readonly Channel<AuditEntry> waiting = Channel.CreateBounded<AuditEntry>(new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentDictionary<string, long> last = new(StringComparer.Ordinal);

    /// <param name="about">What it is counted by: a credential's id.</param>
    /// <param name="note">Names its organization and actor.</param>
    public void PostAtMostEachMinute(string about, AuditNote note)
    {
        var now = time.GetTimestamp();
        if (last.TryGetValue(about, out var before) && time.GetElapsedTime(before, now) < Each)
            return;
        if (last.Count >= MostRemembered)
            last.Clear();
        // Of those who come at once, one has it written.
        var isFirst = before == 0 ? last.TryAdd(about, now) : last.TryUpdate(about, now, before);
        if (isFirst)
            waiting.Writer.TryWrite(AuditEntry.Of(note, note.Organization!.Value, note.Actor!, time.GetUtcNow().ToMicroseconds()));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                while (waiting.Reader.TryRead(out var entry))
                    await WriteAsync(entry);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            while (waiting.Reader.TryRead(out var entry))
                await WriteAsync(entry);
        }
    }

    private async Task WriteAsync(AuditEntry entry)
    {
        try
        {
            await AuditLog.WriteAsync(contexts, time, [entry], CancellationToken.None);
        }
        catch (Exception error) when (error is NpgsqlException or DbUpdateException or TimeoutException or InvalidOperationException)
        {
            Log.Failed(logger, entry.Action, error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A line of the audit log ({Action}) could not be written.")]
        public static partial void Failed(ILogger logger, string action, Exception error);
    }
}
