using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace HeadlessSupport.Api.SignIn;

/// <summary>
/// Ties OAuth's tokens to their session where OpenIddict alone would not: a refresh token that comes a second time was
/// stolen from one of two, so all of the family ends; who revokes a token ends the session; and no token of an ended
/// session is called active.
/// </summary>
internal sealed class SessionWatch(SupportDb db, SystemDb system, TenantContext tenant, SessionsEnd sessions, IOpenIddictTokenManager tokens)
    : IOpenIddictServerHandler<ApplyTokenResponseContext>, IOpenIddictServerHandler<HandleRevocationRequestContext>, IOpenIddictServerHandler<HandleIntrospectionRequestContext>
{
    public async ValueTask HandleAsync(ApplyTokenResponseContext context)
    {
        if (context.Request?.RefreshToken is not { } used || context.Response.Error != Errors.InvalidGrant || await tokens.FindByReferenceIdAsync(used) is not { } token)
            return;
        if (await tokens.HasStatusAsync(token, Statuses.Redeemed) && await tokens.GetAuthorizationIdAsync(token) is { } authorization)
            await RevokeAsync(s => s.AuthorizationId == authorization, "refresh_token_reused");
    }

    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        if (Id<Session>.TryParse(context.GenericTokenPrincipal?.GetClaim(TokenClaims.Session), null, out var id))
            await RevokeAsync(s => s.Id == id, "token_revoked");
    }

    public async ValueTask HandleAsync(HandleIntrospectionRequestContext context)
    {
        if (!Id<Session>.TryParse(context.GenericTokenPrincipal?.GetClaim(TokenClaims.Session), null, out var id))
            return;
        var now = tenant.RealNow;
        var open = await system.ReadAcrossOrganizationsAsync(all => (
            from session in all.Sessions.AsNoTracking()
            join organization in all.Organizations.AsNoTracking() on session.OrganizationId equals organization.OrganizationId
            where session.Id == id
            select new { session, organization }).SingleOrDefaultAsync());
        if (open is null || open.organization.Status != OrganizationStatus.Active || !open.session.IsOpen(TimeSpan.FromMinutes(open.organization.Security.SessionIdleMinutes), now))
            context.Reject(Errors.InvalidToken, "The session has ended.");
    }

    private async Task RevokeAsync(System.Linq.Expressions.Expression<Func<Session, bool>> which, string why)
    {
        // The token tells the session, and only the session the organization.
        var found = await system.ReadAcrossOrganizationsAsync(all => all.Sessions.AsNoTracking().Where(which).SingleOrDefaultAsync());
        if (found is null)
            return;
        tenant.Enter(found.OrganizationId, new Actor(ActorKinds.User, found.UserId.ToString()), TimeSpan.Zero, found.UserId.Value, address: tenant.Address);
        await sessions.EndAsync([await db.Sessions.SingleAsync(s => s.Id == found.Id)], why, CancellationToken.None);
    }
}
