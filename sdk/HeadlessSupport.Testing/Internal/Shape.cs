using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>What a member of a body may be.</summary>
internal enum Kind { Text, Word, Id, Texts, Ids, Fields, Strings, Object }

/// <summary>A member of a body, with its rules.</summary>
internal sealed record Member(string Name, Kind Kind)
{
    /// <summary>Must be there and not be null, told with all else that is not valid.</summary>
    public bool Required { get; init; }

    /// <summary>Must stand in the body, if only as null; told before anything else.</summary>
    public bool Named { get; init; }

    /// <summary>Cannot be null, for it always has a value.</summary>
    public bool NeverNull { get; init; }

    /// <summary>The words that it may be.</summary>
    public string[] Words { get; init; } = [];

    /// <summary>What an id begins with.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What an object has.</summary>
    public Shape? Inner { get; init; }

    /// <summary>Each says what is wrong, or nothing.</summary>
    public Func<JsonElement, string?>[] Rules { get; init; } = [];
}

/// <summary>
/// What a body may have. It is read as the API does: first whether it can be read at all, where the first mistake
/// counts (400, or 422 for a word or id that is none), then whether its values are valid, where all are told (422).
/// </summary>
internal sealed class Shape(params Member[] members)
{
    private const string NoMember = "There is no such member here. Check its spelling against the reference at /docs.";
    private const string NoType = "Expected a value of another type.";

    /// <summary>What must be true of the whole, once each member is valid.</summary>
    public Func<JsonElement, (string Pointer, string Message)?>? Whole { get; init; }

    /// <summary>Reads a body.</summary>
    /// <exception cref="Refusal">It is not as it should be.</exception>
    public JsonElement Read(byte[] body)
    {
        var json = Json(body);
        Check(json);
        return json;
    }

    /// <summary>Reads a merge patch; its members are checked once it is applied.</summary>
    public static JsonElement ReadPatch(byte[] body)
    {
        var json = Json(body);
        if (json.ValueKind != JsonValueKind.Object)
            throw Unreadable("", "Expected an object with the members to change.");
        CheckNames(json, "");
        return json;
    }

