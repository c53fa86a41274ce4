using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Companies;

/// <summary>The firm that customers belong to.</summary>
public sealed class Company : Resource, IEntity
{
    private Company() { }

    public Company(Id<Tenant> organization, CompanyUpdate from, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<Company>.New();
        Set(from);
        Happened(CompanyEvents.Created);
    }

    public static string Prefix => "com";

    public Id<Company> Id { get; private set; }
    public string Name { get; private set; } = null!;

    /// <summary>Mail domains in lower case.</summary>
    public List<string> Domains { get; private set; } = [];
    public string? Tier { get; private set; }
    public string? ExternalId { get; private set; }
    public Dictionary<string, JsonElement> CustomFields { get; private set; } = [];
    public Dictionary<string, string> Metadata { get; private set; } = [];
    public DateTimeOffset? DeletedAt { get; private set; }

    internal override Guid Key => Id.Value;

    public void Update(CompanyUpdate to, DateTimeOffset now)
    {
        Set(to);
        Updated(CompanyEvents.Updated, now);
    }

    public void Delete(DateTimeOffset now)
    {
        DeletedAt = now;
        Touch(now);
        Happened(CompanyEvents.Deleted);
    }

    public void Restore(DateTimeOffset now)
    {
        if (DeletedAt is null)
            return;
        DeletedAt = null;
        Touch(now);
        Happened(CompanyEvents.Restored);
    }

    internal override object Snapshot() => CompanyResponse.From(this);

    private void Set(CompanyUpdate to)
    {
        Name = to.Name;
        Domains = [.. (to.Domains ?? []).Select(d => d.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal)];
        Tier = to.Tier;
        ExternalId = to.ExternalId;
        CustomFields = to.CustomFields ?? [];
        Metadata = to.Metadata ?? [];
    }
}

[Carries(typeof(CompanyResponse))]
public static class CompanyEvents
{
    public const string Created = "company.created";
    public const string Updated = "company.updated";
    public const string Deleted = "company.deleted";
    public const string Restored = "company.restored";
}
