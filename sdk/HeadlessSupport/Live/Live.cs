using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using HeadlessSupport.Transport;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport;

/// <summary>The live connection: events in milliseconds, who looks at a ticket, who types.</summary>
public interface ILive
{
    /// <summary>Connects. After breaks it comes back by itself and gets what it missed.</summary>
    /// <param name="after">Begin with what came after this sequence, 0 for all there is; null for what happens from now on.</param>
    /// <param name="cancellationToken">Ends the connecting; the connection lasts until it is disposed.</param>
    /// <returns>The connection. Dispose it.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or cannot be reached.</exception>
    Task<LiveConnection> ConnectAsync(long? after = null, CancellationToken cancellationToken = default);
}

/// <summary>Who looks at a ticket. The whole list comes whenever it changes.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Viewers">Who looks at it.</param>
public sealed record Presence(
    [property: JsonPropertyName("ticket_id")] string TicketId,
    [property: JsonPropertyName("viewers")] IReadOnlyList<Viewer> Viewers);

/// <summary>One who looks at a ticket.</summary>
/// <param name="UserId">Who.</param>
/// <param name="Since">Since when.</param>
/// <param name="ReplyingUntil">They write a reply, until this moment if they do not say so again; null where they do not.</param>
public sealed record Viewer(
    [property: JsonPropertyName("user_id")] string UserId,
    [property: JsonPropertyName("since")] DateTimeOffset Since,
    [property: JsonPropertyName("replying_until")] DateTimeOffset? ReplyingUntil);

/// <summary>Someone types on a watched ticket.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Kind"><c>agent</c> or <c>customer</c>.</param>
/// <param name="UserId">Who; null where it is not shown.</param>
/// <param name="IsNote">Whether it is an internal note.</param>
/// <param name="Until">Stop showing it then.</param>
public sealed record Typing(
    [property: JsonPropertyName("ticket_id")] string TicketId,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("user_id")] string? UserId,
    [property: JsonPropertyName("note")] bool IsNote,
    [property: JsonPropertyName("until")] DateTimeOffset Until);

internal sealed record LiveStart([property: JsonPropertyName("sequence")] long Sequence);

