using HeadlessSupport.Api.Platform.Events;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>Wakes this node's sender. Losing a wake-up loses nothing: a sweep follows.</summary>
public sealed class WebhookSignal
{
    private readonly EventSignal signal = new();

    public void Wake() => signal.Wake();

    internal Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => signal.WaitAsync(atMost, cancellationToken);
}
