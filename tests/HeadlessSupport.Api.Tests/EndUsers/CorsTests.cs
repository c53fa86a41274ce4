using static HeadlessSupport.Api.Tests.EndUsers.EndUsersWorld;

namespace HeadlessSupport.Api.Tests.EndUsers;

/// <summary>What browsers are told of other pages' requests.</summary>
public sealed class CorsTests
{
    private const string Granted = "Access-Control-Allow-Origin";

    [Fact]
    public async Task A_preflight_is_answered_for_pages_that_some_widget_key_allows()
    {
        var org = await World.NewOrganizationAsync();
        var page = $"https://{org.Slug}.example";
        Task<Answer> AskAsync(string origin, string path = "tickets") => org.World.Anonymous.SendAsync(HttpMethod.Options, path, null,
            ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,content-type,idempotency-key,if-match,x-requested-with,last-event-id"));
        Assert.Null((await AskAsync(page)).Header(Granted));

        var key = await org.WidgetKeyAsync(new { allowed_origins = new[] { page, $"https://*.{org.Slug}.example" } });
        await Try.UntilAsync(async () => (await AskAsync(page)).Header(Granted));
        foreach (var origin in (string[])[page, page.Replace("//", "//a.", StringComparison.Ordinal)])
        {
            foreach (var path in (string[])["tickets", $"widget/{key.Text("key")}/tokens", "/live/negotiate"])
            {
                var answer = (await AskAsync(origin, path)).MustBe(204);
                Assert.Equal(origin, answer.Header(Granted));
                Assert.Equal("7200", answer.Header("Access-Control-Max-Age"));
                Assert.Contains("Idempotency-Key", answer.Header("Access-Control-Allow-Headers"), StringComparison.OrdinalIgnoreCase);
                Assert.Contains("POST", answer.Header("Access-Control-Allow-Methods"), StringComparison.Ordinal);
                Assert.Contains("Origin", answer.Header("Vary"), StringComparison.Ordinal);
                Assert.Null(answer.Header("Access-Control-Allow-Credentials"));
            }
        }
        foreach (var origin in (string[])["https://evil.example", "null", page + ".evil.example", page.Replace("https", "http", StringComparison.Ordinal)])
            Assert.Null((await AskAsync(origin)).Header(Granted));

        (await org.Api.PatchAsync($"widget-keys/{key.Text("id")}", new { enabled = false })).MustBe(200);
        await Try.UntilAsync(async () => (await AskAsync(page)).Header(Granted) is null ? "" : null);
    }

    [Fact]
    public async Task Answers_and_problems_are_shown_to_the_page_but_none_to_an_API_key()
    {
        var org = await World.NewOrganizationAsync();
        var page = $"https://{org.Slug}.example";
        var key = await org.WidgetKeyAsync(new { allowed_origins = new[] { page } });
        var token = await Try.UntilAsync(async () => await org.ComeAsync(key, new { }, ("Origin", page)) is { } came && came.Header(Granted) == page ? came : null);
        var visitor = org.As(token);
        var made = (await visitor.PostAsync("tickets", new { subject = "Hello" }, ("Origin", page))).MustBe(201);
        Assert.Equal(page, made.Header(Granted));
        foreach (var name in (string[])["ETag", "Location", "Link", "Request-Id", "Retry-After", "Idempotency-Replayed"])
            Assert.Contains(name, made.Header("Access-Control-Expose-Headers"), StringComparison.Ordinal);
        Assert.Equal(page, (await visitor.GetAsync("tickets/nonsense", ("Origin", page))).MustBe(404).Header(Granted));
        Assert.Equal(page, (await visitor.GetAsync("users", ("Origin", page))).MustBe(403).Header(Granted));
        Assert.Equal(page, (await visitor.PostAsync("tickets", "{", ("Origin", page))).MustBe(400).Header(Granted));
        Assert.Equal(page, (await new Api(org.World.Url, "hs_eut_x").GetAsync("me", ("Origin", page))).MustBe(401).Header(Granted));
        Assert.Equal(page, (await org.World.Anonymous.GetAsync("/api/v1/no-such-route", ("Origin", page))).MustBe(404).Header(Granted));
        foreach (var origin in (string[])[page, "https://evil.example"])
            Assert.Null((await org.Api.GetAsync("tickets", ("Origin", origin))).MustBe(200).Header(Granted));
        Assert.Null((await org.World.Anonymous.PostAsync($"/live/negotiate?negotiateVersion=1&access_token={org.Secret}", null, ("Origin", page))).Header(Granted));
        Assert.Null((await visitor.GetAsync("tickets", ("Origin", "https://evil.example"))).MustBe(403).Header(Granted));
        Assert.Null((await visitor.GetAsync("tickets")).MustBe(200).Header(Granted));
    }

    [Fact]
    public async Task The_page_of_a_public_app_gets_its_token_and_calls_with_it_and_with_nothing_else()
    {
        var org = await World.NewOrganizationAsync();
        var (page, secretive) = ($"https://app-{org.Slug}.example", $"https://server-{org.Slug}.example");
        async Task<string?> PreflightAsync(string origin, string path) => (await org.World.Anonymous.SendAsync(HttpMethod.Options, path, null,
            ("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "authorization,content-type"))).Header(Granted);
        (await org.Api.PostAsync("apps", new { name = "Server", confidential = true, scopes = new[] { "all" }, redirect_uris = new[] { secretive + "/callback" } })).MustBe(201);
        var app = (await org.Api.PostAsync("apps", new { name = "Desk", confidential = false, scopes = new[] { "all" }, redirect_uris = new[] { page + "/callback", "com.acme.desk:/callback" } })).MustBe(201);
        await Try.UntilAsync(() => PreflightAsync(page, "tickets"));

        foreach (var path in (string[])["tickets", "/oauth/token", "/oauth/revoke", "/.well-known/openid-configuration", "/live/negotiate"])
            Assert.Equal(page, await PreflightAsync(page, path));
        Assert.Null(await PreflightAsync(secretive, "tickets"));
        Assert.Equal(page, (await org.World.Anonymous.GetAsync("/.well-known/openid-configuration", ("Origin", page))).MustBe(200).Header(Granted));
        Assert.Equal(page, (await new Api(org.World.Url, "eyJhbGciOiJSUzI1NiJ9.e30.x").GetAsync("me", ("Origin", page))).MustBe(401).Header(Granted));
        Assert.Null((await org.Api.GetAsync("tickets", ("Origin", page))).MustBe(200).Header(Granted));
        Assert.Null((await new Api(org.World.Url, "hs_eut_x").GetAsync("me", ("Origin", page))).MustBe(401).Header(Granted));

        (await org.Api.DeleteAsync($"apps/{app.Text("id")}")).MustBe(204);
        await Try.UntilAsync(async () => await PreflightAsync(page, "tickets") is null ? "" : null);
    }

    [Fact]
    public async Task OPTIONS_that_is_no_preflight_is_a_method_like_others()
    {
        var org = await World.NewOrganizationAsync();
        var answer = (await org.Api.SendAsync(HttpMethod.Options, "tickets", null)).MustRefuse(405, "method_not_allowed");
        Assert.Contains("GET", answer.Header("Allow"), StringComparison.Ordinal);
        (await org.Api.SendAsync(HttpMethod.Options, "tickets", null, ("Origin", "https://evil.example"))).MustRefuse(405, "method_not_allowed");
    }
}
