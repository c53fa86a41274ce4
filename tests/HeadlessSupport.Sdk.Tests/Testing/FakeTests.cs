using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using HeadlessSupport.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Sdk.Tests.Testing;

public sealed class FakeTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly FakeHeadlessSupport fake = new();

    [Fact]
    public async Task What_is_seeded_is_there_without_requests_and_events()
    {
        var seeded = fake.Tickets.Seed(TestData.Ticket(subject: "x", tags: ["vip"], assigneeId: TestData.Id("usr")));
        using var client = fake.CreateClient();
        var ticket = await client.Tickets.GetAsync(seeded.Id, None);
        Assert.Equal("x", ticket.Subject);
        Assert.Equal("ada@example.com", ticket.Requester.Email);
        Assert.Equal(seeded.Requester.Id, (await client.Users.GetAsync(seeded.Requester.Id, None)).Id);
        Assert.Equal("agent", (await client.Users.GetAsync(ticket.AssigneeId!, None)).Role);
        Assert.Equal("vip", Assert.Single(await client.Tags.ListAsync().AsPages().ToListAsync()).Items[0].Name);
        Assert.Empty(fake.Events);
        Assert.Equal(4, fake.Requests.Count);
    }

    [Fact]
    public async Task The_example_of_the_readme_holds()
    {
        var ticket = fake.Tickets.Seed(TestData.Ticket(subject: "Printer on fire", status: TicketStatus.Pending));
        using var client = fake.CreateClient();
        await client.Tickets.Comments.CreateAsync(ticket.Id, new() { Body = "It still burns", Author = new() { Email = "ada@example.com" } });
        Assert.Equal(TicketStatus.Open, fake.Tickets.Single().Status);
        Assert.Single(fake.Requests, r => r.Method == "POST");
        Assert.Contains(fake.Events, e => e is TicketStatusChanged);
    }

    [Fact]
    public async Task Seeded_tickets_have_numbers_of_their_own_and_new_ones_follow()
    {
        Assert.Equal(1, fake.Tickets.Seed(TestData.Ticket()).Number);
        Assert.Equal(2, fake.Tickets.Seed(TestData.Ticket()).Number);
        Assert.Equal(40, fake.Tickets.Seed(TestData.Ticket() with { Number = 40 }).Number);
        using var client = fake.CreateClient();
        Assert.Equal(41, (await client.Tickets.CreateAsync(new() { Subject = "x", Requester = new() { Email = "a@b.co" } }, None)).Number);
        Assert.Equal(4, fake.Tickets.Count);
    }

    [Fact]
    public async Task Everything_can_be_seeded()
    {
        var company = fake.Companies.Seed(TestData.Company(externalId: "c-1"));
        var user = fake.Users.Seed(TestData.User(companyId: company.Id));
        var ticket = fake.Tickets.Seed(TestData.Ticket(requester: TestData.Person(email: "ADA@example.com")));
        Assert.Equal(user.Id, ticket.Requester.Id);
        fake.Comments.Seed(TestData.Comment("Hello\n\nWorld", ticket.Id));
        fake.Tags.Seed(TestData.Tag("Red", "#ff0000"));
        var file = fake.Attachments.Seed(TestData.Attachment(size: 5));
        using var client = fake.CreateClient();
        Assert.Equal("<p>Hello</p>\n<p>World</p>", (await client.Tickets.Comments.ListAsync(ticket.Id).AsPages().ToListAsync())[0].Items[0].Html);
        Assert.Equal("c-1", (await client.Companies.GetAsync(company.Id, None)).ExternalId);
        Assert.Equal("red", Assert.Single(fake.Tags).Name);
        await using var content = await client.Attachments.DownloadAsync(file.Id, None);
        Assert.Equal("     ", await new StreamReader(content).ReadToEndAsync());
    }

    [Fact]
    public void What_cannot_be_is_not_seeded()
    {
        Assert.Throws<ArgumentException>(() => fake.Tickets.Seed(TestData.Ticket() with { Id = "1" }));
        Assert.Throws<ArgumentException>(() => fake.Comments.Seed(TestData.Comment()));
        Assert.Throws<ArgumentOutOfRangeException>(() => fake.Fail(HttpStatusCode.InternalServerError, next: 0));
    }

    [Fact]
    public async Task Requests_are_kept_as_they_came()
    {
        using var client = fake.CreateClient();
        var ticket = await client.Tickets.CreateAsync(new() { Subject = "x", Requester = new() { Email = "a@b.co" } }, new RequestOptions { IdempotencyKey = "k" }, None);
        await client.Tickets.ListAsync(new() { Tag = "a b" }).AsPages().ToListAsync();
        var post = Assert.Single(fake.Requests, r => r.Method == "POST");
        Assert.Equal("/api/v1/tickets", post.Path);
        Assert.Equal("k", post.Headers["idempotency-key"]);
        using var body = JsonDocument.Parse(post.Body);
        Assert.Equal("x", body.RootElement.GetProperty("subject").GetString());
        Assert.Equal("GET /api/v1/tickets?tag=a%20b", fake.Requests[1].ToString());
        Assert.Equal(ticket.Id, Assert.Single(fake.Tickets).Id);
    }

    [Fact]
    public async Task It_answers_behind_dependency_injection()
    {
        var services = new ServiceCollection();
        services.AddHeadlessSupport(o => (o.ApiKey, o.BaseAddress) = ("hs_test_any", new Uri("https://example.com/below/"))).ConfigurePrimaryHttpMessageHandler(() => fake.Handler);
        await using var provider = services.BuildServiceProvider();
        var ticket = await provider.GetRequiredService<HeadlessSupportClient>().Tickets.CreateAsync(new() { Subject = "x", Requester = new() { Email = "a@b.co" } }, None);
        Assert.Equal("Bearer hs_test_any", fake.Requests[0].Headers["Authorization"]);
        Assert.Equal(ticket, Assert.Single(fake.Tickets), (a, b) => a.Id == b.Id);
    }

    [Fact]
    public async Task Without_a_key_nobody_gets_in()
    {
        using var http = new HttpClient(fake.Handler, disposeHandler: false) { BaseAddress = FakeHeadlessSupport.BaseAddress };
        using var answer = await http.GetAsync("/api/v1/tickets");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("unauthenticated", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString());
    }

    [Fact]
    public async Task What_the_fake_does_not_have_is_named()
    {
        using var client = fake.CreateClient();
        var refusal = await Assert.ThrowsAsync<ServerException>(() => client.WebhookEndpoints.GetAsync("whe_01h455vb4pex5vsknk084sn02q", null, None));
        Assert.Equal(HttpStatusCode.NotImplemented, refusal.Status);
        Assert.Contains("GET /api/v1/webhook-endpoints/whe_01h455vb4pex5vsknk084sn02q", refusal.Message, StringComparison.Ordinal);
        var condition = await Assert.ThrowsAsync<ServerException>(async () => await client.Tickets.ListAsync(new() { Query = "status:open" }).AsPages().ToListAsync());
        Assert.Contains("status:open", condition.Message, StringComparison.Ordinal);
        Assert.Equal(2, fake.Requests.Count);
    }

    [Fact]
    public async Task Words_are_found()
    {
        fake.Tickets.Seed(TestData.Ticket("Printer on fire"));
        fake.Comments.Seed(TestData.Comment("The printer smokes", fake.Tickets.Seed(TestData.Ticket("Help")).Id));
        using var client = fake.CreateClient();
        Assert.Equal(["Help", "Printer on fire"], (await client.Tickets.ListAsync(new() { Query = "PRINT*" }).AsPages().ToListAsync())[0].Items.Select(t => t.Subject).Order());
        var page = Assert.Single(await client.Tickets.ListAsync(new() { Query = "printer -\"on fire\"" }).AsPages().ToListAsync());
        Assert.Equal("Help", Assert.Single(page.Items).Subject);
        Assert.False(page.Search!.Cut);
    }

    [Theory, InlineData(HttpStatusCode.TooManyRequests), InlineData(HttpStatusCode.InternalServerError), InlineData(HttpStatusCode.ServiceUnavailable)]
    public async Task A_failure_that_passes_is_tried_again_at_once(HttpStatusCode status)
    {
        fake.Fail(status, next: 2);
        using var client = fake.CreateClient();
        await client.Tickets.CreateAsync(new() { Subject = "x", Requester = new() { Email = "a@b.co" } }, None);
        Assert.Equal(3, fake.Requests.Count);
        Assert.Single(fake.Requests.Select(r => r.Headers["Idempotency-Key"]).Distinct());
        Assert.Single(fake.Tickets);
    }

    [Fact]
    public async Task A_failure_that_stays_throws_as_the_api_would()
    {
        fake.Fail(HttpStatusCode.TooManyRequests, retryAfter: TimeSpan.FromSeconds(7));
        fake.Fail(HttpStatusCode.ServiceUnavailable);
        fake.Break();
        using var client = fake.CreateClient(o => o.MaxRetries = 0);
        var limited = await Assert.ThrowsAsync<RateLimitException>(() => client.Me.GetAsync(None));
        Assert.Equal(TimeSpan.FromSeconds(7), limited.RetryAfter);
        Assert.Equal("rate_limited", limited.Code);
        Assert.Equal("unavailable", (await Assert.ThrowsAsync<ServerException>(() => client.Me.GetAsync(None))).Code);
        await Assert.ThrowsAsync<ConnectionException>(() => client.Me.GetAsync(None));
        Assert.Equal(fake.Me.Id, (await client.Me.GetAsync(None)).User.Id);
    }

    [Fact]
    public async Task What_was_done_before_the_answer_was_lost_is_not_done_again()
    {
        fake.Break(afterwards: true);
        using var client = fake.CreateClient();
        var ticket = await client.Tickets.CreateAsync(new() { Subject = "x", Requester = new() { Email = "a@b.co" } }, None);
        Assert.Equal(2, fake.Requests.Count);
        Assert.Equal(ticket.Id, Assert.Single(fake.Tickets).Id);
    }

    [Fact]
    public async Task Time_is_the_given_clocks()
    {
        var clock = new Clock(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks(1234567));
        var timed = new FakeHeadlessSupport(clock);
        using var client = timed.CreateClient();
        var a = await client.Tickets.CreateAsync(new() { Subject = "x", Requester = new() { Email = "a@b.co" } }, new RequestOptions { IdempotencyKey = "k" }, None);
        Assert.Equal(clock.Now.AddTicks(-7), a.CreatedAt);
        // Where the clock stands still, changes are later all the same.
        Assert.Equal(a.UpdatedAt.AddMicroseconds(1), (await client.Tickets.UpdateAsync(a.Id, new() { Subject = "y" }, None)).UpdatedAt);
        clock.Now = clock.Now.AddDays(2);
        var b = await client.Tickets.CreateAsync(new() { Subject = "x", Requester = new() { Email = "a@b.co" } }, new RequestOptions { IdempotencyKey = "k" }, None);
        Assert.NotEqual(a.Id, b.Id);
        Assert.True(string.CompareOrdinal(a.Id, b.Id) < 0);
    }

    [Fact]
    public async Task A_download_address_is_good_for_15_minutes()
    {
        var clock = new Clock(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var timed = new FakeHeadlessSupport(clock);
        using var client = timed.CreateClient();
        var file = await client.Attachments.UploadAsync("a.txt", new MemoryStream("hello"u8.ToArray()), "text/plain", cancellationToken: None);
        using var http = new HttpClient(timed.Handler, disposeHandler: false);
        Assert.Equal("hello", await http.GetStringAsync(file.DownloadUrl));
        clock.Now = clock.Now.AddMinutes(16);
        using var late = await http.GetAsync(file.DownloadUrl);
        Assert.Equal(HttpStatusCode.Gone, late.StatusCode);
    }

    [Fact]
    public async Task Many_can_call_at_once()
    {
        using var client = fake.CreateClient();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => client.Tickets.CreateAsync(new() { Subject = "T" + i, Requester = new() { Email = "a@b.co" }, Tags = ["x"] }, None))));
        Assert.Equal(50, fake.Tickets.Select(t => t.Number).Distinct().Count());
        Assert.Single(fake.Users, u => u.Email == "a@b.co");
        Assert.Equal(Enumerable.Range(1, 52).Select(i => (long)i), fake.Events.Select(e => e.Sequence));
    }

    [Fact]
    public async Task A_stream_is_told_what_happens_while_it_is_open()
    {
        using var client = fake.CreateClient();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await client.Tags.CreateAsync(new() { Name = "before" }, patience.Token);
        await using var events = client.Events.StreamAsync(0, cancellationToken: patience.Token).GetAsyncEnumerator(patience.Token);
        Assert.True(await events.MoveNextAsync());
        Assert.IsType<TagCreated>(events.Current);
        var next = events.MoveNextAsync();
        await client.Tags.CreateAsync(new() { Name = "after" }, patience.Token);
        Assert.True(await next);
        Assert.Equal("after", Assert.IsType<TagCreated>(events.Current).Data.Name);
    }

    [Fact]
    public async Task A_list_of_events_waits_for_one()
    {
        using var client = fake.CreateClient();
        var waiting = client.SendAsync<JsonElement>(HttpMethod.Get, "/api/v1/events?wait=30&types=tag.created", null, None);
        await client.Companies.CreateAsync(new() { Name = "Acme" }, None);
        await client.Tags.CreateAsync(new() { Name = "x" }, None);
        Assert.Equal("tag.created", Assert.Single((await waiting).GetProperty("data").EnumerateArray()).GetProperty("type").GetString());
        Assert.Equal(0, (await client.SendAsync<JsonElement>(HttpMethod.Get, "/api/v1/events?wait=0&after=9", null, None)).GetProperty("data").GetArrayLength());
    }

    [Fact]
    public async Task A_version_that_is_known_is_not_sent_again()
    {
        var user = fake.Users.Seed(TestData.User());
        using var http = new HttpClient(fake.Handler, disposeHandler: false) { BaseAddress = FakeHeadlessSupport.BaseAddress };
        http.DefaultRequestHeaders.Authorization = new("Bearer", FakeHeadlessSupport.ApiKey);
        http.DefaultRequestHeaders.TryAddWithoutValidation("If-None-Match", "\"1\"");
        using var answer = await http.GetAsync("/api/v1/users/" + user.Id);
        Assert.Equal(HttpStatusCode.NotModified, answer.StatusCode);
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

internal static class Pages
{
    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> items)
    {
        var list = new List<T>();
        await foreach (var item in items)
            list.Add(item);
        return list;
    }
}
