using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Api.Tests.Snapshots;

/// <summary>
/// An answer without what differs from run to run: ids become <c>tkt_1</c>, <c>usr_1</c> in the order they come, so that
/// who refers to whom can still be seen.
/// </summary>
internal sealed partial class Scrubbed
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);

    public static string Of(Answer answer) => Of(answer.Json);

    public static string Of(JsonElement json)
    {
        var document = JsonNode.Parse(json.GetRawText())!;
        return new Scrubbed().Scrub(document, "").ToJsonString(Indented).ReplaceLineEndings("\n");
    }

    private JsonNode Scrub(JsonNode node, string member) => node switch
    {
        JsonObject members => new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, m.Value is null ? null : Scrub(m.Value, m.Key)))),
        JsonArray items => new JsonArray([.. items.Select(i => i is null ? null : Scrub(i, member))]),
        JsonValue value when value.TryGetValue<string>(out var text) => JsonValue.Create(Text(text, member)),
        _ => node.DeepClone(),
    };

    private string Text(string text, string member) => member switch
    {
        "trace_id" => "(trace)",
        "next_cursor" => "(cursor)",
        "download_url" => "(signed url)",
        "slug" => "(slug)",
        "hint" => "(hint)",
        _ when Timestamp().IsMatch(text) => "(time)",
        _ => Url().Replace(Id().Replace(text, m => Name(m.Value)), "(url)/"),
    };

    private string Name(string id)
    {
        if (!names.TryGetValue(id, out var name))
            names[id] = name = $"{id[..4]}{(names.Count(n => n.Key.StartsWith(id[..4], StringComparison.Ordinal)) + 1).ToString(CultureInfo.InvariantCulture)}";
        return name;
    }

    [GeneratedRegex("[a-z]{3}_[0-7][0-9a-hjkmnp-tv-z]{25}", RegexOptions.None, 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Timestamp();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/", RegexOptions.None, 1000)]
    private static partial Regex Url();
}
