using System.Text.Json;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Tests.Realtime;

namespace HeadlessSupport.Api.Tests.EndUsers;

/// <summary>What a customer sees of the same resources, and what they can do to them.</summary>
public sealed class CustomerViewTests
{
    private static readonly string[] OfTicket = ["channel", "closed_at", "created_at", "id", "number", "requester", "solved_at", "status", "subject", "updated_at", "version"];
    private static readonly string[] OfComment = ["attachments", "author", "author_kind", "blocks", "created_at", "html", "id", "in_reply_to", "text", "ticket_id", "truncated"];

    [Fact]
    public async Task A_customer_asks_is_answered_and_says_it_is_solved()
    {
        var org = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync();
        var bob = await org.CustomerAsync("bob", new { widget_key = key.Text("key") });

        var ticket = (await bob.PostAsync("tickets", new { subject = "It burns", comment = new { body = "It *burns*." }, custom_fields = new { plan = "gold" } })).MustBe(201);
        var path = $"tickets/{ticket.Text("id")}";
        Assert.Equal(OfTicket, Members(ticket.Json));
        Assert.Equal(("chat", "new", "bob"), (ticket.Text("channel"), ticket.Text("status"), ticket.Json.Text("requester/external_id")));
        Assert.NotNull(ticket.ETag);

        (await org.Api.PostAsync($"{path}/comments", new { body = "Between us.", visibility = "internal" })).MustBe(201);
        var answer = (await org.Api.PostAsync($"{path}/comments", new { body = "Pull the plug." })).MustBe(201);
        var comments = (await bob.GetAsync($"{path}/comments?include=total")).MustBe(200);
        Assert.Equal(2, comments.Json.Int("total"));
        Assert.All(comments.Items(), c => Assert.Equal(OfComment, Members(c)));
        Assert.All(comments.Items(), c => Assert.Equal(["name"], Members(c.GetProperty("author"))));
        Assert.Equal(["customer", "agent"], comments.Items().Select(c => c.Text("author_kind")));
        Assert.Equal("paragraph", comments.Items()[0].Text("blocks/0/type"));

        var reply = (await bob.PostAsync($"{path}/comments", new { body = "Done.", in_reply_to = answer.Text("id") })).MustBe(201);
        Assert.Equal(OfComment, Members(reply.Json));
        Assert.Equal("open", (await bob.GetAsync(path)).Text("status"));
        Assert.Equal("solved", (await bob.PutAsync($"{path}/status", new { status = "solved" })).MustBe(200).Text("status"));
        Assert.Equal(OfTicket, Members((await bob.GetAsync("tickets?status=solved")).Items().Single()));
        Assert.Equal("open", (await bob.PutAsync($"{path}/status", new { status = "open" })).MustBe(200).Text("status"));
        // Staff see the same ticket as ever, with who did it.
        var whole = (await org.Api.GetAsync(path)).MustBe(200);
        Assert.Equal(("gold", key.Text("inbox_id")), (whole.Json.Text("custom_fields/plan"), whole.Text("inbox_id")));
        var created = (await org.EventsAsync("events?types=ticket.created"))[0];
        Assert.Equal(("customer", whole.Json.Text("requester/id")), (created.Text("actor/kind"), created.Text("actor/id")));
    }

    [Fact]
    public async Task Events_show_customers_what_the_API_shows_them()
    {
        var org = await World.NewOrganizationAsync();
        var bob = await org.CustomerAsync("bob");
        var eve = await org.CustomerAsync("eve");
        await using var live = await LiveClient.StartAsync(org.World.Url, (await org.Api.PostAsync("end-user-tokens", new { user = new { external_id = "bob" } })).MustBe(201).Text("token"));
        await live.FollowAsync();
        (await eve.PostAsync("tickets", new { subject = "Mine", comment = new { body = "Secret." } })).MustBe(201);
        var ticket = (await bob.PostAsync("tickets", new { subject = "It burns" })).MustBe(201);
        var path = $"tickets/{ticket.Text("id")}";
        (await org.Api.PutAsync($"{path}/assignment", new { assignee_id = await org.AgentAsync() })).MustBe(200);
        var comment = (await org.Api.PostAsync($"{path}/comments", new { body = "Pull the plug." })).MustBe(201).Text("id");

        var heard = await live.UntilAsync("event", e => e.Text("type") == "ticket.replied");
        Assert.All(live.Heard("event"), e => Assert.Equal(ticket.Text("id"), e.Text("ticket_id")));
        var shown = (await bob.GetAsync($"{path}/comments/{comment}")).MustBe(200).Json;
        Assert.Equal(Members(shown).Where(m => m != "blocks"), Members(heard.GetProperty("data")));
        Assert.Equal(shown.GetProperty("author").GetRawText(), heard.At("data/author").GetRawText());

        var events = (await bob.GetAsync("events")).Items();
        Assert.Equal(["ticket.created", "ticket.status_changed", "ticket.replied"], events.Select(e => e.Text("type")));
        Assert.Equal(ticket.Json.GetRawText(), events[0].GetProperty("data").GetRawText());
        Assert.Equal(events.Select(e => e.Id()), (await bob.GetAsync($"{path}/events")).Items().Select(e => e.Id()));
        Assert.All(events, e => Assert.True(e.IsNull("changes") && e.IsNull("actor/id") && e.IsNull("correlation_id")));
    }

