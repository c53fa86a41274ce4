using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Access;

/// <summary>An API key, without its secret.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Hint">The secret's first letters, to tell keys apart.</param>
/// <param name="UserId">The user it acts as.</param>
/// <param name="Scopes">What it may do, such as <c>tickets.read</c>; where it acts as a person, no more than they may.</param>
/// <param name="ExpiresAt">Real time from which it is refused.</param>
/// <param name="RevokedAt">Real time since which it is refused; null while nobody has revoked it.</param>
/// <param name="LastUsedAt">Up to half a minute late.</param>
/// <param name="AllowedNetworks">Networks it may be used from; empty for all.</param>
/// <param name="RotatedTo">The key that took its place.</param>
/// <param name="Secret">The key itself: shown once, when it is made; null ever after.</param>
public sealed record ApiKeyResponse(
    Id<ApiKey> Id, string Name, string Hint, Id<User> UserId, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt,
    IReadOnlyList<string> AllowedNetworks, Id<ApiKey>? RotatedTo, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version, string? Secret = null)
{
    public static ApiKeyResponse From(ApiKey k) => new(
        k.Id, k.Name, k.Hint, k.UserId, k.Scopes, k.ExpiresAt, k.RevokedAt, k.LastUsedAt, k.AllowedNetworks, k.RotatedTo, k.CreatedAt, k.UpdatedAt, k.Version);
}

/// <summary>A new API key.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">What it may do; no more than the credential that makes it.</param>
/// <param name="UserId">The user it acts as; left out, a machine user of its own is made.</param>
/// <param name="ExpiresAt">Real time from which it is refused.</param>
/// <param name="AllowedNetworks">Networks in CIDR form (<c>203.0.113.0/24</c>) that it may be used from.</param>
public sealed record CreateApiKeyRequest(
    [NotBlank, MaxLength(100)] string Name,
    [MinLength(1), MaxLength(100), EachOf(1, 100)] List<string> Scopes,
    Id<User>? UserId = null,
    DateTimeOffset? ExpiresAt = null,
    [MaxLength(50), Networks] List<string>? AllowedNetworks = null);

/// <summary>How to rotate.</summary>
/// <param name="OverlapSeconds">How long the old key works on; a day by default, a week at most.</param>
public sealed record RotateApiKeyRequest([Range(0, 604_800)] int OverlapSeconds = 86_400);
