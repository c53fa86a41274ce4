using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>
/// Two writers met: the loser reads again and tries again, up to three times, so that any number of simultaneous
/// replies succeed. With <c>If-Match</c> the second reading finds the stale version and refuses.
/// </summary>
internal static class LostRaces
{
    public const int Tries = 4;

    // Any number of ours, in the key space of two integers, which nothing else here uses.
    private const int DeadlockQueue = 0x4C4F5354;

    public static async Task Retry(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsGet(context.Request.Method))
        {
            await next(context);
            return;
        }
        Exception? lost = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await (lost is null ? next(context) : AgainAsync(context, next, lost));
                return;
            }
            catch (Exception error) when (attempt < Tries && Is(error) && !context.Response.HasStarted)
            {
                lost = error;
                await PrepareAsync(context, attempt);
            }
        }
    }

    /// <summary>
    /// Whether someone else was faster. A unique violation says so too: someone created it between our look and our
    /// insert, and the next look finds it.
    /// </summary>
    public static bool Is(Exception error)
    {
        // EF wraps what it holds for a passing failure, deadlocks among them, in two more exceptions.
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is DbUpdateConcurrencyException or PostgresException
                {
                    SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation
                        or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure,
                })
                return true;
        }
        return false;
    }

    /// <summary>
    /// Locks the rows that were lost, until the transaction ends: what is read after this is the latest, and the write
    /// cannot lose again. Without it twenty who lost would all meet again, and again nineteen lose. Those who stood in a
    /// deadlock go on one by one, since what they would lock is not known.
    /// </summary>
    public static async Task LockAsync(SupportDb db, Exception lost, CancellationToken cancellationToken)
    {
        if (lost is not DbUpdateConcurrencyException { Entries: var entries })
        {
            if (lost.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected })
                await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock({DeadlockQueue}, hashtext({db.Tenant?.OrganizationId?.Value.ToString() ?? ""}))", cancellationToken);
            return;
        }
        foreach (var entry in entries.Where(e => e.Entity is Resource))
        {
            var key = entry.Metadata.FindPrimaryKey()!.Properties;
            var table = StoreObjectIdentifier.Table(entry.Metadata.GetTableName()!, entry.Metadata.GetSchema());
            var names = key.Select((p, i) => $"{p.GetColumnName(table)} = {{{i}}}");
            var values = key.Select(p => p.GetTypeMapping().Converter?.ConvertToProvider(entry.Property(p.Name).CurrentValue) ?? entry.Property(p.Name).CurrentValue!);
            // As an UPDATE locks, so that foreign keys to the row are not held up.
            var sql = $"select 1 from {table.Name} where {string.Join(" and ", names)} for no key update";
            await db.Database.ExecuteSqlRawAsync(sql, values, cancellationToken);
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

    private static async Task AgainAsync(HttpContext context, RequestDelegate next, Exception lost)
    {
        var db = context.RequestServices.GetRequiredService<SupportDb>();
        if (db.Database.CurrentTransaction is not null)
        {
            await LockAsync(db, lost, context.RequestAborted);
            await next(context);
            return;
        }
        await using var transaction = await db.Database.BeginTransactionAsync(context.RequestAborted);
        await LockAsync(db, lost, context.RequestAborted);
        // The answer must not be on its way before the write is safe.
        await HeldAnswer.AfterAsync(context, async _ =>
        {
            await next(context);
            await transaction.CommitAsync(context.RequestAborted);
        });
    }
}