    [Fact]
    public async Task What_staff_only_may_say_is_refused_and_pointed_at()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var bob = await org.CustomerAsync("bob");
        var ticket = $"tickets/{(await bob.PostAsync("tickets", new { subject = "It burns" })).MustBe(201).Text("id")}";
        foreach (var (member, value) in ((string, object?)[])[
            ("priority", "normal"), ("type", null), ("assignee_id", agent), ("team_id", null), ("inbox_id", null), ("company_id", null), ("language", "en"), ("tags", Array.Empty<string>()), ("external_id", "x"), ("metadata", new { a = "b" })])
            (await bob.PostAsync("tickets", Json.Merge(new { subject = "Hello" }, new Dictionary<string, object?> { [member] = value }))).MustRefuse(422, "validation_failed", "/" + member);
        (await bob.PostAsync("tickets", new { subject = "Hello", comment = new { body = "x", visibility = "internal" } })).MustRefuse(422, "validation_failed", "/comment/visibility");
        (await bob.PostAsync("tickets", new { subject = "Hello", comment = new { body = "x", in_reply_to = (string?)null } })).MustRefuse(422, "validation_failed", "/comment/in_reply_to");
        foreach (var other in (object[])[new { id = agent }, new { external_id = "eve" }, new { email = "eve@customer.test" }, new { external_id = "bob", email = "eve@customer.test" }])
        {
            (await bob.PostAsync("tickets", new { subject = "Hello", requester = other })).MustRefuse(422, "validation_failed", "/requester");
            (await bob.PostAsync("tickets", new { subject = "Hello", comment = new { body = "x", author = other } })).MustRefuse(422, "validation_failed", "/comment/author");
            (await bob.PostAsync($"{ticket}/comments", new { body = "x", author = other })).MustRefuse(422, "validation_failed", "/author");
        }
        (await bob.PostAsync($"{ticket}/comments", new { body = "x", visibility = "internal" })).MustRefuse(422, "validation_failed", "/visibility");
        foreach (var status in (string[])["new", "pending", "on_hold", "closed"])
            (await bob.PutAsync($"{ticket}/status", new { status })).MustRefuse(422, "validation_failed", "/status");
        (await bob.PutAsync($"{ticket}/status", new { status = "open" })).MustRefuse(409, "conflict", "/status");
        // The same said of oneself is taken.
        (await bob.PostAsync("tickets", new { subject = "Hello", requester = new { external_id = "bob" }, comment = new { body = "x", author = new { external_id = "bob" } } })).MustBe(201);
        Assert.Equal(2, (await bob.GetAsync("tickets")).Items().Count);
        (await org.Api.PostAsync("tickets", new { subject = "Hello" })).MustRefuse(422, "validation_failed", "/requester");
    }

    [Fact]
    public async Task Filters_and_orders_that_would_tell_more_are_refused()
    {
        var org = await World.NewOrganizationAsync();
        var bob = await org.CustomerAsync("bob");
        var ticket = (await bob.PostAsync("tickets", new { subject = "It burns" })).MustBe(201).Text("id");
        foreach (var query in (string[])["q=burns", "q=assignee:none", "assignee=none", "team=none", "priority=high", "tag=vip", "deleted=true", "external_id=1", "type=incident", $"requester={ticket}"])
            (await bob.GetAsync($"tickets?{query}")).MustRefuse(400, "invalid_request", query.Split('=')[0]);
        (await bob.GetAsync("tickets?sort=priority")).MustRefuse(400, "invalid_request", "sort");
        (await bob.GetAsync("tickets?include=highlights")).MustRefuse(400, "invalid_request", "include");
        (await bob.GetAsync($"tickets/{ticket}/comments?visibility=internal")).MustRefuse(400, "invalid_request", "visibility");
        Assert.Single((await bob.GetAsync("tickets?status=new,open&sort=-updated_at&include=total&limit=1")).Items());
    }

    [Fact]
    public async Task A_customer_answers_no_note_and_no_ticket_that_is_closed_or_deleted()
    {
        var org = await World.NewOrganizationAsync();
        var bob = await org.CustomerAsync("bob");
        var ticket = $"tickets/{(await bob.PostAsync("tickets", new { subject = "It burns" })).MustBe(201).Text("id")}";
        var note = (await org.Api.PostAsync($"{ticket}/comments", new { body = "Between us.", visibility = "internal" })).MustBe(201).Text("id");
        (await bob.GetAsync($"{ticket}/comments/{note}")).MustRefuse(404, "not_found");
        (await bob.PostAsync($"{ticket}/comments", new { body = "x", in_reply_to = note })).MustRefuse(422, "validation_failed", "/in_reply_to");
        (await org.Api.PutAsync($"{ticket}/status", new { status = "closed" })).MustBe(200);
        (await bob.PostAsync($"{ticket}/comments", new { body = "x" })).MustRefuse(409, "conflict");
        foreach (var status in (string[])["open", "solved"])
            (await bob.PutAsync($"{ticket}/status", new { status })).MustRefuse(409, "conflict", "/status");
        (await org.Api.DeleteAsync(ticket)).MustBe(204);
        (await bob.GetAsync(ticket)).MustRefuse(404, "not_found");
        Assert.Empty((await bob.GetAsync("tickets")).Items());
    }

    [Fact]
    public async Task Files_are_seen_by_who_brought_them_until_a_comment_shows_them()
    {
        var org = await World.NewOrganizationAsync();
        var (bob, eve) = (await org.CustomerAsync("bob"), await org.CustomerAsync("eve"));
        var ticket = $"tickets/{(await bob.PostAsync("tickets", new { subject = "It burns" })).MustBe(201).Text("id")}";
        var file = (await bob.UploadAsync("Hello."u8.ToArray(), "a.txt")).MustBe(201);
        var staffs = (await org.Api.UploadAsync("Secret."u8.ToArray(), "b.txt")).MustBe(201).Text("id");
        (await eve.GetAsync($"attachments/{file.Text("id")}")).MustRefuse(404, "not_found");
        (await bob.GetAsync($"attachments/{staffs}")).MustRefuse(404, "not_found");
        var hers = (await eve.PostAsync("tickets", new { subject = "Mine" })).MustBe(201).Text("id");
        (await eve.PostAsync($"tickets/{hers}/comments", new { body = "x", attachment_ids = new[] { file.Text("id") } })).MustRefuse(422, "validation_failed", "/attachment_ids/0");
        (await bob.PostAsync($"{ticket}/comments", new { body = "x", attachment_ids = new[] { staffs } })).MustRefuse(422, "validation_failed", "/attachment_ids/0");

        (await bob.PostAsync($"{ticket}/comments", new { body = "See file.", attachment_ids = new[] { file.Text("id") } })).MustBe(201);
        (await org.Api.PostAsync($"{ticket}/comments", new { body = "Note.", visibility = "internal", attachment_ids = new[] { staffs } })).MustBe(201);
        Assert.Equal([file.Text("id")], (await bob.GetAsync($"{ticket}/attachments")).Ids());
        (await bob.GetAsync($"attachments/{staffs}")).MustRefuse(404, "not_found");
        (await eve.GetAsync($"attachments/{file.Text("id")}")).MustRefuse(404, "not_found");
        var url = new Uri((await bob.GetAsync($"attachments/{file.Text("id")}")).MustBe(200).Text("download_url")).AbsolutePath;
        // With or without a credential, and whosever it is: the URL is one.
        Assert.Equal("Hello."u8.ToArray(), (await org.World.Anonymous.GetAsync(url)).MustBe(200).Body);
        Assert.Equal("Hello."u8.ToArray(), (await bob.GetAsync(url)).MustBe(200).Body);
    }

    [Fact]
    public async Task A_stale_version_and_an_idempotency_key_work_as_for_all()
    {
        var org = await World.NewOrganizationAsync();
        var bob = await org.CustomerAsync("bob");
        var first = (await bob.PostAsync("tickets", new { subject = "It burns" }, ("Idempotency-Key", "k1"))).MustBe(201);
        // A new token of the same customer is the same customer.
        var again = (await (await org.CustomerAsync("bob")).PostAsync("tickets", new { subject = "It burns" }, ("Idempotency-Key", "k1"))).MustBe(201);
        Assert.Equal((first.Text("id"), "true"), (again.Text("id"), again.Header("Idempotency-Replayed")));
        Assert.Equal(OfTicket, Members(again.Json));
        (await (await org.CustomerAsync("eve")).PostAsync("tickets", new { subject = "Other" }, ("Idempotency-Key", "k1"))).MustBe(201);
        (await org.Api.PatchAsync($"tickets/{first.Text("id")}", new { priority = "urgent" })).MustBe(200);
        var stale = (await bob.PutAsync($"tickets/{first.Text("id")}/status", new { status = "solved" }, ("If-Match", first.ETag!))).MustRefuse(412, "precondition_failed");
        Assert.DoesNotContain("priority", stale.Text("detail"), StringComparison.Ordinal);
        Assert.Single((await bob.GetAsync("tickets")).Items());
    }

    [Fact]
    public void What_customers_see_is_named_as_it_stands_on_the_wire()
    {
        var marked = typeof(SupportDb).Assembly.GetTypes().Select(t => (Type: t, Seen: (CustomersSeeAttribute?)Attribute.GetCustomAttribute(t, typeof(CustomersSeeAttribute), inherit: false))).Where(t => t.Seen is { Names.Length: > 0 }).ToList();
        Assert.NotEmpty(marked);
        Assert.All(marked, m => Assert.Subset(m.Type.GetProperties().Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name)).ToHashSet(), m.Seen!.Names.ToHashSet()));
    }

    private static List<string> Members(JsonElement element) => [.. element.EnumerateObject().Select(m => m.Name).Order(StringComparer.Ordinal)];
}
