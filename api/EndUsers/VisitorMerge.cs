using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.EndUsers;

/// <summary>An anonymous visitor turns out to be a known customer: what they asked becomes the customer's. Does not save.</summary>
internal sealed class VisitorMerge(SupportDb db, TenantContext tenant)
{
    private const int MostTickets = 100;

    /// <summary>Hands the visitor's tickets over, the newest first. One who became somebody meanwhile keeps theirs.</summary>
    public async Task TakeOverAsync(Id<User> visitor, User by, CancellationToken cancellationToken)
    {
        if (visitor == by.Id || !await db.Users.AnyAsync(u => u.Id == visitor && u.Role == Roles.Customer && u.ExternalId == null, cancellationToken))
            return;
        foreach (var ticket in await db.Tickets.Where(t => t.RequesterId == visitor && t.DeletedAt == null).OrderByDescending(t => t.CreatedAt).Take(MostTickets).ToListAsync(cancellationToken))
            ticket.HandOver(by, tenant.Now);
    }
}
