using System.Security.Claims;
using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace HeadlessSupport.Api.SignIn;

/// <summary>What the token endpoint gives out: as long as the session is open, or the app installed.</summary>
internal sealed class Tokens(SupportDb db, SystemDb system, TenantContext tenant, SessionsEnd sessions)
{
    /// <summary>For a code, a device code or a refresh token.</summary>
    public async Task<IResult> ForSessionAsync(HttpContext context, ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (await EnterAsync(context, principal, cancellationToken) is not var (session, user, organization))
            return Authorization.Deny(Errors.InvalidGrant, "The session has ended. Sign in again.");
        if (!session.IsOpen(TimeSpan.FromMinutes(organization.Security.SessionIdleMinutes), tenant.RealNow))
            return Authorization.Deny(Errors.InvalidGrant, "The session has ended. Sign in again.");
        session.Seen(tenant.RealNow);
        await db.SaveChangesAsync(cancellationToken);
        var identity = new ClaimsIdentity(principal.Claims, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, Claims.Name, Claims.Role);
        Authorization.SetPerson(identity, user, principal.GetScopes());
        identity.SetDestinations(Authorization.DestinationsOf);
        return Authorization.SignIn(new(identity));
    }

    /// <summary>For an app's own credentials: it names the organization, unless only one has installed it.</summary>
    public async Task<IResult> ForInstallAsync(HttpContext context, OpenIddictRequest request, CancellationToken cancellationToken)
    {
        var app = Id<OAuthApp>.Parse(request.ClientId!, null);
        var named = (string?)request["organization"];
        Id<Tenant>? id = Id<Tenant>.TryParse(named, null, out var parsed) ? parsed : null;
        // Two are enough to know that it must be named.
        var installs = await system.ReadAcrossOrganizationsAsync(all => (
            from install in all.AppInstalls.AsNoTracking()
            join organization in all.Organizations.AsNoTracking() on install.OrganizationId equals organization.OrganizationId
            where install.AppId == app && install.RemovedAt == null && (named == null || organization.Slug == named || organization.OrganizationId == id)
            select install).Take(2).ToListAsync(cancellationToken));
        if (installs.Count == 0)
            return Authorization.Deny(Errors.InvalidGrant, "The app is not installed there.");
        if (installs.Count > 1)
            return Authorization.Deny(Errors.InvalidRequest, "Several organizations have installed the app. Name one in the parameter organization, by slug or id.");
        var into = installs[0];
        var asked = request.GetScopes();
        var identity = new ClaimsIdentity(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, into.Id.ToString());
        identity.SetClaim(TokenClaims.Organization, into.OrganizationId.ToString());
        identity.SetClaim(TokenClaims.Install, into.Id.ToString());
        identity.SetScopes(into.Scopes.Where(s => asked.IsEmpty || asked.Contains(s)));
        identity.SetDestinations(_ => [Destinations.AccessToken]);
        return Authorization.SignIn(new(identity));
    }

    /// <summary>What an app may know of the person; null where their session has ended.</summary>
    public async Task<Dictionary<string, object?>?> PersonAsync(HttpContext context, ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (await EnterAsync(context, principal, cancellationToken) is not var (session, user, organization) || !session.IsOpen(TimeSpan.FromMinutes(organization.Security.SessionIdleMinutes), tenant.RealNow))
            return null;
        var person = new Dictionary<string, object?>(StringComparer.Ordinal) { [Claims.Subject] = user.Id.ToString(), [TokenClaims.Organization] = user.OrganizationId.ToString() };
        if (principal.HasScope(Scopes.Profile))
            (person[Claims.Name], person[Claims.Locale]) = (user.Name, user.Locale);
        if (principal.HasScope(Scopes.Email))
            person[Claims.Email] = user.Email;
        return person;
    }

    /// <summary>Ends the session that a token came of.</summary>
    public async Task EndAsync(HttpContext context, ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (await EnterAsync(context, principal, cancellationToken) is not var (session, _, _))
            return;
        await sessions.EndAsync([session], "signed_out", cancellationToken);
    }

    private async Task<(Session Session, User User, Organizations.Organization Organization)?> EnterAsync(HttpContext context, ClaimsPrincipal principal, CancellationToken cancellationToken)
    {
        if (!Id<Session>.TryParse(principal.GetClaim(TokenClaims.Session), null, out var id) || !Id<Tenant>.TryParse(principal.GetClaim(TokenClaims.Organization), null, out var organizationId)
            || !Id<User>.TryParse(principal.GetClaim(Claims.Subject), null, out var userId))
            return null;
        tenant.Enter(organizationId, new Actor(ActorKinds.User, userId.ToString()), TimeSpan.Zero, userId.Value, address: context.Connection.RemoteIpAddress);
        var organization = await db.Organizations.AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == userId, cancellationToken);
        var session = await db.Sessions.SingleOrDefaultAsync(s => s.Id == id && s.UserId == userId, cancellationToken);
        if (organization is not { Status: Organizations.OrganizationStatus.Active } || user is not { Status: UserStatus.Active, IsStaff: true } || session is null || user.LoginId != session.LoginId)
            return null;
        tenant.Enter(organizationId, tenant.Actor, TimeSpan.FromSeconds(organization.ClockOffsetSeconds), userId.Value, address: context.Connection.RemoteIpAddress);
        return (session, user, organization);
    }
}
