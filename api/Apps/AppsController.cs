using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Apps;

/// <summary>OAuth apps that the organization published.</summary>
[Route("api/v{version:apiVersion}/apps")]
public sealed class AppsController(SupportDb db, TenantContext tenant) : ApiController
{
    /// <summary>List your OAuth apps</summary>
    [HttpGet(Name = "Apps_List"), Requires("apps.manage")]
    public async Task<ActionResult<Page<OAuthAppResponse>>> List([FromQuery] PageQuery page, CancellationToken cancellationToken) =>
        await PageAsync(db.OAuthApps.AsNoTracking().Where(a => a.DeletedAt == null), OAuthAppMapping.Newest, page, OAuthAppResponse.From, cancellationToken);

    /// <summary>Create an OAuth app</summary>
    /// <remarks>The answer shows the secret of a confidential app, once. Members of your organization can sign in to it; others once they installed it.</remarks>
    [HttpPost(Name = "Apps_Create"), Requires("apps.manage"), ShowsSecret("client_secret"), Creates]
    public async Task<ActionResult<OAuthAppResponse>> Create(CreateOAuthAppRequest request, CancellationToken cancellationToken)
    {
        AppScopes.Check(request.Scopes);
        var to = new OAuthAppUpdate(request.Name, request.Scopes, request.RedirectUris, request.PostLogoutRedirectUris, request.DeviceCode, request.WebsiteUrl);
        var app = new OAuthApp(tenant.Required, to, request.Confidential, tenant.Now);
        var secret = request.Confidential ? app.NewSecret(tenant.Now, isFirst: true) : null;
        db.Add(app);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(app, $"apps/{app.Id}", OAuthAppResponse.From(app) with { ClientSecret = secret });
    }

    /// <summary>Get an OAuth app</summary>
    [HttpGet("{id}", Name = "Apps_Get"), Requires("apps.manage")]
    public async Task<ActionResult<OAuthAppResponse>> Get(Id<OAuthApp> id, CancellationToken cancellationToken)
    {
        var app = await FindAsync(db.OAuthApps.AsNoTracking(), id, cancellationToken);
        return Show(app, OAuthAppResponse.From(app));
    }

    /// <summary>Update an OAuth app</summary>
    [HttpPatch("{id}", Name = "Apps_Update"), Requires("apps.manage")]
    public async Task<ActionResult<OAuthAppResponse>> Update(Id<OAuthApp> id, MergePatch<OAuthAppUpdate> patch, CancellationToken cancellationToken)
    {
        var app = await FindAsync(db.OAuthApps, id, cancellationToken);
        await CheckIfMatchAsync(app, patch.Members, cancellationToken);
        var update = Merge(patch, OAuthAppUpdate.From(app));
        AppScopes.Check(update.Scopes);
        app.Update(update, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(app, OAuthAppResponse.From(app));
    }

    /// <summary>Give an OAuth app a new secret</summary>
    /// <remarks>The answer shows it, once. The one before stops working at once.</remarks>
    [HttpPost("{id}/rotate-secret", Name = "Apps_RotateSecret"), Requires("apps.manage"), ShowsSecret("client_secret")]
    public async Task<ActionResult<OAuthAppResponse>> RotateSecret(Id<OAuthApp> id, CancellationToken cancellationToken)
    {
        var app = await FindAsync(db.OAuthApps, id, cancellationToken);
        await CheckIfMatchAsync(app, [], cancellationToken);
        var secret = app.NewSecret(tenant.Now, isFirst: false);
        await db.SaveChangesAsync(cancellationToken);
        return Show(app, OAuthAppResponse.From(app) with { ClientSecret = secret });
    }

    /// <summary>Delete an OAuth app</summary>
    /// <remarks>Nobody can sign in to it any more, and its tokens stop working.</remarks>
    [HttpDelete("{id}", Name = "Apps_Delete"), Requires("apps.manage"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<OAuthApp> id, CancellationToken cancellationToken)
    {
        var app = await FindAsync(db.OAuthApps, id, cancellationToken);
        await CheckIfMatchAsync(app, [], cancellationToken);
        app.Delete(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    private static async Task<OAuthApp> FindAsync(IQueryable<OAuthApp> apps, Id<OAuthApp> id, CancellationToken cancellationToken) =>
        await apps.SingleOrDefaultAsync(a => a.Id == id && a.DeletedAt == null, cancellationToken) ?? throw SupportException.NotFound("app");
}
