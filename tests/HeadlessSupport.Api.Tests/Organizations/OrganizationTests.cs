namespace HeadlessSupport.Api.Tests.Organizations;

/// <summary>One's own organization.</summary>
public sealed class OrganizationTests
{
    [Fact]
    public async Task It_is_shown_with_its_ETag()
    {
        var org = await World.NewOrganizationAsync();
        var own = (await org.Api.GetAsync("organization")).MustBe(200);
        Assert.Equal(org.Id, own.Text("id"));
        Assert.Equal(org.Slug, own.Text("slug"));
        Assert.Equal("active", own.Text("status"));
        Assert.Equal("test", own.Text("mode"));
        (await org.Api.GetAsync("organization", ("If-None-Match", own.ETag!))).MustBe(304);
    }

    [Fact]
    public async Task A_patch_merges_its_settings_and_branding()
    {
        var org = await World.NewOrganizationAsync();
        var first = (await org.Api.PatchAsync("organization", new
        {
            name = "Acme & Co.",
            locale = "de",
            time_zone = "Europe/Berlin",
            branding = new { product_name = "Help", logo_url = "https://acme.test/logo.png", primary_color = "#1a73e8", website_url = "https://acme.test" },
        })).MustBe(200);
        Assert.Equal("\"2\"", first.ETag);

        var second = (await org.Api.PatchAsync("organization", """{"branding":{"logo_url":null,"primary_color":"#000000"}}""", ("If-Match", first.ETag!))).MustBe(200).Json;
        Assert.Equal("""{"product_name":"Help","logo_url":null,"primary_color":"#000000","website_url":"https://acme.test"}""", second.At("branding").GetRawText());
        Assert.Equal("Acme & Co.", second.Text("name"));
        Assert.Equal("Europe/Berlin", second.Text("time_zone"));
        Assert.Equal("""{"create_tags_on_use":true}""", second.At("settings").GetRawText());
        (await org.Api.PatchAsync("organization", new { name = "Acme" }, ("If-Match", "\"1\""))).MustRefuse(412, "precondition_failed", "/name");
        (await org.Api.PatchAsync("organization", new { name = "Acme" }, ("If-Match", "2"))).MustRefuse(400, "invalid_request", "If-Match");
    }

    [Theory]
    [InlineData("""{"name":null}""", "/name")]
    [InlineData("""{"settings":null}""", "/settings")]
    [InlineData("""{"time_zone":"Nowhere"}""", "/time_zone")]
    [InlineData("""{"locale":"x"}""", "/locale")]
    [InlineData("""{"branding":{"logo_url":"http://acme.test/logo.png"}}""", "/branding/logo_url")]
    [InlineData("""{"branding":{"logo_url":"javascript:alert(1)"}}""", "/branding/logo_url")]
    [InlineData("""{"branding":{"primary_color":"red"}}""", "/branding/primary_color")]
    [InlineData("""{"clock_offset_seconds":315360001}""", "/clock_offset_seconds")]
    public async Task What_cannot_be_is_refused_with_its_pointer(string patch, string pointer)
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PatchAsync("organization", patch)).MustRefuse(422, "validation_failed", pointer);
        Assert.Equal("\"1\"", (await org.Api.GetAsync("organization")).ETag);
    }

    [Theory]
    [InlineData("slug")]
    [InlineData("mode")]
    [InlineData("status")]
    [InlineData("limits")]
    [InlineData("id")]
    public async Task What_is_the_operators_cannot_be_changed_from_within(string member)
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PatchAsync("organization", $$"""{"{{member}}":"x"}""")).MustRefuse(400, "invalid_request", "/" + member);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(-30)]
    public async Task The_clock_of_a_test_organization_can_be_moved_and_what_comes_next_is_dated_by_it(int days)
    {
        var org = await World.NewOrganizationAsync();
        var moved = (await org.Api.PatchAsync("organization", new { clock_offset_seconds = days * 86_400 })).MustBe(200);
        Assert.Equal(days * 86_400, moved.Json.Int("clock_offset_seconds"));

        // What is known of a credential may be a moment old.
        var ticket = await Try.UntilAsync(async () =>
        {
            var created = await org.TicketAsync();
            return Math.Abs((created.At("created_at").GetDateTimeOffset() - DateTimeOffset.UtcNow).TotalDays - days) < 0.5 ? (object)created : null;
        });
        var id = ((System.Text.Json.JsonElement)ticket).Id();
        var events = await org.EventsAsync($"tickets/{id}/events");
        Assert.InRange((events[0].At("timestamp").GetDateTimeOffset() - DateTimeOffset.UtcNow).TotalDays, days - 0.5, days + 0.5);
    }

    [Fact]
    public async Task The_clock_of_a_live_organization_stands_firm()
    {
        var org = await World.NewOrganizationAsync(new { mode = "live" });
        (await org.Api.PatchAsync("organization", new { clock_offset_seconds = 60 })).MustRefuse(422, "validation_failed", "/clock_offset_seconds");
        (await org.Api.PatchAsync("organization", new { clock_offset_seconds = 0 })).MustBe(200);
    }

    [Fact]
    public async Task Where_tags_are_not_made_on_use_an_unknown_one_is_refused()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = (await org.TicketAsync(new { tags = new[] { "known" } })).Id();
        (await org.Api.PatchAsync("organization", new { settings = new { create_tags_on_use = false } })).MustBe(200);

        var create = new { subject = "Hello", requester = new { email = "a@b.test" }, tags = new[] { "known", "unknown" } };
        (await org.Api.PostAsync("tickets", create)).MustRefuse(422, "validation_failed", "/tags");
        (await org.Api.PostAsync($"tickets/{ticket}/tags", new { tags = new[] { "unknown" } })).MustRefuse(422, "validation_failed", "/tags");
        (await org.Api.PatchAsync($"tickets/{ticket}", new { tags = new[] { "unknown" } })).MustRefuse(422, "validation_failed", "/tags");
        Assert.Equal(["known"], (await org.Api.GetAsync("tags")).Items().Select(t => t.Text("name")));
        Assert.Single((await org.Api.GetAsync("tickets")).Ids());

        (await org.Api.PostAsync("tickets", new { subject = "Hello", requester = new { email = "a@b.test" }, tags = new[] { "KNOWN" } })).MustBe(201);
        (await org.Api.PatchAsync("organization", """{"settings":{"create_tags_on_use":null}}""")).MustBe(200);
        (await org.Api.PostAsync("tickets", create)).MustBe(201);
    }
}
