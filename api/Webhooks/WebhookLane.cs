namespace HeadlessSupport.Api.Webhooks;

/// <summary>
/// What this node sends to one endpoint: so many at once and no more, whatever happens at others. A failing endpoint is
/// sent one at a time, so that it holds next to nothing; a quick one is claimed for ahead.
/// </summary>
internal sealed class WebhookLane(LaneKey key)
{
    private const int LargestBatch = 400;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private readonly Lock gate = new();
    private readonly Queue<Claimed> waiting = new();
    private int underWay;
    private int batch;
    private bool isFailing;
    private DateTimeOffset claimedAt;
    private DateTimeOffset nextSlot;

    public LaneKey Key => key;
    public WebhookTarget? Target { get; private set; }
    public DateTimeOffset TargetAt { get; private set; }

    /// <summary>Whether the last claim was full, so that there may be more.</summary>
    public bool MayHaveMore { get; private set; }

    public bool IsIdle
    {
        get
        {
            lock (gate)
                return waiting.Count == 0 && underWay == 0;
        }
    }

    public void Know(WebhookTarget? target, DateTimeOffset now) => (Target, TargetAt) = (target, now);

    /// <summary>How many more to claim now; none while half of the last ones still wait.</summary>
    public int Room(DateTimeOffset now)
    {
        lock (gate)
        {
            if (Target is not { } target || waiting.Count > batch / 2)
                return 0;
            var least = isFailing ? 1 : target.MaxConcurrency;
            batch = !isFailing && MayHaveMore && now - claimedAt < Quick ? Math.Clamp(batch * 4, least, LargestBatch) : least;
            // What waits for its slot must not outlive its lease.
            if (target.RateLimit is { } rate)
                batch = Math.Min(batch, Math.Max(1, rate * 10));
            return Math.Max(0, batch + (isFailing ? 0 : target.MaxConcurrency) - waiting.Count - underWay);
        }
    }

    public void Add(IEnumerable<Claimed> claimed, bool mayHaveMore, DateTimeOffset now)
    {
        lock (gate)
        {
            foreach (var delivery in claimed)
                waiting.Enqueue(delivery);
            MayHaveMore = mayHaveMore;
            claimedAt = now;
        }
    }

    /// <summary>The next one to send, if it may be sent now.</summary>
    public Claimed? Take()
    {
        lock (gate)
        {
            if (Target is not { } target || underWay >= (isFailing ? 1 : target.MaxConcurrency) || !waiting.TryDequeue(out var next))
                return null;
            underWay++;
            return next;
        }
    }

    /// <summary>How long to wait for the next slot of the rate limit.</summary>
    public TimeSpan Wait(DateTimeOffset now)
    {
        lock (gate)
        {
            if (Target?.RateLimit is not { } rate)
                return TimeSpan.Zero;
            nextSlot = nextSlot < now ? now : nextSlot;
            var wait = nextSlot - now;
            nextSlot += TimeSpan.FromSeconds(1) / rate;
            return wait;
        }
    }

    /// <summary>One is over. Answers whether it is time to claim more.</summary>
    public bool Done(bool? succeeded)
    {
        lock (gate)
        {
            underWay--;
            isFailing = succeeded is { } known ? !known : isFailing;
            return MayHaveMore && waiting.Count <= batch / 2;
        }
    }

    /// <summary>Takes out what was not begun.</summary>
    public List<Claimed> Empty()
    {
        lock (gate)
        {
            List<Claimed> left = [.. waiting];
            waiting.Clear();
            return left;
        }
    }
}
