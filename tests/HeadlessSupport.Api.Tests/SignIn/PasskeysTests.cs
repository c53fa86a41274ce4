using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Playwright;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>Passkeys, with an authenticator that Chromium pretends to have; browsers want a name in the address, so a node that has one.</summary>
[Collection(nameof(Alone))]
public sealed class PasskeysTests(PasskeysTests.Installation installation) : IClassFixture<PasskeysTests.Installation>
{
    private readonly Uri url = new UriBuilder(installation.Node.Url) { Host = "localhost" }.Uri;

    [Fact]
    public async Task A_passkey_signs_in_alone_and_as_two_factors_until_it_is_removed()
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PatchAsync("organization", new { security = new { require_mfa = true } })).MustBe(200);
        var staff = await Staff.NewAsync(org);
        // Any page that is there: the app itself is not looked at.
        var there = new Uri(url, "/health/live").ToString();
        var app = await OAuthClient.NewAsync(org, new { redirect_uris = new[] { there } });
        await using var tab = await WithPasskeyAsync(staff);
        await tab.MustBeGoodAsync("Your account", "passkey");
        await tab.PressAsync("Sign out");

        await tab.GoAsync(app.AuthorizeUrl(more: ("redirect_uri", there)));
        await tab.MustBeGoodAsync("Sign in", "sign-in-passkey");
        await tab.PressAsync("Use a passkey");
        Assert.StartsWith(there + "?code=", tab.Page.Url, StringComparison.Ordinal);
        // The node has an address of its own, so its tokens are good there only.
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["grant_type"] = "authorization_code",
            ["client_id"] = app.ClientId,
            ["code"] = QueryHelpers.ParseQuery(new Uri(tab.Page.Url).Query)["code"].ToString(),
            ["redirect_uri"] = there,
            ["code_verifier"] = app.Verifier,
        });
        var answer = (await new Api(installation.Node.Url, null).SendAsync(HttpMethod.Post, "/oauth/token", form)).MustBe(200);
        var session = (await new Api(installation.Node.Url, answer.Text("access_token")).GetAsync("sessions")).MustBe(200).Items().Single();
        Assert.True(session.GetProperty("mfa").GetBoolean());

        await tab.GoAsync("/sign-in/security");
        await tab.PressAsync("Remove the passkey Stella's key");
        Assert.Equal("The passkey is removed.", await tab.Page.GetByRole(AriaRole.Status).InnerTextAsync());
        await tab.PressAsync("Sign out");
        await tab.GoAsync("/sign-in");
        await UsePasskeyAsync(tab);
        Assert.Equal("That passkey is not known here.", await AlertAsync(tab));
    }

    [Fact]
    public async Task What_a_passkey_signed_is_good_once_and_only_for_who_asked()
    {
        var staff = await Staff.NewAsync(await World.NewOrganizationAsync());
        await using var tab = await WithPasskeyAsync(staff);
        await tab.PressAsync("Sign out");
        await tab.GoAsync("/sign-in");
        // Kept as somebody would who reads along: what was sent, and the cookies that belong to it.
        string? sent = null;
        IReadOnlyList<BrowserContextCookiesResult> cookies = [];
        await tab.Page.RouteAsync("**/sign-in/passkey", async route =>
        {
            sent = route.Request.PostData;
            cookies = await tab.Page.Context.CookiesAsync();
            await route.ContinueAsync();
        });
        await UsePasskeyAsync(tab);
        Assert.Equal("Your account", await tab.TitleAsync());
        var credential = QueryHelpers.ParseQuery(sent)["credential"].ToString();

        // In the same browser again, with all that it had then.
        await using var copy = await Chromium.OpenAsync(url);
        await copy.Page.Context.AddCookiesAsync(cookies.Select(c => new Cookie { Name = c.Name, Value = c.Value, Domain = c.Domain, Path = c.Path, HttpOnly = c.HttpOnly }));
        await copy.GoAsync("/sign-in");
        await SendAsync(copy, credential);
        Assert.Equal("That passkey is not known here.", await AlertAsync(copy));
        // Elsewhere, where something else was asked.
        await using var other = await Chromium.OpenAsync(url);
        await other.GoAsync("/sign-in");
        await AskAsync(other);
        await SendAsync(other, credential);
        Assert.Equal("That passkey is not known here.", await AlertAsync(other));
        // And without having asked at all.
        await using var third = await Chromium.OpenAsync(url);
        await third.GoAsync("/sign-in");
        await SendAsync(third, credential);
        Assert.Equal("That passkey is not known here.", await AlertAsync(third));
    }

    [Theory]
    [InlineData("origin")]
    [InlineData("challenge")]
    [InlineData("signature")]
    [InlineData("authenticatorData")]
    [InlineData("type")]
    [InlineData("id")]
    [InlineData("no json")]
    [InlineData("empty")]
    public async Task A_forged_credential_is_refused(string what)
    {
        var staff = await Staff.NewAsync(await World.NewOrganizationAsync());
        await using var tab = await WithPasskeyAsync(staff);
        await tab.PressAsync("Sign out");
        await tab.GoAsync("/sign-in");
        var real = await AskAsync(tab);
        await SendAsync(tab, Forge(real, what));
        Assert.Equal("Sign in", await tab.TitleAsync());
        Assert.Equal("That passkey is not known here.", await AlertAsync(tab));
        await tab.GoAsync("/sign-in/security");
        Assert.Equal("Sign in", await tab.TitleAsync());
    }

    [Fact]
    public async Task A_passkey_that_was_made_elsewhere_is_not_added()
    {
        var staff = await Staff.NewAsync(await World.NewOrganizationAsync());
        await using var tab = await OpenAsync();
        await tab.GoAsync("/sign-in/security");
        await tab.SignInAsync(staff);
        var real = await tab.Page.EvaluateAsync<string>("""
            async () => {
              const form = document.querySelector('form[data-passkey]');
              const answer = await fetch(form.action + '/options', { method: 'POST', body: new URLSearchParams({ form_token: form.elements.form_token.value }) });
              return JSON.stringify(await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(await answer.json()) }));
            }
            """);
        await SendAsync(tab, Forge(real, "origin"));
        Assert.Equal("The passkey could not be read. Try again.", await AlertAsync(tab));
        // Its options were for that one try.
        await SendAsync(tab, real);
        Assert.Equal("The passkey could not be read. Try again.", await AlertAsync(tab));
    }

    private static string Forge(string credential, string what)
    {
        if (what is "no json" or "empty")
            return what == "empty" ? "" : "{";
        var forged = JsonNode.Parse(credential)!;
        if (what is "origin" or "challenge" or "type")
        {
            var client = JsonNode.Parse(WebEncoders.Base64UrlDecode((string)forged["response"]!["clientDataJSON"]!))!;
            client[what] = what switch { "origin" => "https://evil.example", "type" => "webauthn.create", _ => WebEncoders.Base64UrlEncode(new byte[32]) };
            forged["response"]!["clientDataJSON"] = WebEncoders.Base64UrlEncode(JsonSerializer.SerializeToUtf8Bytes(client));
        }
        else if (what == "id")
        {
            forged["id"] = WebEncoders.Base64UrlEncode(new byte[32]);
            forged["rawId"] = WebEncoders.Base64UrlEncode(new byte[32]);
        }
        else
        {
            // The first byte of the authenticator's data is of the hash of whose passkey it is.
            var bytes = WebEncoders.Base64UrlDecode((string)forged["response"]![what]!);
            bytes[what == "signature" ? ^1 : 0] ^= 1;
            forged["response"]![what] = WebEncoders.Base64UrlEncode(bytes);
        }
        return forged.ToJsonString();
    }

    // What the page's script does, short of sending it.
    private static Task<string> AskAsync(Tab tab) => tab.Page.EvaluateAsync<string>("""
        async () => {
          const form = document.querySelector('form[data-passkey]');
          const answer = await fetch(form.action + '/options', { method: 'POST', body: new URLSearchParams({ form_token: form.elements.form_token.value }) });
          const options = await answer.json();
          try {
            return JSON.stringify(await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options), signal: AbortSignal.timeout(2000) }));
          } catch {
            return '';
          }
        }
        """);

    private static Task SendAsync(Tab tab, string credential) => tab.LeaveAsync(() => tab.Page.EvaluateAsync(
        "credential => { const form = document.querySelector('form[data-passkey]'); form.elements.credential.value = credential; form.submit(); }", credential));

    private static Task UsePasskeyAsync(Tab tab) => tab.PressAsync("Use a passkey");

    private static Task<string> AlertAsync(Tab tab) => tab.Page.Locator("main > .error").InnerTextAsync();

    /// <summary>A window with an authenticator that says yes to everything.</summary>
    private async Task<Tab> OpenAsync()
    {
        var tab = await Chromium.OpenAsync(url);
        var devTools = await tab.Page.Context.NewCDPSessionAsync(tab.Page);
        await devTools.SendAsync("WebAuthn.enable");
        await devTools.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new { protocol = "ctap2", transport = "internal", hasResidentKey = true, hasUserVerification = true, isUserVerified = true, automaticPresenceSimulation = true },
        });
        return tab;
    }

    /// <summary>A window in which someone is signed in and has just added a passkey.</summary>
    private async Task<Tab> WithPasskeyAsync(Staff staff)
    {
        var tab = await OpenAsync();
        await tab.GoAsync("/sign-in/security");
        await tab.SignInAsync(staff);
        await tab.FillAsync("name", "Stella's key");
        await tab.PressAsync("Add a passkey");
        Assert.Equal("The passkey is added.", await tab.Page.GetByRole(AriaRole.Status).InnerTextAsync());
        return tab;
    }

    public sealed class Installation : IAsyncLifetime
    {
        public Node Node { get; private set; } = null!;

        public async Task InitializeAsync() => Node = await Node.StartAsync(await World.GetAsync(), ("PublicUrl", "http://localhost:{port}"), ("RateLimits__SignIn__Burst", "100000"));

        public async Task DisposeAsync() => await Node.DisposeAsync();
    }
}
