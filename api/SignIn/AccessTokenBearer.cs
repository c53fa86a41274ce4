using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Validation;

namespace HeadlessSupport.Api.SignIn;

/// <summary>
/// Access tokens of our own OAuth server. The signature says whose it was; whether the session, or the installed app, is
/// still welcome is looked up, at most five seconds ago.
/// </summary>
internal sealed class AccessTokenBearer(CredentialCache credentials, CredentialGate gate, SystemDb system, IServiceScopeFactory scopes, TimeProvider time) : IBearer
{
    private const int MostLetters = 8_192;

    public bool Knows(string secret) => secret.StartsWith("eyJ", StringComparison.Ordinal) && secret.Length <= MostLetters;

    public async Task<Credential> ReadAsync(string secret, HttpContext context, CancellationToken cancellationToken)
    {
        var name = "at:" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
        var credential = await credentials.FindAsync(name, () => LoadAsync(secret, cancellationToken)) ?? throw Credential.Refuse("The access token is not one of ours, or has expired.");
        var now = time.GetUtcNow().ToMicroseconds();
        gate.Check(credential, context, now);
        // Of apps nobody is told when they came last.
        if (credential.Actor.Kind == ActorKinds.User)
            credentials.Used(credential, now);
        return credential;
    }

    private async Task<Credential?> LoadAsync(string token, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        ClaimsPrincipal principal;
        try
        {
            principal = await scope.ServiceProvider.GetRequiredService<OpenIddictValidationService>().ValidateAccessTokenAsync(token, cancellationToken);
        }
        catch (OpenIddictExceptions.ProtocolException)
        {
            return null;
        }
        if (!Id<Tenant>.TryParse(principal.GetClaim(TokenClaims.Organization), null, out var organization))
            return null;
        var until = principal.GetExpirationDate();
        if (Id<Session>.TryParse(principal.GetClaim(TokenClaims.Session), null, out var session))
            return await OfSessionAsync(organization, session, [.. principal.GetScopes()], until, cancellationToken);
        return Id<AppInstall>.TryParse(principal.GetClaim(TokenClaims.Install), null, out var install)
            ? await OfInstallAsync(organization, install, [.. principal.GetScopes()], until, cancellationToken)
            : null;
    }

    private async Task<Credential?> OfSessionAsync(Id<Tenant> organizationId, Id<Session> id, List<string> scopes, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var row = await system.ReadAcrossOrganizationsAsync(db => (
            from session in db.Sessions.AsNoTracking()
            join user in db.Users.AsNoTracking() on new { session.OrganizationId, Id = session.UserId } equals new { user.OrganizationId, user.Id }
            join organization in db.Organizations.AsNoTracking() on session.OrganizationId equals organization.OrganizationId
            join app in db.OAuthApps.AsNoTracking() on session.AppId equals app.Id
            join own in db.Roles.AsNoTracking() on new { user.OrganizationId, Id = user.RoleId } equals new { own.OrganizationId, Id = (Id<Role>?)own.Id } into roles
            from own in roles.DefaultIfEmpty()
            where session.OrganizationId == organizationId && session.Id == id && user.LoginId == session.LoginId
            select new
            {
                session,
                user,
                organization,
                app,
                own,
                Install = db.AppInstalls.FirstOrDefault(i => i.OrganizationId == session.OrganizationId && i.AppId == session.AppId && i.RemovedAt == null),
            }).SingleOrDefaultAsync(cancellationToken));
        if (row is null || row.app.DeletedAt is not null || (row.app.OrganizationId != organizationId && row.Install is null))
            return null;
        var grants = Grants.Of(row.user.Role, row.own);
        if (!scopes.Contains(AppScopes.Everything))
            grants = grants.Within(scopes);
        if (row.app.OrganizationId != organizationId)
            grants = grants.Within(row.Install!.Scopes);
        var ends = row.session.LastSeenAt + TimeSpan.FromMinutes(row.organization.Security.SessionIdleMinutes);
        if (row.session.EndsAt < ends)
            ends = row.session.EndsAt;
        if (until < ends)
            ends = until.Value;
        var who = row.user.Id.ToString();
        return new("session", id.ToString(), organizationId, row.organization.Status, TimeSpan.FromSeconds(row.organization.ClockOffsetSeconds), new(ActorKinds.User, who), row.user.Id, row.user.Status,
            ends, row.session.RevokedAt, [], grants.Holder(id.ToString()))
        {
            OrganizationNetworks = NetworkLists.Parse(row.organization.Security.AllowedNetworks),
        };
    }

    private async Task<Credential?> OfInstallAsync(Id<Tenant> organizationId, Id<AppInstall> id, List<string> scopes, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        var row = await system.ReadAcrossOrganizationsAsync(db => (
            from install in db.AppInstalls.AsNoTracking()
            join user in db.Users.AsNoTracking() on new { install.OrganizationId, Id = install.UserId } equals new { user.OrganizationId, user.Id }
            join organization in db.Organizations.AsNoTracking() on install.OrganizationId equals organization.OrganizationId
            join app in db.OAuthApps.AsNoTracking() on install.AppId equals app.Id
            where install.OrganizationId == organizationId && install.Id == id
            select new { install, user, organization, app }).SingleOrDefaultAsync(cancellationToken));
        if (row is null || row.app.DeletedAt is not null)
            return null;
        return new("app", id.ToString(), organizationId, row.organization.Status, TimeSpan.FromSeconds(row.organization.ClockOffsetSeconds), new(ActorKinds.App, row.install.AppId.ToString()), row.user.Id, row.user.Status,
            until, row.install.RemovedAt, [], Grants.Of(row.install.Scopes.Where(scopes.Contains), null, null).Holder(id.ToString()))
        {
            OrganizationNetworks = NetworkLists.Parse(row.organization.Security.AllowedNetworks),
        };
    }
}

/// <summary>What our tokens say beside the standard claims.</summary>
internal static class TokenClaims
{
    /// <summary>The one organization that the token is for.</summary>
    public const string Organization = "org";

    /// <summary>The session, where a person signed in (the name is OpenID Connect's).</summary>
    public const string Session = "sid";

    /// <summary>The installed app, where it acts for itself.</summary>
    public const string Install = "ins";
}
