using System.Diagnostics.Metrics;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>How webhooks keep up.</summary>
internal static class WebhookMetrics
{
    private static readonly Meter Meter = new("HeadlessSupport.Webhooks");
    private static long pending;
    private static double lag;

    public static readonly Counter<long> Queued = Meter.CreateCounter<long>("support.webhooks.queued", "{delivery}", "Deliveries that were made of events.");
    public static readonly Counter<long> Attempts = Meter.CreateCounter<long>("support.webhooks.attempts", "{attempt}", "Requests to receivers, by outcome.");
    public static readonly ObservableGauge<long> Pending = Meter.CreateObservableGauge("support.webhooks.pending", () => Interlocked.Read(ref pending), "{delivery}", "Deliveries that wait, up to 100,000.");
    public static readonly ObservableGauge<double> Lag = Meter.CreateObservableGauge("support.webhooks.lag", () => Volatile.Read(ref lag), "s", "How long the oldest delivery that is due has been so.");

    public static void HasWaiting(long deliveries) => Interlocked.Exchange(ref pending, deliveries);

    public static void IsBehind(TimeSpan oldest) => Volatile.Write(ref lag, oldest.TotalSeconds);
}
