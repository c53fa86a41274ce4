using Microsoft.AspNetCore.WebUtilities;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>The OAuth 2.0 and OpenID Connect server, from sign-in to token.</summary>
public sealed class OAuthTests
{
    [Fact]
    public async Task Someone_signs_in_with_a_password_and_the_app_acts_as_them()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org);
        using var browser = staff.Browser();

        await browser.GetAsync(app.AuthorizeUrl());
        Assert.Equal("Sign in", browser.Title);
        await browser.SubmitAsync("/sign-in", ("email", staff.Email), ("password", staff.Password));
        var brought = OAuthClient.Brought(browser);
        Assert.Equal("state-1", brought["state"]);
        var tokens = OAuthClient.Tokens.Of(org.World, (await app.ExchangeAsync(brought["code"])).MustBe(200));

        Assert.InRange(tokens.ExpiresIn, 840, 900);
        Assert.Equal(staff.UserId, tokens.Claims.Text("sub"));
        Assert.Equal(org.Id, tokens.Claims.Text("org"));
        (await tokens.Api.GetAsync("tickets")).MustBe(200);
        var ticket = (await tokens.Api.PostAsync("tickets", new { subject = "By hand", requester = new { email = "bob@customer.test" } })).MustBe(201).Text("id");
        var made = (await org.AllEventsAsync($"events?types=ticket.created")).Single(e => e.Text("data/id") == ticket);
        Assert.Equal("user", made.Text("actor/kind"));
        Assert.Equal(staff.UserId, made.Text("actor/id"));
        // An agent's role, not the app's wishes, says what may be done.
        (await tokens.Api.PostAsync("api-keys", new { name = "Mine", scopes = new[] { "tickets.read" } })).MustRefuse(403, "forbidden");
    }

    [Fact]
    public async Task Scopes_narrow_what_the_role_allows()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org, "admin");
        var app = await OAuthClient.NewAsync(org, new { scopes = new[] { "tickets.read" } });
        using var browser = await staff.SignInAsync();
        await browser.GetAsync(app.AuthorizeUrl("openid offline_access tickets.read"));
        var tokens = OAuthClient.Tokens.Of(org.World, (await app.ExchangeAsync(OAuthClient.Brought(browser)["code"])).MustBe(200));
        (await tokens.Api.GetAsync("tickets")).MustBe(200);
        (await tokens.Api.PostAsync("tickets", new { subject = "No", requester = new { email = "bob@customer.test" } })).MustRefuse(403, "forbidden");
        await browser.GetAsync(app.AuthorizeUrl("openid tickets.write"));
        Assert.Equal((400, "This sign-in cannot go on"), (browser.Status, browser.Title));
        Assert.Contains("not allowed to use the specified scope", browser.Page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_code_is_good_once_and_only_with_its_verifier()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org);
        using var browser = await staff.SignInAsync();
        await browser.GetAsync(app.AuthorizeUrl());
        var code = OAuthClient.Brought(browser)["code"];
        Refused(await app.ExchangeAsync(code, "another-verifier-another-verifier-another-verifier"), "invalid_grant");
        await browser.GetAsync(app.AuthorizeUrl());
        code = OAuthClient.Brought(browser)["code"];
        (await app.ExchangeAsync(code)).MustBe(200);
        Refused(await app.ExchangeAsync(code), "invalid_grant");
    }

    [Theory]
    [InlineData("code_challenge", null, "code_challenge")]
    [InlineData("code_challenge_method", "plain", "code_challenge_method")]
    [InlineData("response_type", "token", "response_type")]
    public async Task A_request_without_what_protects_it_is_refused(string name, string? value, string named)
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org);
        using var browser = await staff.SignInAsync();
        await browser.GetAsync(app.AuthorizeUrl(more: (name, value)));
        Assert.Equal((400, org.World.Url.Authority), (browser.Status, browser.At.Authority));
        Assert.Contains(named, browser.Page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/callback")]
    [InlineData("https://app.example/callback/../evil")]
    [InlineData("https://app.example/callback?x=1")]
    [InlineData("https://app.example.evil.example/callback")]
    [InlineData("javascript:alert(1)")]
    public async Task Nobody_is_sent_to_an_address_that_the_app_did_not_name(string redirect)
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org);
        using var browser = await staff.SignInAsync();
        await browser.GetAsync(app.AuthorizeUrl(more: ("redirect_uri", redirect)));
        Assert.Equal(400, browser.Status);
        Assert.Equal(org.World.Url.Authority, browser.At.Authority);
        Assert.Equal("This sign-in cannot go on", browser.Title);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("/oauth/authorize\\@evil.example")]
    [InlineData("/oauth/verify.evil")]
    public async Task The_way_back_from_signing_in_stays_on_our_site(string back)
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        using var browser = await staff.SignInAsync(back);
        Assert.Equal(org.World.Url.Authority, browser.At.Authority);
    }

    [Fact]
    public async Task Refresh_tokens_rotate_and_one_that_comes_twice_ends_the_whole_family()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org);
        var first = await app.SignInAsync(staff);
        var second = OAuthClient.Tokens.Of(org.World, (await app.RefreshAsync(first.Refresh)).MustBe(200));
        Assert.NotEqual(first.Refresh, second.Refresh);
        (await second.Api.GetAsync("tickets")).MustBe(200);

        Refused(await app.RefreshAsync(first.Refresh), "invalid_grant");
        Refused(await app.RefreshAsync(second.Refresh), "invalid_grant");
        (await second.Api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        (await first.Api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_person_of_two_organizations_chooses_and_each_token_is_for_one()
    {
        var (one, two) = (await World.NewOrganizationAsync(), await World.NewOrganizationAsync(new { name = "Globex" }));
        var staff = await Staff.NewAsync(one);
        var there = (await two.Api.PostAsync("users", new { email = staff.Email, name = "Stella", role = "admin" })).MustBe(201).Text("id");
        await Staff.LetInAsync(two, there, staff.Email);
        var app = await OAuthClient.NewAsync(one);
        (await two.Api.PostAsync("app-installs", new { app_id = app.ClientId, scopes = new[] { "tickets.read" } })).MustRefuse(422, "validation_failed", "/scopes/0");
        (await one.Api.PatchAsync($"apps/{app.ClientId}", new { scopes = new[] { "all", "tickets.read" } })).MustBe(200);
        (await two.Api.PostAsync("app-installs", new { app_id = app.ClientId, scopes = new[] { "tickets.read" } })).MustBe(201);

        using var browser = await staff.SignInAsync();
        // The app's own publisher comes first; another is named, and asked for consent.
        await browser.GetAsync(app.AuthorizeUrl("openid offline_access tickets.read"));
        var first = OAuthClient.Tokens.Of(one.World, (await app.ExchangeAsync(OAuthClient.Brought(browser)["code"])).MustBe(200));
        await browser.GetAsync(app.AuthorizeUrl("openid offline_access tickets.read", ("organization", two.Slug)));
        Assert.Equal("Allow this app?", browser.Title);
        await browser.SubmitAsync("/oauth/authorize", ("consent", "yes"));
        var second = OAuthClient.Tokens.Of(one.World, (await app.ExchangeAsync(OAuthClient.Brought(browser)["code"])).MustBe(200));

        Assert.Equal((one.Id, two.Id), (first.Claims.Text("org"), second.Claims.Text("org")));
        Assert.Equal(there, second.Claims.Text("sub"));
        var ticket = await one.TicketAsync();
        (await first.Api.GetAsync($"tickets/{ticket.Id()}")).MustBe(200);
        (await second.Api.GetAsync($"tickets/{ticket.Id()}")).MustBe(404);

        await browser.GetAsync(app.AuthorizeUrl("openid tickets.read", ("organization", two.Slug)));
        await browser.SubmitAsync("/oauth/authorize", ("consent", "no"));
        Assert.Equal("access_denied", OAuthClient.Brought(browser)["error"]);
    }

    [Fact]
    public async Task An_app_acts_for_itself_where_it_is_installed_and_nowhere_else()
    {
        var (publisher, customer) = (await World.NewOrganizationAsync(), await World.NewOrganizationAsync());
        var app = await OAuthClient.NewAsync(publisher, new { confidential = true, scopes = new[] { "tickets.read", "users.read" } });
        Refused(await app.TokenAsync(("grant_type", "client_credentials"), ("organization", customer.Slug)), "invalid_grant");
        var install = (await customer.Api.PostAsync("app-installs", new { app_id = app.ClientId, scopes = new[] { "tickets.read" } })).MustBe(201);
        var answer = (await app.TokenAsync(("grant_type", "client_credentials"), ("organization", customer.Slug))).MustBe(200);
        var api = new Api(customer.World.Url, answer.Text("access_token"));
        var ticket = await customer.TicketAsync();
        (await api.GetAsync($"tickets/{ticket.Id()}")).MustBe(200);
        (await api.GetAsync("users")).MustRefuse(403, "forbidden");
        Refused(await app.TokenAsync(("grant_type", "client_credentials"), ("organization", publisher.Slug)), "invalid_grant");

        (await customer.Api.DeleteAsync($"app-installs/{install.Text("id")}")).MustBe(204);
        (await api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        Refused(await new OAuthClient(publisher.World, app.ClientId, "hs_app_wrong").TokenAsync(("grant_type", "client_credentials")), "invalid_client", 401);
    }

    [Fact]
    public async Task A_device_is_let_in_by_the_code_that_it_shows()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org, new { device_code = true });
        var device = (await app.PostAsync("/oauth/device", ("scope", "openid offline_access all"))).MustBe(200);
        var grant = new[] { ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", device.Text("device_code")) };
        Refused(await app.TokenAsync(grant), "authorization_pending");

        using var browser = await staff.SignInAsync();
        await browser.GetAsync(new Uri(device.Text("verification_uri_complete")).PathAndQuery);
        Assert.Equal("Allow this app?", browser.Title);
        await browser.SubmitAsync("/oauth/verify", ("consent", "yes"));
        Assert.Equal("Signed in", browser.Title);
        var tokens = OAuthClient.Tokens.Of(org.World, (await app.TokenAsync(grant)).MustBe(200));
        (await tokens.Api.GetAsync("tickets")).MustBe(200);
    }

    [Fact]
    public async Task Who_revokes_a_token_ends_its_session_and_introspection_says_so()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org, new { confidential = true });
        var tokens = await app.SignInAsync(staff);
        var before = (await app.PostAsync("/oauth/introspect", ("token", tokens.Access))).MustBe(200).Json;
        Assert.True(before.GetProperty("active").GetBoolean());
        (await app.PostAsync("/oauth/revoke", ("token", tokens.Refresh))).MustBe(200);
        (await tokens.Api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        Assert.False((await app.PostAsync("/oauth/introspect", ("token", tokens.Access))).MustBe(200).Json.GetProperty("active").GetBoolean());
    }

    [Fact]
    public async Task Userinfo_says_what_was_asked_for()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var tokens = await (await OAuthClient.NewAsync(org)).SignInAsync(staff);
        var person = (await tokens.Api.GetAsync("/oauth/userinfo")).MustBe(200).Json;
        Assert.Equal((staff.UserId, staff.Email, "Stella", org.Id), (person.Text("sub"), person.Text("email"), person.Text("name"), person.Text("org")));
    }

    [Fact]
    public async Task Discovery_and_keys_are_public()
    {
        var world = await World.GetAsync();
        var document = (await world.Anonymous.GetAsync("/.well-known/openid-configuration")).MustBe(200).Json;
        Assert.Equal(world.Url.ToString(), document.Text("issuer"));
        Assert.DoesNotContain("password", document.Texts("grant_types_supported"));
        Assert.Equal(["S256"], document.Texts("code_challenge_methods_supported"));
        Assert.Contains("tickets.read", document.Texts("scopes_supported"));
        var keys = (await world.Anonymous.GetAsync(new Uri(document.Text("jwks_uri")!).PathAndQuery)).MustBe(200).Json.GetProperty("keys");
        Assert.All(keys.EnumerateArray(), k => Assert.False(k.TryGetProperty("d", out _)));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    public async Task A_token_with_another_signature_is_none_of_ours(string algorithm)
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var tokens = await (await OAuthClient.NewAsync(org)).SignInAsync(staff);
        var parts = tokens.Access.Split('.');
        var header = System.Text.Json.Nodes.JsonNode.Parse(WebEncoders.Base64UrlDecode(parts[0]))!.AsObject();
        header["alg"] = algorithm;
        var signed = WebEncoders.Base64UrlEncode(System.Text.Encoding.UTF8.GetBytes(header.ToJsonString())) + "." + parts[1];
        // The confusion of public key and secret: what everybody knows is taken as the secret.
        var jwks = (await org.World.Anonymous.GetAsync("/.well-known/jwks")).MustBe(200).Body;
        var signature = algorithm == "none" ? "" : WebEncoders.Base64UrlEncode(System.Security.Cryptography.HMACSHA256.HashData(jwks, System.Text.Encoding.ASCII.GetBytes(signed)));
        (await new Api(org.World.Url, signed + "." + signature).GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        (await new Api(org.World.Url, parts[0] + "." + parts[1] + "." + parts[2][..^4] + "AAAA").GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        // An ID token is for the app to read, and opens nothing.
        (await new Api(org.World.Url, tokens.Id).GetAsync("tickets")).MustRefuse(401, "unauthenticated");
    }

    private static void Refused(Answer answer, string error, int status = 400)
    {
        answer.MustBe(status);
        Assert.Equal(error, answer.Json.Text("error"));
    }
}
