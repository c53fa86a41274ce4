using System.Diagnostics;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Storage;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>RFC 9457 problem details, as every error of every layer looks.</summary>
/// <param name="Type">The page that explains this code.</param>
/// <param name="Title">The code in words; the same for every problem of this code.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What to do about it.</param>
/// <param name="Instance">Path of the request.</param>
/// <param name="Code">Stable, snake_case.</param>
/// <param name="TraceId">For support: names this request in the logs.</param>
/// <param name="Errors">JSON pointer of a body member, or name of a parameter → messages.</param>
public sealed record Problem(string Type, string Title, int Status, string Detail, string Instance, string Code, string TraceId, IReadOnlyDictionary<string, string[]>? Errors)
{
    /// <summary>One of this status, as the contract shows it.</summary>
    internal static Problem Of(int status)
    {
        var code = typeof(ErrorCode).GetFields().Select(f => f.GetValue(null)).OfType<ErrorCode>().FirstOrDefault(c => c.Status == status) ?? ErrorCode.NotFound;
        var errors = status is 400 or 412 or 422 ? new Dictionary<string, string[]>(StringComparer.Ordinal) { ["/subject"] = ["Must have at most 300 characters."] } : null;
        return new($"http://127.0.0.1:5080/errors/{code.Code}", code.Title, status, code.Title + ".", "/api/v1/tickets", code.Code, "4bf92f3577b34da6a3ce929d0e0e4736", errors);
    }
}

/// <summary>The one place that makes problem details.</summary>
internal static partial class Problems
{
    public const string ContentType = "application/problem+json";

    /// <summary>Turns whatever was thrown below into a problem; anything unknown is logged in full and told to nobody.</summary>
    public static async Task Catch(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception error) when (!context.Response.HasStarted)
        {
            if (context.RequestAborted.IsCancellationRequested && error is OperationCanceledException)
            {
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
                return;
            }
            var refusal = Translate(error);
            if (refusal.Code.Status >= 500)
                Log.Unhandled(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Problems)), error);
            await WriteAsync(context, refusal);
        }
    }

    /// <summary>Gives answers without a body (unknown route, method, media type) one.</summary>
    public static async Task FillEmpty(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var response = context.Response;
        if (response.HasStarted || response.StatusCode < 400 || response.ContentType is not null || response.ContentLength > 0)
            return;
        var (code, detail) = response.StatusCode switch
        {
            401 => (ErrorCode.Unauthenticated, "Send an API key: Authorization: Bearer hs_…"),
            403 => (ErrorCode.Forbidden, "The credential does not permit this."),
            404 => (ErrorCode.NotFound, "No such route. The API's routes begin with /api/v1 and are listed at /docs."),
            405 => (ErrorCode.MethodNotAllowed, $"{context.Request.Method} is not supported here; the Allow header names what is."),
            406 => (ErrorCode.NotAcceptable, "Ask for application/json."),
            413 => (ErrorCode.BodyTooLarge, "The body is larger than this route takes."),
            415 => (ErrorCode.UnsupportedMediaType, "Send application/json; PATCH takes application/merge-patch+json too."),
            429 => (ErrorCode.RateLimited, "Slow down, and try again after Retry-After seconds."),
            >= 500 => (ErrorCode.Internal, "Something went wrong on our side. Please try again, and name the trace_id if it lasts."),
            _ => (ErrorCode.InvalidRequest, "The request cannot be read."),
        };
        await WriteAsync(context, new SupportException(code with { Status = response.StatusCode }, detail));
    }

    public static Problem From(HttpContext context, SupportException refusal) => new(
        context.RequestServices.GetRequiredService<Links>().Error(refusal.Code.Code),
        refusal.Code.Title,
        refusal.Code.Status,
        refusal.Message,
        context.Request.PathBase + context.Request.Path,
        refusal.Code.Code,
        Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier,
        refusal.Errors.Count == 0 ? null : refusal.Errors.GroupBy(e => e.Pointer, e => e.Message, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Distinct(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal));

    public static async Task WriteAsync(HttpContext context, SupportException refusal)
    {
        var response = context.Response;
        var allow = response.Headers.Allow;
        response.StatusCode = refusal.Code.Status;
        if (allow.Count > 0)
            response.Headers.Allow = allow;
        foreach (var (name, value) in refusal.Headers)
            response.Headers[name] = value;
        if (refusal.Code.Status == 401)
            response.Headers.WWWAuthenticate = "Bearer";
        if (refusal.Code.Status == 503)
            response.Headers.RetryAfter = "5";
        response.Headers.CacheControl = "no-store";
        // A download that fails before its first byte had announced the file.
        response.ContentLength = null;
        response.Headers.ContentRange = response.Headers.ContentDisposition = response.Headers.AcceptRanges = default;
        response.ContentType = ContentType;
        await JsonSerializer.SerializeAsync(response.Body, From(context, refusal), Json.Options, context.RequestAborted);
    }

    /// <summary>What to answer for an exception. Never its message, unless it is one of ours.</summary>
    public static SupportException Translate(Exception error) => error switch
    {
        SupportException refusal => refusal,
        BadHttpRequestException { StatusCode: 413 } => new(ErrorCode.BodyTooLarge, "The body is larger than this route takes."),
        BadHttpRequestException bad => new(ErrorCode.InvalidRequest with { Status = bad.StatusCode is >= 400 and < 500 ? bad.StatusCode : 400 }, "The request cannot be read."),
        DbUpdateConcurrencyException => new(ErrorCode.Conflict, "It was changed at the same moment, several times over. Try again."),
        DbUpdateException { InnerException: PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } } => new(ErrorCode.AlreadyExists, "Something with these values exists already."),
        DbUpdateException { InnerException: PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } } => new(ErrorCode.Conflict, "Something it refers to has just been removed. Try again."),
        _ when IsOutageOfFiles(error) => new(ErrorCode.Unavailable, "The file store cannot be reached just now. Try again in a few seconds."),
        _ when IsOutage(error) => new(ErrorCode.Unavailable, "The database cannot be reached just now. Try again in a few seconds."),
        _ => new(ErrorCode.Internal, "Something went wrong on our side. Please try again, and name the trace_id if it lasts."),
    };

    /// <summary>True where the database is away or gave the connection up, so that trying again later helps.</summary>
    private static bool IsOutage(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is PostgresException postgres)
                return postgres.IsTransient || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal) || postgres.SqlState.StartsWith("08", StringComparison.Ordinal) || postgres.SqlState is PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.QueryCanceled;
            if (error is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException)
                return true;
        }
        return false;
    }

    private static bool IsOutageOfFiles(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is FileStoreException)
                return true;
        }
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A request failed in a way nobody expected.")]
        public static partial void Unhandled(ILogger logger, Exception error);
    }
}
