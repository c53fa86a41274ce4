using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Companies;

/// <summary>A company that customers belong to.</summary>
/// <param name="Name">What people call it; need not be unique.</param>
/// <param name="Domains">Mail domains, in lower case.</param>
/// <param name="Tier">Your own word for its standing, such as <c>enterprise</c>.</param>
/// <param name="ExternalId">Your own id for it; unique among companies that are not deleted.</param>
public sealed record CompanyResponse(
    Id<Company> Id, string Name, IReadOnlyList<string> Domains, string? Tier, string? ExternalId, IReadOnlyDictionary<string, JsonElement> CustomFields,
    IReadOnlyDictionary<string, string> Metadata, DateTimeOffset? DeletedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public static CompanyResponse From(Company c) => new(
        c.Id, c.Name, c.Domains, c.Tier, c.ExternalId, c.CustomFields, c.Metadata, c.DeletedAt, c.CreatedAt, c.UpdatedAt, c.Version);
}

/// <summary>What of a company can be set.</summary>
/// <param name="Name">What people call it; need not be unique.</param>
/// <param name="Domains">Mail domains of its people, such as <c>example.com</c>.</param>
/// <param name="Tier">Your own word for its standing, such as <c>enterprise</c>.</param>
/// <param name="ExternalId">Your own id for it.</param>
/// <param name="CustomFields">Values of your own fields.</param>
/// <param name="Metadata">Your own strings; not shown to people.</param>
public sealed record CompanyUpdate(
    [NotBlank, MaxLength(200)] string Name,
    [MaxLength(100), Domains] List<string>? Domains = null,
    [NotBlank, MaxLength(50)] string? Tier = null,
    [NotBlank, MaxLength(255)] string? ExternalId = null,
    [CustomFields] Dictionary<string, JsonElement>? CustomFields = null,
    [Metadata] Dictionary<string, string>? Metadata = null)
{
    public static CompanyUpdate From(Company c) => new(c.Name, [.. c.Domains], c.Tier, c.ExternalId, c.CustomFields, c.Metadata);
}

/// <summary>Filters of the list of companies.</summary>
public sealed record CompanyFilter : PageQuery
{
    /// <summary>Finds by name and domain: parts of words, <c>"exactly this"</c>, <c>prefix*</c>, <c>-without</c>.</summary>
    [MaxLength(SearchTerms.MaxLength)]
    public string? Q { get; init; }

    /// <summary>Only with this id of yours.</summary>
    [MaxLength(255)]
    public string? ExternalId { get; init; }

    /// <summary>Deleted companies instead of the others.</summary>
    [System.ComponentModel.DefaultValue(false)]
    public bool Deleted { get; init; }

    /// <summary><c>created_at</c>, <c>updated_at</c>, <c>name</c>, and with a leading minus the other way round; left out, <c>-created_at</c>. With <c>q</c> also <c>relevance</c>, and left out that.</summary>
    [MaxLength(50)]
    public string? Sort { get; init; }
}

/// <summary>Domain names of at most 253 characters.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class DomainsAttribute : ValidationAttribute
{
    public DomainsAttribute() => ErrorMessage = "Must be domain names such as example.com.";

    public override bool IsValid(object? value) =>
        value is null || (value is List<string> domains && domains.TrueForAll(d => d is { Length: <= 253 } && Uri.CheckHostName(d.Trim()) == UriHostNameType.Dns));
}
