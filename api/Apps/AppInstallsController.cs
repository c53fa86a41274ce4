using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Apps;

/// <summary>Apps of other publishers, and your own, that act in this organization.</summary>
[Route("api/v{version:apiVersion}/app-installs")]
public sealed class AppInstallsController(SupportDb db, SystemDb system, TenantContext tenant, CredentialCache credentials) : ApiController
{
    /// <summary>List installed apps</summary>
    [HttpGet(Name = "AppInstalls_List"), Requires("apps.manage")]
    public async Task<ActionResult<Page<AppInstallResponse>>> List([FromQuery] PageQuery page, CancellationToken cancellationToken) =>
        await PageAsync(db.AppInstalls.AsNoTracking().Where(i => i.RemovedAt == null), AppInstallMapping.Newest, page, AppInstallResponse.From, cancellationToken);

    /// <summary>Install an app</summary>
    /// <remarks>From then on it gets tokens for this organization with its client credentials, and people here can sign in to it.</remarks>
    [HttpPost(Name = "AppInstalls_Create"), Requires("apps.manage"), Creates]
    public async Task<ActionResult<AppInstallResponse>> Create(CreateAppInstallRequest request, CancellationToken cancellationToken)
    {
        // Apps of every publisher can be installed, so this one is looked for among all.
        var app = await system.ReadAcrossOrganizationsAsync(all => all.OAuthApps.AsNoTracking().SingleOrDefaultAsync(a => a.Id == request.AppId && a.DeletedAt == null, cancellationToken))
            ?? throw SupportException.Invalid("/app_id", "There is no such app.");
        CheckScopes(request.Scopes, app);
        if (await db.AppInstalls.AnyAsync(i => i.AppId == app.Id && i.RemovedAt == null, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "The app is installed already.", ("/app_id", "Is installed already."));
        var machine = Users.User.NewMachine(tenant.Required, app.Name, tenant.Now);
        var install = new AppInstall(tenant.Required, app, machine, request.Scopes, tenant.Now);
        db.AddRange(machine, install);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(install, $"app-installs/{install.Id}", AppInstallResponse.From(install));
    }

    /// <summary>Get an installed app</summary>
    [HttpGet("{id}", Name = "AppInstalls_Get"), Requires("apps.manage")]
    public async Task<ActionResult<AppInstallResponse>> Get(Id<AppInstall> id, CancellationToken cancellationToken)
    {
        var install = await FindAsync(db.AppInstalls.AsNoTracking(), id, cancellationToken);
        return Show(install, AppInstallResponse.From(install));
    }

    /// <summary>Change what an installed app may do</summary>
    [HttpPatch("{id}", Name = "AppInstalls_Update"), Requires("apps.manage")]
    public async Task<ActionResult<AppInstallResponse>> Update(Id<AppInstall> id, MergePatch<AppInstallUpdate> patch, CancellationToken cancellationToken)
    {
        var install = await FindAsync(db.AppInstalls, id, cancellationToken);
        await CheckIfMatchAsync(install, patch.Members, cancellationToken);
        var update = Merge(patch, AppInstallUpdate.From(install));
        var appId = install.AppId;
        var app = await system.ReadAcrossOrganizationsAsync(all => all.OAuthApps.AsNoTracking().SingleAsync(a => a.Id == appId, cancellationToken));
        CheckScopes(update.Scopes, app);
        install.Update(update, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        credentials.Drop(tenant.Required);
        return Show(install, AppInstallResponse.From(install));
    }

    /// <summary>Remove an installed app</summary>
    /// <remarks>Its tokens for this organization are refused at once, on other nodes within 5 seconds.</remarks>
    [HttpDelete("{id}", Name = "AppInstalls_Delete"), Requires("apps.manage"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<AppInstall> id, CancellationToken cancellationToken)
    {
        var install = await FindAsync(db.AppInstalls, id, cancellationToken);
        await CheckIfMatchAsync(install, [], cancellationToken);
        install.Remove(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        credentials.Drop(tenant.Required);
        return NoContent();
    }

    private static async Task<AppInstall> FindAsync(IQueryable<AppInstall> installs, Id<AppInstall> id, CancellationToken cancellationToken) =>
        await installs.SingleOrDefaultAsync(i => i.Id == id && i.RemovedAt == null, cancellationToken) ?? throw SupportException.NotFound("installed app");

    private void CheckScopes(List<string> scopes, OAuthApp app)
    {
        var wrong = scopes.Select((s, i) => (Scope: s, Index: i)).Where(s => !app.Scopes.Contains(s.Scope) || s.Scope == AppScopes.Everything).ToList();
        if (wrong.Count > 0)
            throw new SupportException(ErrorCode.ValidationFailed, "Some scopes are none that the app asks for.", wrong.ConvertAll(w => ($"/scopes/{w.Index}", $"The app asks for: {string.Join(", ", app.Scopes.Where(s => s != AppScopes.Everything))}.")));
        // An app that could do more than who lets it in would be a way to do more.
        var beyond = scopes.Where(s => !User.May(s)).ToList();
        if (beyond.Count > 0)
            throw SupportException.Invalid("/scopes", $"Your own credential lacks {string.Join(", ", beyond)}, so it cannot grant that.");
    }
}
