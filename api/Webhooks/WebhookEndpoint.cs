using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>Where events are sent as they happen, and which.</summary>
public sealed class WebhookEndpoint : Resource, IEntity
{
    private WebhookEndpoint() { }

    public WebhookEndpoint(Id<Tenant> organization, WebhookEndpointUpdate from, byte[]? headers, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<WebhookEndpoint>.New();
        Set(from, headers);
        if (!from.Enabled)
            SetDisabled(DisabledByRequest, now);
        Happened(WebhookEndpointEvents.Created);
    }

    public const string DisabledByRequest = "disabled_by_request";
    public const string DisabledAsGone = "gone";
    public const string DisabledAsFailing = "failing";

    public static string Prefix => "whe";

    /// <summary>By its time also the beginning: earlier events are never sent by themselves.</summary>
    public Id<WebhookEndpoint> Id { get; private set; }
    public string Url { get; private set; } = null!;
    public string? Description { get; private set; }

    /// <summary>Types such as <c>ticket.created</c>, <c>ticket.*</c> and <c>*</c>.</summary>
    public List<string> EventTypes { get; private set; } = [];

    /// <summary>A condition in its text form; null for all events of the types.</summary>
    public string? Filter { get; private set; }
    public bool Enabled { get; private set; }

    /// <summary>The organization's own headers, sealed: they often hold secrets.</summary>
    public byte[]? Headers { get; private set; }
    public List<string> HeaderNames { get; private set; } = [];
    public string ApiVersion { get; private set; } = null!;

    /// <summary>Schemes of signatures: <c>v1</c>, <c>v1a</c> or both.</summary>
    public List<string> Signatures { get; private set; } = [];

    /// <summary>Whether a ticket's later events wait for its earlier ones.</summary>
    public bool Ordered { get; private set; }

    /// <summary>Whether events of internal notes are sent too.</summary>
    public bool IncludeInternal { get; private set; }

    /// <summary>Requests at once, on each node.</summary>
    public int MaxConcurrency { get; private set; }

    /// <summary>Requests a second, on each node; null for no limit.</summary>
    public int? RateLimit { get; private set; }

    /// <summary>One of the constants above; null while enabled.</summary>
    public string? DisabledReason { get; private set; }
    public DateTimeOffset? DisabledAt { get; private set; }

    internal override Guid Key => Id.Value;

    // Its health and keys change without it.
    internal override bool VersionCoversBody => false;

    public void Update(WebhookEndpointUpdate to, byte[]? headers, DateTimeOffset now)
    {
        var wasEnabled = Enabled;
        Set(to, headers);
        if (wasEnabled && !to.Enabled)
            SetDisabled(DisabledByRequest, now);
        else if (!wasEnabled && to.Enabled)
            (DisabledReason, DisabledAt) = (null, null);
        if (wasEnabled != Enabled && !Enabled)
            Happened(WebhookEndpointEvents.Disabled, "enabled", "disabled_reason", "disabled_at");
        Updated(WebhookEndpointEvents.Updated, now);
        if (wasEnabled != Enabled)
            Touch(now);
    }

    /// <summary>Stops sending to it. What waits is sent once it is enabled again.</summary>
    public void Disable(string reason, DateTimeOffset now)
    {
        if (!Enabled)
            return;
        SetDisabled(reason, now);
        Touch(now);
        Happened(WebhookEndpointEvents.Disabled);
    }

    public void Enable(DateTimeOffset now)
    {
        if (Enabled)
            return;
        (Enabled, DisabledReason, DisabledAt) = (true, null, null);
        Updated(WebhookEndpointEvents.Updated, now);
    }

    /// <summary>An event for this endpoint alone, whatever types it asks for.</summary>
    public void Test() => Happened(WebhookEndpointEvents.Test);

    /// <summary>Its secret is a new one.</summary>
    public void Rotated(DateTimeOffset now)
    {
        Touch(now);
        Happened(WebhookEndpointEvents.SecretRotated);
    }

    public void Deleted() => Happened(WebhookEndpointEvents.Deleted);

    internal override object Snapshot() => WebhookEndpointResponse.From(this);

    private void SetDisabled(string reason, DateTimeOffset now) => (Enabled, DisabledReason, DisabledAt) = (false, reason, now);

    private void Set(WebhookEndpointUpdate to, byte[]? headers)
    {
        Url = to.Url;
        Description = to.Description;
        EventTypes = [.. to.EventTypes.Distinct(StringComparer.Ordinal)];
        Filter = to.Filter;
        Enabled = to.Enabled;
        Headers = headers;
        HeaderNames = [.. to.Headers?.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>()];
        ApiVersion = to.ApiVersion;
        Signatures = [.. to.Signatures?.Distinct(StringComparer.Ordinal) ?? [WebhookSignatures.V1]];
        Ordered = to.Ordered;
        IncludeInternal = to.IncludeInternal;
        MaxConcurrency = to.MaxConcurrency;
        RateLimit = to.RateLimit;
    }
}

[Audited(Except = [WebhookEndpointEvents.Test])]
[Carries(typeof(WebhookEndpointResponse))]
public static class WebhookEndpointEvents
{
    public const string Created = "webhook_endpoint.created";
    public const string Updated = "webhook_endpoint.updated";
    public const string Deleted = "webhook_endpoint.deleted";
    public const string Disabled = "webhook_endpoint.disabled";
    public const string SecretRotated = "webhook_endpoint.secret_rotated";
    public const string Test = "webhook_endpoint.test";
}
