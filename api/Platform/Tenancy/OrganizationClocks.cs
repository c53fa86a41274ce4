using HeadlessSupport.Api.Platform.Data;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Tenancy;

/// <summary>How far organizations' clocks are from real time, for work that no request of theirs began.</summary>
public sealed class OrganizationClocks(SystemDb system)
{
    public async Task<TimeSpan> OffsetAsync(Guid organization, CancellationToken cancellationToken)
    {
        await using var connection = await system.OpenAcrossOrganizationsAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select clock_offset_seconds from organizations where organization_id = $1", connection) { Parameters = { new() { Value = organization } } };
        return TimeSpan.FromSeconds((long?)await command.ExecuteScalarAsync(cancellationToken) ?? 0);
    }
}
