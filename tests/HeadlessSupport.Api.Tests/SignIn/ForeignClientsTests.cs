using System.Diagnostics;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>Programs that others wrote sign in against our server.</summary>
[Collection(nameof(Alone))]
public sealed class ForeignClientsTests
{
    [Theory]
    [InlineData(OpenIdConnectResponseMode.FormPost)]
    [InlineData(OpenIdConnectResponseMode.Query)]
    public async Task A_site_with_Microsofts_handler_signs_in_and_out(string mode)
    {
        var org = await World.NewOrganizationAsync();
        var staff = await Staff.NewAsync(org);
        var url = $"http://127.0.0.1:{World.FreePort()}";
        var app = await OAuthClient.NewAsync(org, new { confidential = true, redirect_uris = new[] { url + "/signin-oidc" }, post_logout_redirect_uris = new[] { url + "/signout-callback-oidc" } });
        await using var site = Site(url, org.World, app, mode);
        await site.StartAsync();
        await using var tab = await Chromium.OpenAsync(new Uri(url));

        await tab.GoAsync("/");
        Assert.Equal("Sign in", await tab.TitleAsync());
        await tab.SignInAsync(staff);
        await tab.Page.WaitForURLAsync(url + "/");
        var person = JsonSerializer.Deserialize<JsonElement>(await tab.Page.Locator("body").TextContentAsync() ?? "");
        Assert.Equal((staff.UserId, "Stella", staff.Email, org.Id), (person.Text("sub"), person.Text("name"), person.Text("email"), person.Text("org")));
        var api = new Api(org.World.Url, person.Text("access_token"));
        (await api.GetAsync("tickets")).MustBe(200);

        await tab.GoAsync("/sign-out");
        await tab.Page.WaitForURLAsync(url + "/signed-out");
        (await api.GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        await tab.GoAsync("/");
        Assert.Equal("Sign in", await tab.TitleAsync());
    }

    [Fact]
    public async Task A_program_with_openid_client_does_all_that_the_server_offers()
    {
        var (org, other) = (await World.NewOrganizationAsync(), await World.NewOrganizationAsync());
        var staff = await Staff.NewAsync(org);
        var app = await OAuthClient.NewAsync(org, new { confidential = true, device_code = true, scopes = new[] { "all", "tickets.read" } });
        (await other.Api.PostAsync("app-installs", new { app_id = app.ClientId, scopes = new[] { "tickets.read" } })).MustBe(201);
        using var browser = await staff.SignInAsync();
        using var program = StartProgram();
        async Task<JsonElement> HearAsync() => await program.StandardOutput.ReadLineAsync() is { } line
            ? JsonSerializer.Deserialize<JsonElement>(line)
            : throw new InvalidOperationException(await program.StandardError.ReadToEndAsync());
        Task TellAsync(object what) => program.StandardInput.WriteLineAsync(JsonSerializer.Serialize(what));

        await TellAsync(new { issuer = org.World.Url, id = app.ClientId, secret = app.Secret, callback = OAuthClient.Callback, scope = "openid profile email offline_access all", organization = other.Slug });
        await browser.GetAsync(new Uri((await HearAsync()).Text("authorize")!).PathAndQuery);
        Assert.StartsWith(OAuthClient.Callback, browser.At.ToString(), StringComparison.Ordinal);
        await TellAsync(browser.At);
        var signedIn = await HearAsync();
        Assert.Equal((staff.UserId, staff.Email, app.ClientId), (signedIn.Text("claims/sub"), signedIn.Text("claims/email"), signedIn.Text("claims/aud")));
        Assert.Equal((staff.UserId, "Stella", org.Id), (signedIn.Text("person/sub"), signedIn.Text("person/name"), signedIn.Text("person/org")));
        Assert.True(signedIn.GetProperty("rotated").GetBoolean());
        Assert.Equal([true, false], signedIn.GetProperty("active").EnumerateArray().Select(a => a.GetBoolean()));
        Assert.Equal("invalid_grant", signedIn.Text("revoked"));
        (await new Api(org.World.Url, signedIn.Text("access_token")).GetAsync("tickets")).MustRefuse(401, "unauthenticated");

        var own = await HearAsync();
        (await new Api(org.World.Url, own.Text("access_token")).GetAsync("tickets")).MustBe(200);
        Assert.Equal("invalid_grant", own.Text("nowhere"));

        // Its session was revoked, so the server wants to see the person again.
        var verify = new Uri((await HearAsync()).Text("verify")!).PathAndQuery;
        using var later = await staff.SignInAsync();
        await later.GetAsync(verify);
        await later.SubmitAsync("/oauth/verify", ("consent", "yes"));
        Assert.Equal("Signed in", later.Title);
        var there = await HearAsync();
        Assert.Equal(staff.UserId, there.Text("claims/sub"));
        (await new Api(org.World.Url, there.Text("access_token")).GetAsync("tickets")).MustBe(200);
        await program.WaitForExitAsync();
        Assert.Equal(0, program.ExitCode);
    }

    private static Process StartProgram()
    {
        var tools = Path.Combine(Repository.Root, ".tools", "openid");
        Assert.True(Directory.Exists(Path.Combine(tools, "node_modules", "openid-client")), "openid-client is not installed: ./test api installs it.");
        var script = Path.Combine(tools, "sign-in.js");
        File.Copy(Path.Combine(Repository.Root, "tests", "openid", "sign-in.js"), script, overwrite: true);
        var program = Process.Start(new ProcessStartInfo("node", [script]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        program.StandardInput.AutoFlush = true;
        return program;
    }

    // As its author would write it from Microsoft's documentation; cookies without TLS can only be lax.
    private static WebApplication Site(string url, World world, OAuthClient app, string mode)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrel().UseUrls(url);
        builder.Services.AddLogging(l => l.ClearProviders());
        builder.Services.AddRouting().AddAuthorization().AddAuthentication(o =>
        {
            o.DefaultScheme = CookieAuthenticationDefaults.AuthenticationScheme;
            o.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme;
        }).AddCookie(o => o.Cookie.Name = "site").AddOpenIdConnect(o =>
        {
            o.Authority = world.Url.ToString();
            o.RequireHttpsMetadata = false;
            o.ClientId = app.ClientId;
            o.ClientSecret = app.Secret;
            o.ResponseType = OpenIdConnectResponseType.Code;
            o.ResponseMode = mode;
            o.UsePkce = true;
            o.Scope.Add("email");
            o.Scope.Add("all");
            o.SaveTokens = true;
            o.GetClaimsFromUserInfoEndpoint = true;
            o.MapInboundClaims = false;
            o.SignedOutRedirectUri = "/signed-out";
            foreach (var cookie in new[] { o.CorrelationCookie, o.NonceCookie })
                (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
        });
        var site = builder.Build();
        site.UseAuthentication();
        site.UseAuthorization();
        site.MapGet("/", async context =>
        {
            var person = new[] { "sub", "name", "email", "org" }.ToDictionary(c => c, context.User.FindFirstValue, StringComparer.Ordinal);
            person["access_token"] = await context.GetTokenAsync("access_token");
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync(JsonSerializer.Serialize(person));
        }).RequireAuthorization();
        site.MapGet("/sign-out", () => Results.SignOut(authenticationSchemes: [CookieAuthenticationDefaults.AuthenticationScheme, OpenIdConnectDefaults.AuthenticationScheme]));
        site.MapGet("/signed-out", () => "Signed out.");
        return site;
    }
}
