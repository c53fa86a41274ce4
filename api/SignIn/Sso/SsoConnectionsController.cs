using System.Text;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>OpenID Connect issuers by which the organization's staff sign in.</summary>
[Route("api/v{version:apiVersion}/sso-connections"), Tags("SsoConnections")]
public sealed class SsoConnectionsController(SupportDb db, TenantContext tenant, SecretBox box, PublicAddressGuard guard, Links links) : ApiController
{
    internal const string SecretPurpose = "sso-client-secret";
    private const int MostConnections = 20;

    /// <summary>List SSO connections</summary>
    [HttpGet(Name = "SsoConnections_List"), Requires("organization.manage")]
    public async Task<ActionResult<Page<SsoConnectionResponse>>> List([FromQuery] PageQuery page, CancellationToken cancellationToken) =>
        await PageAsync(db.SsoConnections.AsNoTracking(), SsoMapping.Newest, page, Shown, cancellationToken);

    /// <summary>Create an SSO connection</summary>
    /// <remarks>Register its <c>redirect_uri</c> with the issuer. Since it can sign in whoever has an address of its domains, only who may do everything can create or change one.</remarks>
    [HttpPost(Name = "SsoConnections_Create"), Requires("organization.manage"), Creates]
    public async Task<ActionResult<SsoConnectionResponse>> Create(SsoConnectionUpdate request, CancellationToken cancellationToken)
    {
        CheckMayAll();
        if (request.ClientSecret is null)
            throw SupportException.Invalid("/client_secret", "Is required.");
        await CheckAsync(request, null, cancellationToken);
        if (await db.SsoConnections.CountAsync(cancellationToken) >= MostConnections)
            throw new SupportException(ErrorCode.Conflict, $"An organization can have {MostConnections} SSO connections. Delete one first.");
        var connection = new SsoConnection(tenant.Required, request, Seal(request.ClientSecret), tenant.Now);
        db.Add(connection);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(connection, $"sso-connections/{connection.Id}", Shown(connection));
    }

    /// <summary>Get an SSO connection</summary>
    [HttpGet("{id}", Name = "SsoConnections_Get"), Requires("organization.manage")]
    public async Task<ActionResult<SsoConnectionResponse>> Get(Id<SsoConnection> id, CancellationToken cancellationToken)
    {
        var connection = await FindAsync(db.SsoConnections.AsNoTracking(), id, cancellationToken);
        return Show(connection, Shown(connection));
    }

    /// <summary>Update an SSO connection</summary>
    /// <remarks>With another issuer, those who signed in before are known by their address only, until they come again.</remarks>
    [HttpPatch("{id}", Name = "SsoConnections_Update"), Requires("organization.manage")]
    public async Task<ActionResult<SsoConnectionResponse>> Update(Id<SsoConnection> id, MergePatch<SsoConnectionUpdate> patch, CancellationToken cancellationToken)
    {
        CheckMayAll();
        var connection = await FindAsync(db.SsoConnections, id, cancellationToken);
        await CheckIfMatchAsync(connection, patch.Members, cancellationToken);
        var update = Merge(patch, SsoConnectionUpdate.From(connection));
        await CheckAsync(update, connection, cancellationToken);
        connection.Update(update, update.ClientSecret is { } secret ? Seal(secret) : null, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(connection, Shown(connection));
    }

    /// <summary>Delete an SSO connection</summary>
    /// <remarks>Nobody can sign in by it any more. Sessions that began with it go on until they end.</remarks>
    [HttpDelete("{id}", Name = "SsoConnections_Delete"), Requires("organization.manage"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<SsoConnection> id, CancellationToken cancellationToken)
    {
        CheckMayAll();
        var connection = await FindAsync(db.SsoConnections, id, cancellationToken);
        await CheckIfMatchAsync(connection, [], cancellationToken);
        connection.Deleted();
        db.Remove(connection);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    private static async Task<SsoConnection> FindAsync(IQueryable<SsoConnection> connections, Id<SsoConnection> id, CancellationToken cancellationToken) =>
        await connections.SingleOrDefaultAsync(c => c.Id == id, cancellationToken) ?? throw SupportException.NotFound("SSO connection");

    private SsoConnectionResponse Shown(SsoConnection connection) => SsoConnectionResponse.From(connection, links.Page("/sign-in/callback/" + connection.Id));

    private byte[] Seal(string secret) => box.Seal(SecretPurpose, Encoding.UTF8.GetBytes(secret));

    // Whoever chooses the issuer decides who its people are: they could come back as any admin.
    private void CheckMayAll()
    {
        if (Grants.HeldBy(User).Lacks(Grants.Of(Users.Roles.Admin, null)) is { } beyond)
            throw new SupportException(ErrorCode.Forbidden, $"An SSO connection can sign in anyone, so only who may do everything can set it. Your credential lacks {beyond}.");
    }

    private async Task CheckAsync(SsoConnectionUpdate to, SsoConnection? self, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(to.Issuer, UriKind.Absolute, out var issuer) || issuer.Query.Length > 0 || issuer.Fragment.Length > 0)
            throw SupportException.Invalid("/issuer", "Must be an https address without query and fragment.");
        if (to.Issuer != self?.Issuer && await guard.CheckAsync(issuer, cancellationToken) is { } refusal)
            throw SupportException.Invalid("/issuer", refusal);
        if (self is not null && to.Issuer != self.Issuer && to.ClientSecret is null)
            throw SupportException.Invalid("/client_secret", "Is required with another issuer: the secret of the one before would be shown to it.");
        for (var i = 0; i < (to.Roles?.Count ?? 0); i++)
            await CheckAsync(to.Roles![i], $"/roles/{i}", self, cancellationToken);
    }

    private async Task CheckAsync(SsoRole role, string pointer, SsoConnection? self, CancellationToken cancellationToken)
    {
        if (role.Role is not (Users.Roles.Admin or Users.Roles.Manager or Users.Roles.Agent))
            throw SupportException.Invalid(pointer + "/role", "Expected one of: admin, manager, agent.");
        // What was set before may be gone by now, and stays.
        if (role.RoleId is { } id && self?.Roles.Exists(r => r.RoleId == id) != true && !await db.Roles.AnyAsync(r => r.Id == id, cancellationToken))
            throw SupportException.Invalid(pointer + "/role_id", "There is no such role.");
    }
}
