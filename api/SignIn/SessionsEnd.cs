using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Ends sessions: their tokens are refused from then on, and the audit log says why.</summary>
internal sealed class SessionsEnd(SupportDb db, TenantContext tenant, CredentialCache credentials, AuditLog audit, Memberships memberships, IServiceScopeFactory scopes)
{
    /// <param name="why">In a word: <c>revoked</c>, <c>signed_out</c>, <c>refresh_token_reused</c>.</param>
    /// <returns>How many of them were still open.</returns>
    public async Task<int> EndAsync(IEnumerable<Session> sessions, string why, CancellationToken cancellationToken)
    {
        var open = sessions.Where(s => s.RevokedAt is null).ToList();
        foreach (var session in open)
        {
            session.Revoke(tenant.Now, tenant.RealNow);
            audit.Note(new("session.revoked", Target: session.Id.ToString(), Details: new { user_id = session.UserId, why }));
        }
        await db.SaveChangesAsync(cancellationToken);
        credentials.Drop(tenant.Required);
        return open.Count;
    }

    /// <summary>All of a user, in the organization in whose name this works.</summary>
    public async Task<int> EndAllAsync(Id<User> user, string why, CancellationToken cancellationToken)
    {
        var now = tenant.RealNow;
        return await EndAsync(await db.Sessions.Where(s => s.UserId == user && s.RevokedAt == null && s.EndsAt > now).ToListAsync(cancellationToken), why, cancellationToken);
    }

    /// <summary>All of a person, in every organization that they belong to.</summary>
    public async Task EndEverywhereAsync(Guid login, string why, HttpContext context, CancellationToken cancellationToken)
    {
        foreach (var place in await memberships.OfAsync(login, cancellationToken))
        {
            await using var scope = scopes.CreateAsyncScope();
            Memberships.Enter(scope.ServiceProvider.GetRequiredService<TenantContext>(), place, context);
            await scope.ServiceProvider.GetRequiredService<SessionsEnd>().EndAllAsync(place.User.Id, why, cancellationToken);
        }
    }
}
