using OtpNet;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>The sign-in pages, as a browser without scripts uses them.</summary>
public sealed class SignInTests
{
    [Fact]
    public async Task A_wrong_password_an_unknown_address_and_a_locked_account_look_the_same()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        async Task<(int, string?)> TryAsync(string email, string password)
        {
            using var browser = staff.Browser();
            await browser.GetAsync("/sign-in");
            await browser.SubmitAsync("/sign-in", ("email", email), ("password", password));
            return (browser.Status, browser.Error);
        }
        var wrong = await TryAsync(staff.Email, "not this one, sorry");
        Assert.Equal(401, wrong.Item1);
        Assert.Equal(wrong, await TryAsync("nobody@nowhere.test", "not this one, sorry"));
        for (var i = 0; i < 9; i++)
            await TryAsync(staff.Email, "not this one, sorry");
        var after = await TryAsync(staff.Email, staff.Password);
        Assert.Equal(wrong.Item2, after.Item2);
        Assert.Equal(429, after.Item1);
    }

    [Fact]
    public async Task A_form_that_did_not_come_from_our_page_is_refused()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        using var browser = staff.Browser();
        await browser.PostAsync("/sign-in", new Dictionary<string, string>(StringComparer.Ordinal) { ["email"] = staff.Email, ["password"] = staff.Password });
        Assert.Equal((400, "This page has expired"), (browser.Status, browser.Title));
        // A token of another browser is no better.
        using var other = staff.Browser();
        await other.GetAsync("/sign-in");
        await browser.PostAsync("/sign-in", other.Form("/sign-in", ("email", staff.Email), ("password", staff.Password)));
        Assert.Equal(400, browser.Status);
    }

    [Fact]
    public async Task Pages_are_in_nobodys_frame_and_run_no_foreign_script()
    {
        using var browser = new Browser((await World.GetAsync()).Url);
        await browser.GetAsync("/sign-in");
        var policy = string.Join("", browser.Response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("no-referrer", string.Join("", browser.Response.Headers.GetValues("Referrer-Policy")));
        Assert.True(browser.Response.Headers.CacheControl?.NoStore);
        Assert.All(browser.Response.Headers.GetValues("Set-Cookie"), c => Assert.Contains("httponly", c, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Where_the_organization_asks_for_a_second_step_it_is_set_up_on_the_way()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PatchAsync("organization", new { security = new { require_mfa = true } })).MustBe(200);
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org);
        using var browser = staff.Browser();
        await browser.GetAsync(app.AuthorizeUrl());
        await browser.SubmitAsync("/sign-in", ("email", staff.Email), ("password", staff.Password));
        Assert.Equal("Set up a second step", browser.Title);
        var secret = Secret(browser);
        await browser.SubmitAsync("/sign-in/set-up", ("code", "000000"));
        Assert.Equal(422, browser.Status);
        await browser.SubmitAsync("/sign-in/set-up", ("code", Code(secret)));
        Assert.Equal("Recovery codes", browser.Title);
        await browser.GetAsync(browser.Link("/oauth/authorize")!);
        var tokens = OAuthClient.Tokens.Of(org.World, (await app.ExchangeAsync(OAuthClient.Brought(browser)["code"])).MustBe(200));
        var session = (await tokens.Api.GetAsync("sessions")).Items().Single();
        Assert.True(session.GetProperty("mfa").GetBoolean());
        Assert.Equal("Firefox on Linux", session.Text("device"));
    }

    [Fact]
    public async Task A_code_is_taken_once_and_a_recovery_code_too()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var (secret, used, codes) = await SetUpAsync(staff);

        using var first = await staff.SignInAsync();
        Assert.Equal("Second step", first.Title);
        await first.SubmitAsync("/sign-in/code", ("code", "123456"));
        Assert.Equal(401, first.Status);
        // The code that set it up was taken then.
        await first.SubmitAsync("/sign-in/code", ("code", used));
        Assert.Equal(401, first.Status);
        var next = Code(secret, TimeSpan.FromSeconds(30));
        await first.SubmitAsync("/sign-in/code", ("code", next));
        Assert.Equal("Your account", first.Title);
        using var second = await staff.SignInAsync();
        await second.SubmitAsync("/sign-in/code", ("code", next));
        Assert.Equal(401, second.Status);

        await second.SubmitAsync("/sign-in/code", ("code", codes[0]));
        Assert.Equal("Your account", second.Title);
        using var third = await staff.SignInAsync();
        await third.SubmitAsync("/sign-in/code", ("code", codes[0]));
        Assert.Equal(401, third.Status);
        await third.SubmitAsync("/sign-in/code", ("code", codes[1].ToUpperInvariant().Replace("-", "", StringComparison.Ordinal)));
        Assert.Equal("Your account", third.Title);
    }

    [Fact]
    public async Task A_password_alone_opens_nothing_where_there_is_a_second_step()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        await SetUpAsync(staff);
        using var browser = await staff.SignInAsync();
        foreach (var page in new[] { "/sign-in/security", "/sign-in/set-up", (await OAuthClient.NewAsync(org)).AuthorizeUrl() })
        {
            await browser.GetAsync(page);
            Assert.Contains(browser.Title, new[] { "Sign in", "Second step" });
        }
    }

    [Fact]
    public async Task A_forgotten_password_is_replaced_by_mail_and_signs_out_everywhere()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org);
        using var signedIn = await staff.SignInAsync();
        var tokens = await app.SignInAsync(staff, signedIn);

        using var browser = staff.Browser();
        await browser.GetAsync("/sign-in/forgot");
        await browser.SubmitAsync("/sign-in/forgot", ("email", "nobody@nowhere.test"));
        var unknown = browser.Page;
        await browser.GetAsync("/sign-in/forgot");
        await browser.SubmitAsync("/sign-in/forgot", ("email", staff.Email));
        Assert.Equal(unknown, browser.Page);

        var mail = await Mails.ToAsync(org.World, staff.Email, "Choose a new password");
        await browser.GetAsync(new Uri(mail.Link()).PathAndQuery);
        await browser.SubmitAsync("/sign-in/reset", ("password", "short"));
        Assert.Equal(422, browser.Status);
        await browser.SubmitAsync("/sign-in/reset", ("password", "copper lantern riverbank 12"));
        Assert.Equal("Your password is changed", browser.Title);
        (await tokens.Api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        await signedIn.GetAsync("/sign-in/security");
        Assert.Equal("Sign in", signedIn.Title);
        using var again = await (staff with { Password = "copper lantern riverbank 12" }).SignInAsync();
        Assert.Equal("Your account", again.Title);
        // The link was good once.
        await browser.GetAsync(new Uri(mail.Link()).PathAndQuery);
        await browser.SubmitAsync("/sign-in/reset", ("password", "another harbour lantern 77"));
        Assert.Equal(422, browser.Status);
    }

    [Fact]
    public async Task An_address_changes_only_by_the_link_that_is_mailed_to_it()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var next = $"moved{Guid.CreateVersion7():N}@staff.test";
        using var browser = await staff.SignInAsync();
        await browser.SubmitAsync("/sign-in/email", ("email", next));
        using var before = await (staff with { Email = next }).SignInAsync();
        Assert.Equal(401, before.Status);
        var mail = await Mails.ToAsync(org.World, next, "Use this address to sign in");
        await browser.GetAsync(new Uri(mail.Link()).PathAndQuery);
        await browser.SubmitAsync("/sign-in/verify");
        Assert.Equal("Your address is changed", browser.Title);
        using var after = await (staff with { Email = next }).SignInAsync();
        Assert.Equal("Your account", after.Title);
    }

    private static async Task<(string Secret, string Used, List<string> Codes)> SetUpAsync(Staff staff)
    {
        using var browser = await staff.SignInAsync();
        await browser.GetAsync("/sign-in/set-up");
        var secret = Secret(browser);
        var used = Code(secret);
        await browser.SubmitAsync("/sign-in/set-up", ("code", used));
        Assert.Equal("Recovery codes", browser.Title);
        return (secret, used, [.. browser.Page.Split("<code>").Skip(1).Select(c => c.Split("</code>")[0])]);
    }

    private static string Secret(Browser browser) => browser.Page.Split("<code>")[1].Split("</code>")[0];

    private static string Code(string secret, TimeSpan later = default) => new Totp(Base32Encoding.ToBytes(secret)).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime + later);
}
