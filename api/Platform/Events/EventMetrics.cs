using System.Diagnostics.Metrics;

namespace HeadlessSupport.Api.Platform.Events;

/// <summary>How the sequencer keeps up.</summary>
internal static class EventMetrics
{
    public const string MeterName = "HeadlessSupport.Events";
    private static readonly Meter Meter = new(MeterName);

    /// <summary>The backlog: committed events without a place, found at the last look.</summary>
    public static readonly Gauge<long> Waiting = Meter.CreateGauge<long>("support.events.waiting", "{event}", "Committed events that wait for their place, at most 100,000.");

    /// <summary>How old the oldest event of a batch was when it got its place.</summary>
    public static readonly Histogram<double> Lag = Meter.CreateHistogram<double>("support.events.lag", "s", "From the recording of an event until readers see it.");

    /// <summary>Events that were given their place.</summary>
    public static readonly Counter<long> Sequenced = Meter.CreateCounter<long>("support.events.sequenced", "{event}", "Events given their place in their organization's order.");
}
