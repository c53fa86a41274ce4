using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Jobs;

namespace HeadlessSupport.Api.Tickets;

internal static class TicketsSetup
{
    public static IServiceCollection AddTickets(this IServiceCollection services) => services
        .AddScoped<Desk>()
        .AddScoped<Shelf>()
        .AddScoped<DownloadLinks>()
        .AddSingleton(EventFields.Of(TicketFields.All))
        .AddRecurring<SweepOrphanFilesJob>("sweep-orphan-files", job => job.RunAsync(CancellationToken.None), "41 4 * * *");
}
