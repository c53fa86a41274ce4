using HeadlessSupport.Api.Platform.Data;

namespace HeadlessSupport.Api.Platform.Jobs;

/// <summary>Makes the monthly partitions of events before they are needed, by a function that the owner lends.</summary>
internal sealed class MakeEventPartitionsJob(SystemDb system)
{
    private const int MonthsAhead = 3;

    public Task RunAsync(CancellationToken cancellationToken) =>
        system.ExecuteAcrossOrganizationsAsync($"select make_event_partitions({MonthsAhead})", cancellationToken);
}
