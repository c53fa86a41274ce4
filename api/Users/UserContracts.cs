using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Users;

/// <summary>A user: staff or customer.</summary>
/// <param name="Role"><c>admin</c>, <c>manager</c>, <c>agent</c> or <c>customer</c>. More words may be added: readers must tolerate them.</param>
/// <param name="RoleId">The role that the organization made itself, where they have one: then that says what they may do.</param>
/// <param name="Name">How they are called; null where nobody has said.</param>
/// <param name="Email">Unique in the organization, in lower case; null where none is known.</param>
/// <param name="Status">A <c>deactivated</c> user can neither act nor be assigned.</param>
/// <param name="Locale">Language tag, such as <c>en</c> or <c>pt-BR</c>; null where nobody has said.</param>
/// <param name="TimeZone">IANA name, such as <c>Europe/Berlin</c>; null where nobody has said.</param>
/// <param name="CompanyId">The company they belong to; null for none.</param>
/// <param name="ExternalId">Your own id for them; unique in the organization.</param>
/// <param name="IsMachine">True for whom an API key acts as.</param>
/// <param name="CanSignIn">Whether they have joined and can sign in themselves.</param>
/// <param name="LastSeenAt">Not kept yet: always null.</param>
public sealed record UserResponse(
    Id<User> Id, string Role, Id<Role>? RoleId, string? Name, string? Email, UserStatus Status, string? Locale, string? TimeZone, Id<Company>? CompanyId, string? ExternalId,
    bool IsMachine, bool CanSignIn, DateTimeOffset? LastSeenAt, IReadOnlyDictionary<string, JsonElement> CustomFields, IReadOnlyDictionary<string, string> Metadata,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public static UserResponse From(User u) => new(
        u.Id, u.Role, u.RoleId, u.Name, u.Email, u.Status, u.Locale, u.TimeZone, u.CompanyId, u.ExternalId, u.IsMachine, u.LoginId != null, u.LastSeenAt, u.CustomFields, u.Metadata, u.CreatedAt, u.UpdatedAt, u.Version);
}

/// <summary>What of a user can be set.</summary>
/// <param name="Name">How they are called.</param>
/// <param name="Email">Unique in the organization; kept in lower case.</param>
/// <param name="Role"><c>admin</c>, <c>manager</c>, <c>agent</c> or <c>customer</c> (default).</param>
/// <param name="Locale">Language tag, such as <c>en</c> or <c>pt-BR</c>.</param>
/// <param name="TimeZone">IANA name, such as <c>Europe/Berlin</c>.</param>
/// <param name="CompanyId">The company they belong to; null for none.</param>
/// <param name="ExternalId">Your own id for them.</param>
/// <param name="CustomFields">Values of your own fields.</param>
/// <param name="Metadata">Your own strings; not shown to people.</param>
/// <param name="RoleId">A role that the organization made itself; staff only.</param>
public sealed record UserUpdate(
    [NotBlank, MaxLength(200)] string? Name = null,
    [Email, MaxLength(254)] string? Email = null,
    [NotNull, MaxLength(50)] string Role = Roles.Customer,
    [Locale, MaxLength(35)] string? Locale = null,
    [TimeZone] string? TimeZone = null,
    Id<Company>? CompanyId = null,
    [NotBlank, MaxLength(255)] string? ExternalId = null,
    [CustomFields] Dictionary<string, JsonElement>? CustomFields = null,
    [Metadata] Dictionary<string, string>? Metadata = null,
    Id<Role>? RoleId = null)
{
    public static UserUpdate From(User u) => new(u.Name, u.Email, u.Role, u.Locale, u.TimeZone, u.CompanyId, u.ExternalId, u.CustomFields, u.Metadata, u.RoleId);
}

/// <summary>Filters of the list of users.</summary>
public sealed record UserFilter : PageQuery
{
    /// <summary>Finds by name and e-mail address: parts of words, <c>"exactly this"</c>, <c>prefix*</c>, <c>-without</c>.</summary>
    [MaxLength(SearchTerms.MaxLength)]
    public string? Q { get; init; }

    /// <summary>Only this role; several separated by commas.</summary>
    [MaxLength(200)]
    public string? Role { get; init; }

    /// <summary>Only with this e-mail address.</summary>
    [MaxLength(254)]
    public string? Email { get; init; }

    /// <summary>Only with this id of yours.</summary>
    [MaxLength(255)]
    public string? ExternalId { get; init; }

    /// <summary>Only users of this company.</summary>
    public Id<Company>? CompanyId { get; init; }

    /// <summary>Only <c>active</c> or only <c>deactivated</c>.</summary>
    public UserStatus? Status { get; init; }

    /// <summary>Only those an API key acts as, or only the others.</summary>
    public bool? IsMachine { get; init; }

    /// <summary><c>created_at</c>, <c>updated_at</c>, and with a leading minus the other way round; left out, <c>-created_at</c>. With <c>q</c> also <c>relevance</c>, and left out that.</summary>
    [MaxLength(50)]
    public string? Sort { get; init; }
}
