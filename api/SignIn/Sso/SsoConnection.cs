using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>An OpenID Connect issuer that an organization trusts to say who its staff are.</summary>
public sealed class SsoConnection : Resource, IEntity
{
    private SsoConnection() { }

    public SsoConnection(Id<Tenant> organization, SsoConnectionUpdate from, byte[] secret, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<SsoConnection>.New();
        Set(from);
        ClientSecret = secret;
        Happened(SsoConnectionEvents.Created);
    }

    public static string Prefix => "sso";

    public Id<SsoConnection> Id { get; private set; }

    /// <summary>What people read on the button.</summary>
    public string Name { get; private set; } = null!;
    public string Issuer { get; private set; } = null!;
    public string ClientId { get; private set; } = null!;

    /// <summary>Sealed.</summary>
    public byte[] ClientSecret { get; private set; } = [];
    public List<string> Scopes { get; private set; } = [];

    /// <summary>Whose addresses it may vouch for, so far as the organization has proved that they are its own.</summary>
    public List<string> Domains { get; private set; } = [];

    /// <summary>The first that fits says the role.</summary>
    public List<SsoRole> Roles { get; private set; } = [];

    /// <summary>The role where none fits; null to refuse.</summary>
    public string? DefaultRole { get; private set; }

    /// <summary>Whether it makes users of people whom nobody has added.</summary>
    public bool JustInTime { get; private set; }

    /// <summary>Whether staff of its domains come this way only.</summary>
    public bool SsoOnly { get; private set; }
    public bool Enabled { get; private set; }

    internal override Guid Key => Id.Value;

    public void Update(SsoConnectionUpdate to, byte[]? secret, DateTimeOffset now)
    {
        Set(to);
        if (secret is not null)
        {
            ClientSecret = secret;
            Touch(now);
            Happened(SsoConnectionEvents.SecretChanged, "client_secret");
        }
        Updated(SsoConnectionEvents.Updated, now);
    }

    public void Deleted() => Happened(SsoConnectionEvents.Deleted);

    /// <summary>The role of someone with these claims; null where they get none.</summary>
    /// <param name="has">Whether the claim has the value.</param>
    public SsoRole? RoleOf(Func<string, string, bool> has) =>
        Roles.Find(r => has(r.Claim, r.Value)) ?? (DefaultRole is null ? null : new SsoRole("", "", DefaultRole));

    internal override object Snapshot() => SsoConnectionResponse.From(this);

    private void Set(SsoConnectionUpdate to)
    {
        Name = to.Name;
        Issuer = to.Issuer;
        ClientId = to.ClientId;
        Scopes = [.. (to.Scopes ?? ["openid", "email", "profile"]).Prepend("openid").Distinct(StringComparer.Ordinal)];
        Domains = [.. (to.Domains ?? []).Select(VerifiedDomain.Normalize).Distinct(StringComparer.Ordinal)];
        Roles = [.. to.Roles ?? []];
        DefaultRole = to.DefaultRole;
        JustInTime = to.JustInTime;
        SsoOnly = to.SsoOnly;
        Enabled = to.Enabled;
    }
}

[Carries(typeof(SsoConnectionResponse)), Audited]
public static class SsoConnectionEvents
{
    public const string Created = "sso_connection.created";
    public const string Updated = "sso_connection.updated";
    public const string SecretChanged = "sso_connection.secret_changed";
    public const string Deleted = "sso_connection.deleted";
}
