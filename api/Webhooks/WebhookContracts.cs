using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>Where events are sent.</summary>
/// <param name="Url">The https address that events are sent to.</param>
/// <param name="Description">What it is for, in your own words.</param>
/// <param name="EventTypes">Types such as <c>ticket.created</c>, <c>ticket.*</c> or <c>*</c>.</param>
/// <param name="Filter">Only events that this condition holds of.</param>
/// <param name="Enabled">Whether events are sent. What happens while it is disabled is sent only by a replay.</param>
/// <param name="HeaderNames">Names of your own headers; their values are not shown again.</param>
/// <param name="ApiVersion">The version of the resources in <c>data</c>.</param>
/// <param name="Signatures">How requests are signed: <c>v1</c> with the shared secret, <c>v1a</c> with Ed25519.</param>
/// <param name="PublicKeys">For <c>v1a</c>: the keys to verify with, the newest first.</param>
/// <param name="Ordered">Whether a ticket's later events wait until its earlier ones are delivered.</param>
/// <param name="IncludeInternal">Whether events of internal notes are sent too.</param>
/// <param name="MaxConcurrency">Requests at once, from each node of the API.</param>
/// <param name="RateLimit">Requests a second, from each node of the API; null for no limit.</param>
/// <param name="DisabledReason">Null while enabled; else <c>disabled_by_request</c>, <c>gone</c> (it answered 410) or <c>failing</c> (for five days).</param>
/// <param name="DisabledAt">When it was disabled; null while enabled.</param>
/// <param name="Health">How it does; null in events.</param>
/// <param name="Secret">The secret for <c>v1</c>: shown once, when it is made; null ever after.</param>
public sealed record WebhookEndpointResponse(
    Id<WebhookEndpoint> Id, string Url, string? Description, IReadOnlyList<string> EventTypes, string? Filter, bool Enabled, IReadOnlyList<string> HeaderNames, string ApiVersion,
    IReadOnlyList<string> Signatures, IReadOnlyList<string> PublicKeys, bool Ordered, bool IncludeInternal, int MaxConcurrency, int? RateLimit, string? DisabledReason, DateTimeOffset? DisabledAt,
    WebhookHealthResponse? Health, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version, string? Secret = null)
{
    public static WebhookEndpointResponse From(WebhookEndpoint e) => new(
        e.Id, e.Url, e.Description, e.EventTypes, e.Filter, e.Enabled, e.HeaderNames, e.ApiVersion, e.Signatures, [], e.Ordered, e.IncludeInternal, e.MaxConcurrency, e.RateLimit,
        e.DisabledReason, e.DisabledAt, null, e.CreatedAt, e.UpdatedAt, e.Version);
}

/// <summary>How an endpoint does.</summary>
/// <param name="SuccessRate">Of the last 100 attempts of the last 24 hours, from 0 to 1; null where there was none.</param>
/// <param name="Attempts">How many attempts that is of.</param>
/// <param name="LastSuccessAt">Real time of the last attempt that succeeded; null where none did.</param>
/// <param name="FailingSince">The first failure since the last success; after five days of it the endpoint is disabled.</param>
public sealed record WebhookHealthResponse(double? SuccessRate, int Attempts, DateTimeOffset? LastSuccessAt, DateTimeOffset? FailingSince);

