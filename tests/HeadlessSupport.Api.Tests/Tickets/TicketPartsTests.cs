namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class TicketPartsTests
{
    [Fact]
    public async Task Tags_are_added_and_taken_off_by_name()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync(new { tags = new[] { "one" } })).Id()}";

        var added = (await org.Api.PostAsync($"{path}/tags", new { tags = new[] { "Two", " one ", "a/b" } })).MustBe(200);
        Assert.Equal(["a/b", "one", "two"], added.Json.Texts("tags"));
        var removed = (await org.Api.DeleteAsync($"{path}/tags/TWO")).MustBe(200);
        Assert.Equal(["a/b", "one"], removed.Json.Texts("tags"));
        (await org.Api.DeleteAsync($"{path}/tags/two")).MustRefuse(404, "not_found");
        (await org.Api.PostAsync($"{path}/tags", new { tags = Array.Empty<string>() })).MustRefuse(422, "validation_failed", "/tags");
        (await org.Api.PostAsync($"{path}/tags", new { tags = new[] { "a,b" } })).MustRefuse(422, "validation_failed", "/tags");

        var events = await org.AllEventsAsync($"{path}/events?types=ticket.tagged");
        Assert.Equal(["""{"tags":{"from":["one"],"to":["a/b","one","two"]}}""", """{"tags":{"from":["a/b","one","two"],"to":["a/b","one"]}}"""], events.Select(e => e.At("changes").GetRawText()));
    }

    [Fact]
    public async Task Followers_come_once_and_go()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";

        var added = (await org.Api.PutAsync($"{path}/followers/{org.AdminId}")).MustBe(200);
        Assert.Equal(added.Body, (await org.Api.PutAsync($"{path}/followers/{org.AdminId}")).MustBe(200).Body);
        Assert.Equal(org.AdminId, Assert.Single((await org.Api.GetAsync($"{path}/followers")).Items()).Text("user/id"));
        (await org.Api.DeleteAsync($"{path}/followers/{org.AdminId}")).MustBe(204);
        (await org.Api.DeleteAsync($"{path}/followers/{org.AdminId}")).MustRefuse(404, "not_found");
        (await org.Api.PutAsync($"{path}/followers/usr_01h455vb4pex5vsknk084sn02q")).MustRefuse(404, "not_found");

        Assert.Empty((await org.Api.GetAsync($"{path}/followers")).Items());
        var events = await org.AllEventsAsync($"{path}/events?types=ticket.follower_added,ticket.follower_removed");
        Assert.Equal([("ticket.follower_added", null, org.AdminId), ("ticket.follower_removed", org.AdminId, null)],
            events.Select(e => (e.Text("type"), e.Text("changes/follower_id/from"), e.Text("changes/follower_id/to"))));
        Assert.Equal(3, (await org.Api.GetAsync(path)).Json.Int("version"));
    }

    [Fact]
    public async Task One_follower_at_once_many_times_is_one()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => org.Api.PutAsync($"{path}/followers/{org.AdminId}")));

        Assert.All(answers, a => a.MustBe(200));
        Assert.Single((await org.Api.GetAsync($"{path}/followers")).Items());
        Assert.Single(await org.AllEventsAsync($"{path}/events?types=ticket.follower_added"));
    }

    [Fact]
    public async Task Links_go_to_tickets_and_outside()
    {
        var org = await World.NewOrganizationAsync();
        var other = (await org.TicketAsync()).Id();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";

        var related = (await org.Api.PostAsync($"{path}/links", new { ticket_id = other })).MustBe(201);
        var external = (await org.Api.PostAsync($"{path}/links", new { kind = "external", url = "https://tracker.test/1", title = "Bug 1" })).MustBe(201);

        Assert.Equal(("related", other), (related.Text("kind"), related.Text("ticket_id")));
        Assert.Equal([related.Text("id"), external.Text("id")], (await org.Api.GetAsync($"{path}/links")).Ids());
        (await org.Api.PostAsync($"{path}/links", new { ticket_id = other })).MustRefuse(409, "already_exists");
        (await org.Api.PostAsync($"{path}/links", new { kind = "duplicate", ticket_id = other })).MustBe(201);
        (await org.Api.DeleteAsync($"{path}/links/{related.Text("id")}")).MustBe(204);
        (await org.Api.DeleteAsync($"{path}/links/{related.Text("id")}")).MustRefuse(404, "not_found");
        Assert.Equal(2, (await org.Api.GetAsync($"{path}/links")).Items().Count);
        var events = await org.AllEventsAsync($"{path}/events?types=ticket.linked,ticket.unlinked");
        Assert.Equal(["ticket.linked", "ticket.linked", "ticket.linked", "ticket.unlinked"], events.Select(e => e.Text("type")));
        Assert.Equal("https://tracker.test/1", events[1].Text("changes/link/to/url"));
        Assert.Equal(related.Text("id"), events[3].Text("changes/link/from/id"));
    }

    [Fact]
    public async Task A_link_to_nothing_is_refused_by_name()
    {
        var org = await World.NewOrganizationAsync();
        var stranger = (await (await World.NewOrganizationAsync()).TicketAsync()).Id();
        var id = (await org.TicketAsync()).Id();
        foreach (var (body, pointer) in new (object, string)[]
        {
            (new { ticket_id = id }, "/ticket_id"),
            (new { ticket_id = stranger }, "/ticket_id"),
            (new { ticket_id = "tkt_01h455vb4pex5vsknk084sn02q" }, "/ticket_id"),
            (new { kind = "related" }, "/ticket_id"),
            (new { kind = "external" }, "/url"),
            (new { kind = "external", url = "javascript:evil()" }, "/url"),
            (new { kind = "cousin", ticket_id = id }, "/kind"),
        })
        {
            (await org.Api.PostAsync($"tickets/{id}/links", body)).MustRefuse(422, "validation_failed", pointer);
        }
        Assert.Empty((await org.Api.GetAsync($"tickets/{id}/links")).Items());
    }
}
