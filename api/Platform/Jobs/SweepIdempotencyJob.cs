using HeadlessSupport.Api.Platform.Data;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Jobs;

/// <summary>Removes stored answers that are past their 24 hours, some at a time.</summary>
internal sealed class SweepIdempotencyJob(SystemDb system, TimeProvider time)
{
    private const int AtATime = 5000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = time.GetUtcNow() - TimeSpan.FromHours(25);
        int removed;
        do
        {
            removed = await system.ExecuteAcrossOrganizationsAsync(
                $"delete from idempotency_records where ctid = any (array(select ctid from idempotency_records where created_at < $1 limit {AtATime}))",
                cancellationToken, new NpgsqlParameter { Value = before });
        }
        while (removed == AtATime);
    }
}
