namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>Issuers that lie, and people who meddle with what issuers say.</summary>
public sealed class SsoAttacksTests
{
    [Theory]
    [InlineData("issuer")]
    [InlineData("audience")]
    [InlineData("nonce")]
    [InlineData("no nonce")]
    [InlineData("expired")]
    [InlineData("no expiry")]
    public async Task An_id_token_with_wrong_claims_is_refused(string wrong)
    {
        await using var sso = await SsoOrg.NewAsync();
        sso.Issuer.Spoils = claims =>
        {
            switch (wrong)
            {
                case "issuer": claims["iss"] = "http://127.0.0.1:9/"; break;
                case "audience": claims["aud"] = "someone-else"; break;
                case "nonce": claims["nonce"] = "another"; break;
                case "no nonce": claims.Remove("nonce"); break;
                case "expired": claims["exp"] = DateTimeOffset.UnixEpoch.AddYears(50).ToUnixTimeSeconds(); break;
                default: claims.Remove("exp"); break;
            }
        };
        await RefusesAsync(sso);
        // It was that, and nothing else.
        sso.Issuer.Spoils = null;
        using var honest = await sso.ComeBackAsync(sso.Bob());
        Assert.NotEmpty(OAuthClient.Brought(honest));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("HS256")]
    public async Task An_id_token_with_another_signature_is_refused(string algorithm)
    {
        await using var sso = await SsoOrg.NewAsync();
        sso.Issuer.Algorithm = algorithm;
        await RefusesAsync(sso);
    }

    [Fact]
    public async Task A_state_is_good_once_and_in_one_browser_only()
    {
        await using var sso = await SsoOrg.NewAsync();
        using var browser = await sso.BeginAsync();
        var back = await sso.Issuer.AnswerAsync(browser, sso.Bob());
        using var other = new Browser(sso.Org.World.Url);
        await other.GetAsync(back);
        Assert.Equal((401, "Sign in"), (other.Status, other.Title));
        Assert.Single(await sso.FailuresAsync());

        await using var second = await SsoOrg.NewAsync(org: sso.Org, domain: sso.Domain, verified: false);
        using var good = await second.BeginAsync();
        var answer = await second.Issuer.AnswerAsync(good, second.Bob());
        await good.GetAsync(answer);
        Assert.NotEmpty(OAuthClient.Brought(good));
        await good.GetAsync(answer);
        Assert.Equal((401, "Sign in"), (good.Status, good.Title));
        Assert.Equal(2, (await sso.FailuresAsync()).Count);
    }

    [Fact]
    public async Task One_issuers_answer_does_not_pass_for_anothers()
    {
        await using var acme = await SsoOrg.NewAsync();
        await using var globex = await SsoOrg.NewAsync();
        using var browser = await acme.BeginAsync();
        var back = await acme.Issuer.AnswerAsync(browser, globex.Bob());
        await browser.GetAsync(back.Replace(acme.Connection, globex.Connection, StringComparison.Ordinal));
        Assert.Equal((401, "Sign in"), (browser.Status, browser.Title));
        // A state that nobody gave out, and none.
        using var meddling = new Browser(acme.Org.World.Url);
        foreach (var query in new[] { "?code=1&state=nonsense", "", "?error=access_denied", "?state=" + new string('a', 3000) })
        {
            await meddling.GetAsync($"/sign-in/callback/{acme.Connection}{query}");
            Assert.Equal((401, "Sign in"), (meddling.Status, meddling.Title));
        }
        await meddling.GetAsync("/sign-in/callback/sso_01h455vb4pex5vsknk084sn02q?code=1&state=2");
        Assert.Equal((401, "Sign in"), (meddling.Status, meddling.Title));
    }

    [Fact]
    public async Task An_issuer_that_is_not_there_is_told_of()
    {
        await using var sso = await SsoOrg.NewAsync();
        await sso.Issuer.DisposeAsync();
        using var browser = await sso.BeginAsync();
        Assert.Equal((502, "Acme ID does not answer. Try again later."), (browser.Status, browser.Error));
        Assert.Equal(["unreachable"], await sso.FailuresAsync());
    }

    [Fact]
    public async Task Nothing_is_asked_of_addresses_inside_the_network()
    {
        await using var sso = await SsoOrg.NewAsync();
        await using var node = await Node.StartAsync(sso.Org.World, ("Outgoing__AllowLoopback", "false"));
        using var browser = new Browser(node.Url);
        await browser.GetAsync(sso.App.AuthorizeUrl());
        await browser.SubmitAsync("/sign-in/with/" + sso.Connection);
        Assert.Equal((502, "Acme ID does not answer. Try again later."), (browser.Status, browser.Error));
        Assert.Empty(sso.Issuer.Asked);
    }

    private static async Task RefusesAsync(SsoOrg sso)
    {
        using var browser = await sso.ComeBackAsync(sso.Bob());
        Assert.Equal((401, "Sign in", "That sign-in could not be completed. Start again."), (browser.Status, browser.Title, browser.Error));
        Assert.Single(await sso.FailuresAsync());
        await browser.GetAsync(sso.App.AuthorizeUrl());
        Assert.Equal("Sign in", browser.Title);
        Assert.Single((await sso.Org.Api.GetAsync("users?is_machine=false")).Items());
    }
}
