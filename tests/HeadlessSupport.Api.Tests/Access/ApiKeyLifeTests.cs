namespace HeadlessSupport.Api.Tests.Access;

/// <summary>How keys end.</summary>
public sealed class ApiKeyLifeTests
{
    [Fact]
    public async Task A_revoked_key_is_refused_at_once()
    {
        var org = await World.NewOrganizationAsync();
        var (id, api) = await KeyAsync(org);
        (await api.GetAsync("tickets")).MustBe(200);

        (await org.Api.PostAsync($"api-keys/{id}/revoke", null, ("If-Match", "\"7\""))).MustRefuse(412, "precondition_failed");
        var revoked = (await org.Api.PostAsync($"api-keys/{id}/revoke", null, ("If-Match", "\"1\""))).MustBe(200);
        Assert.False(revoked.Json.IsNull("revoked_at"));
        (await api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        Assert.Equal(revoked.ETag, (await org.Api.PostAsync($"api-keys/{id}/revoke")).MustBe(200).ETag);
        (await org.Api.PostAsync($"api-keys/{id}/rotate", new { })).MustRefuse(409, "conflict");
        Assert.Single(await org.EventsAsync("events?types=api_key.revoked"));
    }

    [Fact]
    public async Task A_key_rotated_without_overlap_ends_and_the_new_one_has_the_same_rights()
    {
        var org = await World.NewOrganizationAsync();
        var (id, old) = await KeyAsync(org, new { allowed_networks = new[] { "127.0.0.0/8" }, expires_at = "2099-01-01T00:00:00Z" });
        (await old.GetAsync("tickets")).MustBe(200);

        var rotated = (await org.Api.PostAsync($"api-keys/{id}/rotate", new { overlap_seconds = 0 })).MustBe(201);
        (await old.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        var fresh = new Api(org.World.Url, rotated.Text("secret"));
        (await fresh.GetAsync("tickets")).MustBe(200);
        (await fresh.GetAsync("users")).MustRefuse(403, "forbidden");

        Assert.EndsWith($"/api/v1/api-keys/{rotated.Text("id")}", rotated.Header("Location"), StringComparison.Ordinal);
        Assert.Equal("2099-01-01T00:00:00Z", rotated.Text("expires_at"));
        Assert.Equal(["127.0.0.0/8"], rotated.Json.Texts("allowed_networks"));
        var before = (await org.Api.GetAsync($"api-keys/{id}")).MustBe(200).Json;
        Assert.Equal(rotated.Text("id"), before.Text("rotated_to"));
        Assert.Equal(rotated.Text("user_id"), before.Text("user_id"));
        (await org.Api.PostAsync($"api-keys/{id}/rotate", new { })).MustRefuse(409, "conflict");
    }

    [Fact]
    public async Task A_key_rotated_with_overlap_works_beside_the_new_one_until_it_is_over()
    {
        var org = await World.NewOrganizationAsync();
        var (id, old) = await KeyAsync(org);
        var rotated = (await org.Api.PostAsync($"api-keys/{id}/rotate", new { overlap_seconds = 3600 })).MustBe(201);

        (await old.GetAsync("tickets")).MustBe(200);
        (await new Api(org.World.Url, rotated.Text("secret")).GetAsync("tickets")).MustBe(200);
        var ends = (await org.Api.GetAsync($"api-keys/{id}")).Json.At("expires_at").GetDateTimeOffset();
        Assert.InRange(ends - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(61));
        Assert.True(rotated.Json.IsNull("expires_at"));
        (await org.Api.PostAsync($"api-keys/{id}/rotate", new { })).MustRefuse(409, "conflict");
        (await org.Api.PostAsync($"api-keys/{rotated.Text("id")}/rotate", new { overlap_seconds = 604_801 })).MustRefuse(422, "validation_failed", "/overlap_seconds");
    }

    [Fact]
    public async Task An_overlap_does_not_lengthen_a_keys_life()
    {
        var org = await World.NewOrganizationAsync();
        var soon = DateTimeOffset.UtcNow.AddMinutes(10).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'");
        var (id, _) = await KeyAsync(org, new { expires_at = soon });
        (await org.Api.PostAsync($"api-keys/{id}/rotate", new { overlap_seconds = 86_400 })).MustBe(201);
        Assert.Equal(soon, (await org.Api.GetAsync($"api-keys/{id}")).Text("expires_at"));
    }

    [Fact]
    public async Task An_expired_key_is_refused_by_real_time_whatever_the_organizations_clock_says()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PostAsync("api-keys", new { name = "Late", scopes = new[] { "tickets.read" }, expires_at = "2020-01-01T00:00:00Z" })).MustRefuse(422, "validation_failed", "/expires_at");
        var (id, api) = await KeyAsync(org, new { expires_at = DateTimeOffset.UtcNow.AddSeconds(3).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'") });
        // A year ahead: a key that expires by real time does not mind.
        (await org.Api.PatchAsync("organization", new { clock_offset_seconds = 31_536_000 })).MustBe(200);
        var (_, lasting) = await KeyAsync(org, new { expires_at = DateTimeOffset.UtcNow.AddDays(1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") });
        (await lasting.GetAsync("tickets")).MustBe(200);

        (await Try.UntilAsync(401, () => api.GetAsync("tickets"))).MustRefuse(401, "unauthenticated");
        (await org.Api.PostAsync($"api-keys/{id}/rotate", new { })).MustRefuse(409, "conflict");
    }

    [Fact]
    public async Task A_key_ends_with_the_user_it_acts_as()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var (_, api) = await KeyAsync(org, new { user_id = agent });
        (await api.GetAsync("tickets")).MustBe(200);

        (await org.Api.PostAsync($"users/{agent}/deactivate")).MustBe(200);
        // The room of users does not know of keys: the database tells, and at the latest it is known 5 seconds later.
        (await Try.UntilAsync(401, () => api.GetAsync("tickets"))).MustRefuse(401, "unauthenticated");
        (await org.Api.PostAsync("api-keys", new { name = "Again", scopes = new[] { "tickets.read" }, user_id = agent })).MustRefuse(422, "validation_failed", "/user_id");
        (await org.Api.PostAsync($"users/{agent}/activate")).MustBe(200);
        await Try.UntilAsync(200, () => api.GetAsync("tickets"));
    }

    private static async Task<(string Id, Api Api)> KeyAsync(Org org, object? more = null)
    {
        var created = (await org.Api.PostAsync("api-keys", Json.Merge(new { name = "Robot", scopes = new[] { "tickets.read" } }, more))).MustBe(201);
        return (created.Text("id"), new Api(org.World.Url, created.Text("secret")));
    }
}
