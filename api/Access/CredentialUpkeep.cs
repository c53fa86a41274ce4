using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Npgsql;

namespace HeadlessSupport.Api.Access;

/// <summary>Writes when keys and sessions were last used, many in one statement.</summary>
internal sealed partial class LastUseWriter(SystemDb system, CredentialCache credentials, ILogger<LastUseWriter> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        await WriteAsync("api_keys", "last_used_at", credentials.TakeUsed("key"), cancellationToken);
        await WriteAsync("sessions", "last_seen_at", credentials.TakeUsed("ses"), cancellationToken);
    }

    private async Task WriteAsync(string table, string column, List<(Guid Organization, Guid Id, DateTimeOffset At)> used, CancellationToken cancellationToken)
    {
        if (used.Count == 0)
            return;
        await system.ExecuteAcrossOrganizationsAsync(
            $"""
            update {table} t set {column} = u.at from unnest($1, $2, $3) as u (organization_id, id, at)
            where t.organization_id = u.organization_id and t.id = u.id and (t.{column} is null or t.{column} < u.at)
            """,
            cancellationToken,
            new NpgsqlParameter { Value = used.ConvertAll(u => u.Organization) }, new NpgsqlParameter { Value = used.ConvertAll(u => u.Id) }, new NpgsqlParameter { Value = used.ConvertAll(u => u.At) });
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
        [LoggerMessage(Level = LogLevel.Warning, Message = "When keys and sessions were last used could not be written.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
