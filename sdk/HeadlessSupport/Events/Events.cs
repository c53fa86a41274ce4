using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>All that happens, in its order.</summary>
public interface IEvents
{
    /// <summary>List events, the oldest first.</summary>
    /// <remarks>Needs <c>events.read</c>. End users may call it.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Event> ListAsync(EventListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Follow events as they happen. It goes on by itself after breaks, restarts and silence, and misses nothing: keep the
    /// <see cref="Event.Sequence"/> of the last one you have dealt with, and begin there after a restart of your own.
    /// </summary>
    /// <remarks>Needs <c>events.read</c>. End users may call it. It ends when it is cancelled, and when the API refuses: a revoked key, say.</remarks>
    /// <param name="after">Begin with what came after this sequence, 0 for all there is; null for what happens from now on.</param>
    /// <param name="types">Only these types, up to 50: <c>ticket.replied</c>, <c>ticket.*</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The events. An event may come twice only where you begin before one you have seen.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it for good.</exception>
    IAsyncEnumerable<Event> StreamAsync(long? after = null, IReadOnlyList<string>? types = null, CancellationToken cancellationToken = default);
}

internal sealed class EventsResource(Wire wire) : IEvents
{
    // The API says something every 15 seconds.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    public AsyncPageable<Event> ListAsync(EventListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Event, EventPage>(wire, (cursor, limit) => EventsRequests.List(null, query?.After, ListQuery.Words(query?.Types), limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public async IAsyncEnumerable<Event> StreamAsync(long? after, IReadOnlyList<string>? types, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var failures = 0;
        while (true)
        {
            var stream = await OpenAsync(after, types, cancellationToken).ConfigureAwait(false);
            if (stream is not null)
            {
                await using var body = stream.ConfigureAwait(false);
                var parser = SseParser.Create(stream, static (_, data) => data.IsEmpty ? null : Event.Parse(data));
                await using var events = parser.EnumerateAsync(cancellationToken).ConfigureAwait(false).GetAsyncEnumerator();
                while (await NextAsync(events, cancellationToken).ConfigureAwait(false))
                {
                    failures = 0;
                    if (events.Current.Data is not { } happened)
                        continue;
                    after = happened.Sequence;
                    yield return happened;
                }
                // Before the first event the API says where the stream begins.
                if (long.TryParse(parser.LastEventId, out var last) && last > (after ?? -1))
                    after = last;
            }
            await Task.Delay(WaitAfter(failures++), wire.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async ValueTask<bool> NextAsync(ConfiguredCancelableAsyncEnumerable<SseItem<Event?>>.Enumerator events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is IOException or HttpRequestException or OperationCanceledException)
        {
            // It broke, or was silent for too long: it goes on from where it was.
            return false;
        }
        catch (JsonException e)
        {
            throw new HeadlessSupportException($"An event of the stream cannot be read: {e.Message}", e);
        }
    }

    private async Task<Stream?> OpenAsync(long? after, IReadOnlyList<string>? types, CancellationToken cancellationToken)
    {
        try
        {
            var response = await wire.SendAsync(EventsRequests.Stream(after, ListQuery.Words(types)), null, cancellationToken).ConfigureAwait(false);
            return new WatchedStream(await ResponseStream.OpenAsync(response, cancellationToken).ConfigureAwait(false), LongestSilence, wire.Time);
        }
        catch (Exception e) when (e is ConnectionException or ServerException or RateLimitException or IOException)
        {
            return null;
        }
    }

    private static TimeSpan WaitAfter(int failures) =>
        TimeSpan.FromMilliseconds(Math.Min(LongestWait.TotalMilliseconds, 100 * Math.Pow(2, Math.Min(failures, 10))) * (0.5 + (Random.Shared.NextDouble() / 2)));
}
