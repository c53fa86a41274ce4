namespace HeadlessSupport.Api.Tests.Companies;

public sealed class CompaniesTests
{
    [Fact]
    public async Task A_company_has_what_was_given()
    {
        var org = await World.NewOrganizationAsync();
        var company = (await org.Api.PostAsync("companies", new
        {
            name = "Hooli",
            domains = new[] { " Hooli.TEST", "hooli.test", "xn--mnchen-3ya.test" },
            tier = "enterprise",
            external_id = "c-1",
            custom_fields = new { seats = 12.5 },
            metadata = new { a = "b" },
        })).MustBe(201).Json;

        Assert.Equal(["hooli.test", "xn--mnchen-3ya.test"], company.Texts("domains"));
        Assert.Equal("enterprise", company.Text("tier"));
        Assert.Equal("""{"seats":12.5}""", company.At("custom_fields").GetRawText());
        Assert.True(company.IsNull("deleted_at"));
        (await org.Api.PostAsync("companies", new { name = "Hooli", domains = new[] { "not a domain" } })).MustRefuse(422, "validation_failed", "/domains");
    }

    [Fact]
    public async Task A_patch_merges_and_null_clears_but_for_the_name()
    {
        var org = await World.NewOrganizationAsync();
        var path = await CreateAsync(org, new { name = "Hooli", domains = new[] { "hooli.test" }, tier = "gold", external_id = "c-1", custom_fields = new { a = 1, b = 2 }, metadata = new { a = "1", b = "2" } });

        var merged = (await org.Api.PatchAsync(path, """{"tier":null,"domains":["a.test","b.test"],"custom_fields":{"a":null,"c":[]},"metadata":{"b":"3"}}""")).MustBe(200).Json;
        Assert.True(merged.IsNull("tier"));
        Assert.Equal(["a.test", "b.test"], merged.Texts("domains"));
        Assert.Equal("""{"b":2,"c":[]}""", merged.At("custom_fields").GetRawText());
        Assert.Equal("""{"a":"1","b":"3"}""", merged.At("metadata").GetRawText());
        (await org.Api.PatchAsync(path, """{"name":null}""")).MustRefuse(422, "validation_failed", "/name");
        var cleared = (await org.Api.PatchAsync(path, """{"domains":null,"external_id":null,"custom_fields":null,"metadata":null}""")).MustBe(200).Json;
        Assert.Empty(cleared.Texts("domains"));
        Assert.True(cleared.IsNull("external_id"));
        Assert.Equal("{}", cleared.At("metadata").GetRawText());
    }

    [Fact]
    public async Task An_external_id_belongs_to_one_company_that_is_not_deleted()
    {
        var org = await World.NewOrganizationAsync();
        var first = await CreateAsync(org, new { name = "Hooli", external_id = "c-1" });
        (await org.Api.PostAsync("companies", new { name = "Other", external_id = "c-1" })).MustRefuse(409, "already_exists", "/external_id");
        var other = await CreateAsync(org, new { name = "Other" });
        (await org.Api.PatchAsync(other, new { external_id = "c-1" })).MustRefuse(409, "already_exists", "/external_id");

        (await org.Api.DeleteAsync(first)).MustBe(204);
        (await org.Api.PatchAsync(other, new { external_id = "c-1" })).MustBe(200);
        // Now it is taken, so the deleted one cannot come back with it.
        (await org.Api.PostAsync($"{first}/restore")).MustRefuse(409, "already_exists", "/external_id");
        (await org.Api.PatchAsync(other, new { external_id = "c-2" })).MustBe(200);
        var back = (await org.Api.PostAsync($"{first}/restore")).MustBe(200);
        Assert.True(back.Json.IsNull("deleted_at"));
    }

