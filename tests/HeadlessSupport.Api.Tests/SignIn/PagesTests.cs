using Microsoft.Playwright;
using OtpNet;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>Every sign-in page in a real browser.</summary>
[Collection(nameof(Alone))]
public sealed class PagesTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("#ffee00")]
    [InlineData("#0b1f66")]
    public async Task All_pages_can_be_read_and_used_by_everybody(string? color)
    {
        var look = new { branding = new { product_name = "Brandt & Töchter", primary_color = color } };
        var (publisher, one, two) = (await LookingAsync(look), await LookingAsync(look), await LookingAsync(new { name = "Zweigstelle Süd" }));
        var staff = await Staff.NewAsync(one);
        await Staff.LetInAsync(two, (await two.Api.PostAsync("users", new { email = staff.Email, name = "Stella", role = "agent" })).MustBe(201).Text("id"), staff.Email);
        // Any page that is there: the app itself is not looked at.
        var there = new Uri(one.World.Url, "/health/live").ToString();
        var app = await OAuthClient.NewAsync(publisher, new { scopes = new[] { "tickets.read", "tickets.write" }, device_code = true, website_url = "https://app.example/about", redirect_uris = new[] { there } });
        foreach (var org in new[] { one, two })
            (await org.Api.PostAsync("app-installs", new { app_id = app.ClientId, scopes = new[] { "tickets.read", "tickets.write" } })).MustBe(201);
        await using var tab = await Chromium.OpenAsync(one.World.Url);
        var shade = color?[1..] ?? "plain";
        Task GoodAsync(string title, string name) => tab.MustBeGoodAsync(title, $"{name}-{shade}");
        // These look the same for everybody.
        Task PlainAsync(string title, string name) => color is null ? GoodAsync(title, name) : Task.CompletedTask;

        await tab.GoAsync(app.AuthorizeUrl("openid offline_access tickets.read tickets.write", ("redirect_uri", there)));
        await GoodAsync("Sign in", "sign-in");
        await tab.SignInAsync(staff, "not this one, sorry");
        await GoodAsync("Sign in", "wrong");
        await tab.SignInAsync(staff);
        await PlainAsync("Where do you want to go?", "organization");
        await tab.PressAsync("Brandt & Töchter");
        await GoodAsync("Allow this app?", "consent");
        await tab.PressAsync("Allow");
        Assert.StartsWith(there + "?code=", tab.Page.Url, StringComparison.Ordinal);
        var device = (await app.PostAsync("/oauth/device", ("scope", "openid tickets.read"), ("organization", one.Slug))).MustBe(200);
        await tab.GoAsync("/oauth/verify");
        await PlainAsync("Sign in a device", "device");
        await tab.FillAsync("user_code", "9999-9999-9999");
        await tab.PressAsync("Go on");
        await PlainAsync("Sign in a device", "device-unknown");
        await tab.FillAsync("user_code", device.Text("user_code"));
        await tab.PressAsync("Go on");
        Assert.Equal("Where do you want to go?", await tab.TitleAsync());

        await tab.GoAsync("/sign-in/security");
        await PlainAsync("Your account", "security");
        await tab.GoAsync("/sign-in/set-up");
        await PlainAsync("Set up a second step", "set-up");
        await tab.FillAsync("code", "000000");
        await tab.PressAsync("Go on");
        await PlainAsync("Set up a second step", "set-up-wrong");
        await tab.FillAsync("code", new Totp(Base32Encoding.ToBytes(await tab.Page.Locator("code").InnerTextAsync())).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime));
        await tab.PressAsync("Go on");
        await PlainAsync("Recovery codes", "recovery-codes");
        var code = await tab.Page.Locator("code").First.InnerTextAsync();
        await tab.PressAsync("I have kept them");
        await PlainAsync("Your account", "security-authenticator");
        await tab.PressAsync("Sign out");
        await PlainAsync("Signed out", "message");
        await tab.GoAsync(app.AuthorizeUrl("openid tickets.read", ("redirect_uri", there)));
        await tab.SignInAsync(staff);
        await GoodAsync("Second step", "code");
        await tab.FillAsync("code", code);
        await tab.PressAsync("Go on");
        Assert.Equal("Where do you want to go?", await tab.TitleAsync());
    }

    [Fact]
    public async Task The_pages_that_mails_lead_to_can_be_read_and_used_by_everybody()
    {
        var org = await LookingAsync(new { branding = new { product_name = "Brandt & Töchter", primary_color = "#ffee00" } });
        await using var tab = await Chromium.OpenAsync(org.World.Url);
        var email = $"a-colleague-of-long-name-{Guid.CreateVersion7():N}@staff.test";
        (await org.Api.PostAsync("invitations", new { email, name = "Nora", role = "manager" })).MustBe(201);
        await tab.GoAsync(new Uri((await Mails.ToAsync(org.World, email, "Join Brandt & Töchter")).Link()).PathAndQuery);
        await tab.MustBeGoodAsync("Join Brandt & Töchter", "join");
        await tab.FillAsync("password", "password123");
        await tab.PressAsync("Join");
        await tab.MustBeGoodAsync("Join Brandt & Töchter", "join-wrong");
        await tab.FillAsync("password", Staff.GoodPassword);
        await tab.PressAsync("Join");
        await tab.MustBeGoodAsync("Welcome", "welcome");
        await tab.GoAsync("/sign-in/join?invitation=none");
        await tab.MustBeGoodAsync("This invitation cannot be used", "join-gone");

        await tab.GoAsync("/sign-in/forgot");
        await tab.MustBeGoodAsync("Forgot your password?", "forgot");
        await tab.FillAsync("email", email);
        await tab.PressAsync("Send the link");
        await tab.MustBeGoodAsync("Look into your mail", "forgot-sent");
        await tab.GoAsync(new Uri((await Mails.ToAsync(org.World, email, "Choose a new password")).Link()).PathAndQuery);
        await tab.MustBeGoodAsync("Choose a new password", "reset");
        await tab.FillAsync("password", "password123");
        await tab.PressAsync("Save");
        await tab.MustBeGoodAsync("Choose a new password", "reset-wrong");
        await tab.GoAsync("/sign-in/verify?login=x&email=x&token=x");
        await tab.MustBeGoodAsync("Use this address?", "confirm");
    }

    [Fact]
    public async Task The_keyboard_alone_signs_in()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        await using var tab = await Chromium.OpenAsync(org.World.Url);
        await tab.GoAsync("/sign-in");
        // The first field gets the focus by itself.
        await tab.Page.Locator("input[name=email]:focus").WaitForAsync();
        await tab.Page.Keyboard.TypeAsync(staff.Email);
        await tab.Page.Keyboard.PressAsync("Tab");
        await tab.Page.Keyboard.TypeAsync(staff.Password);
        await tab.LeaveAsync(() => tab.Page.Keyboard.PressAsync("Enter"));
        Assert.Equal("Your account", await tab.TitleAsync());
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).FocusAsync();
        await tab.LeaveAsync(() => tab.Page.Keyboard.PressAsync("Enter"));
        Assert.Equal("Signed out", await tab.TitleAsync());
    }

    [Fact]
    public async Task Without_a_name_in_its_address_the_installation_offers_no_passkeys()
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        await using var tab = await Chromium.OpenAsync(org.World.Url);
        await tab.GoAsync("/sign-in");
        Assert.Equal(0, await tab.Page.GetByText("passkey").CountAsync());
        await tab.SignInAsync(staff);
        Assert.Equal("Your account", await tab.TitleAsync());
        Assert.Equal(0, await tab.Page.GetByText("passkey").CountAsync());
    }

    private static async Task<Org> LookingAsync(object look)
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PatchAsync("organization", look)).MustBe(200);
        return org;
    }
}
