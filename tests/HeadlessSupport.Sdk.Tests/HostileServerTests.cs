using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;

namespace HeadlessSupport.Sdk.Tests;

public sealed class HostileServerTests : IAsyncLifetime
{
    private const string Ticket = """{"id":"tkt_1","number":7,"subject":"S","status":"open","priority":"high","channel":"api","requester":{"id":"usr_1","name":null,"email":null,"external_id":null},"tags":["a"],"custom_fields":{"x":1},"metadata":{},"version":3}""";
    private readonly HostileServer server = new();
    private readonly CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));

    private CancellationToken Ct => patience.Token;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        patience.Dispose();
    }

    [Theory]
    [InlineData(500), InlineData(502), InlineData(503), InlineData(504), InlineData(408), InlineData(429)]
    public async Task What_may_pass_is_tried_again_with_the_same_idempotency_key(int status)
    {
        server.Answers(status, "", "text/html", "Retry-After: 0").HangsUp().Answers(201, Ticket);
        using var hs = server.Client();

        var ticket = await hs.Tickets.CreateAsync(new() { Subject = "S" }, Ct);

        Assert.Equal("tkt_1", ticket.Id);
        Assert.Equal(3, server.Requests.Count);
        Assert.Single(server.Requests.Select(r => r.Headers["Idempotency-Key"]).Distinct());
        Assert.Single(server.Requests.Select(r => r.Text).Distinct());
        Assert.NotEmpty(server.Requests[0].Headers["Idempotency-Key"]);
    }

    [Fact]
    public async Task Two_calls_have_two_keys_and_a_given_one_is_kept()
    {
        server.Answers(201, Ticket).Answers(201, Ticket).Answers(201, Ticket).Answers(200, Ticket);
        using var hs = server.Client();

        await hs.Tickets.CreateAsync(new() { Subject = "S" }, Ct);
        await hs.Tickets.CreateAsync(new() { Subject = "S" }, Ct);
        await hs.Tickets.CreateAsync(new() { Subject = "S" }, new RequestOptions { IdempotencyKey = "reply-42" }, Ct);
        await hs.Tickets.GetAsync("tkt_1", Ct);

        Assert.Equal(2, server.Requests.Take(2).Select(r => r.Headers["Idempotency-Key"]).Distinct().Count());
        Assert.Equal("reply-42", server.Requests[2].Headers["Idempotency-Key"]);
        Assert.False(server.Requests[3].Headers.ContainsKey("Idempotency-Key"));
    }

    [Theory]
    [InlineData(400, "invalid_json", typeof(BadRequestException)), InlineData(401, "unauthenticated", typeof(UnauthenticatedException)), InlineData(403, "forbidden", typeof(ForbiddenException))]
    [InlineData(404, "not_found", typeof(NotFoundException)), InlineData(409, "conflict", typeof(ConflictException)), InlineData(410, "link_expired", typeof(GoneException))]
    [InlineData(412, "precondition_failed", typeof(PreconditionFailedException)), InlineData(422, "validation_failed", typeof(ValidationException)), InlineData(413, "body_too_large", typeof(HeadlessSupportException))]
    public async Task A_refusal_is_an_exception_of_its_kind_and_is_not_tried_again(int status, string code, Type kind)
    {
        server.Refuses(status, code, "Request-Id: req_1");
        using var hs = server.Client();

        var e = Assert.IsAssignableFrom<HeadlessSupportException>(await Record.ExceptionAsync(() => hs.Tickets.GetAsync("tkt_1", Ct)));

        Assert.Equal(kind, e.GetType());
        Assert.Equal((HttpStatusCode)status, e.Status);
        Assert.Equal(code, e.Code);
        Assert.Equal("req_1", e.RequestId);
        Assert.Equal($"It is so. ({code}, {status}, req_1)", e.Message);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task What_does_not_pass_ends_in_its_exception_after_all_tries()
    {
        for (var i = 0; i < 3; i++)
            server.Refuses(429, "rate_limited", "Retry-After: 0");
        using var hs = server.Client();

        var e = await Assert.ThrowsAsync<RateLimitException>(() => hs.Tickets.GetAsync("tkt_1", Ct));

        Assert.Equal(TimeSpan.Zero, e.RetryAfter);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_wait_longer_than_the_call_may_take_is_not_waited()
    {
        server.Refuses(429, "rate_limited", "Retry-After: 3600");
        using var hs = server.Client();

        var e = await Assert.ThrowsAsync<RateLimitException>(() => hs.Tickets.GetAsync("tkt_1", Ct));

        Assert.Equal(TimeSpan.FromHours(1), e.RetryAfter);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_request_that_is_in_progress_is_asked_again()
    {
        server.HangsUp().Refuses(409, "request_in_progress", "Retry-After: 0").Answers(201, Ticket);
        using var hs = server.Client();

        await hs.Tickets.CreateAsync(new() { Subject = "S" }, Ct);

        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_change_with_IfMatch_whose_answer_was_lost_is_not_repeated()
    {
        server.HangsUp().Answers(200, Ticket);
        using var hs = server.Client();

        await Assert.ThrowsAsync<ConnectionException>(() => hs.Tickets.UpdateAsync("tkt_1", new() { Subject = "T" }, new RequestOptions { IfMatch = "\"3\"" }, Ct));

        Assert.Equal("\"3\"", Assert.Single(server.Requests).Headers["If-Match"]);
    }

    [Fact]
    public async Task A_change_with_IfMatch_that_was_refused_before_it_began_is_tried_again()
    {
        server.Answers(503, "", "text/plain", "Retry-After: 0").Answers(200, Ticket);
        using var hs = server.Client();

        await hs.Tickets.UpdateAsync("tkt_1", new() { Subject = "T" }, new RequestOptions { IfMatch = "\"3\"" }, Ct);

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_deletion_whose_answer_was_lost_and_that_is_then_not_found_is_done()
    {
        server.Says("HTTP/1.1 2").Refuses(404, "not_found").Refuses(404, "not_found");
        using var hs = server.Client();

        await hs.Tickets.DeleteAsync("tkt_1", Ct);
        await Assert.ThrowsAsync<NotFoundException>(() => hs.Tickets.DeleteAsync("tkt_1", Ct));
    }

    [Fact]
    public async Task A_try_that_takes_too_long_is_given_up_and_tried_again()
    {
        server.SaysNothing().Answers(200, Ticket);
        using var hs = server.Client(o => o.TryTimeout = TimeSpan.FromMilliseconds(300));

        Assert.Equal("tkt_1", (await hs.Tickets.GetAsync("tkt_1", Ct)).Id);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task All_tries_together_take_no_longer_than_the_call_may()
    {
        for (var i = 0; i < 20; i++)
            server.SaysNothing();
        using var hs = server.Client(o => (o.TryTimeout, o.Timeout, o.MaxRetries) = (TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), 10));

        await Assert.ThrowsAsync<RequestTimeoutException>(() => hs.Tickets.GetAsync("tkt_1", Ct));

        Assert.InRange(server.Requests.Count, 1, 5);
    }

    [Fact]
    public async Task The_time_limit_of_an_HttpClient_of_the_users_is_a_timeout_too()
    {
        server.SaysNothing().SaysNothing();
        using var http = new HttpClient { Timeout = TimeSpan.FromMilliseconds(200) };
        using var hs = new HeadlessSupportClient(new HeadlessSupportOptions { BaseAddress = server.Url, ApiKey = "hs_test_1", MaxRetries = 1 }, http);

        await Assert.ThrowsAsync<RequestTimeoutException>(() => hs.Tickets.GetAsync("tkt_1", Ct));

        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_ends_with_the_callers_token()
    {
        server.SaysNothing();
        using var hs = server.Client();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hs.Tickets.GetAsync("tkt_1", cancel.Token));

        Assert.True(cancel.IsCancellationRequested);
        Assert.IsNotType<RequestTimeoutException>(e);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_asked_for_again()
    {
        server.Says("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"id\":\"tkt").Answers(200, Ticket);
        using var hs = server.Client();

        Assert.Equal(7, (await hs.Tickets.GetAsync("tkt_1", Ct)).Number);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("<html>Sign in to the hotel's network</html>", "text/html"), InlineData("null", "application/json"), InlineData("{\"id\":7}", "application/json"), InlineData("", "application/json")]
    public async Task An_answer_that_is_not_the_APIs_is_said_to_be_unreadable(string body, string type)
    {
        server.Answers(200, body, type);
        using var hs = server.Client();

        var e = await Assert.ThrowsAsync<HeadlessSupportException>(() => hs.Tickets.GetAsync("tkt_1", Ct));

        Assert.StartsWith("The answer of Tickets_Get cannot be read:", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_page_of_a_proxy_has_a_status_and_nothing_more()
    {
        server.Answers(404, "<html>" + new string('x', 200_000), "text/html");
        using var hs = server.Client();

        var e = await Assert.ThrowsAsync<NotFoundException>(() => hs.Tickets.GetAsync("tkt_1", Ct));

        Assert.Null(e.Problem);
        Assert.Equal("The API answered 404.", e.Message);
    }

    [Fact]
    public async Task The_key_is_shown_nowhere()
    {
        server.Refuses(500, "internal").Refuses(500, "internal").Refuses(500, "internal");
        var options = new HeadlessSupportOptions { BaseAddress = server.Url, ApiKey = "hs_test_SECRETKEY" };
        using var hs = server.Client();

        var e = await Assert.ThrowsAsync<ServerException>(() => hs.Tickets.GetAsync("tkt_1", Ct));

        Assert.Equal("Bearer hs_test_SECRETKEY", server.Requests[0].Headers["Authorization"]);
        Assert.DoesNotContain("SECRETKEY", e + hs.ToString() + options, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        server.Answers(302, "", "text/html", "Location: http://127.0.0.1:9/").Answers(200, Ticket);
        using var hs = server.Client();

        var e = await Assert.ThrowsAsync<HeadlessSupportException>(() => hs.Tickets.GetAsync("tkt_1", Ct));

        Assert.Equal(HttpStatusCode.Found, e.Status);
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(".."), InlineData("."), InlineData(""), InlineData(" ")]
    public async Task An_id_that_would_lead_elsewhere_is_refused_before_it_is_sent(string id)
    {
        using var hs = server.Client();

        await Assert.ThrowsAnyAsync<ArgumentException>(() => hs.Tickets.DeleteAsync(id, Ct));

        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_id_is_one_segment_whatever_is_in_it()
    {
        server.Answers(200, Ticket);
        using var hs = server.Client();

        await hs.Tickets.GetAsync("a/b?c#d/../e", Ct);

        Assert.Equal("/api/v1/tickets/a%2Fb%3Fc%23d%2F..%2Fe", Assert.Single(server.Requests).Path);
    }

    [Theory]
    [InlineData("https://evil.example/x"), InlineData("//evil.example/x"), InlineData("/\\evil.example/x"), InlineData("api/v1/x")]
    public async Task The_escape_hatch_leads_to_no_other_host(string path)
    {
        using var hs = server.Client();

        await Assert.ThrowsAsync<ArgumentException>(() => hs.SendAsync<System.Text.Json.JsonElement>(HttpMethod.Get, path, null, Ct));
    }

    [Fact]
    public async Task Unknown_words_and_members_survive()
    {
        server.Answers(200, """{"id":"tkt_1","status":"frozen","mood":{"level":3},"version":1}""");
        using var hs = server.Client();

        var ticket = await hs.Tickets.GetAsync("tkt_1", Ct);

        Assert.Equal(new TicketStatus("frozen"), ticket.Status);
        Assert.Equal("frozen", ticket.Status.ToString());
        Assert.Equal(3, ticket.AdditionalMembers["mood"].GetProperty("level").GetInt32());
        Assert.Empty(ticket.Tags);
        Assert.Empty(ticket.Metadata);
        Assert.Equal("", ticket.Subject);
        Assert.Null(ticket.AssigneeId);
    }

    [Fact]
    public async Task An_update_sends_what_is_set_and_nothing_else()
    {
        server.Answers(200, Ticket).Answers(200, Ticket).Answers(200, Ticket);
        using var hs = server.Client();

        await hs.Tickets.UpdateAsync("tkt_1", new(), Ct);
        await hs.Tickets.UpdateAsync("tkt_1", new() { AssigneeId = null, Status = TicketStatus.OnHold, Metadata = new() { ["a"] = null }, Tags = [] }, Ct);
        await hs.Tickets.AssignAsync("tkt_1", new() { AssigneeId = null }, Ct);

        Assert.Equal("{}", server.Requests[0].Text);
        Assert.Equal("""{"status":"on_hold","assignee_id":null,"tags":[],"metadata":{"a":null}}""", server.Requests[1].Text);
        Assert.Equal("""{"assignee_id":null}""", server.Requests[2].Text);
    }

    [Fact]
    public async Task A_file_that_can_be_read_again_is_sent_again_and_one_that_cannot_is_not()
    {
        const string attachment = """{"id":"att_1","name":"a.txt"}""";
        server.Answers(503, "", "text/plain", "Retry-After: 0").Answers(201, attachment).Answers(503, "", "text/plain", "Retry-After: 0").Answers(201, attachment);
        using var hs = server.Client();
        var content = new byte[300_000];
        Random.Shared.NextBytes(content);
        var told = new List<long>();

        var sent = await hs.Attachments.UploadAsync("a.txt", new MemoryStream(content), "text/plain", new Told(told), Ct);
        await Assert.ThrowsAsync<ServerException>(() => hs.Attachments.UploadAsync("a.txt", new OnceStream(content), "text/plain", null, Ct));

        Assert.Equal("att_1", sent.Id);
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(server.Requests[0].Headers["Idempotency-Key"], server.Requests[1].Headers["Idempotency-Key"]);
        Assert.All(server.Requests, r => Assert.True(r.Body.AsSpan().IndexOf(content) > 0));
        Assert.Equal(300_000, told[^1]);
        Assert.True(told.Count > 4);
    }

    [Fact]
    public async Task A_stream_of_events_goes_on_where_it_broke_also_before_its_first_event()
    {
        static string Event(int sequence) => $$"""
            id: {{sequence}}
            event: x.y
            data: {"id":"evt_{{sequence}}","type":"x.y","sequence":{{sequence}},"data":{} }


            """.ReplaceLineEndings("\n");
        const string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
        server.Says(head + ": \nid: 40\n\n").HangsUp().Says(head + ": \nid: 40\n\n" + Event(41) + Event(42)).Answers(503).Says(head + Event(43));
        using var hs = server.Client(o => o.MaxRetries = 0);
        var seen = new List<long>();

        await foreach (var e in hs.Events.StreamAsync(cancellationToken: Ct))
        {
            seen.Add(e.Sequence);
            if (e.Sequence == 43)
                break;
        }

        Assert.Equal([41, 42, 43], seen);
        Assert.Equal(["", "?after=40", "?after=40", "?after=42", "?after=42"], server.Requests.Select(r => r.Path["/api/v1/events/stream".Length..]));
    }

    [Fact]
    public async Task A_stream_of_events_ends_where_the_API_refuses()
    {
        server.Refuses(401, "unauthenticated");
        using var hs = server.Client();

        await Assert.ThrowsAsync<UnauthenticatedException>(async () =>
        {
            await foreach (var _ in hs.Events.StreamAsync(0, cancellationToken: Ct))
                Assert.Fail("Nothing comes.");
        });
    }

    [Fact]
    public async Task A_list_is_fetched_page_by_page_only_as_far_as_it_is_read()
    {
        server.Answers(200, """{"data":[{"id":"tag_1"},{"id":"tag_2"}],"next_cursor":"c1","has_more":true}""")
            .Answers(200, """{"data":[{"id":"tag_3"}],"next_cursor":"c2","has_more":true}""").Answers(200, """{"data":[],"next_cursor":null,"has_more":false}""");
        using var hs = server.Client();
        var seen = new List<string>();

        await foreach (var tag in hs.Tags.ListAsync(new() { PageSize = 2, IncludeTotal = true }, Ct))
        {
            seen.Add(tag.Id);
            if (seen.Count == 3)
                break;
        }
        var pages = new List<Page<Tag>>();
        await foreach (var page in hs.Tags.ListAsync(cancellationToken: Ct).AsPages("c2", 7))
            pages.Add(page);

        Assert.Equal(["tag_1", "tag_2", "tag_3"], seen);
        Assert.Empty(Assert.Single(pages).Items);
        Assert.Equal(["?limit=2&include=total", "?limit=2&cursor=c1&include=total", "?limit=7&cursor=c2"], server.Requests.Select(r => r.Path["/api/v1/tags".Length..]));
    }

    [Fact]
    public async Task Where_a_resilience_handler_tries_again_the_client_does_not()
    {
        for (var i = 0; i < 20; i++)
            server.Answers(503, "", "text/plain", "Retry-After: 0");
        var services = new ServiceCollection();
        services.AddHeadlessSupport(o => (o.BaseAddress, o.ApiKey) = (server.Url, "hs_test_1"))
            .AddStandardResilienceHandler(o => (o.Retry.MaxRetryAttempts, o.Retry.Delay) = (1, TimeSpan.Zero));
        await using var provider = services.BuildServiceProvider();

        await Assert.ThrowsAsync<ServerException>(() => provider.GetRequiredService<HeadlessSupportClient>().Tickets.GetAsync("tkt_1", Ct));

        Assert.Equal(2, server.Requests.Count);
    }

    private sealed class Told(List<long> told) : IProgress<long>
    {
        public void Report(long value) => told.Add(value);
    }

    private sealed class OnceStream(byte[] content) : MemoryStream(content)
    {
        public override bool CanSeek => false;
    }
}