    [Fact]
    public async Task A_deleted_company_is_restored_with_all_it_had()
    {
        var org = await World.NewOrganizationAsync();
        var path = await CreateAsync(org, new { name = "Hooli", tier = "gold" });
        var id = path["companies/".Length..];
        var user = (await org.Api.PostAsync("users", new { company_id = id })).MustBe(201).Text("id");

        (await org.Api.DeleteAsync(path)).MustBe(204);
        Assert.Empty((await org.Api.GetAsync("companies")).Ids());
        Assert.Equal([id], (await org.Api.GetAsync("companies?deleted=true")).Ids());
        Assert.False((await org.Api.GetAsync(path)).MustBe(200).Json.IsNull("deleted_at"));
        Assert.Equal(id, (await org.Api.GetAsync($"users/{user}")).Text("company_id"));

        var back = (await org.Api.PostAsync($"{path}/restore")).MustBe(200);
        Assert.Equal("gold", back.Text("tier"));
        Assert.Equal(back.ETag, (await org.Api.PostAsync($"{path}/restore")).MustBe(200).ETag);
        Assert.Equal([id], (await org.Api.GetAsync("companies")).Ids());
        Assert.Equal(["company.deleted", "company.restored"], (await org.EventsAsync("events?types=company.deleted,company.restored", atLeast: 2)).Select(e => e.Text("type")));
    }

    [Fact]
    public async Task An_upsert_creates_replaces_and_begins_anew_after_a_deletion()
    {
        var org = await World.NewOrganizationAsync();
        var first = (await org.Api.PutAsync("companies/by-external-id/c-1", new { name = "Hooli", tier = "gold" })).MustBe(200);
        var second = (await org.Api.PutAsync("companies/by-external-id/c-1", new { name = "Hooli Inc.", external_id = "c-1" }, ("If-Match", first.ETag!))).MustBe(200);
        Assert.Equal(first.Text("id"), second.Text("id"));
        Assert.Equal("Hooli Inc.", second.Text("name"));
        Assert.True(second.Json.IsNull("tier"));
        (await org.Api.PutAsync("companies/by-external-id/c-1", new { name = "Hooli" }, ("If-Match", first.ETag!))).MustRefuse(412, "precondition_failed");
        (await org.Api.PutAsync("companies/by-external-id/c-1", new { name = "Hooli", external_id = "c-2" })).MustRefuse(422, "validation_failed", "/external_id");

        (await org.Api.DeleteAsync($"companies/{first.Text("id")}")).MustBe(204);
        var third = (await org.Api.PutAsync("companies/by-external-id/c-1", new { name = "Hooli" })).MustBe(200);
        Assert.NotEqual(first.Text("id"), third.Text("id"));
        Assert.Equal("\"1\"", third.ETag);
    }

    [Fact]
    public async Task Simultaneous_upserts_make_one_company()
    {
        var org = await World.NewOrganizationAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => org.Api.PutAsync("companies/by-external-id/c-1", new { name = $"Hooli {i}" })));
        Assert.Single(answers.Select(a => a.MustBe(200).Text("id")).Distinct());
        Assert.Single((await org.Api.GetAsync("companies")).Ids());
    }

    [Theory]
    [InlineData("name", "1 0 2")]
    [InlineData("-name", "2 0 1")]
    [InlineData("created_at", "0 1 2")]
    [InlineData("-created_at", "2 1 0")]
    [InlineData("updated_at", "1 2 0")]
    [InlineData("-updated_at", "0 2 1")]
    public async Task They_come_in_the_order_asked_for_page_by_page(string sort, string expected)
    {
        var org = await World.NewOrganizationAsync();
        var ids = new List<string>();
        foreach (var name in (string[])["Beta", "Alpha", "Gamma"])
            ids.Add((await CreateAsync(org, new { name, external_id = name }))["companies/".Length..]);
        (await org.Api.PatchAsync($"companies/{ids[0]}", new { tier = "gold" })).MustBe(200);
        var wanted = expected.Split(' ').Select(i => ids[int.Parse(i)]);

        Assert.Equal(wanted, (await org.Api.AllAsync($"companies?sort={sort}", limit: 1)).Select(c => c.Id()));
        Assert.Equal([ids[1]], (await org.Api.GetAsync($"companies?sort={sort}&external_id=Alpha")).Ids());
    }

    private static async Task<string> CreateAsync(Org org, object body) => $"companies/{(await org.Api.PostAsync("companies", body)).MustBe(201).Text("id")}";
}
