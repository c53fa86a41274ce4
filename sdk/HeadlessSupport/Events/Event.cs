using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>
/// Something that happened. It is the same in lists, streams, the live connection and webhooks. Types that this package
/// knows come as a class of their own, such as <see cref="TicketReplied"/>, with what they are about in its <c>Data</c>.
/// </summary>
[JsonConverter(typeof(EventConverter))]
public record Event
{
    /// <summary>One for tests and builders; those of the API are read.</summary>
    public Event()
    {
    }

    internal Event(EventEnvelope envelope)
    {
        Id = envelope.Id!;
        Type = envelope.Type!;
        Sequence = envelope.Sequence;
        Timestamp = envelope.Timestamp;
        OrganizationId = envelope.OrganizationId ?? "";
        TicketId = envelope.TicketId;
        Actor = envelope.Actor ?? new Actor();
        CausationId = envelope.CausationId;
        CorrelationId = envelope.CorrelationId;
        ApiVersion = envelope.ApiVersion ?? "";
        RawData = envelope.Data;
        Changes = envelope.Changes ?? Changes;
        AdditionalMembers = envelope.Unknown ?? AdditionalMembers;
    }

    /// <summary>Its id, <c>evt_…</c>: the same however often it comes, to deal with it once.</summary>
    public string Id { get; init; } = "";

    /// <summary>What happened: <c>resource.what</c>, such as <c>ticket.replied</c>. More are added.</summary>
    public string Type { get; init; } = "";

    /// <summary>Its place in the organization's order.</summary>
    public long Sequence { get; init; }

    /// <summary>When, by the organization's clock.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>Whose it is.</summary>
    public string OrganizationId { get; init; } = "";

    /// <summary>The ticket it belongs to, if any.</summary>
    public string? TicketId { get; init; }

    /// <summary>Who did it.</summary>
    public Actor Actor { get; init; } = new();

    /// <summary>The event that caused it, if one did.</summary>
    public string? CausationId { get; init; }

    /// <summary>The <c>Request-Id</c> of the request it began with.</summary>
    public string? CorrelationId { get; init; }

    /// <summary>The version of the API whose form <see cref="RawData"/> has.</summary>
    public string ApiVersion { get; init; } = "";

    /// <summary>The resource as it was then, as it came.</summary>
    public JsonElement RawData { get; init; }

    /// <summary>Member → from and to, where something was changed; empty where it was only made.</summary>
    public IReadOnlyDictionary<string, Change> Changes { get; init; } = ReadOnlyDictionary<string, Change>.Empty;

    /// <summary>Members that came and that this version of the package does not know.</summary>
    public IReadOnlyDictionary<string, JsonElement> AdditionalMembers { get; init; } = Models.NoMembers;

    /// <summary>Reads an event.</summary>
    /// <param name="json">Its JSON, as webhooks and streams carry it.</param>
    /// <returns>The event; of its own class where the type is known.</returns>
    /// <exception cref="JsonException">It is no event.</exception>
    public static Event Parse(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, SupportJson.Default.Event) ?? throw new JsonException("It is null.");

    /// <summary>What happened, without what to whom.</summary>
    /// <returns>Its type and id.</returns>
    public override string ToString() => $"{Type} {Id}";

    internal EventEnvelope ToEnvelope() => new()
    {
        Id = Id,
        Type = Type,
        Sequence = Sequence,
        Timestamp = Timestamp,
        OrganizationId = OrganizationId,
        TicketId = TicketId,
        Actor = Actor,
        CausationId = CausationId,
        CorrelationId = CorrelationId,
        ApiVersion = ApiVersion,
        Data = RawData,
        Changes = Changes.Count == 0 ? null : Changes,
        Unknown = AdditionalMembers.Count == 0 ? null : new(AdditionalMembers),
    };

    /// <summary>The resource, in the class of its kind.</summary>
    private protected T Read<T>(System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class =>
        (RawData.ValueKind == JsonValueKind.Object ? RawData.Deserialize(type) : null) ?? throw new JsonException($"{Id} holds no {typeof(T).Name}.");
}
