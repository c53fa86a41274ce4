namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class DeleteTicketTests
{
    [Fact]
    public async Task A_deleted_ticket_is_nowhere_but_in_the_list_of_deleted_ones()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = await org.TicketAsync();
        var path = $"tickets/{ticket.Id()}";
        var comment = (await org.Api.GetAsync($"{path}/comments")).Ids()[0];

        (await org.Api.DeleteAsync(path)).MustBe(204);

        foreach (var get in (string[])[path, $"{path}/comments", $"{path}/comments/{comment}", $"{path}/attachments", $"{path}/followers", $"{path}/links", $"{path}/events"])
            (await org.Api.GetAsync(get)).MustRefuse(404, "not_found");
        (await org.Api.PatchAsync(path, new { subject = "x" })).MustRefuse(404, "not_found");
        (await org.Api.PostAsync($"{path}/comments", new { body = "x" })).MustRefuse(404, "not_found");
        (await org.Api.PutAsync($"{path}/status", new { status = "open" })).MustRefuse(404, "not_found");
        (await org.Api.PutAsync($"{path}/followers/{org.AdminId}")).MustRefuse(404, "not_found");
        (await org.Api.PostAsync($"{path}/tags", new { tags = new[] { "x" } })).MustRefuse(404, "not_found");
        (await org.Api.DeleteAsync(path)).MustRefuse(404, "not_found");
        Assert.Empty((await org.Api.GetAsync("tickets")).Items());
        var deleted = Assert.Single((await org.Api.GetAsync("tickets?deleted=true")).Items());
        Assert.Equal((ticket.Id(), false), (deleted.Id(), deleted.IsNull("deleted_at")));
        Assert.Single(await org.AllEventsAsync("events?types=ticket.deleted"));
    }

    [Fact]
    public async Task A_restored_ticket_is_as_it_was()
    {
        var org = await World.NewOrganizationAsync();
        var before = await org.TicketAsync(new { tags = new[] { "one" }, external_id = "x" });
        var path = $"tickets/{before.Id()}";
        (await org.Api.DeleteAsync(path)).MustBe(204);

        var restored = (await org.Api.PostAsync($"{path}/restore")).MustBe(200);

        Assert.Equal(("x", 3), (restored.Text("external_id"), restored.Json.Int("version")));
        Assert.True(restored.Json.IsNull("deleted_at"));
        Assert.Equal(["one"], restored.Json.Texts("tags"));
        Assert.Equal([before.Id()], (await org.Api.GetAsync("tickets")).Ids());
        Assert.Single(await org.Api.AllAsync($"{path}/comments"));
        var events = await org.AllEventsAsync($"{path}/events?types=ticket.deleted,ticket.restored");
        Assert.Equal(["ticket.deleted", "ticket.restored"], events.Select(e => e.Text("type")));
        Assert.Equal(events[0].Text("changes/deleted_at/to"), events[1].Text("changes/deleted_at/from"));
        (await org.Api.PostAsync("tickets/tkt_01h455vb4pex5vsknk084sn02q/restore")).MustRefuse(404, "not_found");
    }

    [Fact]
    public async Task A_deleted_tickets_external_id_is_free_and_then_in_the_way()
    {
        var org = await World.NewOrganizationAsync();
        var old = (await org.TicketAsync(new { external_id = "order-1" })).Id();
        (await org.Api.DeleteAsync($"tickets/{old}")).MustBe(204);
        var next = (await org.TicketAsync(new { external_id = "order-1" })).Id();

        (await org.Api.PostAsync($"tickets/{old}/restore")).MustRefuse(409, "already_exists", "/external_id");

        Assert.Equal([next], (await org.Api.GetAsync("tickets?external_id=order-1")).Ids());
        (await org.Api.PatchAsync($"tickets/{next}", new { external_id = (string?)null })).MustBe(200);
        (await org.Api.PostAsync($"tickets/{old}/restore")).MustBe(200);
    }

    [Fact]
    public async Task Deleting_needs_its_own_permission_and_heeds_If_Match()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        var writer = await org.WithScopesAsync("tickets.read", "tickets.write");

        (await writer.DeleteAsync(path)).MustRefuse(403, "forbidden");
        (await writer.PostAsync($"{path}/restore")).MustRefuse(403, "forbidden");
        (await org.Api.DeleteAsync(path, ("If-Match", "\"7\""))).MustRefuse(412, "precondition_failed");
        (await org.Api.DeleteAsync(path, ("If-Match", "\"1\""))).MustBe(204);
    }
}
