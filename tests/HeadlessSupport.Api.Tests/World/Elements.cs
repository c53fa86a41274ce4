using System.Text.Json;

namespace HeadlessSupport.Api.Tests;

/// <summary>Short ways into JSON answers.</summary>
internal static class Elements
{
    public static JsonElement At(this JsonElement element, string path) =>
        path.Split('/').Aggregate(element, (e, step) => e.ValueKind == JsonValueKind.Array ? e[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : e.GetProperty(step));

    /// <summary>The string at a path of members; null where it is null.</summary>
    public static string? Text(this JsonElement element, string path) => element.At(path).GetString();

    public static int Int(this JsonElement element, string path) => element.At(path).GetInt32();

    public static bool IsNull(this JsonElement element, string path) => element.At(path).ValueKind == JsonValueKind.Null;

    /// <summary>The array of strings at a path.</summary>
    public static List<string> Texts(this JsonElement element, string path) => [.. element.At(path).EnumerateArray().Select(e => e.GetString()!)];

    public static string Id(this JsonElement element) => element.GetProperty("id").GetString()!;

    public static long Sequence(this JsonElement element) => element.GetProperty("sequence").GetInt64();

    /// <summary>The items of a list's page.</summary>
    public static List<JsonElement> Items(this Answer answer) => [.. answer.MustBe(200).Json.GetProperty("data").EnumerateArray()];

    /// <summary>The ids of a list's page, in its order.</summary>
    public static List<string> Ids(this Answer answer) => [.. answer.Items().Select(i => i.Id())];
}
