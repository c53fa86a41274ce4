using HeadlessSupport.Api.Access;

namespace HeadlessSupport.Api.Tests.Access;

public sealed class ApiKeysTests
{
    [Theory]
    [InlineData("test", "hs_test_")]
    [InlineData("live", "hs_live_")]
    public async Task A_key_is_shown_once_and_its_text_tells_its_mode_and_its_checksum(string mode, string prefix)
    {
        var org = await World.NewOrganizationAsync(new { mode });
        var created = (await org.Api.PostAsync("api-keys", new { name = "Robot", scopes = new[] { "tickets.read", "tickets.read", "users.read" } })).MustBe(201);
        var secret = created.Text("secret");

        Assert.Matches($"^{prefix}[0-9A-Za-z]{{49}}$", secret);
        Assert.True(KeyText.IsWellFormed(secret, prefix));
        var miscopied = secret[..20] + (secret[20] == 'a' ? 'b' : 'a') + secret[21..];
        Assert.False(KeyText.IsWellFormed(miscopied, prefix));
        (await new Api(org.World.Url, miscopied).GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        // Well-formed, but nobody's.
        (await new Api(org.World.Url, KeyText.New(prefix)).GetAsync("tickets")).MustRefuse(401, "unauthenticated");

        Assert.Equal(secret[..12], created.Text("hint"));
        Assert.Equal(["tickets.read", "users.read"], created.Json.Texts("scopes"));
        var found = (await org.Api.GetAsync($"api-keys/{created.Text("id")}")).MustBe(200);
        Assert.True(found.Json.IsNull("secret"));
        var everything = System.Text.Encoding.UTF8.GetString((await org.Api.GetAsync("api-keys")).MustBe(200).Body)
            + System.Text.Encoding.UTF8.GetString((await org.Api.GetAsync("events?limit=100")).MustBe(200).Body);
        Assert.DoesNotContain(secret, everything, StringComparison.Ordinal);
        (await new Api(org.World.Url, secret).GetAsync("tickets")).MustBe(200);
    }

    [Fact]
    public async Task Keys_are_listed_the_newest_first()
    {
        var org = await World.NewOrganizationAsync();
        var second = (await org.Api.PostAsync("api-keys", new { name = "Second", scopes = new[] { "tickets.read" } })).MustBe(201).Text("id");
        Assert.Equal([second, org.KeyId], (await org.Api.AllAsync("api-keys", limit: 1)).Select(k => k.Id()));
    }

    [Fact]
    public async Task A_key_acts_as_a_machine_of_its_own_or_as_the_staff_user_named()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var customer = (await org.Api.PostAsync("users", new { name = "Bob" })).MustBe(201).Text("id");

        var own = (await org.Api.PostAsync("api-keys", new { name = "Robot", scopes = new[] { "tickets.read" } })).MustBe(201);
        var machine = (await org.Api.GetAsync($"users/{own.Text("user_id")}")).MustBe(200).Json;
        Assert.True(machine.At("is_machine").GetBoolean());
        Assert.Equal("Robot", machine.Text("name"));

        var named = (await org.Api.PostAsync("api-keys", new { name = "Agnes", scopes = new[] { "tickets.read", "tickets.write" }, user_id = agent })).MustBe(201);
        var api = new Api(org.World.Url, named.Text("secret"));
        var ticket = (await org.TicketAsync()).Id();
        Assert.Equal(agent, (await api.PostAsync($"tickets/{ticket}/comments", new { body = "Hello." })).MustBe(201).Json.Text("author/id"));
        Assert.Empty((await api.GetAsync("tickets?assignee=me")).Ids());
        (await org.Api.PutAsync($"tickets/{ticket}/assignment", new { assignee_id = agent })).MustBe(200);
        Assert.Equal([ticket], (await api.GetAsync("tickets?assignee=me")).Ids());
        (await org.Api.PostAsync("api-keys", new { name = "Bob", scopes = new[] { "tickets.read" }, user_id = customer })).MustRefuse(422, "validation_failed", "/user_id");
    }

    [Fact]
    public async Task Scopes_must_exist_and_none_can_be_given_that_one_lacks()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PostAsync("api-keys", new { name = "Robot", scopes = new[] { "tickets.read", "tickets.reed", "*" } })).MustRefuse(422, "validation_failed", "/scopes/1", "/scopes/2");
        (await org.Api.PostAsync("api-keys", new { name = "Robot", scopes = new[] { "operator" } })).MustRefuse(422, "validation_failed", "/scopes/0");
        (await org.Api.PostAsync("api-keys", new { name = "Robot", scopes = Array.Empty<string>() })).MustRefuse(422, "validation_failed", "/scopes");

        var keeper = await org.WithScopesAsync("keys.manage", "tickets.read");
        (await keeper.PostAsync("api-keys", new { name = "Less", scopes = new[] { "tickets.read" } })).MustBe(201);
        var more = await keeper.PostAsync("api-keys", new { name = "More", scopes = new[] { "tickets.read", "tickets.write" } });
        more.MustRefuse(422, "validation_failed", "/scopes");
        Assert.Contains("tickets.write", more.Text("detail"), StringComparison.Ordinal);
        // Nor got by rotating someone else's.
        (await keeper.PostAsync($"api-keys/{org.KeyId}/rotate", new { })).MustRefuse(422, "validation_failed", "/scopes");
    }

    [Fact]
    public async Task A_key_may_be_used_from_its_networks_only()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PostAsync("api-keys", new { name = "Robot", scopes = new[] { "tickets.read" }, allowed_networks = new[] { "everywhere" } })).MustRefuse(422, "validation_failed", "/allowed_networks");

        var created = (await org.Api.PostAsync("api-keys", new { name = "Robot", scopes = new[] { "tickets.read" }, allowed_networks = new[] { "203.0.113.9/24", "2001:db8::/32" } })).MustBe(201);
        var api = new Api(org.World.Url, created.Text("secret"));
        (await api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        // The test installation trusts its own machine as a proxy.
        (await api.GetAsync("tickets", ("X-Forwarded-For", "203.0.113.7"))).MustBe(200);
        (await api.GetAsync("tickets", ("X-Forwarded-For", "2001:db8::7"))).MustBe(200);
        (await api.GetAsync("tickets", ("X-Forwarded-For", "::ffff:203.0.113.7"))).MustBe(200);
        (await api.GetAsync("tickets", ("X-Forwarded-For", "203.0.114.7"))).MustRefuse(401, "unauthenticated");
        // What came before the trusted proxy is anyone's claim.
        (await api.GetAsync("tickets", ("X-Forwarded-For", "203.0.113.7, 198.51.100.1"))).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task When_a_key_was_last_used_is_written_down()
    {
        var org = await World.NewOrganizationAsync();
        var created = (await org.Api.PostAsync("api-keys", new { name = "Robot", scopes = new[] { "tickets.read" } })).MustBe(201);
        var path = $"api-keys/{created.Text("id")}";
        Assert.True((await org.Api.GetAsync(path)).Json.IsNull("last_used_at"));

        (await new Api(org.World.Url, created.Text("secret")).GetAsync("tickets")).MustBe(200);
        // The same writer works in the background: whichever of the two comes first has written it.
        var used = await Try.UntilAsync(async () =>
        {
            await Writer(org.World).WriteAsync(CancellationToken.None);
            var key = await org.Api.GetAsync(path);
            return key.Json.IsNull("last_used_at") ? null : key;
        });
        Assert.InRange(used.Json.At("last_used_at").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal(created.ETag, used.ETag);
    }

    private static LastUseWriter Writer(World world) => Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions.GetRequiredService<LastUseWriter>(world.Services);
}
