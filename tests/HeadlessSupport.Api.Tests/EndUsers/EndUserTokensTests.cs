using HeadlessSupport.Api.Tests.Realtime;
using Microsoft.AspNetCore.SignalR.Client;
using static HeadlessSupport.Api.Tests.EndUsers.EndUsersWorld;

namespace HeadlessSupport.Api.Tests.EndUsers;

/// <summary>Tokens that a server makes for its customers, from where they may be used, and when no longer.</summary>
public sealed class EndUserTokensTests
{
    [Fact]
    public async Task A_server_makes_tokens_for_customers_known_and_new()
    {
        var org = await World.NewOrganizationAsync();
        var known = (await org.Api.PostAsync("users", new { email = "bob@customer.test", external_id = "4711", name = "Bob" })).MustBe(201).Text("id");
        foreach (var by in (object[])[new { id = known }, new { external_id = "4711" }, new { email = "BOB@customer.test", name = "Else" }])
        {
            var token = (await org.Api.PostAsync("end-user-tokens", new { user = by })).MustBe(201);
            Assert.Equal((known, "Bob"), (token.Json.Text("user/id"), token.Json.Text("user/name")));
            Assert.InRange(DateTimeOffset.Parse(token.Text("expires_at"), System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddMinutes(14), DateTimeOffset.UtcNow.AddMinutes(15));
            Assert.StartsWith("hs_eut_", token.Text("token"), StringComparison.Ordinal);
        }
        var made = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => org.Api.PostAsync("end-user-tokens", new { user = new { external_id = "new", name = "Nora" } })));
        Assert.Single(made.Select(m => m.MustBe(201).Json.Text("user/id")).Distinct());
        Assert.Equal("api_key", (await org.AllEventsAsync("events?types=user.created"))[^1].Text("actor/kind"));
        // Shown once.
        var first = (await org.Api.PostAsync("end-user-tokens", new { user = new { id = known } }, ("Idempotency-Key", "t1"))).MustBe(201);
        Assert.True((await org.Api.PostAsync("end-user-tokens", new { user = new { id = known } }, ("Idempotency-Key", "t1"))).MustBe(201).Json.IsNull("token"));
        (await org.As(first).GetAsync("tickets")).MustBe(200);
    }

    [Fact]
    public async Task Staff_unknown_ids_and_what_is_another_organizations_are_refused()
    {
        var (org, other) = (await World.NewOrganizationAsync(), await World.NewOrganizationAsync());
        var agent = await org.AgentAsync();
        var key = await org.WidgetKeyAsync();
        var theirs = await other.WidgetKeyAsync();
        var theirUser = (await other.Api.PostAsync("users", new { external_id = "x" })).MustBe(201).Text("id");
        Task<Answer> MintAsync(object body) => org.Api.PostAsync("end-user-tokens", body);
        (await MintAsync(new { user = new { id = agent } })).MustRefuse(422, "validation_failed", "/user");
        (await MintAsync(new { user = new { email = "agent@acme.test" } })).MustRefuse(422, "validation_failed", "/user");
        (await MintAsync(new { user = new { id = theirUser } })).MustRefuse(422, "validation_failed", "/user/id");
        (await MintAsync(new { user = new { } })).MustRefuse(422, "validation_failed", "/user");
        (await MintAsync(new { user = new { external_id = "a" }, widget_key = theirs.Text("key") })).MustRefuse(422, "validation_failed", "/widget_key");
        (await MintAsync(new { user = new { external_id = "a" }, inbox_id = theirs.Text("inbox_id") })).MustRefuse(422, "validation_failed", "/inbox_id");
        (await MintAsync(new { user = new { external_id = "a" }, widget_key = key.Text("key"), inbox_id = (await org.WidgetKeyAsync()).Text("inbox_id") })).MustRefuse(422, "validation_failed", "/inbox_id");
        (await (await org.WithScopesAsync("tickets.read", "users.manage")).PostAsync("end-user-tokens", new { user = new { external_id = "a" } })).MustRefuse(403, "forbidden");
        Assert.DoesNotContain(await org.Api.AllAsync("users"), u => u.Text("external_id") == "a");
        var gone = (await org.Api.PostAsync("users", new { external_id = "gone" })).MustBe(201).Text("id");
        (await org.Api.PostAsync($"users/{gone}/deactivate")).MustBe(200);
        (await MintAsync(new { user = new { id = gone } })).MustRefuse(422, "validation_failed", "/user");
    }

    [Fact]
    public async Task A_token_is_one_as_it_is_and_nothing_else()
    {
        var org = await World.NewOrganizationAsync();
        var token = (await org.Api.PostAsync("end-user-tokens", new { user = new { external_id = "bob" } })).MustBe(201).Text("token");
        foreach (var wrong in (string[])["hs_eut_", "hs_eut_x", token[..^1], token[..^4] + "AAAA", token.ToUpperInvariant(), token + "A", token["hs_eut_".Length..]])
            (await new Api(org.World.Url, wrong).GetAsync("me")).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_web_page_must_be_one_that_the_widget_key_allows()
    {
        var org = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync(new { allowed_origins = new[] { "https://Shop.example:443", "https://*.stores.example", "http://localhost:*" } });
        var another = await org.WidgetKeyAsync(new { allowed_origins = new[] { "https://else.example" } });
        var bound = await org.CustomerAsync("bob", new { widget_key = key.Text("key") });
        var free = await org.CustomerAsync("bob");
        var visitor = org.As(await org.ComeAsync(key, new { }, ("Origin", Page)));
        foreach (var origin in (string[])[Page, "https://a.stores.example", "https://b.a.stores.example", "http://localhost:3000", "http://localhost", org.World.Url.GetLeftPart(UriPartial.Authority)])
        {
            foreach (var api in (Api[])[bound, free, visitor])
                (await api.GetAsync("tickets", ("Origin", origin))).MustBe(200);
            (await org.ComeAsync(key, new { }, ("Origin", origin))).MustBe(201);
        }
        foreach (var origin in (string[])["https://evil.example", "http://shop.example", "https://shop.example:8443", "https://stores.example", "https://a.stores.example.evil.example", "https://shop.example.evil.example", "https://evilstores.example", "null", "https://*.stores.example", "file://", "http://127.0.0.1:3000", "https://shop.example/", "https://SHOP.example"])
        {
            foreach (var api in (Api[])[bound, free, visitor])
                (await api.GetAsync("tickets", ("Origin", origin))).MustRefuse(403, "forbidden");
            (await org.ComeAsync(key, new { }, ("Origin", origin))).MustRefuse(403, "forbidden");
        }
        (await bound.GetAsync("tickets", ("Origin", "https://else.example"))).MustRefuse(403, "forbidden");
        (await free.GetAsync("tickets", ("Origin", "https://else.example"))).MustBe(200);
        (await bound.GetAsync("tickets")).MustBe(200);
        Assert.Equal(["https://shop.example", "https://*.stores.example", "http://localhost:*"], key.Json.Texts("allowed_origins"));
        Assert.NotNull(another.Text("id"));
    }

    [Fact]
    public async Task A_token_ends_with_its_user_its_key_and_its_organization()
    {
        var org = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync();
        async Task MustEndAsync(Func<Task> end, string code, string externalId = "bob")
        {
            var api = await org.CustomerAsync(externalId, new { widget_key = key.Text("key") });
            (await api.GetAsync("me")).MustBe(200);
            await end();
            await Try.UntilAsync(401, () => api.GetAsync("me"));
            (await api.GetAsync("tickets")).MustRefuse(401, code);
        }
        var patch = $"widget-keys/{key.Text("id")}";
        await MustEndAsync(async () => (await org.Api.PatchAsync(patch, new { enabled = false })).MustBe(200), "unauthenticated");
        (await org.Api.PatchAsync(patch, new { enabled = true })).MustBe(200);
        var staff = (await org.Api.PostAsync("users", new { external_id = "riser" })).MustBe(201).Text("id");
        await MustEndAsync(async () => (await org.Api.PatchAsync($"users/{staff}", new { role = "agent" })).MustBe(200), "unauthenticated", "riser");
        var gone = (await org.Api.PostAsync("users", new { external_id = "gone" })).MustBe(201).Text("id");
        await MustEndAsync(async () => (await org.Api.PostAsync($"users/{gone}/deactivate")).MustBe(200), "unauthenticated", "gone");
        var page = await org.CustomerAsync("bob", new { widget_key = key.Text("key") });
        (await page.GetAsync("me", ("Origin", Page))).MustBe(200);
        (await org.Api.PatchAsync(patch, new { allowed_origins = new[] { "https://new.example" } })).MustBe(200);
        await Try.UntilAsync(403, () => page.GetAsync("me", ("Origin", Page)));
        await using var live = await LiveClient.StartAsync(org.World.Url, (await org.Api.PostAsync("end-user-tokens", new { user = new { external_id = "bob" }, widget_key = key.Text("key") })).MustBe(201).Text("token"));
        await live.FollowAsync();
        await MustEndAsync(async () => (await org.Api.DeleteAsync(patch)).MustBe(204), "unauthenticated");
        await live.Ended.Task.WaitAsync(TimeSpan.FromSeconds(60));
        key = await org.WidgetKeyAsync();
        await MustEndAsync(async () => (await org.World.Operator.PostAsync($"organizations/{org.Id}/suspend")).MustBe(200), "organization_suspended");
    }

    [Fact]
    public async Task Customers_watch_their_own_tickets_and_hear_that_someone_types()
    {
        var org = await World.NewOrganizationAsync();
        var key = (await org.Api.PostAsync("end-user-tokens", new { user = new { external_id = "bob" } })).MustBe(201).Text("token");
        var mine = (await new Api(org.World.Url, key).PostAsync("tickets", new { subject = "Mine" })).MustBe(201).Text("id");
        var others = (await org.TicketAsync()).Id();
        await org.AllEventsAsync("events");
        await using var bob = await LiveClient.StartAsync(org.World.Url, key);
        await using var agent = await LiveClient.StartAsync(org.World.Url, org.Secret);
        await Assert.ThrowsAsync<Microsoft.AspNetCore.SignalR.HubException>(() => bob.WatchAsync(others));
        Assert.Equal(0, (await bob.WatchAsync(mine)).GetProperty("viewers").GetArrayLength());
        await agent.WatchAsync(mine);
        await agent.Connection.InvokeAsync("typing", mine, false);
        Assert.True((await bob.UntilAsync("typing", _ => true)).IsNull("user_id"));
        Assert.Empty(bob.Heard("presence"));
    }
}
