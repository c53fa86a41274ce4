namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class UpdateTicketTests
{
    [Fact]
    public async Task A_patch_changes_what_it_names_clears_what_is_null_and_merges_objects()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync(new { type = "question", language = "de", external_id = "x", metadata = new { a = "1", b = "2" }, custom_fields = new { plan = "gold", seats = 3 } })).Id()}";

        var patched = (await org.Api.PatchAsync(path, """{"priority":"high","type":null,"language":null,"metadata":{"a":null,"c":"3"},"custom_fields":{"seats":4}}""")).MustBe(200).Json;

        Assert.Equal(("high", "The printer burns", "x"), (patched.Text("priority"), patched.Text("subject"), patched.Text("external_id")));
        Assert.True(patched.IsNull("type"));
        Assert.True(patched.IsNull("language"));
        Assert.Equal("""{"b":"2","c":"3"}""", patched.At("metadata").GetRawText());
        Assert.Equal(("gold", 4), (patched.Text("custom_fields/plan"), patched.Int("custom_fields/seats")));
        Assert.Equal(patched.GetRawText(), (await org.Api.GetAsync(path)).Json.GetRawText());
        Assert.Equal("{}", (await org.Api.PatchAsync(path, """{"metadata":null}""")).MustBe(200).Json.At("metadata").GetRawText());
    }

    [Fact]
    public async Task Both_content_types_of_a_patch_are_read()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        using var merge = new StringContent("""{"subject":"By merge patch"}""", null, "application/merge-patch+json");

        Assert.Equal("By merge patch", (await org.Api.SendAsync(HttpMethod.Patch, path, merge)).MustBe(200).Text("subject"));
        using var text = new StringContent("""{"subject":"By text"}""", null, "text/plain");
        (await org.Api.SendAsync(HttpMethod.Patch, path, text)).MustRefuse(415, "unsupported_media_type");
    }

    [Fact]
    public async Task Status_assignee_and_tags_change_in_one_patch_with_one_event_each()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var path = $"tickets/{(await org.TicketAsync(new { tags = new[] { "old" } })).Id()}";
        await org.AllEventsAsync($"{path}/events");

        var patched = (await org.Api.PatchAsync(path, new { status = "pending", assignee_id = agent, tags = new[] { "New", "b" }, priority = "high" })).MustBe(200);

        Assert.Equal(("pending", agent, "high", 2), (patched.Text("status"), patched.Text("assignee_id"), patched.Text("priority"), patched.Json.Int("version")));
        Assert.Equal(["b", "new"], patched.Json.Texts("tags"));
        var events = (await org.AllEventsAsync($"{path}/events")).Skip(2).ToList();
        Assert.Equal(["ticket.assigned", "ticket.status_changed", "ticket.tagged", "ticket.updated"], events.Select(e => e.Text("type")).Order(StringComparer.Ordinal));
        string Changes(string type) => events.Single(e => e.Text("type") == type).At("changes").GetRawText();
        Assert.Equal($$$"""{"assignee_id":{"from":null,"to":"{{{agent}}}"}}""", Changes("ticket.assigned"));
        Assert.Equal("""{"status":{"from":"new","to":"pending"}}""", Changes("ticket.status_changed"));
        Assert.Equal("""{"tags":{"from":["old"],"to":["b","new"]}}""", Changes("ticket.tagged"));
        Assert.Equal("""{"priority":{"from":"normal","to":"high"}}""", Changes("ticket.updated"));
    }

    [Fact]
    public async Task A_patch_that_changes_nothing_is_no_event_and_no_version()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var ticket = await org.TicketAsync(new { assignee_id = agent, tags = new[] { "one" }, metadata = new { a = "1", bb = "2" }, custom_fields = new { n = 1.0 } });
        var path = $"tickets/{ticket.Id()}";
        var before = await org.Api.GetAsync(path);

        (await org.Api.PatchAsync(path, new { })).MustBe(200);
        (await org.Api.PatchAsync(path, new { subject = "The printer burns", status = "open", assignee_id = agent, tags = new[] { "ONE" }, metadata = new { bb = "2" }, custom_fields = new { n = 1.0 } })).MustBe(200);
        (await org.Api.PutAsync($"{path}/status", new { status = "open" })).MustBe(200);
        (await org.Api.PutAsync($"{path}/assignment", new { assignee_id = agent })).MustBe(200);
        (await org.Api.PostAsync($"{path}/tags", new { tags = new[] { "one" } })).MustBe(200);
        (await org.Api.PostAsync($"{path}/restore")).MustBe(200);

        var after = await org.Api.GetAsync(path);
        Assert.Equal((before.ETag, before.Json.GetRawText()), (after.ETag, after.Json.GetRawText()));
        (await org.Api.PatchAsync(path, new { subject = "Last" })).MustBe(200);
        var events = await org.AllEventsAsync($"{path}/events");
        Assert.Equal(["ticket.created", "ticket.replied", "ticket.updated"], events.Select(e => e.Text("type")));
    }

    [Fact]
    public async Task A_change_of_the_status_alone_is_one_event()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";

        (await org.Api.PatchAsync(path, new { status = "on_hold" })).MustBe(200);

        var events = await org.AllEventsAsync($"{path}/events");
        Assert.Equal(["ticket.created", "ticket.replied", "ticket.status_changed"], events.Select(e => e.Text("type")));
    }

    [Theory]
    [InlineData("""{"subject":null}""", 422, "/subject")]
    [InlineData("""{"subject":""}""", 422, "/subject")]
    [InlineData("""{"status":"done"}""", 422, "/status")]
    [InlineData("""{"status":null}""", 422, "/status")]
    [InlineData("""{"priority":null}""", 422, "/priority")]
    [InlineData("""{"assignee_id":"usr_01h455vb4pex5vsknk084sn02q"}""", 422, "/assignee_id")]
    [InlineData("""{"team_id":"tem_01h455vb4pex5vsknk084sn02q"}""", 422, "/team_id")]
    [InlineData("""{"company_id":"com_01h455vb4pex5vsknk084sn02q"}""", 422, "/company_id")]
    [InlineData("""{"company_id":"usr_01h455vb4pex5vsknk084sn02q"}""", 422, "/company_id")]
    [InlineData("""{"tags":["a,b"]}""", 422, "/tags")]
    [InlineData("""{"metadata":{"a":1}}""", 400, "/metadata/a")]
    [InlineData("""{"subject":7}""", 400, "/subject")]
    [InlineData("""{"requester":{"email":"eve@customer.test"}}""", 400, "/requester")]
    [InlineData("""{"number":7}""", 400, "/number")]
    public async Task A_patch_that_cannot_be_is_refused_by_name_and_changes_nothing(string patch, int status, string pointer)
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        var before = await org.Api.GetAsync(path);

        (await org.Api.PatchAsync(path, patch)).MustRefuse(status, status == 422 ? "validation_failed" : "invalid_request", pointer);

        Assert.Equal(before.Body, (await org.Api.GetAsync(path)).Body);
    }

    [Fact]
    public async Task An_external_id_of_another_ticket_is_refused()
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync(new { external_id = "taken" });
        var path = $"tickets/{(await org.TicketAsync(new { external_id = "mine" })).Id()}";

        (await org.Api.PatchAsync(path, new { external_id = "taken" })).MustRefuse(409, "already_exists", "/external_id");
        Assert.Equal("mine", (await org.Api.PatchAsync(path, new { external_id = "mine" })).MustBe(200).Text("external_id"));
    }

    [Fact]
    public async Task A_known_version_is_not_sent_again()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        var etag = (await org.Api.GetAsync(path)).ETag!;

        var known = (await org.Api.GetAsync(path, ("If-None-Match", etag))).MustBe(304);
        Assert.Empty(known.Body);
        (await org.Api.PatchAsync(path, new { subject = "New" })).MustBe(200);
        (await org.Api.GetAsync(path, ("If-None-Match", etag))).MustBe(200);
    }

    [Fact]
    public async Task An_assignment_names_both_or_takes_both_away()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var team = (await org.Api.PostAsync("teams", new { name = "Tier 1" })).MustBe(201).Text("id");
        var path = $"tickets/{(await org.TicketAsync()).Id()}/assignment";

        var toTeam = (await org.Api.PutAsync(path, new { assignee_id = (string?)null, team_id = team })).MustBe(200);
        Assert.Equal(("new", team), (toTeam.Text("status"), toTeam.Text("team_id")));
        var toAgent = (await org.Api.PutAsync(path, new { assignee_id = agent, team_id = team })).MustBe(200);
        Assert.Equal(("open", agent, team), (toAgent.Text("status"), toAgent.Text("assignee_id"), toAgent.Text("team_id")));
        var toNobody = (await org.Api.PutAsync(path, new { assignee_id = (string?)null })).MustBe(200).Json;
        Assert.Equal("open", toNobody.Text("status"));
        Assert.True(toNobody.IsNull("assignee_id"));
        Assert.True(toNobody.IsNull("team_id"));
        (await org.Api.PutAsync(path, new { })).MustRefuse(422, "validation_failed", "/assignee_id");
        (await org.Api.PutAsync(path, new { assignee_id = "usr_01h455vb4pex5vsknk084sn02q" })).MustRefuse(422, "validation_failed", "/assignee_id");
    }
}
