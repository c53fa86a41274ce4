using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tests.Access;

public sealed class RolesTests
{
    [Fact]
    public async Task A_role_is_made_changed_listed_beside_the_built_in_ones_and_deleted()
    {
        var org = await World.NewOrganizationAsync();
        var team = (await org.Api.PostAsync("teams", new { name = "Billing" })).MustBe(201).Text("id");
        var made = (await org.Api.PostAsync("roles", new { name = "Billing", permissions = new[] { "tickets.read", "tickets.read" }, team_ids = new[] { team } })).MustBe(201);
        Assert.StartsWith("rol_", made.Text("id"), StringComparison.Ordinal);
        Assert.Equal(["tickets.read"], made.Json.Texts("permissions"));
        Assert.Equal([team], made.Json.Texts("team_ids"));

        var path = $"roles/{made.Text("id")}";
        var changed = (await org.Api.PatchAsync(path, new { permissions = new[] { "tickets.read", "tickets.write" } }, ("If-Match", made.ETag!))).MustBe(200);
        Assert.Equal(["tickets.read", "tickets.write"], changed.Json.Texts("permissions"));
        Assert.Equal("Billing", (await org.Api.GetAsync(path)).MustBe(200).Text("name"));
        (await org.Api.PatchAsync(path, new { name = "B" }, ("If-Match", made.ETag!))).MustRefuse(412, "precondition_failed");

        var list = (await org.Api.GetAsync("roles")).MustBe(200).Json;
        Assert.Equal([made.Text("id")], list.GetProperty("data").EnumerateArray().Select(r => r.Id()));
        Assert.Equal(Roles.All, list.GetProperty("built_in").EnumerateArray().Select(r => r.Text("role")));
        Assert.Equal(Vocabulary.Of(Roles.Agent), list.GetProperty("built_in").EnumerateArray().Single(r => r.Text("role") == "agent").Texts("permissions"));

        (await org.Api.DeleteAsync(path)).MustBe(204);
        (await org.Api.GetAsync(path)).MustRefuse(404, "not_found");
        var events = await org.EventsAsync("events?types=role.*", 3);
        Assert.Equal(["role.created", "role.updated", "role.deleted"], events.Select(e => e.Text("type")));
    }

    [Fact]
    public async Task What_a_role_cannot_be_is_refused_with_its_pointer()
    {
        var org = await World.NewOrganizationAsync();
        object Role(string name = "R", string[]? permissions = null, string[]? teams = null, string[]? inboxes = null) =>
            new { name, permissions = permissions ?? ["tickets.read"], team_ids = teams ?? [], inbox_ids = inboxes ?? [] };
        (await org.Api.PostAsync("roles", Role(permissions: ["tickets.read", "tickets.reed", "operator"]))).MustRefuse(422, "validation_failed", "/permissions/1", "/permissions/2");
        (await org.Api.PostAsync("roles", Role(permissions: []))).MustRefuse(422, "validation_failed", "/permissions");
        var other = await World.NewOrganizationAsync();
        var (team, inbox) = ((await other.Api.PostAsync("teams", new { name = "T" })).MustBe(201).Text("id"), (await other.Api.PostAsync("inboxes", new { name = "I" })).MustBe(201).Text("id"));
        (await org.Api.PostAsync("roles", Role(teams: [team], inboxes: [inbox]))).MustRefuse(422, "validation_failed", "/team_ids/0", "/inbox_ids/0");
        (await org.Api.PostAsync("roles", Role("Twice"))).MustBe(201);
        (await org.Api.PostAsync("roles", Role("Twice"))).MustRefuse(409, "already_exists", "/name");
    }

    [Fact]
    public async Task A_role_that_users_have_cannot_be_deleted()
    {
        var org = await World.NewOrganizationAsync();
        var role = (await org.Api.PostAsync("roles", new { name = "R", permissions = new[] { "tickets.read" } })).MustBe(201).Text("id");
        var user = (await org.Api.PostAsync("users", new { email = "a@acme.test", role = "agent", role_id = role })).MustBe(201).Text("id");
        (await org.Api.DeleteAsync($"roles/{role}")).MustRefuse(409, "conflict");
        (await org.Api.PatchAsync($"users/{user}", """{"role_id":null}""")).MustBe(200);
        (await org.Api.DeleteAsync($"roles/{role}")).MustBe(204);
    }

