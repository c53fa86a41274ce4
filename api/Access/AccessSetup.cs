using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace HeadlessSupport.Api.Access;

internal static class AccessSetup
{
    public static IServiceCollection AddAccess(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new OperatorKey(configuration));
        services.AddSingleton<CredentialCache>();
        services.AddSingleton<CredentialGate>();
        services.AddSingleton<IBearer, ApiKeyBearer>();
        services.AddSingleton<ICredentialWatch, KeyWatch>();
        services.AddScoped<Founding>();
        services.AddScoped<Authority>();
        services.AddSingleton<LastUseWriter>();
        services.AddHostedService(p => p.GetRequiredService<LastUseWriter>());
        services.AddAuthentication(CredentialCache.Scheme).AddScheme<AuthenticationSchemeOptions, BearerAuthentication>(CredentialCache.Scheme, null);
        services.AddAuthorizationBuilder().SetFallbackPolicy(new AuthorizationPolicyBuilder().AddRequirements(new RequiresAttribute(RequiresAttribute.Member)).Build());
        services.AddSingleton<IAuthorizationHandler, PermissionHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, PermissionAnswers>();
        return services;
    }
}
