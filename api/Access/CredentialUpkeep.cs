using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Npgsql;

namespace HeadlessSupport.Api.Access;

/// <summary>Writes when keys were last used, many in one statement.</summary>
internal sealed partial class LastUseWriter(SystemDb system, CredentialCache credentials, ILogger<LastUseWriter> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var used = credentials.TakeUsed();
        if (used.Count == 0)
            return;
        await system.ExecuteAcrossOrganizationsAsync(
            """
            update api_keys k set last_used_at = u.at from unnest($1, $2, $3) as u (organization_id, id, at)
            where k.organization_id = u.organization_id and k.id = u.id and (k.last_used_at is null or k.last_used_at < u.at)
            """,
            cancellationToken,
            new NpgsqlParameter { Value = used.ConvertAll(u => u.Organization) }, new NpgsqlParameter { Value = used.ConvertAll(u => u.Key) }, new NpgsqlParameter { Value = used.ConvertAll(u => u.At) });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Every, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await WriteAsync(CancellationToken.None);
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException)
            {
                Log.Failed(logger, error);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "When keys were last used could not be written.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
