using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Search;

internal static class SearchSetup
{
    public static IServiceCollection AddSearch(this IServiceCollection services) => services
        .AddScoped<TicketSearch>()
        .AddScoped<UserSearch>()
        .AddScoped<CompanySearch>()
        .AddSingleton<SearchIndex>()
        .AddSingleton<SearchIndexer>()
        .AddHostedService(p => p.GetRequiredService<SearchIndexer>())
        .AddSingleton(new ConsoleCommand("reindex", Reindex.RunAsync));
}