internal sealed class Live(Wire wire) : ILive
{
    public async Task<LiveConnection> ConnectAsync(long? after, CancellationToken cancellationToken)
    {
        var hub = new HubConnectionBuilder()
            .WithUrl(new Uri(wire.BaseAddress, "live"), HttpTransportType.WebSockets | HttpTransportType.ServerSentEvents, o => o.AccessTokenProvider = async () => await wire.TokenAsync(CancellationToken.None).ConfigureAwait(false))
            .WithAutomaticReconnect(new ForEver())
            .AddJsonProtocol(o => o.PayloadSerializerOptions.TypeInfoResolver = SupportJson.Default)
            .Build();
        var connection = new LiveConnection(hub, after);
        try
        {
            await connection.StartAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch (Exception e) when (e is HttpRequestException or HubException or IOException or InvalidOperationException)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw new ConnectionException($"The live connection could not be made: {e.Message}", e);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private sealed class ForEver : IRetryPolicy
    {
        public TimeSpan? NextRetryDelay(RetryContext retryContext) => retryContext.RetryReason is HttpRequestException { StatusCode: HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden }
            ? null
            : TimeSpan.FromMilliseconds(Math.Min(30_000, 200 * Math.Pow(2, Math.Min(retryContext.PreviousRetryCount, 10))) * (0.5 + (Random.Shared.NextDouble() / 2)));
    }
}

/// <summary>A live connection. It comes back by itself after breaks, gets what it missed, and watches what it watched.</summary>
public sealed class LiveConnection : IAsyncDisposable
{
    // Who reads slowly is waited for: the API keeps what was not taken.
    private const int MostWaiting = 1000;
    private readonly HubConnection hub;
    private readonly Channel<Event> events = System.Threading.Channels.Channel.CreateBounded<Event>(new BoundedChannelOptions(MostWaiting) { SingleReader = false, SingleWriter = false });
    private readonly HashSet<string> watched = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource ended = new();
    private long? last;

    internal LiveConnection(HubConnection hub, long? after)
    {
        this.hub = hub;
        last = after;
        hub.On<JsonElement>("event", HearAsync);
        hub.On<Presence>("presence", p => PresenceChanged?.Invoke(p));
        hub.On<Typing>("typing", t => SomeoneTypes?.Invoke(t));
        hub.Reconnected += _ => FollowAgainAsync();
        hub.Closed += e =>
        {
            events.Writer.TryComplete(e is null ? null : new ConnectionException($"The live connection ended: {e.Message}", e));
            return Task.CompletedTask;
        };
    }

    /// <summary>Who looks at a watched ticket changed. Called one at a time; be quick.</summary>
    public Action<Presence>? PresenceChanged { get; set; }

    /// <summary>Someone types on a watched ticket. Called one at a time; be quick.</summary>
    public Action<Typing>? SomeoneTypes { get; set; }

    /// <summary>The sequence of the last event that came, or where the connection begins.</summary>
    public long? LastSequence
    {
        get
        {
            lock (watched)
                return last;
        }
    }

    /// <summary>The events as they come. Enumerate it once; it ends when the connection is disposed.</summary>
    /// <param name="cancellationToken">Ends the enumerating.</param>
    /// <returns>The events, none missed and none twice.</returns>
    /// <exception cref="ConnectionException">The API ended the connection for good: a revoked key, say.</exception>
    public async IAsyncEnumerable<Event> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var happened in events.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            yield return happened;
    }

    /// <summary>Says that the user looks at a ticket, and hears who else does and who types. At most 20 tickets.</summary>
    /// <param name="ticketId">The ticket.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>Who looks at it.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or the connection is broken just now.</exception>
    public async Task<Presence> WatchAsync(string ticketId, CancellationToken cancellationToken = default)
    {
        var presence = await CallAsync(() => hub.InvokeAsync<Presence>("watch", ticketId, cancellationToken)).ConfigureAwait(false);
        lock (watched)
            watched.Add(ticketId);
        return presence;
    }

    /// <summary>Says that the user looks at it no longer.</summary>
    /// <param name="ticketId">The ticket.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>When it is said.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or the connection is broken just now.</exception>
    public async Task UnwatchAsync(string ticketId, CancellationToken cancellationToken = default)
    {
        lock (watched)
            watched.Remove(ticketId);
        await CallAsync(async () =>
        {
            await hub.InvokeAsync("unwatch", ticketId, cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
    }

    /// <summary>Says that the user types on a watched ticket; say it again every few seconds while they do.</summary>
    /// <param name="ticketId">The ticket.</param>
    /// <param name="isNote">Whether it is an internal note.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>When it is said.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or the connection is broken just now.</exception>
    public Task TypingAsync(string ticketId, bool isNote = false, CancellationToken cancellationToken = default) => CallAsync(async () =>
    {
        await hub.InvokeAsync("typing", ticketId, isNote, cancellationToken).ConfigureAwait(false);
        return true;
    });

    /// <summary>Ends the connection.</summary>
    /// <returns>When it has ended.</returns>
    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync().ConfigureAwait(false);
        events.Writer.TryComplete();
        await hub.DisposeAsync().ConfigureAwait(false);
        ended.Dispose();
    }

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        await hub.StartAsync(cancellationToken).ConfigureAwait(false);
        await FollowAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        long? from;
        string[] tickets;
        lock (watched)
        {
            from = last;
            tickets = [.. watched];
        }
        var start = await hub.InvokeAsync<LiveStart>("follow", from, cancellationToken).ConfigureAwait(false);
        lock (watched)
            last ??= start.Sequence;
        foreach (var ticket in tickets)
        {
            try
            {
                var presence = await hub.InvokeAsync<Presence>("watch", ticket, cancellationToken).ConfigureAwait(false);
                PresenceChanged?.Invoke(presence);
            }
            catch (HubException)
            {
                // It is not there any more.
                lock (watched)
                    watched.Remove(ticket);
            }
        }
    }

    private async Task FollowAgainAsync()
    {
        try
        {
            await FollowAsync(ended.Token).ConfigureAwait(false);
        }
        catch (HubException e)
        {
            // Refused: a connection that hears nothing must not look alive.
            events.Writer.TryComplete(new HeadlessSupportException(e.Message, e));
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or OperationCanceledException)
        {
            // It broke again, and comes back again.
        }
    }

    private async Task HearAsync(JsonElement json)
    {
        var happened = json.Deserialize(SupportJson.Default.Event)!;
        lock (watched)
        {
            // What came before the break may come again after it.
            if (happened.Sequence <= last)
                return;
        }
        try
        {
            await events.Writer.WriteAsync(happened, ended.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            return;
        }
        lock (watched)
            last = happened.Sequence;
    }

    private static async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (HubException e)
        {
            throw new HeadlessSupportException(e.Message, e);
        }
        catch (InvalidOperationException e)
        {
            throw new ConnectionException("The live connection is broken just now; it comes back by itself.", e);
        }
    }
}
