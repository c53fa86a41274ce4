using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HeadlessSupport.Api.Tests;
using HeadlessSupport.Testing;

namespace HeadlessSupport.Sdk.Tests.Server;

/// <summary>
/// A journey on one of the two sides: it notes all that is answered, word by word, with what must differ (ids, times,
/// addresses) replaced by what must not: which of them are the same.
/// </summary>
internal sealed partial class Story : IDisposable
{
    private readonly Dictionary<string, string> names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
    private string me = "";

    private Story(HeadlessSupportClient client) => Hs = client;

    public HeadlessSupportClient Hs { get; }

    public CancellationToken Ct => patience.Token;

    /// <summary>What was noted.</summary>
    public StringBuilder Text { get; } = new();

    /// <summary>The last sequence before the journey.</summary>
    public long Start { get; private set; }

    public static async Task<Story> BeginAsync(string side)
    {
        Story story;
        if (side == "fake")
        {
            story = new(new FakeHeadlessSupport().CreateClient(o => o.MaxRetries = 0));
        }
        else
        {
            var org = await World.NewOrganizationAsync();
            story = new(new HeadlessSupportClient(new HeadlessSupportOptions { ApiKey = org.Secret, BaseAddress = org.World.Url, MaxRetries = 0 }));
            // What its founding recorded is numbered a moment later.
            while (!(await story.Hs.Events.ListAsync(cancellationToken: story.Ct).ToListAsync(story.Ct)).Exists(e => e is ApiKeyCreated))
                await Task.Yield();
        }
        story.Start = (await story.Hs.Events.ListAsync(cancellationToken: story.Ct).ToListAsync(story.Ct)).LastOrDefault()?.Sequence ?? 0;
        story.me = (await story.Hs.Me.GetAsync(story.Ct)).User.Name ?? "";
        return story;
    }

    public void Dispose()
    {
        Hs.Dispose();
        patience.Dispose();
    }

    /// <summary>Makes a call without words of its own, and notes its answer as it came.</summary>
    public async Task<JsonElement> CallAsync(HttpMethod method, string path, object? body = null)
    {
        var json = body is null ? null : JsonSerializer.SerializeToNode(body);
        var answer = await Hs.SendAsync<JsonElement>(method, "/api/v1/" + path, json, Ct);
        Note($"{method} {path}", JsonNode.Parse(answer.GetRawText()));
        return answer;
    }

    public Task<JsonElement> GetAsync(string path) => CallAsync(HttpMethod.Get, path);

    /// <summary>Notes something.</summary>
    public void Note(string what, JsonNode? json) => Text.AppendLine(Plain(what)).AppendLine(Plain(json, "")?.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) ?? "null");

    public void Note(string what, string? text) => Note(what, JsonValue.Create(text));

    /// <summary>Makes a call that is refused, and notes how.</summary>
    public async Task<T> RefusedAsync<T>(Func<Task> call) where T : HeadlessSupportException
    {
        var refusal = await Assert.ThrowsAsync<T>(call);
        Note("Refused", JsonNode.Parse(JsonSerializer.Serialize(refusal.Problem!, SupportJson.Default.Problem)));
        return refusal;
    }

    public Task<T> RefusedAsync<T>(HttpMethod method, string path, object? body = null) where T : HeadlessSupportException =>
        RefusedAsync<T>(() => CallAsync(method, path, body));

    /// <summary>The events of the journey, once all of them are there; noted.</summary>
    public async Task<List<Event>> EventsAsync(int count)
    {
        var events = new List<Event>();
        for (var after = Start; events.Count < count; after = events[^1].Sequence)
        {
            var page = await Hs.SendAsync<JsonElement>(HttpMethod.Get, $"/api/v1/events?after={after}&limit=100&wait=20", null, Ct);
            var data = page.GetProperty("data");
            Assert.True(data.GetArrayLength() > 0, $"{count} events were to come; there are {string.Join(", ", events)}.");
            foreach (var e in data.EnumerateArray())
            {
                events.Add(Event.Parse(Encoding.UTF8.GetBytes(e.GetRawText())));
                Note("Event", JsonNode.Parse(e.GetRawText()));
            }
        }
        // On the fake they are all there at once, so that a count that is too low shows.
        Assert.Equal(count, events.Count);
        return events;
    }

    private JsonNode? Plain(JsonNode? json, string name) => json switch
    {
        JsonObject inner => new JsonObject(inner.OrderBy(m => m.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(Plain(m.Key), Plain(m.Value, m.Key)))),
        JsonArray list => new JsonArray([.. list.Select(i => Plain(i, name))]),
        JsonValue value when value.TryGetValue<string>(out var text) => name switch
        {
            "trace_id" or "next_cursor" or "correlation_id" => name,
            "type" when text.Contains("/errors/", StringComparison.Ordinal) => text[text.IndexOf("/errors/", StringComparison.Ordinal)..],
            "download_url" => "somewhere",
            _ => text == me ? "me" : Plain(text),
        },
        JsonValue when name == "sequence" => json.GetValue<long>() - Start,
        _ => json?.DeepClone(),
    };

    private string Plain(string text) => Cursor().Replace(Time().Replace(Id().Replace(text, m => NameOf(m.Value)), "time"), "cursor=");

    private string NameOf(string id)
    {
        if (names.TryGetValue(id, out var name))
            return name;
        var prefix = id[..3];
        counts[prefix] = counts.GetValueOrDefault(prefix) + 1;
        return names[id] = $"{prefix} {counts[prefix]}";
    }

    [GeneratedRegex("cursor=[^&]{20,}", RegexOptions.None, 1000)]
    private static partial Regex Cursor();

    [GeneratedRegex("[a-z]{3}_[0-7][0-9a-z]{25}", RegexOptions.None, 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+Z", RegexOptions.None, 1000)]
    private static partial Regex Time();
}

internal static class Lists
{
    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        var list = new List<T>();
        await foreach (var item in items.WithCancellation(cancellationToken))
            list.Add(item);
        return list;
    }
}
