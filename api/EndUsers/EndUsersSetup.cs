using HeadlessSupport.Api.Access;
using Microsoft.AspNetCore.Cors.Infrastructure;

namespace HeadlessSupport.Api.EndUsers;

internal static class EndUsersSetup
{
    public static IServiceCollection AddEndUsers(this IServiceCollection services) => services
        .AddSingleton<EndUserTokens>()
        .AddSingleton<IBearer, EndUserBearer>()
        .AddScoped<EndUserDoor>()
        .AddScoped<WidgetEntrance>()
        .AddScoped<WidgetJwt>()
        .AddScoped<VisitorMerge>()
        .AddSingleton<WidgetJwks>()
        .AddSingleton<BrowserOrigins>()
        .AddCors()
        .AddSingleton<ICorsPolicyProvider, BrowserCors>();
}
