using System.Text.Json;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>
/// What conditions can ask of the tickets in events, registered by the room that owns tickets for those who live from
/// events alone.
/// </summary>
public sealed class EventFields
{
    private readonly Func<Condition, Viewpoint, Func<JsonElement, bool>> bind;

    private EventFields(Func<Condition, Viewpoint, Func<JsonElement, bool>> bind) => this.bind = bind;

    public static EventFields Of<T>(Fields<T> fields) => new((condition, from) => fields.Bind(condition, from).Holds);

    /// <summary>A test of the response record in an event's <c>data</c>.</summary>
    /// <exception cref="Http.SupportException">invalid_condition.</exception>
    public Func<JsonElement, bool> Bind(Condition condition, Viewpoint from) => bind(condition, from);
}
