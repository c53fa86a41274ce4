namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class CreateTicketTests
{
    private const string Nobody = "usr_01h455vb4pex5vsknk084sn02q";

    [Fact]
    public async Task The_least_that_makes_a_ticket()
    {
        var org = await World.NewOrganizationAsync();

        var answer = (await org.Api.PostAsync("tickets", new { subject = "Help", requester = new { email = " Bob@Customer.test " } })).MustBe(201);

        var ticket = answer.Json;
        Assert.StartsWith("tkt_", ticket.Id(), StringComparison.Ordinal);
        Assert.Equal(1, ticket.Int("number"));
        Assert.Equal(("Help", "new", "normal", "api", 1), (ticket.Text("subject"), ticket.Text("status"), ticket.Text("priority"), ticket.Text("channel"), ticket.Int("version")));
        foreach (var member in (string[])["type", "inbox_id", "company_id", "assignee_id", "team_id", "language", "external_id", "first_response_at", "solved_at", "closed_at", "deleted_at"])
            Assert.True(ticket.IsNull(member), member);
        Assert.Empty(ticket.Texts("tags"));
        Assert.Equal(ticket.Text("created_at"), ticket.Text("updated_at"));
        Assert.Equal(0, ticket.Int("reopen_count"));
        Assert.Equal("bob@customer.test", ticket.Text("requester/email"));
        Assert.Equal("\"1\"", answer.ETag);
        Assert.EndsWith($"/api/v1/tickets/{ticket.Id()}", answer.Header("Location"), StringComparison.Ordinal);
        Assert.Equal(answer.Body, (await org.Api.GetAsync(new Uri(answer.Header("Location")!).AbsolutePath)).MustBe(200).Body);
        Assert.Empty(await org.Api.AllAsync($"tickets/{ticket.Id()}/comments"));
        Assert.Equal("customer", (await org.Api.GetAsync($"users/{ticket.Text("requester/id")}")).Text("role"));
    }

    [Fact]
    public async Task All_that_a_ticket_can_be_made_with()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var team = (await org.Api.PostAsync("teams", new { name = "Tier 1" })).MustBe(201).Text("id");
        var company = (await org.Api.PostAsync("companies", new { name = "Globex" })).MustBe(201).Text("id");
        var inbox = (await org.Api.PostAsync("inboxes", new { name = "Web" })).MustBe(201).Text("id");

        var ticket = (await org.Api.PostAsync("tickets", new
        {
            subject = "Everything 🐢",
            requester = new { id = org.AdminId },
            comment = new { body = "Look.", body_format = "text" },
            priority = "urgent",
            type = "incident",
            assignee_id = agent,
            team_id = team,
            inbox_id = inbox,
            company_id = company,
            language = "pt-BR",
            tags = new[] { "  VIP ", "vip", "Ärger", "a b" },
            external_id = "order-7",
            custom_fields = new { seats = 12.5, plan = "gold", active = true, modules = new[] { "a", "b" } },
            metadata = new { source = "erp" },
        })).MustBe(201).Json;

        Assert.Equal(["a b", "vip", "ärger"], ticket.Texts("tags"));
        Assert.Equal(("open", "urgent", "incident", "pt-BR", "order-7"), (ticket.Text("status"), ticket.Text("priority"), ticket.Text("type"), ticket.Text("language"), ticket.Text("external_id")));
        Assert.Equal((agent, team, inbox, company, org.AdminId), (ticket.Text("assignee_id"), ticket.Text("team_id"), ticket.Text("inbox_id"), ticket.Text("company_id"), ticket.Text("requester/id")));
        Assert.Equal(12.5, ticket.At("custom_fields/seats").GetDouble());
        Assert.True(ticket.At("custom_fields/active").GetBoolean());
        Assert.Equal(["a", "b"], ticket.Texts("custom_fields/modules"));
        Assert.Equal("erp", ticket.Text("metadata/source"));
        var comment = Assert.Single(await org.Api.AllAsync($"tickets/{ticket.Id()}/comments"));
        Assert.Equal((org.AdminId, "text", "Look."), (comment.Text("author/id"), comment.Text("body_format"), comment.Text("body")));
    }

    [Fact]
    public async Task A_requester_is_found_by_id_else_by_external_id_else_by_email_else_made()
    {
        var org = await World.NewOrganizationAsync();
        var known = (await org.Api.PostAsync("users", new { email = "bob@customer.test", name = "Bob", external_id = "u-1", role = "customer" })).MustBe(201).Text("id");

        async Task<System.Text.Json.JsonElement> RequesterAsync(object requester) =>
            (await org.Api.PostAsync("tickets", new { subject = "Who?", requester })).MustBe(201).Json.At("requester");

        Assert.Equal(known, (await RequesterAsync(new { id = known })).Id());
        Assert.Equal(known, (await RequesterAsync(new { external_id = "u-1" })).Id());
        Assert.Equal(known, (await RequesterAsync(new { email = "BOB@customer.test" })).Id());
        Assert.Equal(known, (await RequesterAsync(new { external_id = "u-1", email = "someone.else@customer.test" })).Id());
        Assert.Equal(known, (await RequesterAsync(new { external_id = "unknown", email = "bob@customer.test" })).Id());
        // Whom we know keeps their name.
        Assert.Equal("Bob", (await RequesterAsync(new { email = "bob@customer.test", name = "Robert" })).Text("name"));
        var made = await RequesterAsync(new { external_id = "u-2", email = "eve@customer.test", name = "Eve" });
        Assert.Equal(("u-2", "eve@customer.test", "Eve"), (made.Text("external_id"), made.Text("email"), made.Text("name")));
        Assert.Equal(made.Id(), (await RequesterAsync(new { external_id = "u-2" })).Id());
        Assert.Equal(2, (await org.Api.GetAsync("users?role=customer")).Items().Count);
    }

    [Fact]
    public async Task A_ticket_takes_the_requesters_company_and_the_inboxes_team()
    {
        var org = await World.NewOrganizationAsync();
        var company = (await org.Api.PostAsync("companies", new { name = "Globex" })).MustBe(201).Text("id");
        var team = (await org.Api.PostAsync("teams", new { name = "Tier 1" })).MustBe(201).Text("id");
        var inbox = (await org.Api.PostAsync("inboxes", new { name = "Web", team_id = team })).MustBe(201).Text("id");
        var user = (await org.Api.PostAsync("users", new { email = "bob@globex.test", role = "customer", company_id = company })).MustBe(201).Text("id");

        var ticket = (await org.Api.PostAsync("tickets", new { subject = "Theirs", requester = new { id = user }, inbox_id = inbox })).MustBe(201).Json;

        // A team is not yet someone: nobody has worked on it.
        Assert.Equal((company, team, inbox, "new"), (ticket.Text("company_id"), ticket.Text("team_id"), ticket.Text("inbox_id"), ticket.Text("status")));
        var agent = await org.AgentAsync();
        var assigned = (await org.Api.PostAsync("tickets", new { subject = "Theirs", requester = new { id = user }, inbox_id = inbox, assignee_id = agent })).MustBe(201).Json;
        Assert.Equal((team, agent, "open"), (assigned.Text("team_id"), assigned.Text("assignee_id"), assigned.Text("status")));
    }

    [Fact]
    public async Task The_first_comment_is_the_requesters_unless_said_otherwise()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();

        var asked = await org.TicketAsync();
        var reachedOut = await org.TicketAsync(new { comment = new { body = "May we help?", author = new { id = agent } } });
        var noted = await org.TicketAsync(new { comment = new { body = "Called in.", author = new { id = agent }, visibility = "internal" } });

        var comment = Assert.Single(await org.Api.AllAsync($"tickets/{asked.Id()}/comments"));
        Assert.Equal(("customer", asked.Text("requester/id"), "new"), (comment.Text("author_kind"), comment.Text("author/id"), asked.Text("status")));
        Assert.True(asked.IsNull("first_response_at"));
        Assert.Equal(("open", false), (reachedOut.Text("status"), reachedOut.IsNull("first_response_at")));
        Assert.Equal(("new", true), (noted.Text("status"), noted.IsNull("first_response_at")));
        Assert.Equal("agent", Assert.Single(await org.Api.AllAsync($"tickets/{noted.Id()}/comments")).Text("author_kind"));
    }

    [Fact]
    public async Task Numbers_are_given_out_once_each_per_organization()
    {
        var org = await World.NewOrganizationAsync();
        var other = await World.NewOrganizationAsync();

        Assert.Equal(1, (await org.TicketAsync()).Int("number"));
        Assert.Equal(2, (await org.TicketAsync()).Int("number"));
        Assert.Equal(1, (await other.TicketAsync()).Int("number"));
        Assert.Equal(2, Assert.Single((await org.Api.GetAsync("tickets?number=2")).Items()).Int("number"));
    }

    [Fact]
    public async Task An_external_id_is_taken_once()
    {
        var org = await World.NewOrganizationAsync();
        var other = await World.NewOrganizationAsync();
        await org.TicketAsync(new { external_id = "order-1" });

        (await org.Api.PostAsync("tickets", new { subject = "Again", requester = new { id = org.AdminId }, external_id = "order-1" })).MustRefuse(409, "already_exists", "/external_id");
        await other.TicketAsync(new { external_id = "order-1" });

        Assert.Single((await org.Api.GetAsync("tickets")).Items());
    }

    public static TheoryData<object, string> BadReferences => new()
    {
        { new { requester = new { id = Nobody } }, "/requester/id" },
        { new { requester = new { id = "tkt_01h455vb4pex5vsknk084sn02q" } }, "/requester/id" },
        { new { requester = new { name = "Only a name" } }, "/requester" },
        { new { requester = new { email = "no address" } }, "/requester/email" },
        { new { assignee_id = Nobody }, "/assignee_id" },
        { new { team_id = "tem_01h455vb4pex5vsknk084sn02q" }, "/team_id" },
        { new { inbox_id = "inb_01h455vb4pex5vsknk084sn02q" }, "/inbox_id" },
        { new { company_id = "com_01h455vb4pex5vsknk084sn02q" }, "/company_id" },
        { new { comment = new { body = "x", author = new { id = Nobody } } }, "/comment/author/id" },
        { new { comment = new { body = "x", in_reply_to = "cmt_01h455vb4pex5vsknk084sn02q" } }, "/comment/in_reply_to" },
        { new { comment = new { body = "x", attachment_ids = new[] { "att_01h455vb4pex5vsknk084sn02q" } } }, "/comment/attachment_ids/0" },
        { new { comment = new { body = "x", visibility = "internal" } }, "/comment/visibility" },
        { new { comment = new { body = " " } }, "/comment/body" },
        { new { subject = " " }, "/subject" },
        { new { subject = new string('x', 301) }, "/subject" },
        { new { priority = "highest" }, "/priority" },
        { new { type = "bug" }, "/type" },
        { new { tags = new[] { "a,b" } }, "/tags" },
        { new { tags = new[] { new string('t', 51) } }, "/tags" },
        { new { tags = Enumerable.Range(0, 51).Select(i => $"t{i}") }, "/tags" },
        { new { metadata = new Dictionary<string, string> { ["k"] = new('v', 501) } }, "/metadata" },
        { new { custom_fields = new { nested = new { no = 1 } } }, "/custom_fields" },
        { new { language = "klingonisch" }, "/language" },
    };

    [Theory]
    [MemberData(nameof(BadReferences))]
    public async Task What_cannot_be_is_refused_by_name_and_writes_nothing(object wrong, string pointer)
    {
        var org = await World.NewOrganizationAsync();
        var body = Json.Merge(new { subject = "Help", requester = new { email = "bob@customer.test" }, tags = new[] { "new" } }, wrong);

        (await org.Api.PostAsync("tickets", body)).MustRefuse(422, "validation_failed", pointer);

        Assert.Empty((await org.Api.GetAsync("tickets")).Items());
        Assert.Empty((await org.Api.GetAsync("tags")).Items());
        Assert.Empty((await org.Api.GetAsync("users?role=customer")).Items());
    }

    [Fact]
    public async Task Who_cannot_help_cannot_be_assigned()
    {
        var org = await World.NewOrganizationAsync();
        var other = await World.NewOrganizationAsync();
        var customer = (await org.TicketAsync()).Text("requester/id");
        var gone = await org.AgentAsync();
        (await org.Api.PostAsync($"users/{gone}/deactivate")).MustBe(200);
        var inbox = (await org.Api.PostAsync("inboxes", new { name = "Old" })).MustBe(201).Text("id");
        (await org.Api.DeleteAsync($"inboxes/{inbox}")).MustBe(204);

        foreach (var assignee in (string?[])[customer, gone, other.AdminId])
            (await org.Api.PostAsync("tickets", new { subject = "x", requester = new { id = org.AdminId }, assignee_id = assignee })).MustRefuse(422, "validation_failed", "/assignee_id");
        (await org.Api.PostAsync("tickets", new { subject = "x", requester = new { id = other.AdminId } })).MustRefuse(422, "validation_failed", "/requester/id");
        (await org.Api.PostAsync("tickets", new { subject = "x", requester = new { id = org.AdminId }, inbox_id = inbox })).MustRefuse(422, "validation_failed", "/inbox_id");
    }

    [Fact]
    public async Task Tags_are_not_made_where_the_organization_forbids_it()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PostAsync("tags", new { name = "known" })).MustBe(201);
        (await org.Api.PatchAsync("organization", new { settings = new { create_tags_on_use = false } })).MustBe(200);

        var refused = (await org.Api.PostAsync("tickets", new { subject = "x", requester = new { id = org.AdminId }, tags = new[] { "known", "unknown" } })).MustRefuse(422, "validation_failed", "/tags");

        Assert.Contains("unknown", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(["known"], (await org.TicketAsync(new { tags = new[] { "KNOWN" } })).Texts("tags"));
    }

    [Fact]
    public async Task A_credential_without_tickets_write_makes_none()
    {
        var org = await World.NewOrganizationAsync();
        var reader = await org.WithScopesAsync("tickets.read");

        var refused = (await reader.PostAsync("tickets", new { subject = "x", requester = new { id = org.AdminId } })).MustRefuse(403, "forbidden");

        Assert.Contains("tickets.write", refused.Text("detail"), StringComparison.Ordinal);
    }
}
