namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>Sign-in by an organization's own issuer: the whole way, and who is let in as whom.</summary>
public sealed class SsoTests
{
    [Fact]
    public async Task Someone_new_signs_in_by_their_organizations_issuer_and_the_app_acts_as_them()
    {
        await using var sso = await SsoOrg.NewAsync();
        using var browser = await sso.ComeBackAsync(sso.Bob());
        var tokens = await sso.TokensAsync(browser);
        Assert.Equal(sso.Org.Id, tokens.Claims.Text("org"));
        (await tokens.Api.GetAsync("tickets")).MustBe(200);
        (await tokens.Api.GetAsync("api-keys")).MustRefuse(403, "forbidden");
        var user = (await sso.Org.Api.GetAsync($"users/{tokens.Claims.Text("sub")}")).MustBe(200).Json;
        Assert.Equal((sso.Email(), "Bob", "agent", true), (user.Text("email"), user.Text("name"), user.Text("role"), user.GetProperty("can_sign_in").GetBoolean()));
        var events = (await sso.Org.AllEventsAsync("events?types=user.created,user.joined")).Where(e => e.Text("data/id") == user.Id()).ToList();
        Assert.Equal(["user.created", "user.joined"], events.Select(e => e.Text("type")));
        Assert.All(events, e => Assert.Equal(("user", user.Id()), (e.Text("actor/kind"), e.Text("actor/id"))));
        var noted = (await sso.Org.Api.GetAsync("audit-log?action=sign_in.succeeded")).Items().Single();
        Assert.Equal((user.Id(), sso.Connection), (noted.Text("actor/id"), noted.Text("details/by")));

        // The second time they are who they were, also under another address.
        using var again = await sso.ComeBackAsync(("sub", "bob-1"), ("email", sso.Email("robert")), ("name", "Bob"));
        Assert.Equal(user.Id(), (await sso.TokensAsync(again)).Claims.Text("sub"));
        // Nobody typed a password, and there is none.
        using var byPassword = await (new Staff(sso.Org, user.Id(), sso.Email(), Staff.GoodPassword)).SignInAsync();
        Assert.Equal(401, byPassword.Status);
    }

    [Fact]
    public async Task The_page_offers_the_connections_of_the_apps_publisher_that_are_enabled()
    {
        await using var sso = await SsoOrg.NewAsync();
        await using var other = await SsoOrg.NewAsync(new { name = "Globex ID" });
        using var browser = new Browser(sso.Org.World.Url);
        await browser.GetAsync(sso.App.AuthorizeUrl());
        Assert.Contains("Sign in with Acme ID", browser.Page, StringComparison.Ordinal);
        Assert.DoesNotContain("Globex", browser.Page, StringComparison.Ordinal);
        await browser.GetAsync(sso.App.AuthorizeUrl(more: ("organization", other.Org.Slug)));
        Assert.Contains("Sign in with Globex ID", browser.Page, StringComparison.Ordinal);
        (await sso.Org.Api.PatchAsync($"sso-connections/{sso.Connection}", new { enabled = false })).MustBe(200);
        await browser.GetAsync(sso.App.AuthorizeUrl());
        Assert.DoesNotContain("Acme ID", browser.Page, StringComparison.Ordinal);
        await browser.PostAsync($"/sign-in/with/{sso.Connection}", browser.Form("/sign-in"));
        Assert.Equal((404, "There is no such way to sign in."), (browser.Status, browser.Error));
        Assert.Empty(sso.Issuer.Asked);
    }

    [Fact]
    public async Task A_form_that_is_not_ours_sends_nobody_anywhere()
    {
        await using var sso = await SsoOrg.NewAsync();
        using var browser = new Browser(sso.Org.World.Url);
        await browser.PostAsync($"/sign-in/with/{sso.Connection}", [KeyValuePair.Create("return", "/sign-in/security")]);
        Assert.Equal((400, "This page has expired"), (browser.Status, browser.Title));
    }

