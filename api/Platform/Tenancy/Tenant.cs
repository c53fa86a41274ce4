using HeadlessSupport.Api.Platform.Data;

namespace HeadlessSupport.Api.Platform.Tenancy;

/// <summary>What the platform knows of an organization: that it has an id, by which every row is kept apart.</summary>
public sealed class Tenant : IEntity
{
    private Tenant() { }

    public static string Prefix => "org";
}

/// <summary>A row of one organization: under its row-level-security policy, with a key that begins with the organization.</summary>
public interface ITenantOwned
{
    Id<Tenant> OrganizationId { get; }
}
