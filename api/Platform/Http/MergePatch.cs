using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>
/// A JSON Merge Patch (RFC 7396) for a <typeparamref name="T"/>: members present replace, null clears, objects merge.
/// Applied to the present state, so what comes out is a whole, validated <typeparamref name="T"/>.
/// </summary>
public sealed class MergePatch<T>(JsonElement document) : IMergePatch where T : class
{
    // Those that always have a value and no default one: taken away, they would become whatever comes first.
    private static readonly HashSet<string> Unclearable = [.. typeof(T).GetConstructors()[0].GetParameters()
        .Where(p => p.ParameterType.IsValueType && Nullable.GetUnderlyingType(p.ParameterType) is null && !p.HasDefaultValue)
        .Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name!))];

    /// <summary>Names of the members that the patch mentions.</summary>
    public IReadOnlyCollection<string> Members { get; } = [.. document.EnumerateObject().Select(p => p.Name)];

    /// <summary>The state that the patch makes of <paramref name="current"/>.</summary>
    /// <exception cref="SupportException">A member is unknown, has the wrong type, or is cleared though it must have a value.</exception>
    public T Apply(T current)
    {
        var cleared = document.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Null && Unclearable.Contains(p.Name)).Select(p => ($"/{p.Name}", "Cannot be null.")).ToList();
        if (cleared.Count > 0)
            throw new SupportException(ErrorCode.ValidationFailed, "Some members cannot be null.", cleared);
        var target = JsonSerializer.SerializeToNode(current, Json.Options)!.AsObject();
        Merge(target, document);
        try
        {
            return target.Deserialize<T>(Json.Options)!;
        }
        catch (JsonException error)
        {
            throw JsonErrors.ToRefusal(error);
        }
    }

    private static void Merge(JsonObject target, JsonElement patch)
    {
        foreach (var member in patch.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
                target.Remove(member.Name);
            else if (member.Value.ValueKind != JsonValueKind.Object)
                target[member.Name] = JsonNode.Parse(member.Value.GetRawText());
            else
            {
                if (target[member.Name] is not JsonObject inner)
                    target[member.Name] = inner = [];
                Merge(inner, member.Value);
            }
        }
    }
}

/// <summary>Any merge patch, for the contract.</summary>
public interface IMergePatch
{
    IReadOnlyCollection<string> Members { get; }
}

internal sealed class MergePatchConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(IMergePatch));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<MergePatch<T>> where T : class
    {
        public override MergePatch<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
                throw new UnreadableMemberException("Expected an object with the members to change.");
            var document = JsonElement.ParseValue(ref reader);
            CheckNames(document, "");
            return new(document);
        }

        // A document lets a member stand twice, where records and dictionaries do not.
        private static void CheckNames(JsonElement value, string pointer)
        {
            if (value.ValueKind != JsonValueKind.Object)
                return;
            var names = new HashSet<string>(StringComparer.Ordinal);
            foreach (var member in value.EnumerateObject())
            {
                var inner = $"{pointer}/{JsonErrors.Escape(member.Name)}";
                if (!names.Add(member.Name))
                    throw new SupportException(ErrorCode.InvalidJson, "The member stands here twice.", (inner, "The member stands here twice."));
                CheckNames(member.Value, inner);
            }
        }

        public override void Write(Utf8JsonWriter writer, MergePatch<T> value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
