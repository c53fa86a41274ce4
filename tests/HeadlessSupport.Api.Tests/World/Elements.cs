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

    /// <summary>
    /// Every event there will be of what was done so far. Events are numbered in the order they were recorded, so once a
    /// mark that was set now can be seen, so can all before it, and what is not there then did not happen.
    /// </summary>
    public static async Task<List<JsonElement>> AllEventsAsync(this Org org, string path)
    {
        var mark = (await org.Api.PostAsync("tags", new { name = "mark-" + Guid.CreateVersion7().ToString("N") })).MustBe(201).Text("id");
        for (var i = 0; ; i++)
        {
            if ((await org.Api.AllAsync("events?types=tag.created")).Exists(e => e.Text("data/id") == mark))
                return await org.Api.AllAsync(path);
            Assert.True(i < 400, "The mark does not come.");
            await Task.Delay(25);
        }
    }
}
