using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>One event on its way to one endpoint. Its times are real times, since the receiver's clock is.</summary>
public sealed class WebhookDelivery : ITenantOwned, IEntity
{
    private WebhookDelivery() { }

    public static string Prefix => "whd";

    public Id<Tenant> OrganizationId { get; private set; }
    public Id<WebhookDelivery> Id { get; private set; }
    public Id<WebhookEndpoint> EndpointId { get; private set; }
    public Id<Event> EventId { get; private set; }

    /// <summary>The replay that sends it again; the nil UUID for the first time. With endpoint and event it is unique.</summary>
    public Guid ReplayId { get; private set; }
    public string EventType { get; private set; } = null!;
    public long Sequence { get; private set; }
    public Guid? TicketId { get; private set; }

    /// <summary>Waits for the ticket's earlier ones.</summary>
    public bool Ordered { get; private set; }
    public WebhookDeliveryStatus Status { get; private set; }

    /// <summary>All attempts so far.</summary>
    public int Attempts { get; private set; }

    /// <summary>Those since it was last asked for: its place in the table of retries.</summary>
    public int Tries { get; private set; }

    /// <summary>Null once it is finished.</summary>
    public DateTimeOffset? NextAttemptAt { get; private set; }

    /// <summary>Until then it is in one node's hands.</summary>
    public DateTimeOffset? LockedUntil { get; private set; }
    public int? LastStatus { get; private set; }
    public string? LastError { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public DateTimeOffset? FinishedAt { get; private set; }

    /// <summary>Sends it once more, from the beginning of the table of retries.</summary>
    public void Resend(DateTimeOffset realNow)
    {
        Status = WebhookDeliveryStatus.Pending;
        Tries = 0;
        NextAttemptAt = realNow;
        FinishedAt = null;
    }
}

/// <summary>How far a delivery is: <c>pending</c> until it <c>succeeded</c>, or was given up as <c>failed</c>.</summary>
public enum WebhookDeliveryStatus
{
    Pending,
    Succeeded,
    Failed,
}

/// <summary>One request that was made.</summary>
public sealed class WebhookAttempt : ITenantOwned, IEntity
{
    private WebhookAttempt() { }

    public static string Prefix => "wha";

    public Id<Tenant> OrganizationId { get; private set; }
    public Id<WebhookDelivery> DeliveryId { get; private set; }
    public Id<WebhookAttempt> Id { get; private set; }
    public Id<WebhookEndpoint> EndpointId { get; private set; }
    public DateTimeOffset At { get; private set; }

    /// <summary>HTTP status; null where there was no answer.</summary>
    public int? Status { get; private set; }

    /// <summary>The failure's name; null where it succeeded.</summary>
    public string? Error { get; private set; }
    public int LatencyMs { get; private set; }

    /// <summary>The first KiB of the answer.</summary>
    public string? Answer { get; private set; }
}

/// <summary>What is kept of an endpoint's luck beside its attempts. Not on the endpoint itself, whose version it must not change.</summary>
public sealed class WebhookHealth : ITenantOwned
{
    private WebhookHealth() { }

    public Id<Tenant> OrganizationId { get; private set; }
    public Id<WebhookEndpoint> EndpointId { get; private set; }
    public DateTimeOffset? LastSuccessAt { get; private set; }

    /// <summary>The first failure since the last success.</summary>
    public DateTimeOffset? FailingSince { get; private set; }

    /// <summary>Gives it a new beginning.</summary>
    public void Forgive() => FailingSince = null;
}

/// <summary>A time range that an endpoint is sent again, and how far that is.</summary>
public sealed class WebhookReplay : ITenantOwned, IEntity
{
    private WebhookReplay() { }

    public WebhookReplay(WebhookEndpoint endpoint, ReplayWebhooksRequest request, DateTimeOffset realNow)
    {
        OrganizationId = endpoint.OrganizationId;
        EndpointId = endpoint.Id;
        Id = Id<WebhookReplay>.New();
        From = request.From;
        To = request.To;
        EventTypes = request.EventTypes ?? [];
        CreatedAt = realNow;
        TouchedAt = realNow;
    }

    public static string Prefix => "whr";

    public Id<Tenant> OrganizationId { get; private set; }
    public Id<WebhookReplay> Id { get; private set; }
    public Id<WebhookEndpoint> EndpointId { get; private set; }

    /// <summary>By the organization's clock, as events have it.</summary>
    public DateTimeOffset From { get; private set; }
    public DateTimeOffset To { get; private set; }
    public List<string> EventTypes { get; private set; } = [];

    /// <summary>The last event looked at.</summary>
    public Guid After { get; private set; }
    public int Queued { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>When a page of it was last done.</summary>
    public DateTimeOffset TouchedAt { get; private set; }
    public DateTimeOffset? FinishedAt { get; private set; }

    internal void Advance(Guid after, int queued, bool finished, DateTimeOffset realNow)
    {
        After = after;
        Queued += queued;
        TouchedAt = realNow;
        if (finished)
            FinishedAt = realNow;
    }
}
