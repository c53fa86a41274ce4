using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn;

/// <summary>A login's place in one organization.</summary>
internal sealed record Membership(Organization Organization, User User, Role? Role)
{
    public bool NeedsMfa =>
        Organization.Security.RequireMfa || Organization.Security.RequireMfaRoles?.Contains(User.Role) == true || Role?.RequireMfa == true;

    public string Name => Organization.Branding.ProductName ?? Organization.Name;
}

/// <summary>Where a login belongs: looked up across organizations, since the answer is which.</summary>
internal sealed class Memberships(SystemDb system)
{
    /// <summary>The organizations that this login can sign in to, by name.</summary>
    public async Task<List<Membership>> OfAsync(Guid login, CancellationToken cancellationToken)
    {
        var rows = await system.ReadAcrossOrganizationsAsync(db => (
            from user in db.Users.AsNoTracking()
            join organization in db.Organizations.AsNoTracking() on user.OrganizationId equals organization.OrganizationId
            join role in db.Roles.AsNoTracking() on new { user.OrganizationId, Id = user.RoleId } equals new { role.OrganizationId, Id = (Id<Role>?)role.Id } into roles
            from role in roles.DefaultIfEmpty()
            where user.LoginId == login && user.Status == UserStatus.Active && user.Role != Roles.Customer && organization.Status == OrganizationStatus.Active
            orderby organization.Name, organization.OrganizationId
            select new { organization, user, role }).Take(200).ToListAsync(cancellationToken));
        return rows.ConvertAll(r => new Membership(r.organization, r.user, r.role));
    }

    /// <summary>Works in this organization's name from here on, as this user.</summary>
    public static void Enter(TenantContext tenant, Membership as_, HttpContext context) => tenant.Enter(
        as_.Organization.Id, new Actor(ActorKinds.User, as_.User.Id.ToString()), TimeSpan.FromSeconds(as_.Organization.ClockOffsetSeconds), as_.User.Id.Value, address: context.Connection.RemoteIpAddress);
}
