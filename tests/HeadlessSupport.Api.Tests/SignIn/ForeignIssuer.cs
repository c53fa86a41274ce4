using System.Collections.Concurrent;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>Someone else's OpenID Connect server, an OpenIddict too: it says of whoever comes what it was told, and misbehaves when asked to.</summary>
internal sealed class ForeignIssuer : IAsyncDisposable
{
    public const string ClientId = "support";
    public const string ClientSecret = "the-secret-that-the-issuer-gave";

    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    // Keys are slow to make, and no test asks whose it is. Never disposed of: IdentityModel keeps it in mind by its content.
    private static readonly RSA Key = RSA.Create(2048);
    private readonly ConcurrentDictionary<string, int> asked = new(StringComparer.Ordinal);
    private WebApplication? app;

    private ForeignIssuer(Uri url) => Url = url;

    public Uri Url { get; }

    /// <summary>What it says of whoever comes next.</summary>
    public List<(string Type, string Value)> Says { get; set; } = [];

    /// <summary>What it does to the claims of the next ID tokens.</summary>
    public Action<JsonObject>? Spoils { get; set; }

    /// <summary>The algorithm that the next ID tokens say, if another: <c>none</c>, <c>HS256</c>.</summary>
    public string? Algorithm { get; set; }

    /// <summary>How often each of its endpoints was called.</summary>
    public IReadOnlyDictionary<string, int> Asked => asked;

    public static async Task<ForeignIssuer> StartAsync()
    {
        var issuer = new ForeignIssuer(new Uri($"http://127.0.0.1:{World.FreePort()}/"));
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls(issuer.Url.ToString());
        builder.Logging.ClearProviders();
        builder.Services.AddRouting();
        builder.Services.AddAuthentication();
        builder.Services.AddOpenIddict().AddServer(issuer.Set);
        issuer.app = builder.Build();
        issuer.app.Use((context, next) =>
        {
            issuer.asked.AddOrUpdate(context.Request.Path, 1, (_, count) => count + 1);
            return next(context);
        });
        issuer.app.UseAuthentication();
        await issuer.app.StartAsync();
        // Its first answer takes long on a busy machine, and whoever asks it in a sign-in does not wait for ever.
        foreach (var document in new[] { ".well-known/openid-configuration", ".well-known/jwks" })
            await Http.GetStringAsync(new Uri(issuer.Url, document));
        issuer.asked.Clear();
        return issuer;
    }

    /// <summary>Signs the browser in, which was sent here, and sends it back.</summary>
    public async Task<Browser> SignInAsync(Browser browser, params (string Type, string Value)[] says)
    {
        await browser.GetAsync(await AnswerAsync(browser, says));
        return browser;
    }

