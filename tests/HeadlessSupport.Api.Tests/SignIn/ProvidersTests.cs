using Microsoft.AspNetCore.WebUtilities;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>Providers that the operator of the installation sets.</summary>
public sealed class ProvidersTests
{
    [Fact]
    public async Task A_provider_signs_in_only_whoever_connected_it()
    {
        await using var issuer = await ForeignIssuer.StartAsync();
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        await using var node = await Node.StartAsync(org.World,
            ("SignIn__OpenIdConnect__Issuer", issuer.Url.ToString()), ("SignIn__OpenIdConnect__ClientId", ForeignIssuer.ClientId), ("SignIn__OpenIdConnect__ClientSecret", ForeignIssuer.ClientSecret),
            ("SignIn__OpenIdConnect__Name", "Partner ID"), ("SignIn__GitHub__ClientId", "gh-1"), ("SignIn__GitHub__ClientSecret", "gh-secret"));
        (string, string)[] says = [("sub", "p-1"), ("email", staff.Email), ("email_verified", "true")];
        async Task<Browser> ComeAsync()
        {
            var browser = new Browser(node.Url);
            await browser.GetAsync("/sign-in");
            await browser.SubmitAsync("/sign-in/with/openid-connect");
            return await issuer.SignInAsync(browser, says);
        }

        // An address opens nothing, whoever says that it is theirs.
        using var stranger = await ComeAsync();
        Assert.Equal(401, stranger.Status);
        Assert.Contains("This account of Partner ID is not connected", stranger.Error, StringComparison.Ordinal);

        using var browser = new Browser(node.Url);
        await browser.GetAsync("/sign-in");
        Assert.Contains("Sign in with GitHub", browser.Page, StringComparison.Ordinal);
        await browser.SubmitAsync("/sign-in", ("email", staff.Email), ("password", staff.Password));
        await browser.SubmitAsync("/sign-in/providers/connect", ("id", "openid-connect"));
        await issuer.SignInAsync(browser, says);
        Assert.Equal("Your account", browser.Title);
        Assert.Contains("Disconnect Partner ID", browser.Page, StringComparison.Ordinal);

        using var connected = await ComeAsync();
        Assert.Equal("Your account", connected.Title);
        Assert.Contains(staff.Email, connected.Page, StringComparison.Ordinal);
        await browser.SubmitAsync("/sign-in/providers/remove", ("id", "openid-connect"));
        using var again = await ComeAsync();
        Assert.Equal(401, again.Status);
        Assert.Equal(["provider.disconnected", "provider.connected"], (await org.Api.GetAsync("audit-log?action=provider.*")).Items().Select(e => e.Text("action")));

        await browser.GetAsync("/sign-in");
        await browser.SubmitAsync("/sign-in/with/github");
        Assert.Equal("github.com", browser.At.Host);
        Assert.Equal(new Uri(node.Url, "/sign-in/callback/github").ToString(), QueryHelpers.ParseQuery(browser.At.Query)["redirect_uri"]);
    }
}
