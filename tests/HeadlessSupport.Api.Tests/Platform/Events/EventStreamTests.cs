using System.Diagnostics;
using System.Text.Json;

namespace HeadlessSupport.Api.Tests.Platform.Events;

public sealed class EventStreamTests
{
    [Fact]
    public async Task A_long_poll_answers_when_something_happens_and_empty_when_nothing_does()
    {
        var org = await World.NewOrganizationAsync();
        var last = (await org.EventsAsync())[^1].GetProperty("sequence").GetInt64();
        Assert.Empty((await org.Api.GetAsync($"events?after={last}&wait=1")).Items());

        var waiting = org.Api.GetAsync($"events?after={last}&wait=30&types=tag.*");
        (await org.Api.PostAsync("teams", new { name = "Not asked for" })).MustBe(201);
        await Task.Delay(300);
        Assert.False(waiting.IsCompleted);
        (await org.Api.PostAsync("tags", new { name = "asked for" })).MustBe(201);

        Assert.Equal("asked for", Assert.Single((await waiting).Items()).Text("data/name"));
    }

    [Theory]
    [InlineData("wait=31", "wait")]
    [InlineData("wait=-1", "wait")]
    [InlineData("wait=x", "wait")]
    public async Task A_wait_that_cannot_be_is_refused(string query, string parameter)
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.GetAsync($"events?{query}")).MustRefuse(400, "invalid_request", parameter);
    }

    [Fact]
    public async Task A_stream_sends_what_happens_and_goes_on_after_the_last_id_seen()
    {
        var org = await World.NewOrganizationAsync();
        await org.EventsAsync();
        List<(long Id, string Type, JsonElement Data)> first;
        using (var stream = await Stream.OpenAsync(org, "after=0"))
        {
            (await org.Api.PostAsync("tags", new { name = "one" })).MustBe(201);
            first = await stream.UntilAsync("tag.created");
        }
        Assert.Equal((await org.EventsAsync()).Select(e => e.GetRawText()), first.Select(e => e.Data.GetRawText()));
        (await org.Api.PostAsync("tags", new { name = "two" })).MustBe(201);
        (await org.Api.PostAsync("teams", new { name = "Three" })).MustBe(201);

        using var again = await Stream.OpenAsync(org, "types=tag.*,team.*", ("Last-Event-ID", $"{first[^1].Id}"));
        var missed = await again.UntilAsync("team.created");
        Assert.Equal(["tag.created", "team.created"], missed.Select(e => e.Type));
        Assert.Equal("two", missed[0].Data.Text("data/name"));
    }

    [Fact]
    public async Task A_stream_without_a_beginning_tells_only_what_happens_from_now_on()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PostAsync("tags", new { name = "before" })).MustBe(201);
        await org.EventsAsync("events?types=tag.created");
        using var stream = await Stream.OpenAsync(org, "");
        (await org.Api.PostAsync("teams", new { name = "After" })).MustBe(201);
        Assert.Equal("team.created", Assert.Single(await stream.UntilAsync("team.created")).Type);
    }

    [Fact]
    public async Task A_stream_says_first_where_it_begins_so_that_a_break_before_the_first_event_loses_nothing()
    {
        var org = await World.NewOrganizationAsync();
        var newest = (await org.EventsAsync())[^1].GetProperty("sequence").GetInt64();
        long begins;
        using (var stream = await Stream.OpenAsync(org, ""))
            begins = await stream.BeginsAsync();
        (await org.Api.PostAsync("tags", new { name = "while nobody listened" })).MustBe(201);

        using var again = await Stream.OpenAsync(org, "", ("Last-Event-ID", $"{begins}"));
        var seen = await again.UntilAsync("tag.created");

        Assert.Equal(newest, begins);
        Assert.Equal("while nobody listened", Assert.Single(seen).Data.Text("data/name"));
    }

    [Fact]
    public async Task A_stream_is_refused_as_any_request_and_ends_with_its_key()
    {
        var org = await World.NewOrganizationAsync();
        (await org.World.Anonymous.GetAsync("events/stream")).MustRefuse(401, "unauthenticated");
        (await (await org.WithScopesAsync("tickets.read")).GetAsync("events/stream")).MustRefuse(403, "forbidden");
        (await org.Api.GetAsync("events/stream", ("Last-Event-ID", "x"))).MustRefuse(400, "invalid_request", "Last-Event-ID");
        (await org.Api.GetAsync("events/stream?types=,")).MustRefuse(400, "invalid_request", "types");
        var key = (await org.Api.PostAsync("api-keys", new { name = "Short", scopes = new[] { "events.read" } })).MustBe(201);
        using var stream = await Stream.OpenAsync(org, "", key.Text("secret"));
        (await org.Api.PostAsync($"api-keys/{key.Text("id")}/revoke")).MustBe(200);
        // It asks at the latest with the heartbeat.
        await stream.UntilEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>A server-sent stream, read as its text says.</summary>
    private sealed class Stream(HttpClient http, StreamReader reader) : IDisposable
    {
        private readonly List<(long, string, JsonElement)> seen = [];

        public static Task<Stream> OpenAsync(Org org, string query, params (string Name, string Value)[] headers) => OpenAsync(org, query, org.Secret, headers);

        public static async Task<Stream> OpenAsync(Org org, string query, string secret, params (string Name, string Value)[] headers)
        {
            var http = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(org.World.Url, $"/api/v1/events/stream?{query}"));
            request.Headers.Authorization = new("Bearer", secret);
            foreach (var (name, value) in headers)
                request.Headers.Add(name, value);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            Assert.True(response.IsSuccessStatusCode, response.IsSuccessStatusCode ? "" : await response.Content.ReadAsStringAsync());
            Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
            var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            // The first comment says that it listens.
            Assert.Equal(": ", await reader.ReadLineAsync());
            return new(http, reader);
        }

        public async Task<long> BeginsAsync() => long.Parse((await reader.ReadLineAsync())!["id: ".Length..]);

        public async Task<List<(long Id, string Type, JsonElement Data)>> UntilAsync(string type)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            var (id, name) = (0L, "");
            while (await reader.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                    id = long.Parse(line[4..]);
                else if (line.StartsWith("event: ", StringComparison.Ordinal))
                    name = line[7..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    seen.Add((id, name, JsonSerializer.Deserialize<JsonElement>(line[6..])));
                    if (name == type)
                        return seen;
                }
            }
            throw new UnreachableException("The stream ended.");
        }

        public async Task UntilEndAsync()
        {
            string? line;
            do
                line = await reader.ReadLineAsync();
            while (line is not null);
        }

        public void Dispose()
        {
            reader.Dispose();
            http.Dispose();
        }
    }
}
