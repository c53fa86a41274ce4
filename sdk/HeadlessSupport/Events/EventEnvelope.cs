using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>An event as it is sent, before it is known what it is about.</summary>
internal sealed record EventEnvelope
{
    [JsonPropertyName("id")]
    public string? Id { get; init; }

    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("sequence")]
    public long Sequence { get; init; }

    [JsonPropertyName("timestamp")]
    public DateTimeOffset Timestamp { get; init; }

    [JsonPropertyName("organization_id")]
    public string? OrganizationId { get; init; }

    [JsonPropertyName("ticket_id"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? TicketId { get; init; }

    [JsonPropertyName("actor")]
    public Actor? Actor { get; init; }

    [JsonPropertyName("causation_id"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? CausationId { get; init; }

    [JsonPropertyName("correlation_id"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? CorrelationId { get; init; }

    [JsonPropertyName("api_version")]
    public string? ApiVersion { get; init; }

    [JsonPropertyName("data")]
    public JsonElement Data { get; init; }

    [JsonPropertyName("changes"), JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyDictionary<string, Change>? Changes { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>Reads an event as the class of its type.</summary>
internal sealed class EventConverter : JsonConverter<Event>
{
    public override Event Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var envelope = JsonSerializer.Deserialize(ref reader, SupportJson.Default.EventEnvelope);
        if (envelope?.Id is null || envelope.Type is null)
            throw new JsonException("It is no event: id or type is missing.");
        return KnownEvents.ByType.TryGetValue(envelope.Type, out var make) ? make(envelope) : new Event(envelope);
    }

    public override void Write(Utf8JsonWriter writer, Event value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.ToEnvelope(), SupportJson.Default.EventEnvelope);

    public override bool CanConvert(Type typeToConvert) => typeof(Event).IsAssignableFrom(typeToConvert);
}
