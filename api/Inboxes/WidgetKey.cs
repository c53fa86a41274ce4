using System.Text;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Inboxes;

/// <summary>
/// Lets web pages and apps bring people to a chat inbox. The key itself is public; who someone is, they show by a token
/// that the organization signed, with one of the key's two secrets or with keys of its own.
/// </summary>
public sealed class WidgetKey : Resource, IEntity
{
    private const string Purpose = "widget-secret";
    private const string SecretPrefix = "whk_";

    private WidgetKey() { }

    public WidgetKey(Inbox inbox, string text, string secret, WidgetKeyUpdate from, SecretBox box, DateTimeOffset now) : base(inbox.OrganizationId, now)
    {
        Id = Id<WidgetKey>.New();
        InboxId = inbox.Id;
        Text = text;
        Secret = box.Seal(Purpose, Encoding.ASCII.GetBytes(secret));
        SecretRotatedAt = now;
        Set(from);
        Happened(WidgetKeyEvents.Created);
    }

    public static string Prefix => "wgk";

    public Id<WidgetKey> Id { get; private set; }
    public Id<Inbox> InboxId { get; private set; }
    public string Name { get; private set; } = null!;

    /// <summary>The key as pages carry it. Public, so it is kept as it is.</summary>
    public string Text { get; private set; } = null!;
    public List<string> AllowedOrigins { get; private set; } = [];

    /// <summary>Where the organization publishes the keys that it signs with.</summary>
    public string? JwksUrl { get; private set; }

    /// <summary>Whether visitors must say who they are.</summary>
    public bool RequireIdentity { get; private set; }
    public bool Enabled { get; private set; }

    /// <summary>Sealed.</summary>
    public byte[] Secret { get; private set; } = [];

    /// <summary>The one before, sealed; null where there is none.</summary>
    public byte[]? PreviousSecret { get; private set; }

    /// <summary>Real time from which the one before signs no more; null for until the next rotation.</summary>
    public DateTimeOffset? PreviousSecretUntil { get; private set; }
    public DateTimeOffset SecretRotatedAt { get; private set; }

    internal override Guid Key => Id.Value;

    public static string NewText(OrganizationMode mode) => KeyText.New(mode == OrganizationMode.Test ? "wk_test_" : "wk_live_");

    public static string NewSecret() => KeyText.New(SecretPrefix);

    public static bool IsText(string text) => KeyText.IsWellFormed(text, "wk_live_", "wk_test_");

    public void Update(WidgetKeyUpdate to, DateTimeOffset now)
    {
        Set(to);
        Updated(WidgetKeyEvents.Updated, now);
    }

    /// <summary>Signs with a new secret. The one before is good until then, or until the next rotation; the one before that no longer.</summary>
    public void Rotate(string secret, DateTimeOffset? until, SecretBox box, DateTimeOffset now, DateTimeOffset realNow)
    {
        PreviousSecret = until <= realNow ? null : Secret;
        PreviousSecretUntil = PreviousSecret is null ? null : until;
        Secret = box.Seal(Purpose, Encoding.ASCII.GetBytes(secret));
        SecretRotatedAt = now;
        Touch(now);
        Happened(WidgetKeyEvents.SecretRotated, "previous_secret_until");
    }

    public void Deleted() => Happened(WidgetKeyEvents.Deleted);

    /// <summary>The secrets that are good now: one or two.</summary>
    /// <exception cref="SupportException">The installation's key ring has lost what opens them.</exception>
    internal IEnumerable<byte[]> Secrets(SecretBox box, DateTimeOffset realNow)
    {
        yield return Open(box, Secret);
        if (PreviousSecret is not null && !(PreviousSecretUntil <= realNow))
            yield return Open(box, PreviousSecret);
    }

    internal override object Snapshot() => WidgetKeyResponse.From(this);

    internal override EventAudience AudienceOf(string type) => EventAudience.Staff with { InboxId = InboxId.Value };

    private static byte[] Open(SecretBox box, byte[] secret) =>
        box.TryOpen(Purpose, secret, out var content) ? content : throw new SupportException(ErrorCode.Conflict, "The secret cannot be opened any more. Rotate it.");

    private void Set(WidgetKeyUpdate to)
    {
        Name = to.Name;
        AllowedOrigins = [.. (to.AllowedOrigins ?? []).Select(o => Origins.TryNormalize(o, out var origin) ? origin : o).Distinct(StringComparer.Ordinal)];
        JwksUrl = to.JwksUrl;
        RequireIdentity = to.RequireIdentity;
        Enabled = to.Enabled;
    }
}

[Carries(typeof(WidgetKeyResponse)), Audited]
public static class WidgetKeyEvents
{
    public const string Created = "widget_key.created";
    public const string Updated = "widget_key.updated";
    public const string SecretRotated = "widget_key.secret_rotated";
    public const string Deleted = "widget_key.deleted";
}
