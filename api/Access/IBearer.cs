using System.Net;
using System.Security.Claims;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Access;

/// <summary>A kind of credential that <c>Authorization: Bearer</c> may carry.</summary>
internal interface IBearer
{
    /// <summary>Whether the text is meant to be of this kind.</summary>
    bool Knows(string secret);

    /// <summary>Whose it is. Asked again every few seconds of a request that takes long, so it must not cost much.</summary>
    /// <exception cref="SupportException">It is refused, and why: 401 or 403.</exception>
    Task<Credential> ReadAsync(string secret, HttpContext context, CancellationToken cancellationToken);
}

/// <summary>What is known of a credential that was found.</summary>
/// <param name="What">What it is, in sentences: "API key".</param>
/// <param name="Id">What tells it apart in the log and for rate limits.</param>
/// <param name="ClockOffset">How far the organization's clock is ahead.</param>
/// <param name="Networks">From where it may be used; none for everywhere.</param>
/// <param name="Principal">Says what it may do, in <see cref="PermissionClaims"/>.</param>
/// <param name="Origins">From which web pages it may be used; null for those of any.</param>
internal sealed record Credential(
    string What, string Id, Id<Tenant> OrganizationId, OrganizationStatus Organization, TimeSpan ClockOffset, Actor Actor, Id<User> UserId, UserStatus User,
    DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, IPNetwork[] Networks, ClaimsPrincipal Principal, IReadOnlyList<string>? Origins = null)
{
    /// <summary>
    /// From where the organization lets staff and programs come, beside <see cref="Networks"/>; none for everywhere.
    /// Required, so that no kind of credential forgets it: end users' have none.
    /// </summary>
    public required IPNetwork[] OrganizationNetworks { get; init; }

    /// <summary>Why it may not be used now and from here; null where it may.</summary>
    public CredentialRefusal? RefusalAt(DateTimeOffset now, IPAddress? from)
    {
        if (RevokedAt is not null)
            return new(CredentialRefusal.Revoked, Refuse($"The {What} was revoked."));
        if (ExpiresAt <= now)
            return new(CredentialRefusal.Expired, Refuse($"The {What} has expired."));
        if (User == UserStatus.Deactivated)
            return new(CredentialRefusal.Deactivated, Refuse($"The user whom the {What} acts as is deactivated."));
        if (Organization == OrganizationStatus.Suspended)
            return new(CredentialRefusal.Suspended, new(ErrorCode.OrganizationSuspended, "The organization is suspended. Its operator can resume it."));
        if (!NetworkLists.Admit(Networks, from))
            return new(CredentialRefusal.Network, Refuse($"The {What} may not be used from this address."));
        if (!NetworkLists.Admit(OrganizationNetworks, from))
            return new(CredentialRefusal.OrganizationNetwork, Refuse("The organization may not be reached from this address: its security settings name the networks that may."));
        return null;
    }

    /// <exception cref="SupportException">It was good once and is no longer, or may not be used from here.</exception>
    public void Check(DateTimeOffset now, IPAddress? from)
    {
        if (RefusalAt(now, from) is { } refusal)
            throw refusal.Says;
    }

    public static ClaimsPrincipal Holder(string id, IEnumerable<string> permissions, params Claim[] more) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, id),
            new(PermissionClaims.Permission, RequiresAttribute.Member),
            .. permissions.Select(p => new Claim(PermissionClaims.Permission, p)),
            .. more,
        ], CredentialCache.Scheme));

    internal static SupportException Refuse(string detail) => new(ErrorCode.Unauthenticated, detail);
}

/// <summary>That a credential is refused.</summary>
/// <param name="Reason">One of the words below.</param>
/// <param name="Says">What its user is told.</param>
internal sealed record CredentialRefusal(string Reason, SupportException Says)
{
    public const string Revoked = "revoked";
    public const string Expired = "expired";
    public const string Deactivated = "user_deactivated";
    public const string Suspended = "organization_suspended";
    public const string Network = "network";
    public const string OrganizationNetwork = "organization_network";
}
