using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Audit;

/// <summary>Removes lines of the audit log that are older than their organization keeps them, some at a time.</summary>
internal sealed class SweepAuditJob(SystemDb system, TimeProvider time)
{
    private const int AtATime = 5000;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int removed;
        do
        {
            // 400: what the settings say where they say nothing.
            removed = await system.ExecuteAcrossOrganizationsAsync(
                $"""
                delete from audit_entries a using (
                    select e.organization_id, e.id from organizations o
                    join audit_entries e on e.organization_id = o.organization_id and e.at < $1 - make_interval(days => coalesce((o.security ->> 'audit_retention_days')::integer, 400))
                    limit {AtATime}) old
                where a.organization_id = old.organization_id and a.id = old.id
                """,
                cancellationToken, new NpgsqlParameter { Value = time.GetUtcNow().ToMicroseconds() });
        }
        while (removed == AtATime);
    }
}
