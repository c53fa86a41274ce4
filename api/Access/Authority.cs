using System.Security.Claims;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Access;

/// <summary>Nobody gives, takes or takes over what they do not have themselves; and an admin remains.</summary>
public sealed class Authority(SupportDb db)
{
    /// <summary>What a user may do by their role, and a machine by the keys that act as it. Customers may do nothing to what is others'.</summary>
    public async Task<Grants> OfAsync(User user, CancellationToken cancellationToken)
    {
        if (!user.IsMachine)
            return user.IsStaff ? await OfAsync(user.Role, user.RoleId, cancellationToken) : Grants.None;
        var scopes = await db.ApiKeys.AsNoTracking().Where(k => k.UserId == user.Id && k.RevokedAt == null).Select(k => k.Scopes).ToListAsync(cancellationToken);
        return new([.. scopes.SelectMany(s => s).Distinct(StringComparer.Ordinal)], [], []);
    }

    /// <summary>That the credential may do all that the user may, so that it may do something to them.</summary>
    /// <exception cref="SupportException">403: they may do more.</exception>
    public async Task CheckOverAsync(ClaimsPrincipal by, User user, CancellationToken cancellationToken)
    {
        if (user is { IsStaff: false, IsMachine: false })
            return;
        if (Grants.HeldBy(by).Lacks(await OfAsync(user, cancellationToken)) is { } beyond)
            throw new SupportException(ErrorCode.Forbidden, $"The user may do more than your credential, which lacks {beyond}. Only who may do as much can change them.");
    }

    /// <summary>That the credential may do all that the role grants, so that it may give it to someone.</summary>
    /// <exception cref="SupportException">422: the role grants more.</exception>
    public async Task CheckGivesAsync(ClaimsPrincipal by, string role, Id<Role>? own, CancellationToken cancellationToken)
    {
        if (role == Roles.Customer)
            return;
        if (Grants.HeldBy(by).Lacks(await OfAsync(role, own, cancellationToken)) is { } beyond)
            throw SupportException.Invalid(own is null ? "/role" : "/role_id", $"Your own credential lacks {beyond}, so it cannot give someone this role.");
    }

    /// <summary>
    /// That an admin remains when this one is saved, who was one. In a transaction that the save is in too: two admins who
    /// demote each other come one after the other.
    /// </summary>
    /// <exception cref="SupportException">409: there is no other.</exception>
    public async Task CheckAdminRemainsAsync(User leaving, CancellationToken cancellationToken)
    {
        // Row security shows one organization only.
        await db.Database.ExecuteSqlRawAsync("select 1 from organizations for no key update", cancellationToken);
        if (!await db.Users.AnyAsync(u => u.Id != leaving.Id && u.Role == Roles.Admin && u.RoleId == null && u.Status == UserStatus.Active && !u.IsMachine, cancellationToken))
            throw new SupportException(ErrorCode.Conflict, "This is the last active admin. Make another one first.");
    }

    private async Task<Grants> OfAsync(string role, Id<Role>? own, CancellationToken cancellationToken) =>
        Grants.Of(role, own is { } id ? await db.Roles.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancellationToken) : null);
}
