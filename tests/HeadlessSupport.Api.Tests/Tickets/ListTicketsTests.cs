namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class ListTicketsTests
{
    [Fact]
    public async Task Each_filter_finds_what_it_names_and_nothing_else()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var team = (await org.Api.PostAsync("teams", new { name = "Tier 1" })).MustBe(201).Text("id");
        var company = (await org.Api.PostAsync("companies", new { name = "Globex" })).MustBe(201).Text("id");
        var inbox = (await org.Api.PostAsync("inboxes", new { name = "Web" })).MustBe(201).Text("id");
        var plain = (await org.TicketAsync()).Id();
        var rich = await org.TicketAsync(new
        {
            priority = "high",
            type = "incident",
            assignee_id = agent,
            team_id = team,
            company_id = company,
            inbox_id = inbox,
            tags = new[] { "billing", "vip" },
            external_id = "order-1",
            requester = new { email = "eve@customer.test" },
        });
        var pending = (await org.TicketAsync(new { priority = "low" })).Id();
        (await org.Api.PutAsync($"tickets/{pending}/status", new { status = "pending" })).MustBe(200);
        var id = rich.Id();

        async Task MustFindAsync(string query, params string[] expected) =>
            Assert.Equal((query, string.Join(' ', expected)), (query, string.Join(' ', (await org.Api.GetAsync($"tickets?{query}")).Ids())));

        await MustFindAsync("", pending, id, plain);
        await MustFindAsync("status=open", id);
        await MustFindAsync("status=new, pending", pending, plain);
        await MustFindAsync("status=solved");
        await MustFindAsync("priority=high", id);
        await MustFindAsync("priority=low,high", pending, id);
        await MustFindAsync("type=incident", id);
        await MustFindAsync($"assignee={agent}", id);
        await MustFindAsync("assignee=none", pending, plain);
        await MustFindAsync($"team={team}", id);
        await MustFindAsync("team=none", pending, plain);
        await MustFindAsync($"requester={rich.Text("requester/id")}", id);
        await MustFindAsync($"company={company}", id);
        await MustFindAsync($"inbox={inbox}", id);
        await MustFindAsync("tag=billing", id);
        await MustFindAsync("tag=%20VIP", id);
        await MustFindAsync("tag=unknown");
        await MustFindAsync("external_id=order-1", id);
        await MustFindAsync("external_id=ORDER-1");
        await MustFindAsync($"number={rich.Int("number")}", id);
        await MustFindAsync("deleted=true");
        await MustFindAsync($"status=open&priority=high,urgent&assignee={agent}&tag=vip&team={team}&company={company}&sort=priority&created_after=2020-01-01", id);
        await MustFindAsync($"status=open&assignee={agent}&tag=vip&priority=low");
        // Nobody's id: there is none, which is no error.
        await MustFindAsync("assignee=usr_01h455vb4pex5vsknk084sn02q");
    }

    [Fact]
    public async Task Me_is_whom_the_key_acts_as()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var key = (await org.Api.PostAsync("api-keys", new { name = "Agnes", scopes = new[] { "tickets.read" }, user_id = agent })).MustBe(201);
        var mine = (await org.TicketAsync(new { assignee_id = agent })).Id();
        await org.TicketAsync(new { assignee_id = org.AdminId });

        Assert.Equal([mine], (await new Api(org.World.Url, key.Text("secret")).GetAsync("tickets?assignee=me")).Ids());
        Assert.Empty((await org.Api.GetAsync("tickets?assignee=me")).Ids());
    }

    [Fact]
    public async Task Times_include_their_beginning_and_not_their_end()
    {
        var org = await World.NewOrganizationAsync();
        var first = await org.TicketAsync();
        var second = await org.TicketAsync();
        (await org.Api.PatchAsync($"tickets/{first.Id()}", new { subject = "Changed" })).MustBe(200);
        var changed = (await org.Api.GetAsync($"tickets/{first.Id()}")).Text("updated_at");

        Assert.Equal([second.Id()], (await org.Api.GetAsync($"tickets?created_after={second.Text("created_at")}")).Ids());
        Assert.Equal([first.Id()], (await org.Api.GetAsync($"tickets?created_before={second.Text("created_at")}")).Ids());
        Assert.Equal([first.Id()], (await org.Api.GetAsync($"tickets?updated_after={changed}")).Ids());
        Assert.Equal([second.Id()], (await org.Api.GetAsync($"tickets?updated_before={changed}")).Ids());
        Assert.Empty((await org.Api.GetAsync($"tickets?created_after={second.Text("created_at")}&created_before={second.Text("created_at")}")).Ids());
        (await org.Api.GetAsync("tickets?created_after=2026-01-01T10:00:00")).MustRefuse(400, "invalid_request", "created_after");
    }

    [Theory]
    [InlineData("created_at")]
    [InlineData("updated_at")]
    [InlineData("priority")]
    public async Task Each_order_is_the_same_forwards_and_backwards_and_page_by_page(string sort)
    {
        var org = await World.NewOrganizationAsync();
        string[] priorities = ["high", "low", "urgent", "normal", "low", "high", "normal"];
        var ids = new List<string>();
        foreach (var priority in priorities)
            ids.Add((await org.TicketAsync(new { priority })).Id());
        (await org.Api.PatchAsync($"tickets/{ids[2]}", new { subject = "Touched" })).MustBe(200);
        int[] expected = sort switch
        {
            "created_at" => [0, 1, 2, 3, 4, 5, 6],
            "updated_at" => [0, 1, 3, 4, 5, 6, 2],
            _ => [1, 4, 3, 6, 0, 5, 2],
        };

        var forwards = (await org.Api.AllAsync($"tickets?sort={sort}", limit: 2)).Select(t => t.Id()).ToList();

        Assert.Equal(expected.Select(i => ids[i]), forwards);
        Assert.Equal(Enumerable.Reverse(forwards), (await org.Api.AllAsync($"tickets?sort=-{sort}", limit: 3)).Select(t => t.Id()));
    }

    [Fact]
    public async Task A_walk_sees_each_old_ticket_once_while_new_ones_come()
    {
        var org = await World.NewOrganizationAsync();
        var old = new List<string>();
        for (var i = 0; i < 7; i++)
            old.Add((await org.TicketAsync()).Id());

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await org.Api.GetAsync($"tickets?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.Ids());
            cursor = page.Json.Text("next_cursor");
            await org.TicketAsync();
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Reverse(old), seen.Where(old.Contains));
    }

    [Fact]
    public async Task A_total_is_told_where_it_is_asked_for()
    {
        var org = await World.NewOrganizationAsync();
        for (var i = 0; i < 3; i++)
            await org.TicketAsync(new { priority = i == 0 ? "high" : "low" });

        Assert.Equal(3, (await org.Api.GetAsync("tickets?include=total&limit=1")).MustBe(200).Json.Int("total"));
        Assert.Equal(2, (await org.Api.GetAsync("tickets?include=total&priority=low")).MustBe(200).Json.Int("total"));
        Assert.False((await org.Api.GetAsync("tickets")).Json.TryGetProperty("total", out _));
        (await org.Api.GetAsync("tickets?include=everything")).MustRefuse(400, "invalid_request", "include");
    }

    [Theory]
    [InlineData("status=opened", "status")]
    [InlineData("status=open,,new", "status")]
    [InlineData("priority=1", "priority")]
    [InlineData("type=bug", "type")]
    [InlineData("assignee=you", "assignee")]
    [InlineData("assignee=tem_01h455vb4pex5vsknk084sn02q", "assignee")]
    [InlineData("team=me", "team")]
    [InlineData("requester=bob", "requester")]
    [InlineData("sort=subject", "sort")]
    [InlineData("sort=--created_at", "sort")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=101", "limit")]
    [InlineData("number=one", "number")]
    [InlineData("deleted=maybe", "deleted")]
    [InlineData("stauts=open", "stauts")]
    public async Task What_cannot_be_read_is_refused_by_name(string query, string parameter)
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.GetAsync($"tickets?{query}")).MustRefuse(400, "invalid_request", parameter);
    }

    [Fact]
    public async Task A_cursor_belongs_to_its_filters_and_its_organization()
    {
        var org = await World.NewOrganizationAsync();
        var other = await World.NewOrganizationAsync();
        for (var i = 0; i < 3; i++)
            await org.TicketAsync();
        var cursor = (await org.Api.GetAsync("tickets?limit=1")).MustBe(200).Text("next_cursor");

        // How many at once is the reader's business.
        Assert.Equal(2, (await org.Api.GetAsync($"tickets?limit=5&cursor={cursor}")).Ids().Count);
        (await org.Api.GetAsync($"tickets?sort=created_at&cursor={cursor}")).MustRefuse(400, "invalid_cursor", "cursor");
        (await org.Api.GetAsync($"tickets?status=new&cursor={cursor}")).MustRefuse(400, "invalid_cursor", "cursor");
        (await other.Api.GetAsync($"tickets?limit=1&cursor={cursor}")).MustRefuse(400, "invalid_cursor", "cursor");
        (await org.Api.GetAsync($"tickets?cursor={cursor[..^2]}")).MustRefuse(400, "invalid_cursor", "cursor");
    }
}
