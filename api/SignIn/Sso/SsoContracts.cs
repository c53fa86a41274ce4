using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>An OpenID Connect issuer by which staff sign in, without its secret.</summary>
/// <param name="Name">What people read on the button.</param>
/// <param name="Issuer">The issuer's address, as its discovery document says it.</param>
/// <param name="ClientId">What the issuer calls us.</param>
/// <param name="RedirectUri">What to register with the issuer as redirect URI.</param>
/// <param name="Scopes">What is asked of the issuer.</param>
/// <param name="Domains">Domains whose addresses it may vouch for; only those that you have verified count.</param>
/// <param name="Roles">Which claims make which role; the first that fits counts.</param>
/// <param name="DefaultRole">The role where none of them fits; null where people are refused then.</param>
/// <param name="JustInTime">Whether people whom nobody has added become users when they first sign in.</param>
/// <param name="SsoOnly">Whether staff with addresses of its domains come this way only.</param>
/// <param name="Enabled">Whether it can be used.</param>
public sealed record SsoConnectionResponse(
    Id<SsoConnection> Id, string Name, string Issuer, string ClientId, string? RedirectUri, IReadOnlyList<string> Scopes, IReadOnlyList<string> Domains, IReadOnlyList<SsoRole> Roles,
    string? DefaultRole, bool JustInTime, bool SsoOnly, bool Enabled, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    /// <param name="c">The connection.</param>
    /// <param name="redirectUri">Left out in events, which know no address of ours.</param>
    public static SsoConnectionResponse From(SsoConnection c, string? redirectUri = null) => new(
        c.Id, c.Name, c.Issuer, c.ClientId, redirectUri, c.Scopes, c.Domains, c.Roles, c.DefaultRole, c.JustInTime, c.SsoOnly, c.Enabled, c.CreatedAt, c.UpdatedAt, c.Version);
}

/// <summary>What makes a role.</summary>
/// <param name="Claim">A claim of the issuer's, such as <c>groups</c>.</param>
/// <param name="Value">A value that the claim has, or one of its values.</param>
/// <param name="Role"><c>admin</c>, <c>manager</c> or <c>agent</c>.</param>
/// <param name="RoleId">A role that the organization made itself.</param>
public sealed record SsoRole(
    [NotBlank, MaxLength(100)] string Claim,
    [NotBlank, MaxLength(300)] string Value,
    [NotNull, MaxLength(50)] string Role = Users.Roles.Agent,
    Id<Role>? RoleId = null);

/// <summary>What of a connection can be set.</summary>
/// <param name="Name">What people read on the button.</param>
/// <param name="Issuer">The issuer's address, as its discovery document says it.</param>
/// <param name="ClientId">What the issuer calls us.</param>
/// <param name="ClientSecret">The secret that the issuer gave for us; never shown. Left out of a change, it stays.</param>
/// <param name="Scopes">What to ask of the issuer; <c>openid</c>, <c>email</c> and <c>profile</c> by default. Some issuers need another for groups.</param>
/// <param name="Domains">Domains whose addresses it may vouch for; only those that you have verified count.</param>
/// <param name="Roles">Which claims make which role; the first that fits counts, at each sign-in anew.</param>
/// <param name="DefaultRole"><c>agent</c> or <c>manager</c>, where none of them fits; null (by default) to refuse people then.</param>
/// <param name="JustInTime">Whether people whom nobody has added become users when they first sign in.</param>
/// <param name="SsoOnly">Whether staff with addresses of its domains come this way only.</param>
/// <param name="Enabled">Whether it can be used.</param>
public sealed record SsoConnectionUpdate(
    [NotBlank, MaxLength(100)] string Name,
    [NotBlank, MaxLength(500)] string Issuer,
    [NotBlank, MaxLength(500)] string ClientId,
    [NotBlank, MaxLength(2000)] string? ClientSecret = null,
    [MinLength(1), MaxLength(20), EachOf(1, 200)] List<string>? Scopes = null,
    [MaxLength(100), DomainNames] List<string>? Domains = null,
    [MaxLength(100)] List<SsoRole>? Roles = null,
    [RegularExpression("^(agent|manager)$", ErrorMessage = "Must be agent or manager. Map a claim for anything else.")] string? DefaultRole = null,
    bool JustInTime = false,
    bool SsoOnly = false,
    bool Enabled = true)
{
    public static SsoConnectionUpdate From(SsoConnection c) => new(c.Name, c.Issuer, c.ClientId, null, c.Scopes, c.Domains, c.Roles, c.DefaultRole, c.JustInTime, c.SsoOnly, c.Enabled);
}

/// <summary>A domain of the organization's e-mail addresses.</summary>
/// <param name="Domain">In lower case, as the DNS has it; verified by one organization of the installation at most.</param>
/// <param name="RecordName">Where in the DNS the TXT record belongs.</param>
/// <param name="RecordValue">What it must say.</param>
/// <param name="VerifiedAt">Since when it counts; null until the record was found.</param>
public sealed record DomainResponse(Id<VerifiedDomain> Id, string Domain, string RecordName, string RecordValue, DateTimeOffset? VerifiedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public static DomainResponse From(VerifiedDomain d) => new(d.Id, d.Domain, d.RecordName, d.Token, d.VerifiedAt, d.CreatedAt, d.UpdatedAt, d.Version);
}

/// <summary>A domain to verify.</summary>
/// <param name="Domain">Such as <c>example.com</c>.</param>
public sealed record CreateDomainRequest([NotBlank, MaxLength(253), DomainNames] string Domain);

/// <summary>Names of domains, with a dot in them.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class DomainNamesAttribute : ValidationAttribute
{
    public DomainNamesAttribute() => ErrorMessage = "Must be a domain name such as example.com.";

    public override bool IsValid(object? value) => value switch
    {
        null => true,
        string domain => IsGood(domain),
        List<string> domains => domains.TrueForAll(IsGood),
        _ => false,
    };

    private static bool IsGood(string? domain) =>
        domain is { Length: <= 253 } && domain.Contains('.', StringComparison.Ordinal) && Uri.CheckHostName(domain.Trim()) == UriHostNameType.Dns;
}
