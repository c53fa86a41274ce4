using System.Text;

namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class TicketEventsTests
{
    [Fact]
    public async Task A_new_ticket_is_one_event_however_much_it_came_with()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();

        var ticket = await org.TicketAsync(new { assignee_id = agent, tags = new[] { "one" }, comment = new { body = "Hello.", author = new { id = agent } } });

        var events = await org.AllEventsAsync($"tickets/{ticket.Id()}/events");
        Assert.Equal(["ticket.created", "ticket.replied"], events.Select(e => e.Text("type")));
        Assert.Equal(ticket.GetRawText(), events[0].At("data").GetRawText());
        Assert.Equal("open", events[0].Text("data/status"));
        Assert.All(events, e => Assert.True(e.IsNull("changes")));
        Assert.All(events, e => Assert.Equal(ticket.Id(), e.Text("ticket_id")));
    }

    [Fact]
    public async Task A_reply_that_wakes_a_ticket_is_two_events_of_one_request()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = await org.TicketAsync();
        var path = $"tickets/{ticket.Id()}";
        (await org.Api.PutAsync($"{path}/status", new { status = "pending" })).MustBe(200);

        var reply = (await org.Api.PostAsync($"{path}/comments", new { body = "Still burning.", author = new { id = ticket.Text("requester/id") } })).MustBe(201);

        var events = (await org.AllEventsAsync($"{path}/events")).Skip(3).ToList();
        Assert.Equal(["ticket.replied", "ticket.status_changed"], events.Select(e => e.Text("type")));
        Assert.All(events, e => Assert.Equal(reply.Header("Request-Id"), e.Text("correlation_id")));
        Assert.All(events, e => Assert.Equal(("api_key", org.KeyId), (e.Text("actor/kind"), e.Text("actor/id"))));
        Assert.Equal(reply.Text("id"), events[0].Text("data/id"));
        Assert.Equal(("pending", "open"), (events[1].Text("changes/status/from"), events[1].Text("changes/status/to")));
    }

    [Fact]
    public async Task What_was_refused_leaves_no_event()
    {
        var org = await World.NewOrganizationAsync();
        var created = (await org.Api.PostAsync("tickets", new { subject = "x", requester = new { id = org.AdminId } })).MustBe(201);
        var failed = (await org.Api.PatchAsync($"tickets/{created.Text("id")}", new { team_id = "tem_01h455vb4pex5vsknk084sn02q" })).MustBe(422);

        var events = await org.AllEventsAsync($"tickets/{created.Text("id")}/events");

        Assert.Equal(created.Header("Request-Id"), Assert.Single(events).Text("correlation_id"));
        Assert.NotEqual(created.Header("Request-Id"), failed.Header("Request-Id"));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("markdown")]
    [InlineData("html")]
    public async Task A_long_body_is_cut_in_events_and_says_so(string format)
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync(new { comment = (object?)null })).Id()}";
        var body = string.Concat(Enumerable.Repeat("0123456789abcde ", 4096));
        var whole = (await org.Api.PostAsync($"{path}/comments", new { body, body_format = format })).MustBe(201);
        (await org.Api.PostAsync($"{path}/comments", new { body = "Short." })).MustBe(201);

        var events = await org.AllEventsAsync($"{path}/events?types=ticket.replied");

        var data = events[0].At("data");
        Assert.True(data.At("truncated").GetBoolean());
        Assert.False(events[1].At("data/truncated").GetBoolean());
        Assert.StartsWith(data.Text("body")!, body, StringComparison.Ordinal);
        Assert.InRange(data.Text("body")!.Length, 1000, 32 * 1024);
        // What is left of it is small, the HTML too.
        Assert.InRange(Encoding.UTF8.GetByteCount(data.GetRawText()), 1000, 3 * 33 * 1024);
        Assert.Equal(body, whole.Text("body"));
        Assert.Equal(body, (await org.Api.GetAsync($"{path}/comments/{whole.Text("id")}")).Text("body"));
    }

    [Fact]
    public async Task Half_a_letter_is_not_left_where_a_body_is_cut()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync(new { comment = (object?)null })).Id()}";
        // Each turtle is two UTF-16 units; after one letter the cut falls into the middle of one.
        var body = "x" + string.Concat(Enumerable.Repeat("🐢", 20_000));
        (await org.Api.PostAsync($"{path}/comments", new { body, body_format = "text" })).MustBe(201);

        var data = Assert.Single(await org.AllEventsAsync($"{path}/events?types=ticket.replied")).At("data");

        Assert.True(data.At("truncated").GetBoolean());
        Assert.EndsWith("🐢", data.Text("body"), StringComparison.Ordinal);
        Assert.EndsWith("🐢", data.Text("text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tickets_events_are_its_own_and_page_by_page()
    {
        var org = await World.NewOrganizationAsync();
        var id = (await org.TicketAsync()).Id();
        await org.TicketAsync();
        for (var i = 0; i < 4; i++)
            (await org.Api.PatchAsync($"tickets/{id}", new { subject = $"{i}" })).MustBe(200);

        var all = await org.AllEventsAsync($"tickets/{id}/events");

        Assert.Equal(6, all.Count);
        Assert.All(all, e => Assert.Equal(id, e.Text("ticket_id")));
        Assert.Equal(all.Select(e => e.Id()), (await org.Api.AllAsync($"tickets/{id}/events", limit: 2)).Select(e => e.Id()));
        Assert.Equal(all.Skip(3).Select(e => e.Id()), (await org.Api.GetAsync($"tickets/{id}/events?after={all[2].Sequence()}")).Ids());
    }
}
