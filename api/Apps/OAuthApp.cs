using System.Security.Cryptography;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Apps;

/// <summary>
/// A program that people sign in to, or that acts for organizations that installed it. Belongs to the organization that
/// published it; its id is its <c>client_id</c>.
/// </summary>
public sealed class OAuthApp : Resource, IEntity
{
    private OAuthApp() { }

    public OAuthApp(Id<Tenant> organization, OAuthAppUpdate from, bool confidential, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<OAuthApp>.New();
        Confidential = confidential;
        Set(from);
        Happened(OAuthAppEvents.Created);
    }

    public static string Prefix => "app";

    public Id<OAuthApp> Id { get; private set; }
    public string Name { get; private set; } = null!;

    /// <summary>Whether it can keep a secret: a server can, a browser or a phone cannot.</summary>
    public bool Confidential { get; private set; }

    /// <summary>SHA-256 of the secret, which has 256 random bits.</summary>
    public byte[]? SecretHash { get; private set; }
    public List<string> RedirectUris { get; private set; } = [];
    public List<string> PostLogoutRedirectUris { get; private set; } = [];

    /// <summary>What it may ask for.</summary>
    public List<string> Scopes { get; private set; } = [];
    public bool DeviceCode { get; private set; }
    public string? WebsiteUrl { get; private set; }
    public DateTimeOffset? DeletedAt { get; private set; }

    internal override Guid Key => Id.Value;

    public void Update(OAuthAppUpdate to, DateTimeOffset now)
    {
        Set(to);
        Updated(OAuthAppEvents.Updated, now);
    }

    /// <summary>A new secret; the one before stops working at once.</summary>
    public string NewSecret(DateTimeOffset now, bool isFirst)
    {
        if (!Confidential)
            throw new SupportException(ErrorCode.Conflict, "A public app has no secret.");
        var secret = KeyText.New("hs_app_");
        SecretHash = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(secret));
        if (!isFirst)
        {
            Touch(now);
            Happened(OAuthAppEvents.SecretRotated);
        }
        return secret;
    }

    public void Delete(DateTimeOffset now)
    {
        DeletedAt = now;
        Touch(now);
        Happened(OAuthAppEvents.Deleted);
    }

    internal override object Snapshot() => OAuthAppResponse.From(this);

    private void Set(OAuthAppUpdate to)
    {
        Name = to.Name;
        RedirectUris = [.. to.RedirectUris ?? []];
        PostLogoutRedirectUris = [.. to.PostLogoutRedirectUris ?? []];
        Scopes = [.. to.Scopes.Distinct(StringComparer.Ordinal)];
        DeviceCode = to.DeviceCode;
        WebsiteUrl = to.WebsiteUrl;
    }
}

[Carries(typeof(OAuthAppResponse)), Audited]
public static class OAuthAppEvents
{
    public const string Created = "app.created";
    public const string Updated = "app.updated";
    public const string SecretRotated = "app.secret_rotated";
    public const string Deleted = "app.deleted";
}
