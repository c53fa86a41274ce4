using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>What happened, as lists and as a stream.</summary>
internal static class FakeEvents
{
    private const string ListPath = "/api/v1/events";

    public static Answer List(Call call)
    {
        call.Number("wait", 0, 30);
        return List(call, call.Store.Events);
    }

    public static Answer ListOfTicket(Call call)
    {
        var ticket = FakeTickets.Find(call);
        return List(call, call.Store.Events.Where(e => e.TicketId == ticket.Id));
    }

    public static Answer Stream(Call call)
    {
        var after = call.Number("after", 0) ?? call.Store.Events.Count;
        if (call.Header("Last-Event-ID") is { Length: > 0 } last && !long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out after))
            throw Refusal.Unreadable("Last-Event-ID", "Expected the id of an event of this stream: its sequence.");
        var types = Types(call);
        var store = call.Store;
        return new(200)
        {
            Content = () => new StreamContent(new EventStream(store, after, types)) { Headers = { ContentType = new MediaTypeHeaderValue("text/event-stream") { CharSet = "utf-8" } } },
        };
    }

    /// <summary>How long a request wants to wait for an event; null where it does not.</summary>
    public static TimeSpan? Patience(HttpRequestMessage request)
    {
        if (request.Method != HttpMethod.Get || request.RequestUri is not { } uri || !uri.AbsolutePath.EndsWith(ListPath, StringComparison.Ordinal) || uri.Query.Contains("cursor=", StringComparison.Ordinal))
            return null;
        var wait = uri.Query.TrimStart('?').Split('&').FirstOrDefault(q => q.StartsWith("wait=", StringComparison.Ordinal));
        return wait is not null && int.TryParse(wait.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 30 ? TimeSpan.FromSeconds(seconds) : null;
    }

    public static bool IsEmpty(Answer answer) => answer is { Status: 200, Json: JsonObject list } && list["data"] is JsonArray { Count: 0 };

    private static Answer List(Call call, IEnumerable<Recorded> events)
    {
        var limit = (int)(call.Number("limit", 1, 100) ?? 25);
        var isCounted = call.Included("total").Count > 0;
        var after = call.Open(call.Text("cursor")) is { } place ? long.Parse(place, CultureInfo.InvariantCulture) : call.Number("after", 0) ?? 0;
        var types = Types(call);
        var all = events.Where(e => e.Sequence > after && types(e)).ToList();
        var next = all.Count > limit ? call.Seal(all[limit - 1].Sequence.ToString(CultureInfo.InvariantCulture)) : null;
        return call.List(all.Take(limit).Select(e => JsonNode.Parse(e.Json)!), next, isCounted ? all.Count : null);
    }

    private static Func<Recorded, bool> Types(Call call)
    {
        if (call.Text("types") is not { } given)
            return _ => true;
        var words = given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is 0 or > 50)
            throw Refusal.Unreadable("types", "Expected 1 to 50 types such as ticket.created or ticket.*");
        return e => Array.Exists(words, w => w == "*" || w == e.Type || (w.EndsWith(".*", StringComparison.Ordinal) && e.Type.StartsWith(w[..^1], StringComparison.Ordinal)));
    }

    /// <summary>Server-sent events: those there are, then each as it happens, and a word every 15 seconds where nothing does.</summary>
    private sealed class EventStream(Store store, long from, Func<Recorded, bool> types) : Stream
    {
        private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
        private readonly CancellationTokenSource closed = new();
        private ReadOnlyMemory<byte> left = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $": \nid: {from}\n\n"));
        private long after = from;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (buffer.IsEmpty)
                return 0;
            while (left.IsEmpty)
            {
                var happening = store.Happening;
                if (Next() is { } text)
                    left = Encoding.UTF8.GetBytes(text);
                else if (!await HappensAsync(happening, cancellationToken).ConfigureAwait(false))
                    left = ": \n\n"u8.ToArray();
            }
            var count = Math.Min(left.Length, buffer.Length);
            left[..count].CopyTo(buffer);
            left = left[count..];
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A stream of events is read asynchronously: it may say nothing for long.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                closed.Cancel();
            base.Dispose(disposing);
        }

        private string? Next()
        {
            lock (store.Gate)
            {
                if (store.Events.Find(e => e.Sequence > after && types(e)) is not { } next)
                    return null;
                after = next.Sequence;
                return string.Create(CultureInfo.InvariantCulture, $"id: {next.Sequence}\nevent: {next.Type}\ndata: {next.Json}\n\n");
            }
        }

        private async Task<bool> HappensAsync(Task happening, CancellationToken cancellationToken)
        {
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, closed.Token);
            try
            {
                await happening.WaitAsync(Silence, waiting.Token).ConfigureAwait(false);
                return true;
            }
            catch (TimeoutException)
            {
                return false;
            }
            catch (OperationCanceledException e) when (closed.IsCancellationRequested)
            {
                throw new IOException("The stream was closed.", e);
            }
        }
    }
}
