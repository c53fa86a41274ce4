using System.Diagnostics.Metrics;

namespace HeadlessSupport.Api.Platform.Events;

/// <summary>How the sequencer keeps up.</summary>
internal static class EventMetrics
{
    public const string MeterName = "HeadlessSupport.Events";
    private static readonly Meter Meter = new(MeterName);

    /// <summary>Events that were given their place.</summary>
    public static readonly Counter<long> Sequenced = Meter.CreateCounter<long>("support.events.sequenced", "{event}", "Events given their place in their organization's order.");
}
