namespace HeadlessSupport.Api.Tests.Access;

/// <summary>From where an organization lets staff and programs come.</summary>
public sealed class OrganizationNetworksTests
{
    private static readonly (string, string) Office = ("X-Forwarded-For", "203.0.113.7");
    private static readonly (string, string) Home = ("X-Forwarded-For", "198.51.100.1");

    [Fact]
    public async Task A_key_needs_both_its_own_networks_and_the_organizations()
    {
        var org = await World.NewOrganizationAsync();
        var key = new Api(org.World.Url, (await org.Api.PostAsync("api-keys", new { name = "K", scopes = new[] { "tickets.read" }, allowed_networks = new[] { "203.0.113.0/24", "198.51.100.0/24" } })).MustBe(201).Text("secret"));
        (await key.GetAsync("tickets", Home)).MustBe(200);
        (await org.Api.PatchAsync("organization", new { security = new { allowed_networks = new[] { "203.0.113.0/24", "192.0.2.0/24" } } }, Office)).MustBe(200);

        var refused = await Try.UntilAsync(401, () => key.GetAsync("tickets", Home));
        Assert.Contains("The organization", refused.MustRefuse(401, "unauthenticated").Text("detail"), StringComparison.Ordinal);
        (await key.GetAsync("tickets", Office)).MustBe(200);
        Assert.Contains("The API key", (await key.GetAsync("tickets", ("X-Forwarded-For", "192.0.2.1"))).MustRefuse(401, "unauthenticated").Text("detail"), StringComparison.Ordinal);
        (await org.Api.GetAsync("tickets", Office)).MustBe(200);
        (await org.Api.GetAsync("tickets", Home)).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task Nobody_locks_themselves_out_and_the_operator_opens_the_door_again()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PatchAsync("organization", new { security = new { allowed_networks = new[] { "203.0.113.0/24" } } }, Home)).MustRefuse(422, "validation_failed", "/security/allowed_networks");
        (await org.Api.PatchAsync("organization", new { security = new { allowed_networks = new[] { "anywhere" } } }, Office)).MustRefuse(422, "validation_failed", "/security/allowed_networks");
        (await org.Api.PatchAsync("organization", new { security = new { allowed_networks = new[] { "203.0.113.0/24" } } }, Office)).MustBe(200);
        await Try.UntilAsync(401, () => org.Api.GetAsync("tickets", Home));

        (await org.World.Operator.PatchAsync($"organizations/{org.Id}", new { security = new { allowed_networks = new[] { "198.51.100.0/24" } } })).MustBe(200);
        await Try.UntilAsync(200, () => org.Api.GetAsync("tickets", Home));
        var line = (await org.Api.GetAsync("audit-log?action=organization.updated&limit=1", Home)).Items().Single();
        Assert.Equal("operator", line.Text("actor/kind"));
        Assert.Equal("""["198.51.100.0/24"]""", line.At("changes/security/to/allowed_networks").GetRawText());
    }

    [Theory]
    [InlineData("owner")]
    [InlineData("customer")]
    [InlineData("Admin")]
    public async Task Only_built_in_roles_of_staff_can_be_made_to_use_a_second_factor(string role)
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PatchAsync("organization", new { security = new { require_mfa_roles = new[] { role } } })).MustRefuse(422, "validation_failed", "/security/require_mfa_roles");
        (await org.Api.PatchAsync("organization", new { security = new { require_mfa_roles = HeadlessSupport.Api.Users.Roles.All.Where(r => r != "customer") } })).MustBe(200);
    }
}