    /// <summary>What a merge patch (RFC 7396) makes of the present state. Fallbacks are what members have that are cleared and yet always have a value.</summary>
    public JsonElement Merge(JsonElement patch, JsonObject current, params (string Name, string Value)[] fallback)
    {
        var never = members.Where(m => m.NeverNull).Select(m => m.Name).ToList();
        var cleared = patch.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.Null && never.Contains(p.Name)).Select(p => ("/" + p.Name, "Cannot be null.")).ToList();
        if (cleared.Count > 0)
            throw new Refusal(ErrorCode.ValidationFailed, "Some members cannot be null.", cleared);
        Apply(current, patch);
        foreach (var (name, value) in fallback)
        {
            if (!current.ContainsKey(name))
                current[name] = value;
        }
        using var merged = JsonDocument.Parse(current.ToJsonString(WireJson.Options));
        var json = merged.RootElement.Clone();
        Check(json);
        return json;
    }

    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static void Apply(JsonObject target, JsonElement patch)
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
                Apply(inner, member.Value);
            }
        }
    }

    private static JsonElement Json(byte[] body)
    {
        if (body.Length == 0)
            throw new Refusal(ErrorCode.InvalidJson, "Send a JSON body.", ("", "Send a JSON body."));
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 32 });
            return document.RootElement.Clone();
        }
        catch (JsonException error)
        {
            var message = $"The body is not valid JSON{(error.LineNumber is { } line ? string.Create(CultureInfo.InvariantCulture, $" (line {line + 1}, byte {error.BytePositionInLine + 1})") : "")}.";
            throw new Refusal(ErrorCode.InvalidJson, message, ("", message));
        }
    }

    private void Check(JsonElement json)
    {
        ReadMembers(json, "");
        var errors = new List<(string Pointer, string Message)>();
        Validate(json, "", errors);
        if (errors.Count > 0)
            throw new Refusal(ErrorCode.ValidationFailed, errors.Count == 1 ? errors[0].Message : "Some values are not valid; errors names each.", errors);
    }

    private void ReadMembers(JsonElement json, string at)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw Unreadable(at, NoType);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var given in json.EnumerateObject())
        {
            var pointer = $"{at}/{Escape(given.Name)}";
            if (!seen.Add(given.Name))
                throw new Refusal(ErrorCode.InvalidJson, "The member stands here twice.", (pointer, "The member stands here twice."));
            var member = Array.Find(members, m => m.Name == given.Name) ?? throw Unreadable(pointer, NoMember);
            ReadValue(member, given.Value, pointer);
        }
        var missing = members.Where(m => m.Named && !seen.Contains(m.Name)).Select(m => ($"{at}/{m.Name}", "Is required.")).ToList();
        if (missing.Count > 0)
            throw new Refusal(ErrorCode.ValidationFailed, "Is required.", missing);
    }

    private static void ReadValue(Member member, JsonElement value, string pointer)
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            if (member.NeverNull)
                throw Unreadable(pointer, NoType);
            return;
        }
        switch (member.Kind)
        {
            case Kind.Text:
                Text(value, pointer);
                break;
            case Kind.Word:
                var words = $"Expected one of: {string.Join(", ", member.Words)}.";
                if (value.ValueKind != JsonValueKind.String)
                    throw Unreadable(pointer, words);
                if (!member.Words.Contains(value.GetString()))
                    throw Refusal.Invalid(pointer, words);
                break;
            case Kind.Id:
                Id(member, value, pointer);
                break;
            case Kind.Texts:
            case Kind.Ids:
                if (value.ValueKind != JsonValueKind.Array)
                    throw Unreadable(pointer, "Expected an array.");
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    var place = string.Create(CultureInfo.InvariantCulture, $"{pointer}/{index++}");
                    if (member.Kind == Kind.Ids)
                        Id(member, item, place);
                    else if (item.ValueKind != JsonValueKind.Null)
                        Text(item, place);
                }
                break;
            case Kind.Fields:
            case Kind.Strings:
                if (value.ValueKind != JsonValueKind.Object)
                    throw Unreadable(pointer, "Expected an object.");
                CheckNames(value, pointer, deep: false);
                foreach (var field in value.EnumerateObject())
                {
                    if (member.Kind == Kind.Strings && field.Value.ValueKind != JsonValueKind.Null)
                        Text(field.Value, $"{pointer}/{Escape(field.Name)}");
                }
                break;
            case Kind.Object:
                member.Inner!.ReadMembers(value, pointer);
                break;
        }
    }

    private void Validate(JsonElement json, string at, List<(string Pointer, string Message)> errors)
    {
        var before = errors.Count;
        foreach (var member in members)
        {
            var pointer = $"{at}/{member.Name}";
            if (json.Get(member.Name) is not { } value)
            {
                if (member.Required)
                    errors.Add((pointer, "Is required."));
                continue;
            }
            errors.AddRange(member.Rules.Select(r => r(value)).OfType<string>().Select(message => (pointer, message)));
            member.Inner?.Validate(value, pointer, errors);
        }
        if (errors.Count == before && Whole?.Invoke(json) is { } wrong)
            errors.Add((at + wrong.Pointer, wrong.Message));
    }

    private static void Text(JsonElement value, string pointer)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw Unreadable(pointer, "Expected a string.");
        if (value.GetString()!.Contains('\0', StringComparison.Ordinal))
            throw Refusal.Invalid(pointer, "Must not have the character NUL.");
    }

    private static void Id(Member member, JsonElement value, string pointer)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw Unreadable(pointer, "Expected an id: a string.");
        if (!Ids.IsId(value.GetString(), member.Prefix))
            throw Refusal.Invalid(pointer, $"Expected an id that begins with {member.Prefix}_.");
    }

    private static void CheckNames(JsonElement value, string at, bool deep = true)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            var pointer = $"{at}/{Escape(member.Name)}";
            if (!names.Add(member.Name))
                throw new Refusal(ErrorCode.InvalidJson, "The member stands here twice.", (pointer, "The member stands here twice."));
            if (deep)
                CheckNames(member.Value, pointer);
        }
    }

    private static Refusal Unreadable(string pointer, string message) => new(ErrorCode.InvalidRequest, message, (pointer, message));
}

/// <summary>Reads what a <see cref="Shape"/> has let through.</summary>
internal static class BodyReading
{
    /// <summary>The member; null where it is missing or null.</summary>
    public static JsonElement? Get(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? Text(this JsonElement json, string name) => json.Get(name)?.GetString();

    public static List<string> Texts(this JsonElement json, string name) => json.Get(name) is { } list ? [.. list.EnumerateArray().Select(t => t.GetString()!)] : [];

    public static Dictionary<string, JsonElement> Fields(this JsonElement json, string name) =>
        json.Get(name) is { } fields ? fields.EnumerateObject().ToDictionary(f => f.Name, f => f.Value.Clone(), StringComparer.Ordinal) : [];

    public static Dictionary<string, string> Strings(this JsonElement json, string name) =>
        json.Get(name) is { } fields ? fields.EnumerateObject().ToDictionary(f => f.Name, f => f.Value.GetString()!, StringComparer.Ordinal) : [];
}