/// <summary>What of a webhook endpoint can be set.</summary>
/// <param name="Url">An https address on the public internet.</param>
/// <param name="EventTypes">Types such as <c>ticket.created</c>, <c>ticket.*</c> or <c>*</c>.</param>
/// <param name="Description">What it is for, in your own words.</param>
/// <param name="Filter">A condition; only events that it holds of are sent.</param>
/// <param name="Enabled">Whether events are sent. What happens while it is disabled is sent only by a replay.</param>
/// <param name="Headers">Headers of your own that go with each request.</param>
/// <param name="ApiVersion">The version of the resources in <c>data</c>.</param>
/// <param name="Signatures">How requests are signed: <c>v1</c> (by default), <c>v1a</c> or both.</param>
/// <param name="Ordered">Whether a ticket's later events wait until its earlier ones are delivered.</param>
/// <param name="IncludeInternal">Whether events of internal notes are sent too. Needs <c>tickets.internal.read</c>.</param>
/// <param name="MaxConcurrency">Requests at once, from each node of the API.</param>
/// <param name="RateLimit">Requests a second, from each node of the API; null for no limit.</param>
public sealed record WebhookEndpointUpdate(
    [NotBlank, MaxLength(2000)] string Url,
    [MinLength(1), MaxLength(100), EventTypes] List<string> EventTypes,
    [MaxLength(500)] string? Description = null,
    [MaxLength(2000)] string? Filter = null,
    bool Enabled = true,
    [WebhookHeaders] Dictionary<string, string>? Headers = null,
    [NotNull, NotBlank, RegularExpression("^v1$", ErrorMessage = "Must be v1.")] string ApiVersion = "v1",
    [MinLength(1), MaxLength(2), Signatures] List<string>? Signatures = null,
    bool Ordered = false,
    bool IncludeInternal = false,
    [Range(1, 50)] int MaxConcurrency = 5,
    [Range(1, 1000)] int? RateLimit = null)
{
    public static WebhookEndpointUpdate From(WebhookEndpoint e, Dictionary<string, string>? headers) => new(
        e.Url, e.EventTypes, e.Description, e.Filter, e.Enabled, headers, e.ApiVersion, e.Signatures, e.Ordered, e.IncludeInternal, e.MaxConcurrency, e.RateLimit);
}

/// <summary>How to rotate.</summary>
/// <param name="OverlapSeconds">How long the old secret signs too; a day by default, a week at most.</param>
public sealed record RotateWebhookSecretRequest([Range(0, 604_800)] int OverlapSeconds = 86_400);

/// <summary>What to send again.</summary>
/// <param name="From">From this time on, by the organization's clock.</param>
/// <param name="To">Until before this time.</param>
/// <param name="EventTypes">Only these of the types that the endpoint asks for.</param>
public sealed record ReplayWebhooksRequest(DateTimeOffset From, DateTimeOffset To, [MinLength(1), MaxLength(100), EventTypes] List<string>? EventTypes = null);

/// <summary>A replay under way.</summary>
/// <param name="EndpointId">Where events are sent again.</param>
/// <param name="From">Events from this time on, by the organization's clock.</param>
/// <param name="To">Events until before this time, by the organization's clock.</param>
/// <param name="EventTypes">Only these of the types that the endpoint asks for; empty for all of them.</param>
/// <param name="Queued">Deliveries made so far.</param>
/// <param name="CreatedAt">Real time at which it was asked for.</param>
/// <param name="FinishedAt">When the last one was made; null before.</param>
public sealed record WebhookReplayResponse(Id<WebhookReplay> Id, Id<WebhookEndpoint> EndpointId, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<string> EventTypes, int Queued, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt)
{
    public static WebhookReplayResponse Of(WebhookReplay r) => new(r.Id, r.EndpointId, r.From, r.To, r.EventTypes, r.Queued, r.CreatedAt, r.FinishedAt);
}

/// <summary>The test event on its way.</summary>
/// <param name="EventId">Its id, which the request carries as <c>webhook-id</c>.</param>
public sealed record WebhookTestResponse(Id<Event> EventId);

/// <summary>An event on its way to an endpoint.</summary>
/// <param name="EndpointId">Where it is sent.</param>
/// <param name="EventId">Also the <c>webhook-id</c>, however often it is sent.</param>
/// <param name="EventType">The event's <c>type</c>.</param>
/// <param name="Sequence">The event's <c>sequence</c>.</param>
/// <param name="TicketId">The ticket that the event belongs to, if any.</param>
/// <param name="Status">How far it is.</param>
/// <param name="AttemptCount">How many attempts were made; sending it again goes on counting.</param>
/// <param name="NextAttemptAt">Real time of the next attempt; null once finished.</param>
/// <param name="LastStatus">HTTP status of the last answer.</param>
/// <param name="LastError">The last failure's name; null where it succeeded.</param>
/// <param name="Replay">Whether a replay sends it again.</param>
/// <param name="CreatedAt">Real time at which it was queued.</param>
/// <param name="FinishedAt">Real time at which it succeeded or was given up; null while it is pending.</param>
/// <param name="Attempts">Every request made for it, the oldest first; null in lists.</param>
public sealed record WebhookDeliveryResponse(
    Id<WebhookDelivery> Id, Id<WebhookEndpoint> EndpointId, Id<Event> EventId, string EventType, long Sequence, string? TicketId, WebhookDeliveryStatus Status, int AttemptCount,
    DateTimeOffset? NextAttemptAt, int? LastStatus, string? LastError, bool Replay, DateTimeOffset CreatedAt, DateTimeOffset? FinishedAt, IReadOnlyList<WebhookAttemptResponse>? Attempts = null)
{
    public static WebhookDeliveryResponse From(WebhookDelivery d) => new(
        d.Id, d.EndpointId, d.EventId, d.EventType, d.Sequence, d.TicketId is { } ticket ? TypeId.Format("tkt", ticket) : null, d.Status, d.Attempts,
        d.NextAttemptAt, d.LastStatus, d.LastError, d.ReplayId != Guid.Empty, d.CreatedAt, d.FinishedAt);
}

