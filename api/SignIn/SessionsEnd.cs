using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Ends all sessions of a person, in every organization they belong to.</summary>
internal sealed class SessionsEnd(Memberships memberships, IServiceScopeFactory scopes, CredentialCache credentials)
{
    public async Task OfLoginAsync(Guid login, HttpContext context, CancellationToken cancellationToken)
    {
        foreach (var place in await memberships.OfAsync(login, cancellationToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            var tenant = scope.ServiceProvider.GetRequiredService<TenantContext>();
            Memberships.Enter(tenant, place, context);
            var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
            var open = await db.Sessions.Where(s => s.UserId == place.User.Id && s.RevokedAt == null && s.EndsAt > tenant.RealNow).ToListAsync(cancellationToken);
            var audit = scope.ServiceProvider.GetRequiredService<AuditLog>();
            foreach (var session in open)
            {
                session.Revoke(tenant.Now, tenant.RealNow);
                audit.Note(SessionAudit.Revoked(session, "password_reset"));
            }
            await db.SaveChangesAsync(cancellationToken);
            credentials.Drop(place.Organization.Id);
        }
    }
}
