namespace HeadlessSupport.Api.Tests.Access;

/// <summary>Nobody gives, takes or takes over what they do not have themselves; and an admin remains.</summary>
public sealed class AuthorityTests
{
    [Fact]
    public async Task A_manager_makes_no_admin_and_touches_none()
    {
        var org = await World.NewOrganizationAsync();
        var manager = await new Staff(org).OfAsync("manager");
        var admin = $"users/{org.AdminId}";
        (await manager.PostAsync("users", new { email = "evil@acme.test", role = "admin" })).MustRefuse(422, "validation_failed", "/role");
        (await manager.PutAsync("users/by-external-id/evil", new { email = "evil@acme.test", role = "admin" })).MustRefuse(422, "validation_failed", "/role");
        (await manager.PatchAsync(admin, new { email = "evil@acme.test" })).MustRefuse(403, "forbidden");
        (await manager.PatchAsync(admin, new { role = "agent" })).MustRefuse(403, "forbidden");
        (await manager.PostAsync($"{admin}/deactivate")).MustRefuse(403, "forbidden");
        (await manager.PostAsync($"{admin}/activate")).MustRefuse(403, "forbidden");

        var agent = (await manager.PostAsync("users", new { email = "agent@acme.test", role = "agent", external_id = "a" })).MustBe(201).Text("id");
        var refused = (await manager.PatchAsync($"users/{agent}", new { role = "admin" })).MustRefuse(422, "validation_failed", "/role");
        Assert.Contains("keys.manage", refused.Text("detail"), StringComparison.Ordinal);
        (await manager.PutAsync("users/by-external-id/a", new { role = "admin" })).MustRefuse(422, "validation_failed", "/role");
        (await manager.PatchAsync($"users/{agent}", new { role = "manager" })).MustBe(200);
        // What they were made by someone mightier, they are out of reach.
        (await org.Api.PatchAsync($"users/{agent}", new { role = "admin" })).MustBe(200);
        (await manager.PutAsync("users/by-external-id/a", new { role = "agent" })).MustRefuse(403, "forbidden");
        (await manager.PostAsync("users", new { email = "customer@acme.test" })).MustBe(201);
    }

    [Fact]
    public async Task A_role_of_the_organizations_own_is_given_only_by_who_has_as_much()
    {
        var org = await World.NewOrganizationAsync();
        var role = (await org.Api.PostAsync("roles", new { name = "Keys", permissions = new[] { "keys.manage" } })).MustBe(201).Text("id");
        var manager = await new Staff(org).OfAsync("manager");
        (await manager.PostAsync("users", new { email = "evil@acme.test", role = "agent", role_id = role })).MustRefuse(422, "validation_failed", "/role_id");
        (await manager.PostAsync("users", new { email = "evil@acme.test", role = "agent", role_id = "rol_01h455vb4pex5vsknk084sn02q" })).MustRefuse(422, "validation_failed", "/role_id");
        (await org.Api.PostAsync("users", new { email = "good@acme.test", role = "agent", role_id = role })).MustBe(201);
    }

    [Fact]
    public async Task The_machine_of_a_mighty_key_is_as_mighty()
    {
        var org = await World.NewOrganizationAsync();
        var manager = await new Staff(org).OfAsync("manager");
        var key = (await org.Api.PostAsync("api-keys", new { name = "Mighty", scopes = new[] { "organization.manage" } })).MustBe(201);
        (await manager.PostAsync($"users/{key.Text("user_id")}/deactivate")).MustRefuse(403, "forbidden");
        (await org.Api.PostAsync($"users/{key.Text("user_id")}/deactivate")).MustBe(200);
        (await manager.PostAsync($"users/{key.Text("user_id")}/activate")).MustRefuse(403, "forbidden");
        var slight = (await org.Api.PostAsync("api-keys", new { name = "Slight", scopes = new[] { "tickets.read" } })).MustBe(201);
        (await manager.PostAsync($"users/{slight.Text("user_id")}/deactivate")).MustBe(200);
    }

    [Fact]
    public async Task No_key_is_made_or_rotated_that_acts_as_someone_mightier()
    {
        var org = await World.NewOrganizationAsync();
        var keeper = await org.WithScopesAsync("keys.manage", "tickets.read");
        (await keeper.PostAsync("api-keys", new { name = "Evil", user_id = org.AdminId, scopes = new[] { "tickets.read" } })).MustRefuse(422, "validation_failed", "/user_id");
        var key = (await org.Api.PostAsync("api-keys", new { name = "Ada", user_id = org.AdminId, scopes = new[] { "tickets.read" } })).MustBe(201).Text("id");
        (await keeper.PostAsync($"api-keys/{key}/rotate", new { })).MustRefuse(422, "validation_failed", "/user_id");
        (await org.Api.PostAsync($"api-keys/{key}/rotate", new { })).MustBe(201);
    }

    [Fact]
    public async Task The_last_active_admin_remains()
    {
        var org = await World.NewOrganizationAsync();
        var role = (await org.Api.PostAsync("roles", new { name = "R", permissions = new[] { "tickets.read" } })).MustBe(201).Text("id");
        var admin = $"users/{org.AdminId}";
        (await org.Api.PatchAsync(admin, new { role = "agent" })).MustRefuse(409, "conflict");
        (await org.Api.PatchAsync(admin, new { role_id = role })).MustRefuse(409, "conflict");
        (await org.Api.PostAsync($"{admin}/deactivate")).MustRefuse(409, "conflict");
        (await org.Api.PatchAsync(admin, new { name = "Ada L." })).MustBe(200);
        var second = (await org.Api.PostAsync("users", new { email = "second@acme.test", role = "admin" })).MustBe(201).Text("id");
        (await org.Api.PostAsync($"{admin}/deactivate")).MustBe(200);
        (await org.Api.PostAsync($"users/{second}/deactivate")).MustRefuse(409, "conflict");
        Assert.Equal("active", (await org.Api.GetAsync($"users/{second}")).Text("status"));
    }

    [Fact]
    public async Task Of_two_admins_who_go_at_once_one_remains()
    {
        for (var i = 0; i < 5; i++)
        {
            var org = await World.NewOrganizationAsync();
            var second = (await org.Api.PostAsync("users", new { email = "second@acme.test", role = "admin" })).MustBe(201).Text("id");
            var answers = await Task.WhenAll(org.Api.PostAsync($"users/{org.AdminId}/deactivate"), org.Api.PatchAsync($"users/{second}", new { role = "agent" }));
            Assert.Equal([200, 409], answers.Select(a => a.Status).Order());
        }
    }
}
