using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Database;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Storage;

namespace HeadlessSupport.Api.Platform;

/// <summary>Whether the process lives, and whether it can serve.</summary>
internal sealed partial class Health(AppDataSource app, Migrator migrator, IFileStore files, ILogger<Health> logger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private bool migrated;

    /// <summary>What it needs, and how each of it is.</summary>
    public async Task<IReadOnlyDictionary<string, string>> CheckAsync(CancellationToken cancellationToken) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["database"] = await TryAsync("database", DatabaseAsync, cancellationToken),
        ["migrations"] = await TryAsync("migrations", MigrationsAsync, cancellationToken),
        ["files"] = await TryAsync("files", files.CheckAsync, cancellationToken),
    };

    private async Task<string> TryAsync(string what, Func<CancellationToken, Task> check, CancellationToken cancellationToken)
    {
        try
        {
            await check(cancellationToken).WaitAsync(Patience, cancellationToken);
            return "ok";
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Why is for the log only: the probe is anonymous.
            Log.NotReady(logger, what, error);
            return "failed";
        }
    }

    private async Task DatabaseAsync(CancellationToken cancellationToken)
    {
        await using var command = app.Value.CreateCommand("select 1");
        await command.ExecuteScalarAsync(cancellationToken);
    }

    // Migrations are never taken back, so once is enough.
    private async Task MigrationsAsync(CancellationToken cancellationToken)
    {
        if (!migrated && (await migrator.MissingAsync(cancellationToken)).Count > 0)
            throw new InvalidOperationException("Migrations are missing.");
        migrated = true;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Not ready: {What} failed.")]
        public static partial void NotReady(ILogger logger, string what, Exception error);
    }
}

internal static class HealthRoutes
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => Results.Json(new { status = "ok" }, Json.Options)).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/health/ready", async (Health health, CancellationToken cancellationToken) =>
        {
            var checks = await health.CheckAsync(cancellationToken);
            var ready = checks.Values.All(v => v == "ok");
            return Results.Json(new { status = ready ? "ok" : "failed", checks }, Json.Options, statusCode: ready ? 200 : 503);
        }).AllowAnonymous().ExcludeFromDescription();
    }
}
