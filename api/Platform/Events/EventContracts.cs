using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Platform.Events;

/// <summary>Something that happened. The same envelope in lists, streams, live connections and webhooks.</summary>
/// <param name="Id">Names it. Begins with <c>evt_</c>; webhooks carry it as <c>webhook-id</c>.</param>
/// <param name="Type"><c>resource.what</c>, such as <c>ticket.replied</c>. More are added: readers must tolerate them.</param>
/// <param name="Sequence">Place in the organization's order; grows, with no gaps that fill later.</param>
/// <param name="Timestamp">When, by the organization's clock.</param>
/// <param name="OrganizationId">The organization in which it happened.</param>
/// <param name="TicketId">The ticket it belongs to, if any.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="CausationId">The event that caused it, if one did.</param>
/// <param name="CorrelationId">The <c>Request-Id</c> of the request it began with.</param>
/// <param name="ApiVersion">The version whose response record <c>data</c> is.</param>
/// <param name="Data">The resource as it was then.</param>
/// <param name="Changes">Member → from and to, where something was changed.</param>
[CustomersSee]
public sealed record EventResponse(
    Id<Event> Id, string Type, long Sequence, DateTimeOffset Timestamp, Id<Tenant> OrganizationId, string? TicketId, ActorResponse Actor, Id<Event>? CausationId, string? CorrelationId,
    string ApiVersion, JsonElement Data, IReadOnlyDictionary<string, Change>? Changes)
{
    public static EventResponse From(Event e) => From(e, e.Data, e.Changes, new(e.ActorKind, e.ActorId));

    /// <summary>What customers see of it: of the resource their own view, no changes, and of others that they did something.</summary>
    public static EventResponse ForCustomer(Event e) => From(e, e.CustomerData ?? "{}", null, new(e.ActorKind, null)) with { CorrelationId = null, CausationId = null };

    private static EventResponse From(Event e, string data, string? changes, ActorResponse actor) => new(
        e.Id, e.Type, e.Sequence ?? 0, e.OccurredAt, e.OrganizationId, e.TicketId is { } ticket ? TypeId.Format("tkt", ticket) : null, actor,
        e.CausationId is { } cause ? new Id<Event>(cause) : null, e.CorrelationId, e.ApiVersion, JsonSerializer.Deserialize<JsonElement>(data, Json.Options),
        changes is null ? null : JsonSerializer.Deserialize<Dictionary<string, Change>>(changes, Json.Options));
}

/// <summary>Who did it.</summary>
/// <param name="Kind"><c>user</c>, <c>customer</c>, <c>api_key</c>, <c>app</c>, <c>automation</c>, <c>ai</c>, <c>system</c> or <c>operator</c>.</param>
/// <param name="Id">Of the user, key or app; null for the system and the operator.</param>
[CustomersSee]
public sealed record ActorResponse(string Kind, string? Id);

/// <summary>Filters of the list of all events.</summary>
public sealed record EventListFilter : EventFilter
{
    /// <summary>Where there is nothing yet, wait up to so many seconds for it (long polling).</summary>
    [Range(0, 30), DefaultValue(0)]
    public int Wait { get; init; }
}

/// <summary>What to send as a stream.</summary>
public sealed record EventStreamQuery : IQueryParameters
{
    /// <summary>Begin with what came after this <c>sequence</c>; without it and without <c>Last-Event-ID</c> with what happens from now on.</summary>
    [Range(0, long.MaxValue)]
    public long? After { get; init; }

    /// <summary>Only these types, separated by commas; <c>ticket.*</c> means all of a resource.</summary>
    [MaxLength(2000)]
    public string? Types { get; init; }
}

/// <summary>Filters of lists of events.</summary>
public record EventFilter : PageQuery
{
    /// <summary>Only events after this <c>sequence</c>: keep the last one you saw, and ask with it for what came since.</summary>
    [Range(0, long.MaxValue)]
    public long? After { get; init; }

    /// <summary>Only these types, separated by commas; <c>ticket.*</c> means all of a resource.</summary>
    [MaxLength(2000)]
    public string? Types { get; init; }
}
