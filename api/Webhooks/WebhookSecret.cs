using System.Security.Cryptography;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Org.BouncyCastle.Crypto.Parameters;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>What an endpoint's requests are signed with. An endpoint may have several for a while, and all of them sign.</summary>
public sealed class WebhookSecret : ITenantOwned, IEntity
{
    public const string Purpose = "webhook-secret";
    private const int Bytes = 32;

    private WebhookSecret() { }

    private WebhookSecret(WebhookEndpoint endpoint, string scheme, byte[] key, string? publicKey, SecretBox box, DateTimeOffset realNow)
    {
        OrganizationId = endpoint.OrganizationId;
        EndpointId = endpoint.Id;
        Id = Id<WebhookSecret>.New();
        Scheme = scheme;
        Sealed = box.Seal(Purpose, key);
        PublicKey = publicKey;
        CreatedAt = realNow;
    }

    public static string Prefix => "whs";

    public Id<Tenant> OrganizationId { get; private set; }
    public Id<WebhookSecret> Id { get; private set; }
    public Id<WebhookEndpoint> EndpointId { get; private set; }

    /// <summary><c>v1</c> (shared) or <c>v1a</c> (Ed25519).</summary>
    public string Scheme { get; private set; } = null!;
    public byte[] Sealed { get; private set; } = [];

    /// <summary>Of Ed25519, as <c>whpk_…</c>.</summary>
    public string? PublicKey { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Real time from which it signs no more; null for the one in use.</summary>
    public DateTimeOffset? ExpiresAt { get; private set; }

    /// <summary>A new shared secret, and the text to be shown once.</summary>
    public static (WebhookSecret Secret, string Shown) NewShared(WebhookEndpoint endpoint, SecretBox box, DateTimeOffset realNow)
    {
        var key = RandomNumberGenerator.GetBytes(Bytes);
        return (new(endpoint, WebhookSignatures.V1, key, null, box, realNow), "whsec_" + Convert.ToBase64String(key));
    }

    /// <summary>A new pair of keys. Its public half is shown always, its private one never.</summary>
    public static WebhookSecret NewPair(WebhookEndpoint endpoint, SecretBox box, DateTimeOffset realNow)
    {
        var key = RandomNumberGenerator.GetBytes(Ed25519PrivateKeyParameters.KeySize);
        var open = new Ed25519PrivateKeyParameters(key).GeneratePublicKey().GetEncoded();
        return new(endpoint, WebhookSignatures.V1a, key, "whpk_" + Convert.ToBase64String(open), box, realNow);
    }

    /// <summary>Has it sign until then, and no longer.</summary>
    public void ExpireAt(DateTimeOffset realTime) => ExpiresAt = ExpiresAt < realTime ? ExpiresAt : realTime;
}
