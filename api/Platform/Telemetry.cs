using HeadlessSupport.Api.Platform.Events;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Context.Propagation;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace HeadlessSupport.Api.Platform;

/// <summary>OpenTelemetry: traces, metrics and logs go out by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; metrics can be scraped where <c>Metrics:Url</c> says.</summary>
internal static class Telemetry
{
    public static void AddTelemetry(this WebApplicationBuilder builder, PlatformSettings settings)
    {
        // With OpenTelemetry's own default, which adds baggage, its instrumentation writes trace headers by itself, also
        // where a handler must tell its receiver nothing (Platform/Http/PublicAddressGuard).
        Sdk.SetDefaultTextMapPropagator(new TraceContextPropagator());
        var otlp = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("headless-support", serviceVersion: typeof(Telemetry).Assembly.GetName().Version?.ToString(3)))
            .WithMetrics(m =>
            {
                m.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddRuntimeInstrumentation().AddMeter("Npgsql", "HeadlessSupport.*");
                if (otlp)
                    m.AddOtlpExporter();
                if (settings.MetricsUrl is not null)
                    m.AddPrometheusExporter();
            });
        // Spans that nobody receives would still cost every request; its trace id it has without them.
        if (otlp)
            telemetry.WithTracing(AddTracing).WithLogging(l => l.AddOtlpExporter());
    }

    private static void AddTracing(TracerProviderBuilder tracing) => tracing
        .AddAspNetCoreInstrumentation(o =>
        {
            o.Filter = c => !c.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);
            // The path of a signed URL is the credential itself.
            o.EnrichWithHttpRequest = (activity, request) =>
            {
                if (request.Path.StartsWithSegments("/api/v1/files", StringComparison.Ordinal))
                    activity.SetTag("url.path", "/api/v1/files/…");
            };
        })
        .AddHttpClientInstrumentation()
        .AddNpgsql()
        .AddOtlpExporter();

    /// <summary>
    /// Serves <c>/metrics</c> on the port of <c>Metrics:Url</c> only, and where that is a port of its own nothing else there:
    /// it may be open to others than the API is. The port is the connection's own, which no header can pretend.
    /// </summary>
    public static void UseMetrics(this WebApplication app)
    {
        var settings = app.Services.GetRequiredService<PlatformSettings>();
        if (settings.MetricsUrl is not { } url)
            return;
        app.UseOpenTelemetryPrometheusScrapingEndpoint(context => context.Request.Path == "/metrics" && context.Connection.LocalPort == url.Port);
        if (!settings.HasMetricsPort)
            return;
        app.Use((context, next) =>
        {
            if (context.Connection.LocalPort != url.Port)
                return next(context);
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
    }
}