    [Fact]
    public async Task Nobody_makes_changes_or_deletes_a_role_that_grants_more_than_they_have()
    {
        var org = await World.NewOrganizationAsync();
        var keeper = await org.WithScopesAsync("roles.manage", "tickets.read");
        var more = await keeper.PostAsync("roles", new { name = "More", permissions = new[] { "tickets.read", "tickets.write" } });
        Assert.Contains("tickets.write", more.MustRefuse(422, "validation_failed", "/permissions").Text("detail"), StringComparison.Ordinal);
        var less = (await keeper.PostAsync("roles", new { name = "Less", permissions = new[] { "tickets.read" } })).MustBe(201).Text("id");
        (await keeper.PatchAsync($"roles/{less}", new { permissions = new[] { "keys.manage" } })).MustRefuse(422, "validation_failed", "/permissions");

        var mighty = (await org.Api.PostAsync("roles", new { name = "Mighty", permissions = new[] { "organization.manage" } })).MustBe(201).Text("id");
        (await keeper.PatchAsync($"roles/{mighty}", new { permissions = new[] { "tickets.read" } })).MustRefuse(403, "forbidden");
        (await keeper.DeleteAsync($"roles/{mighty}")).MustRefuse(403, "forbidden");
    }

    [Fact]
    public async Task Who_sees_some_teams_only_can_give_no_more_sight_than_that()
    {
        var org = await World.NewOrganizationAsync();
        var teams = new[] { (await org.Api.PostAsync("teams", new { name = "A" })).Text("id"), (await org.Api.PostAsync("teams", new { name = "B" })).Text("id") };
        var limited = await new Staff(org).WithRoleAsync(["roles.manage", "keys.manage", "tickets.read"], teams[..1]);
        (await limited.PostAsync("roles", new { name = "All", permissions = new[] { "tickets.read" } })).MustRefuse(422, "validation_failed", "/permissions");
        (await limited.PostAsync("roles", new { name = "Both", permissions = new[] { "tickets.read" }, team_ids = teams })).MustRefuse(422, "validation_failed", "/permissions");
        (await limited.PostAsync("roles", new { name = "Own", permissions = new[] { "tickets.read" }, team_ids = teams[..1] })).MustBe(201);
        // A machine of its own would see everything.
        (await limited.PostAsync("api-keys", new { name = "K", scopes = new[] { "tickets.read" } })).MustRefuse(422, "validation_failed", "/user_id");
    }

    [Fact]
    public async Task A_key_that_acts_as_staff_may_what_both_its_scopes_and_their_role_allow_now()
    {
        var org = await World.NewOrganizationAsync();
        var role = (await org.Api.PostAsync("roles", new { name = "R", permissions = new[] { "tickets.read", "tags.manage" } })).MustBe(201).Text("id");
        var user = (await org.Api.PostAsync("users", new { email = "a@acme.test", role = "agent", role_id = role })).MustBe(201).Text("id");
        (await org.Api.PostAsync("api-keys", new { name = "K", user_id = user, scopes = new[] { "users.read" } })).MustRefuse(422, "validation_failed", "/scopes");
        var key = new Api(org.World.Url, (await org.Api.PostAsync("api-keys", new { name = "K", user_id = user, scopes = new[] { "tickets.read", "tags.manage" } })).MustBe(201).Text("secret"));
        (await key.PostAsync("tags", new { name = "one" })).MustBe(201);

        // The role is changed: at once.
        (await org.Api.PatchAsync($"roles/{role}", new { permissions = new[] { "tickets.read" } })).MustBe(200);
        (await key.PostAsync("tags", new { name = "two" })).MustRefuse(403, "forbidden");
        (await key.GetAsync("tickets")).MustBe(200);
        // And nothing once they are no staff any more: a key would show what is others'.
        (await org.Api.PatchAsync($"users/{user}", """{"role":"customer","role_id":null}""")).MustBe(200);
        await Try.UntilAsync(403, () => key.GetAsync("tickets"));
    }

    [Fact]
    public async Task Permissions_are_one_table_that_every_member_may_read()
    {
        var org = await World.NewOrganizationAsync();
        var table = (await (await org.WithScopesAsync("tickets.read")).GetAsync("permissions")).MustBe(200).Items();
        Assert.Equal(Vocabulary.All, table.Select(p => p.Text("name")));
        Assert.Equal(["admin", "manager"], table.Single(p => p.Text("name") == "users.manage").Texts("roles"));
        Assert.All(table, p => Assert.EndsWith(".", p.Text("allows"), StringComparison.Ordinal));
    }
}
