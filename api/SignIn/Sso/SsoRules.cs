using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>Whether someone who is signed in came the way that the organization asks for. Works in its name.</summary>
internal sealed class SsoRules(SupportDb db)
{
    /// <summary>Of these domains the organization has proved which are its own.</summary>
    public async Task<bool> IsVouchedForAsync(SsoConnection by, string email, CancellationToken cancellationToken)
    {
        var domain = VerifiedDomain.Of(email);
        return by.Domains.Contains(domain) && await db.VerifiedDomains.AnyAsync(d => d.Domain == domain && d.VerifiedAt != null, cancellationToken);
    }

    /// <summary>False where the connection by which they came is not to be used any more.</summary>
    public async Task<bool> StillHoldsAsync(SignedIn by, CancellationToken cancellationToken) =>
        !Id<SsoConnection>.TryParse(by.Via, null, out var id) || await db.SsoConnections.AnyAsync(c => c.Id == id && c.Enabled, cancellationToken);

    /// <summary>Whether there is a connection by which they must come, and they did not.</summary>
    public async Task<bool> OwesAsync(User user, SignedIn by, CancellationToken cancellationToken)
    {
        if (user.Email is null)
            return false;
        var domain = VerifiedDomain.Of(user.Email);
        var asked = await db.SsoConnections.AsNoTracking().Where(c => c.Enabled && c.SsoOnly && c.Domains.Contains(domain)).Select(c => c.Id).ToListAsync(cancellationToken);
        return asked.Count > 0 && !asked.Exists(c => c.ToString() == by.Via) && await db.VerifiedDomains.AnyAsync(d => d.Domain == domain && d.VerifiedAt != null, cancellationToken);
    }
}
