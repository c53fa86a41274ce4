using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Access;

/// <summary>What a new organization begins with.</summary>
/// <param name="Keys">Its first keys, each with the secret it is to have.</param>
public sealed record Foundation(
    string Slug, string Name, OrganizationMode Mode, Id<Tenant>? TestOf, OrganizationLimits? Limits, FirstAdmin Admin, IReadOnlyList<(string Name, string Secret, IReadOnlyList<string> Scopes)> Keys);

/// <summary>Makes organizations, with the first who can get in.</summary>
public sealed class Founding(SupportDb db, SystemDb system, TenantContext tenant)
{
    /// <summary>The organization with this slug, in whatever state.</summary>
    public Task<Id<Tenant>?> FindAsync(string slug, CancellationToken cancellationToken) => system.ReadAcrossOrganizationsAsync(async all =>
        (await all.Organizations.AsNoTracking().SingleOrDefaultAsync(o => o.Slug == slug, cancellationToken))?.Id);

    /// <summary>Makes one and saves it. From here on this scope acts as the operator inside it.</summary>
    public async Task<(Organization Organization, User Admin, IReadOnlyList<ApiKey> Keys)> FoundAsync(Foundation foundation, CancellationToken cancellationToken)
    {
        var id = Id<Tenant>.New();
        tenant.Enter(id, Actor.Operator, TimeSpan.Zero);
        var now = tenant.Now;
        var organization = new Organization(id, foundation.Slug, foundation.Name, foundation.Mode, foundation.TestOf, now);
        if (foundation.Limits is not null)
            organization.Limit(foundation.Limits, now);
        var admin = new User(id, new(foundation.Admin.Name, foundation.Admin.Email, Roles.Admin), now);
        db.AddRange(organization, admin);
        var keys = new List<ApiKey>();
        foreach (var (name, secret, scopes) in foundation.Keys)
        {
            var machine = User.NewMachine(id, name, now);
            keys.Add(new ApiKey(id, machine.Id, secret, new(name, [.. scopes]), now));
            db.AddRange(machine, keys[^1]);
        }
        await db.SaveChangesAsync(cancellationToken);
        return (organization, admin, keys);
    }
}
