using System.Security.Cryptography;
using System.Text;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Access;

/// <summary>A credential for programs. Acts as a user; may do what its scopes say. Only its hash is kept.</summary>
public sealed class ApiKey : Resource, IEntity
{
    private ApiKey() { }

    public ApiKey(Id<Tenant> organization, Id<User> user, string secret, CreateApiKeyRequest from, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<ApiKey>.New();
        UserId = user;
        Name = from.Name;
        Hash = HashOf(secret);
        Hint = secret[..12];
        Scopes = [.. from.Scopes.Distinct(StringComparer.Ordinal)];
        ExpiresAt = from.ExpiresAt;
        AllowedNetworks = from.AllowedNetworks ?? [];
        Happened(ApiKeyEvents.Created);
    }

    public static string Prefix => "key";

    public Id<ApiKey> Id { get; private set; }
    public Id<User> UserId { get; private set; }
    public string Name { get; private set; } = null!;

    /// <summary>SHA-256 of the whole key. It has 256 random bits, so a fast hash cannot be guessed back, and a slow one would only slow requests.</summary>
    public byte[] Hash { get; private set; } = [];

    /// <summary>Its first letters, to tell keys apart.</summary>
    public string Hint { get; private set; } = null!;
    public List<string> Scopes { get; private set; } = [];

    /// <summary>Real time, whatever the organization's clock says.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>Written in batches; up to half a minute late.</summary>
    public DateTimeOffset? LastUsedAt { get; private set; }

    /// <summary>Networks in CIDR form that it may be used from; none means all.</summary>
    public List<string> AllowedNetworks { get; private set; } = [];

    /// <summary>The key that took its place.</summary>
    public Id<ApiKey>? RotatedTo { get; private set; }

    internal override Guid Key => Id.Value;

    /// <summary>Replaces it by a new one with the same rights; this one works on until the overlap is over.</summary>
    public ApiKey Rotate(string secret, TimeSpan overlap, DateTimeOffset now, DateTimeOffset realNow)
    {
        if (RevokedAt is not null || ExpiresAt <= realNow)
            throw new SupportException(ErrorCode.Conflict, "A revoked or expired key cannot be rotated. Create a new one.");
        if (RotatedTo is not null)
            throw new SupportException(ErrorCode.Conflict, "The key was rotated already.");
        var next = new ApiKey(OrganizationId, UserId, secret, new(Name, Scopes, null, ExpiresAt, AllowedNetworks), now);
        RotatedTo = next.Id;
        if (ExpiresAt is null || ExpiresAt > realNow + overlap)
            ExpiresAt = realNow + overlap;
        Touch(now);
        Happened(ApiKeyEvents.Rotated);
        return next;
    }

    public void Revoke(DateTimeOffset now, DateTimeOffset realNow)
    {
        if (RevokedAt is not null)
            return;
        RevokedAt = realNow;
        Touch(now);
        Happened(ApiKeyEvents.Revoked);
    }

    public static byte[] HashOf(string secret) => SHA256.HashData(Encoding.ASCII.GetBytes(secret));

    /// <summary>A new key: 32 random bytes in base62 behind a prefix that names the mode, and a CRC32 by which a scanner knows a leaked one.</summary>
    public static string NewSecret(OrganizationMode mode) => KeyText.New(mode == OrganizationMode.Test ? "hs_test_" : "hs_live_");

    internal override object Snapshot() => ApiKeyResponse.From(this);
}

[Audited]
[Carries(typeof(ApiKeyResponse))]
public static class ApiKeyEvents
{
    public const string Created = "api_key.created";
    public const string Rotated = "api_key.rotated";
    public const string Revoked = "api_key.revoked";
}
