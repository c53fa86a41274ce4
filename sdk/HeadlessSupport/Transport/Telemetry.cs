using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace HeadlessSupport.Transport;

/// <summary>What calls tell OpenTelemetry: a span and a duration each, by operation, never with ids, bodies or keys.</summary>
internal static class Telemetry
{
    public const string Name = "HeadlessSupport";

    public static string Version { get; } = typeof(Telemetry).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public static ActivitySource Source { get; } = new(Name, Version);

    private static readonly Meter Meter = new(Name, Version);
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>("headless_support.client.operation.duration", "s", "How long calls of the API took, with all their tries.");
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>("headless_support.client.retries", "{retry}", "How often calls were tried again.");

    public static Activity? Start(string operation, HttpMethod method, Uri server)
    {
        if (!Source.HasListeners())
            return null;
        var activity = Source.StartActivity(operation, ActivityKind.Client);
        return activity?.SetTag("http.request.method", method.Method).SetTag("server.address", server.Host).SetTag("server.port", server.Port);
    }

    public static void Retried(string operation) => Retries.Add(1, new KeyValuePair<string, object?>("operation", operation));

    public static void Ended(Activity? activity, string operation, TimeSpan took, int? status, string? error, int tries)
    {
        if (Durations.Enabled)
        {
            var tags = new TagList { { "operation", operation } };
            if (status is { } code)
                tags.Add("http.response.status_code", code);
            if (error is not null)
                tags.Add("error.type", error);
            Durations.Record(took.TotalSeconds, tags);
        }
        if (activity is null)
            return;
        if (status is { } answered)
            activity.SetTag("http.response.status_code", answered);
        if (tries > 1)
            activity.SetTag("http.request.resend_count", tries - 1);
        if (error is not null)
            activity.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
        activity.Dispose();
    }
}
