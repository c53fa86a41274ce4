namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class CommentsTests
{
    [Fact]
    public async Task A_comment_is_kept_as_given_and_shown_in_every_form()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync(new { comment = (object?)null })).Id()}/comments";

        var answer = (await org.Api.PostAsync(path, new { body = "It **burns**.\n\n- one\n- two" })).MustBe(201);

        var comment = answer.Json;
        Assert.StartsWith("cmt_", comment.Id(), StringComparison.Ordinal);
        Assert.Equal(("It **burns**.\n\n- one\n- two", "markdown", "public", "agent", "api"),
            (comment.Text("body"), comment.Text("body_format"), comment.Text("visibility"), comment.Text("author_kind"), comment.Text("channel")));
        Assert.Contains("<strong>burns</strong>", comment.Text("html"), StringComparison.Ordinal);
        Assert.Contains("<li>one</li>", comment.Text("html")!.Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("It burns.", comment.Text("text"), StringComparison.Ordinal);
        Assert.DoesNotContain("*", comment.Text("text"), StringComparison.Ordinal);
        Assert.False(comment.At("truncated").GetBoolean());
        Assert.False(comment.TryGetProperty("blocks", out _));
        Assert.EndsWith($"/api/v1/{path}/{comment.Id()}", answer.Header("Location"), StringComparison.Ordinal);
        Assert.Equal("\"1\"", answer.ETag);
        Assert.Equal(answer.Body, (await org.Api.GetAsync($"{path}/{comment.Id()}")).MustBe(200).Body);
    }

    [Theory]
    [InlineData("html", "<p>Hi <b onclick=\"evil()\">you</b><script>evil()</script><img src=x onerror=evil()></p>")]
    [InlineData("html", "<a href=\"javascript:evil()\">x</a><iframe src=\"https://evil.test\"></iframe><svg onload=evil()>")]
    [InlineData("html", "<style>*{background:url(//evil.test)}</style><form action=//evil.test><input name=evil></form>")]
    [InlineData("markdown", "[x](javascript:evil()) <script>evil()</script>")]
    [InlineData("markdown", "![x](data:text/html,evil) <img src=x onerror=evil()>")]
    [InlineData("text", "<script>evil()</script>")]
    public async Task No_form_of_a_comment_can_run_anything(string format, string body)
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}/comments";

        var comment = (await org.Api.PostAsync($"{path}?include=blocks", new { body, body_format = format })).MustBe(201).Json;

        Assert.Equal(body, comment.Text("body"));
        var html = comment.Text("html")!;
        foreach (var tag in (string[])["<script", "<iframe", "<svg", "<style", "<form", "<input"])
            Assert.DoesNotContain(tag, html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("(?i)<[^>]*(\\son\\w+\\s*=|javascript:|data:text)", html);
        Assert.DoesNotMatch("(?i)\"(url|href|src)\":\"(javascript|data):", comment.At("blocks").GetRawText());
    }

    [Fact]
    public async Task Blocks_come_where_they_are_asked_for()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync(new { comment = new { body = "# Title\n\nText" } })).Id()}/comments";

        var listed = Assert.Single((await org.Api.GetAsync($"{path}?include=blocks,total")).Items());
        var got = (await org.Api.GetAsync($"{path}/{listed.Id()}?include=blocks")).MustBe(200).Json;

        Assert.Equal(["heading", "paragraph"], listed.At("blocks").EnumerateArray().Select(b => b.Text("type")));
        Assert.Equal(listed.At("blocks").GetRawText(), got.At("blocks").GetRawText());
        Assert.False((await org.Api.GetAsync(path)).Items()[0].TryGetProperty("blocks", out _));
        (await org.Api.GetAsync($"{path}?include=html")).MustRefuse(400, "invalid_request", "include");
        (await org.Api.GetAsync($"{path}/{listed.Id()}?include=html")).MustRefuse(400, "invalid_request", "include");
    }

    [Fact]
    public async Task An_author_is_named_by_any_reference_and_made_where_unknown()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = await org.TicketAsync();
        var path = $"tickets/{ticket.Id()}/comments";
        var machine = (await org.Api.GetAsync($"api-keys/{org.KeyId}")).Text("user_id");

        async Task<(string? Id, string? Kind)> AuthorAsync(object? author)
        {
            var comment = (await org.Api.PostAsync(path, author is null ? new { body = "Hi." } : new { body = "Hi.", author })).MustBe(201).Json;
            return (comment.Text("author/id"), comment.Text("author_kind"));
        }

        Assert.Equal((machine, "agent"), await AuthorAsync(null));
        Assert.Equal((org.AdminId, "agent"), await AuthorAsync(new { id = org.AdminId }));
        Assert.Equal((org.AdminId, "agent"), await AuthorAsync(new { email = "ADMIN@acme.test" }));
        Assert.Equal((ticket.Text("requester/id"), "customer"), await AuthorAsync(new { email = "bob@customer.test" }));
        var (colleague, kind) = await AuthorAsync(new { external_id = "c-1", name = "Colleague" });
        Assert.Equal("customer", kind);
        Assert.Equal((colleague, "customer"), await AuthorAsync(new { external_id = "c-1" }));
        Assert.Equal(ticket.Text("requester/id"), (await org.Api.GetAsync($"tickets/{ticket.Id()}")).Json.Text("requester/id"));
    }

    [Fact]
    public async Task An_answer_names_what_it_answers_on_the_same_ticket()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}/comments";
        var other = $"tickets/{(await org.TicketAsync()).Id()}/comments";
        var first = (await org.Api.GetAsync(path)).Ids()[0];

        var answer = (await org.Api.PostAsync(path, new { body = "To that.", in_reply_to = first })).MustBe(201);

        Assert.Equal(first, answer.Text("in_reply_to"));
        (await org.Api.PostAsync(other, new { body = "To that.", in_reply_to = first })).MustRefuse(422, "validation_failed", "/in_reply_to");
        (await org.Api.PostAsync(path, new { body = "To that.", in_reply_to = "tkt_01h455vb4pex5vsknk084sn02q" })).MustRefuse(422, "validation_failed", "/in_reply_to");
    }

    [Fact]
    public async Task Comments_are_listed_in_both_orders_page_by_page()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync(new { comment = (object?)null })).Id()}/comments";
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add((await org.Api.PostAsync(path, new { body = $"{i}" })).MustBe(201).Text("id"));

        Assert.Equal(ids, (await org.Api.AllAsync(path, limit: 2)).Select(c => c.Id()));
        Assert.Equal(Enumerable.Reverse(ids), (await org.Api.AllAsync($"{path}?sort=-created_at", limit: 2)).Select(c => c.Id()));
        Assert.Equal(5, (await org.Api.GetAsync($"{path}?include=total&limit=1")).MustBe(200).Json.Int("total"));
    }

    [Fact]
    public async Task A_comment_belongs_to_its_ticket()
    {
        var org = await World.NewOrganizationAsync();
        var one = (await org.TicketAsync()).Id();
        var two = (await org.TicketAsync()).Id();
        var comment = (await org.Api.GetAsync($"tickets/{one}/comments")).Ids()[0];

        (await org.Api.GetAsync($"tickets/{two}/comments/{comment}")).MustRefuse(404, "not_found");
        (await org.Api.GetAsync("tickets/tkt_01h455vb4pex5vsknk084sn02q/comments")).MustRefuse(404, "not_found");
        (await org.Api.PostAsync("tickets/tkt_01h455vb4pex5vsknk084sn02q/comments", new { body = "x" })).MustRefuse(404, "not_found");
    }

    [Theory]
    [InlineData("""{"body":""}""", 422, "/body")]
    [InlineData("""{"body":" \n"}""", 422, "/body")]
    [InlineData("""{}""", 422, "/body")]
    [InlineData("""{"body":"x","body_format":"rtf"}""", 422, "/body_format")]
    [InlineData("""{"body":"x","visibility":"secret"}""", 422, "/visibility")]
    [InlineData("""{"body":"x","author":{}}""", 422, "/author")]
    [InlineData("""{"body":"x","author":{"id":"usr_01h455vb4pex5vsknk084sn02q"}}""", 422, "/author/id")]
    [InlineData("""{"body":"x","author":{"email":"bob@customer.test"},"visibility":"internal"}""", 422, "/visibility")]
    [InlineData("""{"body":7}""", 400, "/body")]
    public async Task What_cannot_be_said_is_refused_by_name(string body, int status, string pointer)
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";

        (await org.Api.PostAsync($"{path}/comments", body)).MustRefuse(status, status == 422 ? "validation_failed" : "invalid_request", pointer);

        Assert.Equal(1, (await org.Api.GetAsync(path)).Json.Int("version"));
        Assert.Single(await org.Api.AllAsync($"{path}/comments"));
    }

    [Fact]
    public async Task The_longest_body_is_taken_whole_and_one_more_is_refused()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}/comments";
        var longest = string.Concat(Enumerable.Repeat("0123456789abcde ", 4096));

        var comment = (await org.Api.PostAsync(path, new { body = longest, body_format = "text" })).MustBe(201).Json;

        Assert.Equal(longest, comment.Text("body"));
        Assert.False(comment.At("truncated").GetBoolean());
        (await org.Api.PostAsync(path, new { body = longest + "x", body_format = "text" })).MustRefuse(422, "validation_failed", "/body");
    }
}
