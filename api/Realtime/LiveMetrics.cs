using System.Diagnostics.Metrics;

namespace HeadlessSupport.Api.Realtime;

internal static class LiveMetrics
{
    public const string MeterName = "HeadlessSupport.Live";
    private static readonly Meter Meter = new(MeterName);

    public static readonly UpDownCounter<long> Connections = Meter.CreateUpDownCounter<long>("support.live.connections", "{connection}", "Live connections to this node.");
}
