using System.Diagnostics;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>Names each request, in its answer and in one structured line of the log. No address, no query, no body.</summary>
internal static partial class RequestLog
{
    public const string Header = "Request-Id";

    public static async Task Write(HttpContext context, RequestDelegate next)
    {
        var started = Stopwatch.GetTimestamp();
        var tenant = context.RequestServices.GetRequiredService<TenantContext>();
        var requestId = TypeId.Format("req", Guid.CreateVersion7());
        tenant.CorrelationId = requestId;
        context.Response.Headers[Header] = requestId;
        try
        {
            await next(context);
        }
        finally
        {
            // Also where the client went away, or the answer broke off.
            if (!context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal))
                Tell(context, tenant, requestId, Stopwatch.GetElapsedTime(started));
        }
    }

    private static void Tell(HttpContext context, TenantContext tenant, string requestId, TimeSpan duration)
    {
        var logger = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("HeadlessSupport.Requests");
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(none)";
        Log.Answered(logger, context.Request.Method, route, context.Response.StatusCode, duration.TotalMilliseconds, requestId, tenant.OrganizationId?.ToString(), Activity.Current?.TraceId.ToHexString());
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Method} {Route} answered {Status} in {DurationMs:0.0} ms ({RequestId}, {Organization}, {TraceId})")]
        public static partial void Answered(ILogger logger, string method, string route, int status, double durationMs, string requestId, string? organization, string? traceId);
    }
}
