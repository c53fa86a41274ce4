namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class TicketStatusTests
{
    [Fact]
    public async Task An_answer_by_staff_opens_a_new_ticket_and_is_the_first_response()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        await ReplyAsync(org, path, null);
        var first = (await org.Api.GetAsync(path)).Json;
        await ReplyAsync(org, path, null);
        var second = (await org.Api.GetAsync(path)).Json;

        Assert.Equal("open", first.Text("status"));
        Assert.False(first.IsNull("first_response_at"));
        Assert.Equal(first.Text("first_response_at"), second.Text("first_response_at"));
    }

    [Fact]
    public async Task A_note_opens_nothing_and_is_no_response()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";

        (await org.Api.PostAsync($"{path}/comments", new { body = "Hm.", visibility = "internal" })).MustBe(201);

        var ticket = (await org.Api.GetAsync(path)).Json;
        Assert.Equal(("new", true), (ticket.Text("status"), ticket.IsNull("first_response_at")));
    }

    [Theory]
    [InlineData("new", "new", 0)]
    [InlineData("open", "open", 0)]
    [InlineData("pending", "open", 0)]
    [InlineData("on_hold", "open", 0)]
    [InlineData("solved", "open", 1)]
    public async Task A_customers_reply_wakes_a_ticket_up(string before, string after, int reopened)
    {
        var org = await World.NewOrganizationAsync();
        var created = await org.TicketAsync();
        var path = $"tickets/{created.Id()}";
        if (before != "new")
            (await org.Api.PutAsync($"{path}/status", new { status = before })).MustBe(200);

        await ReplyAsync(org, path, created.Text("requester/id"));

        var ticket = (await org.Api.GetAsync(path)).Json;
        Assert.Equal((after, reopened), (ticket.Text("status"), ticket.Int("reopen_count")));
        Assert.True(ticket.IsNull("solved_at"));
        Assert.True(ticket.IsNull("first_response_at"));
        var changes = (await org.AllEventsAsync($"{path}/events")).Where(e => e.Text("type") == "ticket.status_changed").ToList();
        Assert.Equal((before == "new" ? 0 : 1) + (before == after ? 0 : 1), changes.Count);
    }

    [Fact]
    public async Task Staff_reply_without_waking_a_solved_ticket()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        (await org.Api.PutAsync($"{path}/status", new { status = "solved" })).MustBe(200);

        await ReplyAsync(org, path, null);

        Assert.Equal("solved", (await org.Api.GetAsync(path)).Text("status"));
    }

    [Fact]
    public async Task Nothing_becomes_new_again()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        // It is new: that is no change.
        (await org.Api.PutAsync($"{path}/status", new { status = "new" })).MustBe(200);
        foreach (var status in (string[])["open", "pending", "on_hold", "solved", "closed"])
        {
            (await org.Api.PutAsync($"{path}/status", new { status })).MustBe(200);
            (await org.Api.PutAsync($"{path}/status", new { status = "new" })).MustRefuse(409, "conflict", "/status");
            (await org.Api.PatchAsync(path, new { status = "new" })).MustRefuse(409, "conflict", "/status");
            Assert.Equal(status, (await org.Api.GetAsync(path)).Text("status"));
        }
    }

    [Fact]
    public async Task A_closed_ticket_can_only_be_opened_and_takes_only_notes()
    {
        var org = await World.NewOrganizationAsync();
        var created = await org.TicketAsync();
        var path = $"tickets/{created.Id()}";
        (await org.Api.PutAsync($"{path}/status", new { status = "closed" })).MustBe(200);

        foreach (var status in (string[])["new", "pending", "on_hold", "solved"])
            (await org.Api.PutAsync($"{path}/status", new { status })).MustRefuse(409, "conflict", "/status");
        (await org.Api.PostAsync($"{path}/comments", new { body = "By staff." })).MustRefuse(409, "conflict");
        (await org.Api.PostAsync($"{path}/comments", new { body = "By the customer.", author = new { id = created.Text("requester/id") } })).MustRefuse(409, "conflict");
        (await org.Api.PostAsync($"{path}/comments", new { body = "A note.", visibility = "internal" })).MustBe(201);
        Assert.Equal("closed", (await org.Api.GetAsync(path)).Text("status"));
        Assert.Equal("open", (await org.Api.PutAsync($"{path}/status", new { status = "open" })).MustBe(200).Text("status"));
    }

    [Fact]
    public async Task When_and_how_often_it_was_done_is_kept()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        async Task<System.Text.Json.JsonElement> MoveAsync(string status) => (await org.Api.PutAsync($"{path}/status", new { status })).MustBe(200).Json;

        var solved = await MoveAsync("solved");
        Assert.False(solved.IsNull("solved_at"));
        Assert.True(solved.IsNull("closed_at"));
        var closed = await MoveAsync("closed");
        Assert.Equal(solved.Text("solved_at"), closed.Text("solved_at"));
        Assert.False(closed.IsNull("closed_at"));
        var opened = await MoveAsync("open");
        Assert.True(opened.IsNull("solved_at"));
        Assert.True(opened.IsNull("closed_at"));
        Assert.Equal(1, opened.Int("reopen_count"));
        var closedAtOnce = await MoveAsync("closed");
        Assert.Equal(closedAtOnce.Text("closed_at"), closedAtOnce.Text("solved_at"));
        Assert.Equal(2, (await MoveAsync("open")).Int("reopen_count"));
        Assert.Equal(2, (await MoveAsync("pending")).Int("reopen_count"));
        Assert.Equal(2, (await MoveAsync("open")).Int("reopen_count"));
        var e = (await org.AllEventsAsync($"{path}/events?types=ticket.status_changed"))[2];
        Assert.Equal(["closed_at", "reopen_count", "solved_at", "status"], e.At("changes").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        Assert.Equal((0, 1), (e.Int("changes/reopen_count/from"), e.Int("changes/reopen_count/to")));
    }

    [Fact]
    public async Task A_status_that_is_none_is_refused()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}/status";

        (await org.Api.PutAsync(path, new { status = "Open" })).MustRefuse(422, "validation_failed", "/status");
        (await org.Api.PutAsync(path, new { })).MustRefuse(422, "validation_failed", "/status");
        (await org.Api.PutAsync(path, new { status = 1 })).MustRefuse(400, "invalid_request", "/status");
    }

    private static async Task ReplyAsync(Org org, string path, string? author) =>
        (await org.Api.PostAsync($"{path}/comments", author is null ? new { body = "Reply." } : new { body = "Reply.", author = new { id = author } })).MustBe(201);
}