    [Fact]
    public async Task Claims_make_the_role_each_time_anew()
    {
        await using var sso = await SsoOrg.NewAsync();
        var own = (await sso.Org.Api.PostAsync("roles", new { name = "Reader", permissions = new[] { "tickets.read" } })).MustBe(201).Text("id");
        (await sso.Org.Api.PatchAsync($"sso-connections/{sso.Connection}", new
        {
            default_role = (string?)null,
            roles = new object[] { new { claim = "groups", value = "readers", role_id = own }, new { claim = "groups", value = "admins", role = "admin" } },
        })).MustBe(200);
        async Task<(string?, string?)> RoleAsync(params string[] groups)
        {
            using var browser = await sso.ComeBackAsync(sso.Bob([.. groups.Select(g => ("groups", g))]));
            var user = (await sso.Org.Api.GetAsync($"users/{(await sso.TokensAsync(browser)).Claims.Text("sub")}")).Json;
            return (user.Text("role"), user.Text("role_id"));
        }
        Assert.Equal(("agent", own), await RoleAsync("everyone", "readers"));
        Assert.Equal(("admin", null), await RoleAsync("admins"));
        Assert.Equal(("agent", own), await RoleAsync("admins", "readers"));
        using var none = await sso.ComeBackAsync(sso.Bob(("groups", "everyone")));
        Assert.Equal(401, none.Status);
        Assert.Contains("gives you a role", none.Error, StringComparison.Ordinal);
        Assert.Equal(["no_role"], await sso.FailuresAsync());
    }

    [Fact]
    public async Task Without_just_in_time_only_those_come_in_whom_someone_added()
    {
        await using var sso = await SsoOrg.NewAsync(new { just_in_time = false });
        using var unknown = await sso.ComeBackAsync(sso.Bob());
        Assert.Equal((401, "You are no member of the staff here. Ask an admin to add you."), (unknown.Status, unknown.Error));
        var bob = (await sso.Org.Api.PostAsync("users", new { email = sso.Email(), name = "Bob", role = "manager" })).MustBe(201).Text("id");
        using var known = await sso.ComeBackAsync(sso.Bob());
        Assert.Equal(bob, (await sso.TokensAsync(known)).Claims.Text("sub"));
        Assert.Equal("manager", (await sso.Org.Api.GetAsync($"users/{bob}")).Text("role"));
        (await sso.Org.Api.PostAsync($"users/{bob}/deactivate")).MustBe(200);
        using var deactivated = await sso.ComeBackAsync(sso.Bob());
        Assert.Equal(401, deactivated.Status);
        Assert.Equal(["deactivated", "unknown"], await sso.FailuresAsync());
    }

    [Fact]
    public async Task Who_has_a_login_already_is_the_same_person()
    {
        await using var sso = await SsoOrg.NewAsync();
        var staff = await Staff.NewAsync(sso.Org, "manager", sso.Email());
        using var browser = await sso.ComeBackAsync(sso.Bob());
        Assert.Equal(staff.UserId, (await sso.TokensAsync(browser)).Claims.Text("sub"));
        using var byPassword = await staff.SignInAsync();
        Assert.Equal("Your account", byPassword.Title);
    }

    [Fact]
    public async Task A_sign_in_by_one_organizations_issuer_opens_no_other_organization_and_no_account()
    {
        await using var acme = await SsoOrg.NewAsync();
        var globex = await World.NewOrganizationAsync();
        // The same person works in both, with one login.
        var inAcme = await Staff.NewAsync(acme.Org, email: acme.Email());
        var inGlobex = await Staff.NewAsync(globex, "admin", acme.Email());
        using var browser = await acme.ComeBackAsync(acme.Bob());
        Assert.Equal(inAcme.UserId, (await acme.TokensAsync(browser)).Claims.Text("sub"));

        var theirs = await OAuthClient.NewAsync(globex);
        await browser.GetAsync(theirs.AuthorizeUrl());
        Assert.Equal("Sign in", browser.Title);
        await browser.GetAsync(acme.App.AuthorizeUrl(more: ("organization", globex.Slug)));
        Assert.Equal("Sign in", browser.Title);
        foreach (var page in new[] { "/sign-in/security", "/sign-in/set-up" })
        {
            await browser.GetAsync(page);
            Assert.Equal("Sign in", browser.Title);
        }
        using var byPassword = await inGlobex.SignInAsync();
        Assert.Equal(inGlobex.UserId, (await theirs.SignInAsync(inGlobex, byPassword)).Claims.Text("sub"));
    }

