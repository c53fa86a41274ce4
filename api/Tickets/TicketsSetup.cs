using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Jobs;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tickets;

internal static class TicketsSetup
{
    public static IServiceCollection AddTickets(this IServiceCollection services) => services
        .AddScoped<People>()
        .AddScoped<Desk>()
        .AddScoped<CustomerDesk>()
        .AddScoped<Shelf>()
        .AddScoped<DownloadLinks>()
        .AddSingleton(EventFields.Of(TicketFields.All))
        .AddRecurring<SweepOrphanFilesJob>("sweep-orphan-files", job => job.RunAsync(CancellationToken.None), "41 4 * * *");
}
