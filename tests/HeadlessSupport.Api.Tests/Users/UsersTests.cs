namespace HeadlessSupport.Api.Tests.Users;

public sealed class UsersTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("king")]
    public async Task A_role_that_is_none_is_refused_beside_a_role_of_their_own_too(string? role)
    {
        var org = await World.NewOrganizationAsync();
        var own = (await org.Api.PostAsync("roles", new { name = "Second line", permissions = new[] { "tickets.read" } })).MustBe(201).Text("id");
        (await org.Api.PostAsync("users", new { name = "Una", email = "una@acme.test", role, role_id = own })).MustRefuse(422, "validation_failed", "/role");
        var user = (await org.Api.PostAsync("users", new { name = "Una", email = "una@acme.test", role = "agent", role_id = own })).MustBe(201).Text("id");
        // In a patch null is the default, customer, who can have no role of their own.
        (await org.Api.PatchAsync($"users/{user}", new { role })).MustRefuse(422, "validation_failed", role is null ? "/role_id" : "/role");
    }

    [Fact]
    public async Task A_user_has_what_was_given_and_defaults_for_the_rest()
    {
        var org = await World.NewOrganizationAsync();
        var company = (await org.Api.PostAsync("companies", new { name = "Initech" })).MustBe(201).Text("id");
        var user = (await org.Api.PostAsync("users", new
        {
            name = "Una",
            email = "  Una.Ünal@EXAMPLE.test ",
            role = "manager",
            locale = "pt-BR",
            time_zone = "Europe/Berlin",
            company_id = company,
            external_id = "u-1",
            custom_fields = new { plan = "gold", seats = 3, vip = true, tags = new[] { "a" } },
            metadata = new { crm = "42" },
        })).MustBe(201).Json;

        Assert.Equal("una.ünal@example.test", user.Text("email"));
        Assert.Equal("manager", user.Text("role"));
        Assert.Equal("active", user.Text("status"));
        Assert.Equal(company, user.Text("company_id"));
        Assert.Equal("""{"plan":"gold","seats":3,"vip":true,"tags":["a"]}""", user.At("custom_fields").GetRawText());
        Assert.Equal("42", user.Text("metadata/crm"));
        Assert.False(user.At("is_machine").GetBoolean());
        Assert.Equal("customer", (await org.Api.PostAsync("users", new { })).MustBe(201).Text("role"));
    }

    [Fact]
    public async Task A_patch_merges_and_null_clears()
    {
        var org = await World.NewOrganizationAsync();
        var path = await CreateAsync(org, new
        {
            name = "Una",
            email = "una@acme.test",
            role = "agent",
            locale = "en",
            time_zone = "UTC",
            external_id = "u-1",
            custom_fields = new { plan = "gold", seats = 3 },
            metadata = new { a = "1", b = "2" },
        });

        var merged = (await org.Api.PatchAsync(path, new { custom_fields = new { plan = (string?)null, region = "eu" }, metadata = new { b = "3" } })).MustBe(200).Json;
        Assert.Equal("""{"seats":3,"region":"eu"}""", merged.At("custom_fields").GetRawText());
        Assert.Equal("""{"a":"1","b":"3"}""", merged.At("metadata").GetRawText());
        Assert.Equal("una@acme.test", merged.Text("email"));

        var cleared = (await org.Api.PatchAsync(path, """{"name":null,"email":null,"locale":null,"time_zone":null,"external_id":null,"custom_fields":null,"metadata":null}""")).MustBe(200).Json;
        foreach (var member in (string[])["name", "email", "locale", "time_zone", "external_id"])
            Assert.True(cleared.IsNull(member), member);
        Assert.Equal("{}", cleared.At("custom_fields").GetRawText());
        Assert.Equal("{}", cleared.At("metadata").GetRawText());
        // A role has no absence, only a default.
        Assert.Equal("customer", (await org.Api.PatchAsync(path, """{"role":null}""")).MustBe(200).Text("role"));
    }

    [Fact]
    public async Task An_address_and_an_external_id_belong_to_one_user()
    {
        var org = await World.NewOrganizationAsync();
        await CreateAsync(org, new { email = "bob@customer.test", external_id = "u-1" });
        var path = await CreateAsync(org, new { email = "other@customer.test", external_id = "u-2" });

        (await org.Api.PostAsync("users", new { email = "BOB@Customer.test" })).MustRefuse(409, "already_exists", "/email");
        (await org.Api.PostAsync("users", new { external_id = "u-1" })).MustRefuse(409, "already_exists", "/external_id");
        (await org.Api.PatchAsync(path, new { email = " Bob@customer.test" })).MustRefuse(409, "already_exists", "/email");
        (await org.Api.PatchAsync(path, new { external_id = "u-1" })).MustRefuse(409, "already_exists", "/external_id");
        (await org.Api.PutAsync("users/by-external-id/u-3", new { email = "bob@customer.test" })).MustRefuse(409, "already_exists", "/email");
        (await org.Api.PutAsync("users/by-external-id/u-2", new { email = "bob@customer.test" })).MustRefuse(409, "already_exists", "/email");
        // One's own, and someone else's letters, are fine.
        (await org.Api.PatchAsync(path, new { email = "OTHER@customer.test", external_id = "u-2" })).MustBe(200);
        (await org.Api.PostAsync("users", new { external_id = "U-1" })).MustBe(201);
        // And of another organization's they know nothing.
        await CreateAsync(await World.NewOrganizationAsync(), new { email = "bob@customer.test", external_id = "u-1" });
    }

    [Fact]
    public async Task An_upsert_creates_and_then_replaces()
    {
        var org = await World.NewOrganizationAsync();
        var first = (await org.Api.PutAsync("users/by-external-id/crm-7", new { name = "Una", email = "una@acme.test", metadata = new { a = "1" } })).MustBe(200);
        Assert.Equal("crm-7", first.Text("external_id"));
        Assert.Equal("\"1\"", first.ETag);

        var second = (await org.Api.PutAsync("users/by-external-id/crm-7", new { name = "Ulla", external_id = "crm-7" }, ("If-Match", "\"1\""))).MustBe(200);
        Assert.Equal(first.Text("id"), second.Text("id"));
        Assert.Equal("Ulla", second.Text("name"));
        // It is replaced, not merged.
        Assert.True(second.Json.IsNull("email"));
        Assert.Equal("{}", second.Json.At("metadata").GetRawText());
        (await org.Api.PutAsync("users/by-external-id/crm-7", new { name = "Una" }, ("If-Match", "\"1\""))).MustRefuse(412, "precondition_failed");
        (await org.Api.PutAsync("users/by-external-id/crm-7", new { external_id = "crm-8" })).MustRefuse(422, "validation_failed", "/external_id");
    }

    [Fact]
    public async Task Simultaneous_upserts_make_one_user()
    {
        var org = await World.NewOrganizationAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => org.Api.PutAsync("users/by-external-id/crm-7", new { name = $"Una {i}" })));
        Assert.Single(answers.Select(a => a.MustBe(200).Text("id")).Distinct());
        Assert.Single(await org.EventsAsync("events?types=user.created&after=4"));
    }

    [Fact]
    public async Task Simultaneous_twins_are_told_that_they_are()
    {
        var org = await World.NewOrganizationAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => org.Api.PostAsync("users", new { email = "una@acme.test" })));
        Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "already_exists", "/email"));
    }

    [Fact]
    public async Task A_deactivated_user_can_neither_be_assigned_nor_join_a_team_until_activated_again()
    {
        var org = await World.NewOrganizationAsync();
        var path = await CreateAsync(org, new { name = "Una", role = "agent" });
        var id = path["users/".Length..];
        var team = (await org.Api.PostAsync("teams", new { name = "Sales" })).MustBe(201).Text("id");
        var ticket = (await org.TicketAsync()).Id();

        var gone = (await org.Api.PostAsync($"{path}/deactivate")).MustBe(200);
        Assert.Equal("deactivated", gone.Text("status"));
        Assert.Equal(gone.ETag, (await org.Api.PostAsync($"{path}/deactivate")).MustBe(200).ETag);
        (await org.Api.PutAsync($"tickets/{ticket}/assignment", new { assignee_id = id })).MustRefuse(422, "validation_failed", "/assignee_id");
        (await org.Api.PutAsync($"teams/{team}/members/{id}", new { })).MustRefuse(409, "conflict");
        (await org.Api.PostAsync($"{path}/activate", null, ("If-Match", "\"1\""))).MustRefuse(412, "precondition_failed", "/status");

        Assert.Equal("active", (await org.Api.PostAsync($"{path}/activate")).MustBe(200).Text("status"));
        (await org.Api.PutAsync($"tickets/{ticket}/assignment", new { assignee_id = id })).MustBe(200);
        (await org.Api.PutAsync($"teams/{team}/members/{id}", new { })).MustBe(200);
        Assert.Equal(["user.deactivated", "user.activated"], (await org.EventsAsync("events?types=user.deactivated,user.activated", atLeast: 2)).Select(e => e.Text("type")));
    }

    [Fact]
    public async Task Only_what_is_there_can_be_named()
    {
        var org = await World.NewOrganizationAsync();
        var company = (await org.Api.PostAsync("companies", new { name = "Initech" })).MustBe(201).Text("id");
        (await org.Api.DeleteAsync($"companies/{company}")).MustBe(204);

        (await org.Api.PostAsync("users", new { company_id = company })).MustRefuse(422, "validation_failed", "/company_id");
        (await org.Api.PostAsync("users", new { role = "king" })).MustRefuse(422, "validation_failed", "/role");
        (await org.Api.PostAsync("users", new { time_zone = "Mars/Olympus" })).MustRefuse(422, "validation_failed", "/time_zone");
        (await org.Api.PostAsync("users", new { locale = "english" })).MustRefuse(422, "validation_failed", "/locale");
        (await org.Api.PostAsync("users", new { email = "nobody", name = "" })).MustRefuse(422, "validation_failed", "/email", "/name");
    }

    private static async Task<string> CreateAsync(Org org, object body) => $"users/{(await org.Api.PostAsync("users", body)).MustBe(201).Text("id")}";
}
