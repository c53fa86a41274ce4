using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>
/// Two writers met: the loser reads again and tries again, up to three times, so that two simultaneous replies both
/// succeed. With <c>If-Match</c> the second reading finds the stale version and refuses.
/// </summary>
internal static class LostRaces
{
    private const int Tries = 4;

    public static async Task Retry(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await next(context);
            return;
        }
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await next(context);
                return;
            }
            catch (Exception error) when (attempt < Tries && IsLostRace(error) && !context.Response.HasStarted)
            {
                await PrepareAsync(context, attempt);
            }
        }
    }

    private static async Task PrepareAsync(HttpContext context, int attempt)
    {
        var db = context.RequestServices.GetRequiredService<SupportDb>();
        if (db.Database.CurrentTransaction is { } transaction)
            await transaction.RollbackToSavepointAsync(Idempotency.Savepoint, context.RequestAborted);
        db.StartOver();
        context.Response.Headers.ETag = default;
        context.Response.Headers.Location = default;
        context.Features.Get<BufferedBody>()?.Rewind();
        await Task.Delay(Random.Shared.Next(1, 10 * attempt), context.RequestAborted);
    }

    // A unique violation is one too: someone created it between our look and our insert, and the next look finds it.
    private static bool IsLostRace(Exception error) =>
        error is DbUpdateConcurrencyException
        || (error.InnerException ?? error) is PostgresException
        {
            SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
                or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
        };
}
