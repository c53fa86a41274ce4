using HeadlessSupport.Api.Platform.Data;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Jobs;

/// <summary>
/// Lets go of events that are older than the operator keeps them, whole months at a time, by a function that the owner
/// lends. Without a setting all are kept.
/// </summary>
internal sealed class DropOldEventsJob(SystemDb system, EventRetention retention)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (retention.Days is { } days)
            await system.ExecuteAcrossOrganizationsAsync("select drop_event_partitions($1)", cancellationToken, new NpgsqlParameter { Value = days });
    }
}

/// <summary>How long events are kept.</summary>
/// <param name="Days">The setting <c>Events:RetentionDays</c>, 90 or more; null for as long as the organization.</param>
internal sealed record EventRetention(int? Days)
{
    public static EventRetention Read(IConfiguration configuration) => configuration["Events:RetentionDays"] switch
    {
        null or "" => new(Days: null),
        var text when int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var days) && days is >= 90 and <= 36_500 => new(days),
        var text => throw new InvalidOperationException($"The setting Events:RetentionDays must be a whole number from 90 to 36500; it is '{text}'."),
    };
}