    [Fact]
    public async Task A_connection_vouches_only_for_domains_that_its_own_organization_has_verified()
    {
        await using var acme = await SsoOrg.NewAsync();
        await using var globex = await SsoOrg.NewAsync(new { domains = new[] { acme.Domain } });
        await using var unverified = await SsoOrg.NewAsync(verified: false);
        // Acme's domain is verified, but not by Globex.
        using var foreign = await globex.ComeBackAsync(acme.Bob());
        using var none = await unverified.ComeBackAsync(unverified.Bob());
        using var unlisted = await acme.ComeBackAsync(("sub", "1"), ("email", "bob@gmail.test"));
        using var without = await acme.ComeBackAsync(("sub", "1"));
        foreach (var refused in new[] { foreign, none, unlisted, without })
            Assert.Equal((401, "Sign in"), (refused.Status, refused.Title));
        Assert.Equal(["foreign_domain"], await globex.FailuresAsync());
        Assert.Equal(["foreign_domain"], await unverified.FailuresAsync());
        Assert.Equal(["no_address", "foreign_domain"], await acme.FailuresAsync());
        foreach (var org in new[] { acme.Org, globex.Org, unverified.Org })
            Assert.Single((await org.Api.GetAsync("users?is_machine=false")).Items());
    }

    [Fact]
    public async Task Where_only_sso_counts_the_password_opens_nothing()
    {
        await using var sso = await SsoOrg.NewAsync();
        var staff = await Staff.NewAsync(sso.Org, email: sso.Email());
        using var before = await staff.SignInAsync();
        await before.GetAsync(sso.App.AuthorizeUrl());
        Assert.NotEmpty(OAuthClient.Brought(before));
        (await sso.Org.Api.PatchAsync($"sso-connections/{sso.Connection}", new { sso_only = true })).MustBe(200);

        // Who signed in by password before is asked for more.
        await before.GetAsync(sso.App.AuthorizeUrl());
        Assert.Equal(("Sign in", "Your organization asks you to sign in with its own sign-in. Choose it below."), (before.Title, before.Error));
        // Who enters the address goes there, whatever the password.
        using var browser = new Browser(sso.Org.World.Url);
        await browser.GetAsync(sso.App.AuthorizeUrl());
        await browser.SubmitAsync("/sign-in", ("email", sso.Email()), ("password", staff.Password));
        Assert.Equal(sso.Email(), Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(browser.At.Query)["login_hint"]);
        await sso.Issuer.SignInAsync(browser, sso.Bob());
        Assert.Equal(staff.UserId, (await sso.TokensAsync(browser)).Claims.Text("sub"));
        // Others of the staff come as before.
        var other = await Staff.NewAsync(sso.Org);
        Assert.NotNull(await sso.App.SignInAsync(other));
        // Where the connection is gone, so is what came by it.
        (await sso.Org.Api.DeleteAsync($"sso-connections/{sso.Connection}")).MustBe(204);
        await browser.GetAsync(sso.App.AuthorizeUrl());
        Assert.Equal("Sign in", browser.Title);
    }

