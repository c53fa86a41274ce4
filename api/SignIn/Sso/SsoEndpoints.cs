using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Identity;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>The pages between ours and those of whoever says who people are.</summary>
internal static class SsoEndpoints
{
    public static void MapSso(this RouteGroupBuilder pages)
    {
        pages.MapPost("/with/{id}", BeginAsync);
        pages.MapGet("/callback/{id}", (HttpContext context, string id, SsoDoor door, CancellationToken cancellationToken) => door.EndAsync(context, id, cancellationToken));
        pages.MapPost("/providers/connect", ConnectAsync);
        pages.MapPost("/providers/remove", RemoveAsync);
    }

    private static async Task<IResult> BeginAsync(HttpContext context, string id, SignInPages pages, SsoDoor door, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        var form = await context.Request.ReadFormAsync(cancellationToken);
        return await door.BeginAsync(context, id, SignInPages.Return(form["return"]), null, null, cancellationToken);
    }

    private static async Task<IResult> ConnectAsync(HttpContext context, SignInPages pages, SsoDoor door, SsoProviders providers, UserManager<Login> logins, TenantContext tenant, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        if (await AccountEndpoints.RecentAsync(context, logins, tenant) is not { } login)
            return AccountEndpoints.Again("/sign-in/security");
        var id = (await context.Request.ReadFormAsync(cancellationToken))["id"].ToString();
        // Connections of organizations connect by the address, and are good for one organization only.
        return providers.OfInstallation.Any(p => p.Id == id)
            ? await door.BeginAsync(context, id, "/sign-in/security", null, login.Id, cancellationToken)
            : Results.LocalRedirect("/sign-in/security");
    }

    private static Task<IResult> RemoveAsync(HttpContext context, AccountEndpoints.Change change, SsoProviders providers, SignInAudit audit, CancellationToken cancellationToken) =>
        change.RunAsync(context, async (login, form) =>
        {
            var id = form["id"].ToString();
            var linked = (await change.Logins.GetLoginsAsync(login)).FirstOrDefault(l => l.LoginProvider == id && providers.OfInstallation.Any(p => p.Id == id));
            if (linked is null)
                return (null, "It is not connected.");
            await change.Logins.RemoveLoginAsync(login, linked.LoginProvider, linked.ProviderKey);
            await audit.ChangedAsync(context, login.Id, "provider.disconnected", cancellationToken);
            return ($"{linked.ProviderDisplayName} is disconnected.", null);
        }, cancellationToken);
}
