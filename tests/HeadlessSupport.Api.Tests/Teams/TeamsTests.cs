namespace HeadlessSupport.Api.Tests.Teams;

public sealed class TeamsTests
{
    [Fact]
    public async Task A_name_and_an_external_id_belong_to_one_team()
    {
        var org = await World.NewOrganizationAsync();
        var sales = await CreateAsync(org, new { name = "Sales", description = "They sell", external_id = "t-1", metadata = new { a = "b" } });
        var support = await CreateAsync(org, new { name = "Support" });

        (await org.Api.PostAsync("teams", new { name = "Sales" })).MustRefuse(409, "already_exists", "/name");
        (await org.Api.PostAsync("teams", new { name = "Other", external_id = "t-1" })).MustRefuse(409, "already_exists", "/external_id");
        (await org.Api.PatchAsync(support, new { name = "Sales" })).MustRefuse(409, "already_exists", "/name");
        (await org.Api.PatchAsync(support, new { external_id = "t-1" })).MustRefuse(409, "already_exists", "/external_id");

        var cleared = (await org.Api.PatchAsync(sales, """{"description":null,"external_id":null,"metadata":{"a":null,"c":"d"}}""")).MustBe(200).Json;
        Assert.True(cleared.IsNull("description"));
        Assert.True(cleared.IsNull("external_id"));
        Assert.Equal("""{"c":"d"}""", cleared.At("metadata").GetRawText());
        (await org.Api.PatchAsync(sales, """{"name":null}""")).MustRefuse(422, "validation_failed", "/name");
        Assert.Equal(["Sales", "Support"], (await org.Api.AllAsync("teams", limit: 1)).Select(t => t.Text("name")));
        Assert.Equal(["Support", "Sales"], (await org.Api.AllAsync("teams?sort=-name", limit: 1)).Select(t => t.Text("name")));
    }

    [Fact]
    public async Task Staff_join_and_leave_and_the_team_changes_with_them()
    {
        var org = await World.NewOrganizationAsync();
        var team = await CreateAsync(org, new { name = "Sales" });
        var agent = await org.AgentAsync();

        var joined = (await org.Api.PutAsync($"{team}/members/{agent}", new { skills = new[] { " French", "french", "Excel" }, capacity = 3 })).MustBe(200).Json;
        Assert.Equal(agent, joined.Text("user_id"));
        Assert.Equal(["french", "excel"], joined.Texts("skills"));
        Assert.Equal(3, joined.Int("capacity"));
        Assert.Equal("\"2\"", (await org.Api.GetAsync(team)).ETag);

        var replaced = (await org.Api.PutAsync($"{team}/members/{agent}", new { })).MustBe(200).Json;
        Assert.Empty(replaced.Texts("skills"));
        Assert.True(replaced.IsNull("capacity"));
        (await org.Api.PutAsync($"{team}/members/{org.AdminId}", new { capacity = 0 })).MustBe(200);
        Assert.Equal([agent, org.AdminId], (await org.Api.AllAsync($"{team}/members", limit: 1)).Select(m => m.Text("user_id")));
        (await org.Api.PutAsync($"{team}/members/{agent}", new { capacity = -1 })).MustRefuse(422, "validation_failed", "/capacity");
        (await org.Api.PutAsync($"{team}/members/{agent}", new { capacity = 1001 })).MustRefuse(422, "validation_failed", "/capacity");

        (await org.Api.DeleteAsync($"{team}/members/{agent}")).MustBe(204);
        (await org.Api.DeleteAsync($"{team}/members/{agent}")).MustRefuse(404, "not_found");
        Assert.Equal([org.AdminId], (await org.Api.GetAsync($"{team}/members")).Items().Select(m => m.Text("user_id")));
        var events = await org.EventsAsync("events?types=team.member_set,team.member_removed", atLeast: 4);
        Assert.Equal(["team.member_set", "team.member_set", "team.member_set", "team.member_removed"], events.Select(e => e.Text("type")));
        Assert.Equal(agent, events[0].Text("changes/member/to/user_id"));
        Assert.Equal(agent, events[3].Text("changes/member/from/user_id"));
    }

    [Fact]
    public async Task A_customer_is_no_member_of_a_team()
    {
        var org = await World.NewOrganizationAsync();
        var team = await CreateAsync(org, new { name = "Sales" });
        var customer = (await org.Api.PostAsync("users", new { name = "Bob" })).MustBe(201).Text("id");

        (await org.Api.PutAsync($"{team}/members/{customer}", new { })).MustRefuse(409, "conflict");
        Assert.Empty((await org.Api.GetAsync($"{team}/members")).Items());
    }

    [Fact]
    public async Task A_team_that_tickets_or_inboxes_name_cannot_be_deleted()
    {
        var org = await World.NewOrganizationAsync();
        var team = await CreateAsync(org, new { name = "Sales" });
        var id = team["teams/".Length..];
        (await org.Api.PutAsync($"{team}/members/{org.AdminId}", new { })).MustBe(200);
        var ticket = (await org.TicketAsync(new { team_id = id })).Id();

        (await org.Api.DeleteAsync(team)).MustRefuse(409, "conflict");
        // Refused whole: nobody lost their place.
        Assert.Single((await org.Api.GetAsync($"{team}/members")).Items());
        (await org.Api.PutAsync($"tickets/{ticket}/assignment", """{"assignee_id":null,"team_id":null}""")).MustBe(200);
        var inbox = (await org.Api.PostAsync("inboxes", new { name = "Web", team_id = id })).MustBe(201).Text("id");
        (await org.Api.DeleteAsync(team)).MustRefuse(409, "conflict");

        (await org.Api.PatchAsync($"inboxes/{inbox}", """{"team_id":null}""")).MustBe(200);
        (await org.Api.DeleteAsync(team)).MustBe(204);
        (await org.Api.GetAsync(team)).MustRefuse(404, "not_found");
        (await org.Api.GetAsync($"{team}/members")).MustRefuse(404, "not_found");
        await CreateAsync(org, new { name = "Sales" });
    }

    private static async Task<string> CreateAsync(Org org, object body) => $"teams/{(await org.Api.PostAsync("teams", body)).MustBe(201).Text("id")}";
}
