using System.Security.Claims;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.EndUsers;

/// <summary>
/// Tokens of end users, which browsers may hold. Who comes from a web page must come from one that the token's widget
/// key allows, or, where it has none, any key of the organization; requests without <c>Origin</c> come from servers and apps.
/// </summary>
internal sealed class EndUserBearer(EndUserTokens tokens, CredentialCache credentials, SystemDb system, TimeProvider time, PublicUrl publicUrl) : IBearer
{
    public bool Knows(string secret) => secret.StartsWith(EndUserTokens.Prefix, StringComparison.Ordinal);

    public async Task<Credential> ReadAsync(string secret, HttpContext context, CancellationToken cancellationToken)
    {
        if (!tokens.TryOpen(secret, out var of))
            throw Credential.Refuse("That is no end-user token of ours. Was it cut when it was copied?");
        var name = $"end-user:{of.Organization.Value:N}{of.User.Value:N}{of.WidgetKey?.Value:N}:{of.Inbox?.Value:N}{of.IsVisitor}";
        var credential = await credentials.FindAsync(name, () => LoadAsync(of, cancellationToken))
            ?? throw Credential.Refuse("The end-user token is good no longer: its user or its widget key is not what it was.");
        credential = credential with { ExpiresAt = of.ExpiresAt };
        credential.Check(time.GetUtcNow().ToMicroseconds(), context.Connection.RemoteIpAddress);
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && origin != publicUrl.Origin && !Origins.Allow(credential.Origins!, origin))
            throw new SupportException(ErrorCode.Forbidden, "The end-user token may not be used from this web page. Its origin is not among the allowed_origins of the widget key.");
        return credential;
    }

    private Task<Credential?> LoadAsync(EndUser of, CancellationToken cancellationToken) => system.ReadAcrossOrganizationsAsync(async db =>
    {
        var organization = await db.Organizations.AsNoTracking().Where(o => o.OrganizationId == of.Organization).Select(o => new { o.Status, o.ClockOffsetSeconds }).SingleOrDefaultAsync(cancellationToken);
        var user = await db.Users.AsNoTracking().Where(u => u.OrganizationId == of.Organization && u.Id == of.User).Select(u => new { u.Role, u.Status }).SingleOrDefaultAsync(cancellationToken);
        // A visitor has no row before they write something.
        if (organization is null || (user is null && !of.IsVisitor) || (user is not null && user.Role != Roles.Customer))
            return null;
        var keys = db.WidgetKeys.AsNoTracking().Where(k => k.OrganizationId == of.Organization && k.Enabled);
        if (of.WidgetKey is { } bound)
            keys = keys.Where(k => k.Id == bound && (!of.IsVisitor || !k.RequireIdentity));
        var origins = await keys.Select(k => k.AllowedOrigins).ToListAsync(cancellationToken);
        if (of.WidgetKey is not null && origins.Count == 0)
            return null;
        var id = of.User.ToString();
        List<Claim> claims = [new(PermissionClaims.EndUser, id)];
        if (of.Inbox is { } inbox)
            claims.Add(new(PermissionClaims.ComesInBy, inbox.ToString()));
        return new Credential("end-user token", id, of.Organization, organization.Status, TimeSpan.FromSeconds(organization.ClockOffsetSeconds), new(ActorKinds.Customer, id), of.User,
            user?.Status ?? UserStatus.Active, null, null, [], Credential.Holder("end_user:" + id, Vocabulary.Of(Roles.Customer), [.. claims]), [.. origins.SelectMany(o => o)])
        {
            // End users come from wherever they are.
            OrganizationNetworks = [],
        };
    });
}
