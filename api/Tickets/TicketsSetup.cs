namespace HeadlessSupport.Api.Tickets;

internal static class TicketsSetup
{
    public static IServiceCollection AddTickets(this IServiceCollection services) => services
        .AddScoped<Desk>()
        .AddScoped<Shelf>()
        .AddScoped<DownloadLinks>();
}