    [Theory]
    [InlineData("mfa", true)]
    [InlineData("pwd", false)]
    public async Task The_issuers_second_factor_counts_and_else_ours_is_asked_for(string method, bool enough)
    {
        await using var sso = await SsoOrg.NewAsync();
        (await sso.Org.Api.PatchAsync("organization", new { security = new { require_mfa = true } })).MustBe(200);
        using var browser = await sso.ComeBackAsync(sso.Bob(("amr", method)));
        if (!enough)
        {
            Assert.Equal("Set up a second step", browser.Title);
            var secret = browser.Page.Split("<code>")[1].Split("</code>")[0];
            await browser.SubmitAsync("/sign-in/set-up", ("code", new OtpNet.Totp(OtpNet.Base32Encoding.ToBytes(secret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime)));
            Assert.Equal("Recovery codes", browser.Title);
            await browser.GetAsync(browser.Link("/oauth/authorize")!);
        }
        var tokens = await sso.TokensAsync(browser);
        Assert.True((await tokens.Api.GetAsync("sessions")).Items().Single().GetProperty("mfa").GetBoolean());
        // It is still the issuer's sign-in, and no key to the account.
        await browser.GetAsync("/sign-in/security");
        Assert.Equal("Sign in", browser.Title);
    }

    [Fact]
    public async Task The_way_back_leads_nowhere_else()
    {
        await using var sso = await SsoOrg.NewAsync();
        foreach (var back in new[] { "https://evil.test/", "//evil.test/", "/\\evil.test", "/oauth/authorize/../../evil", "javascript:alert(1)" })
        {
            using var browser = new Browser(sso.Org.World.Url);
            await browser.GetAsync("/sign-in");
            await browser.PostAsync($"/sign-in/with/{sso.Connection}", browser.Form("/sign-in", ("return", back)));
            await sso.Issuer.SignInAsync(browser, sso.Bob());
            Assert.Equal(("Signed in", sso.Org.World.Url.Authority), (browser.Title, browser.At.Authority));
        }
    }

    [Fact]
    public async Task The_secret_is_never_shown_and_goes_to_no_other_issuer()
    {
        await using var sso = await SsoOrg.NewAsync();
        var path = $"sso-connections/{sso.Connection}";
        (await sso.Org.Api.PatchAsync(path, new { issuer = "http://127.0.0.1:9" })).MustRefuse(422, "validation_failed", "/client_secret");
        (await sso.Org.Api.PatchAsync(path, new { client_secret = "another-secret-of-theirs" })).MustBe(200);
        foreach (var shown in new[] { path, "sso-connections", "events?types=sso_connection.*", "audit-log" })
        {
            var text = System.Text.Encoding.UTF8.GetString((await sso.Org.Api.GetAsync(shown)).MustBe(200).Body);
            Assert.DoesNotContain(ForeignIssuer.ClientSecret, text, StringComparison.Ordinal);
            Assert.DoesNotContain("another-secret", text, StringComparison.Ordinal);
        }
        Assert.Equal(["sso_connection.created", "sso_connection.secret_changed"], (await sso.Org.AllEventsAsync("events?types=sso_connection.*")).Select(e => e.Text("type")));
        // The issuer notices that the secret is another.
        using var browser = await sso.ComeBackAsync(sso.Bob());
        Assert.Equal(401, browser.Status);
    }

    [Fact]
    public async Task Who_may_not_do_everything_cannot_choose_who_vouches_for_admins()
    {
        var org = await World.NewOrganizationAsync();
        var api = await org.WithScopesAsync("organization.manage", "organization.read");
        (await api.PostAsync("sso-connections", new { name = "Mine", issuer = "http://127.0.0.1:9", client_id = "a", client_secret = "b" })).MustRefuse(403, "forbidden");
        (await org.Api.PostAsync("sso-connections", new { name = "Mine", issuer = "http://127.0.0.1:9", client_id = "a" })).MustRefuse(422, "validation_failed", "/client_secret");
        foreach (var issuer in new[] { "ftp://a.test", "http://10.0.0.1", "http://169.254.169.254", "http://127.0.0.1:9?a=b", "nonsense" })
            (await org.Api.PostAsync("sso-connections", new { name = "Mine", issuer, client_id = "a", client_secret = "b" })).MustRefuse(422, "validation_failed", "/issuer");
        foreach (var role in new object[] { new { claim = "a", value = "b", role = "customer" }, new { claim = "a", value = "b", role = "owner" } })
            (await org.Api.PostAsync("sso-connections", new { name = "Mine", issuer = "http://127.0.0.1:9", client_id = "a", client_secret = "b", roles = new[] { role } })).MustRefuse(422, "validation_failed", "/roles/0/role");
    }

    [Fact]
    public async Task The_last_admin_stays_one_whatever_the_issuer_says()
    {
        await using var sso = await SsoOrg.NewAsync(new { roles = new[] { new { claim = "groups", value = "support", role = "agent" } } });
        var admin = $"users/{sso.Org.AdminId}";
        (await sso.Org.Api.PatchAsync(admin, new { email = sso.Email() })).MustBe(200);
        using var browser = await sso.ComeBackAsync(sso.Bob(("groups", "support")));
        Assert.Equal(sso.Org.AdminId, (await sso.TokensAsync(browser)).Claims.Text("sub"));
        Assert.Equal("admin", (await sso.Org.Api.GetAsync(admin)).Text("role"));
    }
}