    /// <summary>Where it sends the browser back to.</summary>
    public async Task<string> AnswerAsync(Browser browser, params (string Type, string Value)[] says)
    {
        Assert.True(browser.At.ToString().StartsWith(Url.ToString(), StringComparison.Ordinal), $"It is at {browser.At}: {browser.Status} {browser.Title} {browser.Error}");
        if (says.Length > 0)
            Says = [.. says];
        using var answer = await Http.GetAsync(browser.At);
        return answer.Headers.Location?.ToString() ?? throw new InvalidOperationException($"The issuer refused: {await answer.Content.ReadAsStringAsync()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (app is not null)
            await app.DisposeAsync();
    }

    private void Set(OpenIddictServerBuilder server)
    {
        server.SetIssuer(Url).EnableDegradedMode()
            .SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token")
            .AllowAuthorizationCodeFlow().RegisterScopes(Scopes.Email, Scopes.Profile)
            .AddSigningKey(new RsaSecurityKey(Key) { KeyId = "k1" }).AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
        server.UseAspNetCore().DisableTransportSecurityRequirement();
        server.AddEventHandler<ValidateAuthorizationRequestContext>(b => b.UseInlineHandler(_ => default));
        server.AddEventHandler<HandleAuthorizationRequestContext>(b => b.UseInlineHandler(context =>
        {
            var identity = new ClaimsIdentity("foreign");
            foreach (var (type, value) in Says)
                identity.AddClaim(new Claim(type, value));
            context.SignIn(new ClaimsPrincipal(identity).SetScopes(context.Request.GetScopes()).SetDestinations(_ => [Destinations.IdentityToken]));
            return default;
        }));
        server.AddEventHandler<ValidateTokenRequestContext>(b => b.UseInlineHandler(context =>
        {
            if (context.ClientId != ClientId || context.ClientSecret != ClientSecret)
                context.Reject(Errors.InvalidClient, "Another secret was given.");
            return default;
        }));
        server.AddEventHandler<ApplyTokenResponseContext>(b => b.SetOrder(int.MinValue).UseInlineHandler(context =>
        {
            if (context.Response.IdToken is { } token && (Spoils is not null || Algorithm is not null))
                context.Response.IdToken = Spoil(token);
            return default;
        }));
    }

    private string Spoil(string token)
    {
        var parts = token.Split('.');
        var header = JsonNode.Parse(WebEncoders.Base64UrlDecode(parts[0]))!.AsObject();
        var claims = JsonNode.Parse(WebEncoders.Base64UrlDecode(parts[1]))!.AsObject();
        Spoils?.Invoke(claims);
        if (Algorithm is not null)
            header["alg"] = Algorithm;
        var signed = Encode(header) + "." + Encode(claims);
        var bytes = Encoding.ASCII.GetBytes(signed);
        var signature = Algorithm switch
        {
            "none" => [],
            // The confusion of public key and secret.
            "HS256" => HMACSHA256.HashData(Key.ExportSubjectPublicKeyInfo(), bytes),
            _ => Key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        };
        return signed + "." + WebEncoders.Base64UrlEncode(signature);
    }

    private static string Encode(JsonObject part) => WebEncoders.Base64UrlEncode(Encoding.UTF8.GetBytes(part.ToJsonString()));
}

/// <summary>An organization whose staff sign in by an issuer of its own.</summary>
internal sealed record SsoOrg(Org Org, ForeignIssuer Issuer, string Domain, string Connection, OAuthClient App) : IAsyncDisposable
{
    public static async Task<SsoOrg> NewAsync(object? more = null, Org? org = null, string? domain = null, bool verified = true)
    {
        org ??= await World.NewOrganizationAsync();
        domain ??= $"d{Guid.CreateVersion7():N}.test";
        var issuer = await ForeignIssuer.StartAsync();
        if (verified)
            await VerifyAsync(org, domain);
        var request = Json.Merge(new { name = "Acme ID", issuer = issuer.Url.ToString(), client_id = ForeignIssuer.ClientId, client_secret = ForeignIssuer.ClientSecret, domains = new[] { domain }, just_in_time = true, default_role = "agent" }, more);
        var connection = (await org.Api.PostAsync("sso-connections", request)).MustBe(201).Text("id");
        return new(org, issuer, domain, connection, await OAuthClient.NewAsync(org));
    }

    /// <summary>Proves that the domain is the organization's.</summary>
    public static async Task<string> VerifyAsync(Org org, string domain)
    {
        var made = (await org.Api.PostAsync("domains", new { domain })).MustBe(201);
        org.World.Dns.Say(made.Text("record_name"), made.Text("record_value"));
        (await org.Api.PostAsync($"domains/{made.Text("id")}/verify")).MustBe(200);
        return made.Text("id");
    }

    public string Email(string name = "bob") => $"{name}@{Domain}";

    public (string, string)[] Bob(params (string, string)[] more) => [("sub", "bob-1"), ("email", Email()), ("name", "Bob"), .. more];

    /// <summary>A browser that the app sent to us, and we to the issuer.</summary>
    public async Task<Browser> BeginAsync(OAuthClient? app = null)
    {
        var browser = new Browser(Org.World.Url);
        await browser.GetAsync((app ?? App).AuthorizeUrl());
        await browser.SubmitAsync("/sign-in/with/" + Connection);
        return browser;
    }

    /// <summary>A browser that came back from the issuer, which said this.</summary>
    public async Task<Browser> ComeBackAsync(params (string, string)[] says) => await Issuer.SignInAsync(await BeginAsync(), says);

    /// <summary>The tokens of the app that the browser was sent back to.</summary>
    public async Task<OAuthClient.Tokens> TokensAsync(Browser browser, OAuthClient? app = null) =>
        OAuthClient.Tokens.Of(Org.World, (await (app ?? App).ExchangeAsync(OAuthClient.Brought(browser)["code"])).MustBe(200));

    /// <summary>Why the last sign-ins failed, as the audit log says it, the newest first.</summary>
    public async Task<List<string>> FailuresAsync() => [.. (await Org.Api.GetAsync("audit-log?action=sign_in.failed")).Items().Select(e => e.Text("details/why")!)];

    public ValueTask DisposeAsync() => Issuer.DisposeAsync();
}
