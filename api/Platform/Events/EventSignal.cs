namespace HeadlessSupport.Api.Platform.Events;

/// <summary>Wakes work of this node: the sequencer, after a commit. Losing a wake-up loses nothing: a sweep follows.</summary>
public class EventSignal
{
    private readonly SemaphoreSlim semaphore = new(0, 1);

    public void Wake()
    {
        try
        {
            semaphore.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake.
        }
    }

    /// <summary>Waits for a wake-up, at most <paramref name="atMost"/>.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => semaphore.WaitAsync(atMost, cancellationToken);
}
