namespace HeadlessSupport.Api.Tests.Inboxes;

public sealed class InboxesTests
{
    [Fact]
    public async Task A_ticket_that_comes_into_an_inbox_takes_its_team_and_channel()
    {
        var org = await World.NewOrganizationAsync();
        var sales = (await org.Api.PostAsync("teams", new { name = "Sales" })).MustBe(201).Text("id");
        var support = (await org.Api.PostAsync("teams", new { name = "Support" })).MustBe(201).Text("id");
        var inbox = (await org.Api.PostAsync("inboxes", new { name = "Web", channel = "api", team_id = sales, external_id = "i-1", metadata = new { a = "b" } })).MustBe(201).Json;

        var ticket = await org.TicketAsync(new { inbox_id = inbox.Id() });
        Assert.Equal(inbox.Id(), ticket.Text("inbox_id"));
        Assert.Equal(sales, ticket.Text("team_id"));
        Assert.Equal(inbox.Text("channel"), ticket.Text("channel"));
        Assert.Equal(support, (await org.TicketAsync(new { inbox_id = inbox.Id(), team_id = support })).Text("team_id"));
        Assert.Equal(2, (await org.Api.GetAsync($"tickets?inbox={inbox.Id()}")).Ids().Count);
    }

    [Fact]
    public async Task A_deleted_inbox_takes_no_more_tickets_and_keeps_those_it_has()
    {
        var org = await World.NewOrganizationAsync();
        var inbox = await CreateAsync(org, new { name = "Web", external_id = "i-1" });
        var id = inbox["inboxes/".Length..];
        var ticket = await org.TicketAsync(new { inbox_id = id });

        (await org.Api.DeleteAsync(inbox)).MustBe(204);
        (await org.Api.GetAsync(inbox)).MustRefuse(404, "not_found");
        (await org.Api.PostAsync("tickets", new { subject = "Hello", requester = new { email = "a@b.test" }, inbox_id = id })).MustRefuse(422, "validation_failed", "/inbox_id");
        Assert.Equal(id, (await org.Api.GetAsync($"tickets/{ticket.Id()}")).Text("inbox_id"));
        // Its external id is free again.
        await CreateAsync(org, new { name = "Web", external_id = "i-1" });
    }

    [Fact]
    public async Task What_can_be_changed_is_and_what_cannot_is_refused()
    {
        var org = await World.NewOrganizationAsync();
        var team = (await org.Api.PostAsync("teams", new { name = "Sales" })).MustBe(201).Text("id");
        var inbox = await CreateAsync(org, new { name = "Web", team_id = team, external_id = "i-1", metadata = new { a = "b" } });
        var other = await CreateAsync(org, new { name = "Web" });

        (await org.Api.PatchAsync(inbox, new { channel = "api" })).MustRefuse(400, "invalid_request", "/channel");
        (await org.Api.PostAsync("inboxes", new { name = "Fax", channel = "fax" })).MustRefuse(422, "validation_failed", "/channel");
        (await org.Api.PatchAsync(other, new { external_id = "i-1" })).MustRefuse(409, "already_exists", "/external_id");
        (await org.Api.PostAsync("inboxes", new { name = "Again", external_id = "i-1" })).MustRefuse(409, "already_exists", "/external_id");
        (await org.Api.PatchAsync(other, new { team_id = "tem_01h455vb4pex5vsknk084sn02q" })).MustRefuse(422, "validation_failed", "/team_id");

        var cleared = (await org.Api.PatchAsync(inbox, """{"team_id":null,"external_id":null,"metadata":null,"name":"Site"}""")).MustBe(200).Json;
        Assert.True(cleared.IsNull("team_id"));
        Assert.True(cleared.IsNull("external_id"));
        Assert.Equal("{}", cleared.At("metadata").GetRawText());
        Assert.Equal(["Site", "Web"], (await org.Api.AllAsync("inboxes", limit: 1)).Select(i => i.Text("name")));
    }

    private static async Task<string> CreateAsync(Org org, object body) => $"inboxes/{(await org.Api.PostAsync("inboxes", body)).MustBe(201).Text("id")}";
}