/// <summary>One request that was made.</summary>
/// <param name="At">Real time at which it was sent.</param>
/// <param name="Status">HTTP status; null where there was no answer.</param>
/// <param name="Error">The failure's name, such as <c>timeout</c>, <c>connection_refused</c>, <c>dns</c>, <c>tls</c>, <c>redirect</c>, <c>forbidden_address</c> or <c>http_500</c>; null where it succeeded.</param>
/// <param name="LatencyMs">How long the answer or the failure took, in milliseconds.</param>
/// <param name="Answer">The first KiB of the answer.</param>
public sealed record WebhookAttemptResponse(DateTimeOffset At, int? Status, string? Error, int LatencyMs, string? Answer)
{
    public static WebhookAttemptResponse From(WebhookAttempt a) => new(a.At, a.Status, a.Error, a.LatencyMs, a.Answer);
}

/// <summary>Filters of an endpoint's deliveries.</summary>
public sealed record WebhookDeliveryFilter : PageQuery
{
    /// <summary>Only those that are so far.</summary>
    public WebhookDeliveryStatus? Status { get; init; }

    /// <summary>Only events of this type.</summary>
    [MaxLength(100)]
    public string? EventType { get; init; }

    /// <summary>Only of this event.</summary>
    public Id<Event>? Event { get; init; }

    /// <summary>Only events of this ticket.</summary>
    [MaxLength(100)]
    public string? Ticket { get; init; }
}

/// <summary>Event types, with <c>resource.*</c> and <c>*</c>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed partial class EventTypesAttribute : ValidationAttribute
{
    public EventTypesAttribute() => ErrorMessage = "Must be types such as ticket.created, ticket.* or *.";

    public override bool IsValid(object? value) => value is null || (value is List<string> types && types.TrueForAll(t => t is not null && t.Length <= 100 && Type().IsMatch(t)));

    [GeneratedRegex(@"^(\*|[a-z][a-z0-9_]*\.(\*|[a-z][a-z0-9_]*))\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Type();
}

/// <summary><c>v1</c> and <c>v1a</c>.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class SignaturesAttribute : ValidationAttribute
{
    public SignaturesAttribute() => ErrorMessage = "Must be v1, v1a or both.";

    public override bool IsValid(object? value) => value is null || (value is List<string> schemes && schemes.TrueForAll(s => s is WebhookSignatures.V1 or WebhookSignatures.V1a));
}

/// <summary>Headers that may go with a request: at most 20, none that belong to HTTP or to Standard Webhooks.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed partial class WebhookHeadersAttribute : ValidationAttribute
{
    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "host", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding", "upgrade", "te", "trailer", "expect", "keep-alive", "proxy-authorization", "proxy-connection",
    };

    public WebhookHeadersAttribute() => ErrorMessage = "At most 20 headers, with names of at most 64 characters and values of 1 to 2,000 printable ASCII characters; none of HTTP's own, and none that begins with webhook-.";

    public override bool IsValid(object? value) => value is null || (value is Dictionary<string, string> headers && headers.Count <= 20
        && headers.Keys.Distinct(StringComparer.OrdinalIgnoreCase).Count() == headers.Count
        && headers.All(h => Name().IsMatch(h.Key) && !Reserved.Contains(h.Key) && !h.Key.StartsWith("webhook-", StringComparison.OrdinalIgnoreCase) && h.Value is not null && Value().IsMatch(h.Value)));

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(@"^[\x21-\x7E]([\x20-\x7E]{0,1998}[\x21-\x7E])?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Value();
}
