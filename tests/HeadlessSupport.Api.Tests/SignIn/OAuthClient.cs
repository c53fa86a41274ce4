using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace HeadlessSupport.Api.Tests.SignIn;

/// <summary>An app of a publisher, as its developer would write it by hand.</summary>
internal sealed class OAuthClient(World world, string clientId, string? secret)
{
    public const string Callback = "https://app.example/callback";

    public string ClientId => clientId;
    public string? Secret => secret;
    public string Verifier { get; } = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Publishes an app in the organization.</summary>
    public static async Task<OAuthClient> NewAsync(Org org, object? more = null)
    {
        var app = (await org.Api.PostAsync("apps", Json.Merge(new { name = "Desk", scopes = new[] { "all" }, confidential = false, redirect_uris = new[] { Callback } }, more))).MustBe(201);
        return new(org.World, app.Text("id"), app.Json.Text("client_secret"));
    }

    /// <summary>Where the app sends people to.</summary>
    public string AuthorizeUrl(string scope = "openid profile email offline_access all", params (string Name, string? Value)[] more)
    {
        var parameters = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["client_id"] = clientId,
            ["redirect_uri"] = Callback,
            ["response_type"] = "code",
            ["scope"] = scope,
            ["state"] = "state-1",
            ["nonce"] = "nonce-1",
            ["code_challenge"] = WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier))),
            ["code_challenge_method"] = "S256",
        };
        foreach (var (name, value) in more)
            parameters[name] = value;
        return QueryHelpers.AddQueryString("/oauth/authorize", parameters.Where(p => p.Value is not null).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal));
    }

    /// <summary>What the browser brought back to the app.</summary>
    public static Dictionary<string, string> Brought(Browser browser)
    {
        Assert.True(browser.At.ToString().StartsWith(Callback, StringComparison.Ordinal), $"It is at {browser.At}: {browser.Status} {browser.Page}");
        return QueryHelpers.ParseQuery(browser.At.Query).ToDictionary(p => p.Key, p => p.Value.ToString(), StringComparer.Ordinal);
    }

    public Task<Answer> ExchangeAsync(string code, string? verifier = null) => TokenAsync(("grant_type", "authorization_code"), ("code", code), ("redirect_uri", Callback), ("code_verifier", verifier ?? Verifier));

    public Task<Answer> RefreshAsync(string token) => TokenAsync(("grant_type", "refresh_token"), ("refresh_token", token));

    public Task<Answer> TokenAsync(params (string Name, string Value)[] form) => PostAsync("/oauth/token", form);

    public Task<Answer> PostAsync(string path, params (string Name, string Value)[] form)
    {
        var fields = form.ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
        fields.TryAdd("client_id", clientId);
        if (secret is not null)
            fields.TryAdd("client_secret", secret);
        return world.Anonymous.SendAsync(HttpMethod.Post, path, new FormUrlEncodedContent(fields));
    }

    /// <summary>Signs someone in, all the way to tokens.</summary>
    public async Task<Tokens> SignInAsync(Staff staff, Browser? browser = null, params (string Name, string? Value)[] more)
    {
        browser ??= await staff.SignInAsync();
        await browser.GetAsync(AuthorizeUrl(more: more));
        return Tokens.Of(world, (await ExchangeAsync(Brought(browser)["code"])).MustBe(200));
    }

    internal sealed record Tokens(World World, string Access, string Refresh, string Id, int ExpiresIn)
    {
        public Api Api => new(World.Url, Access);

        public JsonElement Claims => JsonSerializer.Deserialize<JsonElement>(WebEncoders.Base64UrlDecode(Access.Split('.')[1]));

        public static Tokens Of(World world, Answer answer) => new(world, answer.Text("access_token"), answer.Json.Text("refresh_token")!, answer.Json.Text("id_token")!, answer.Json.Int("expires_in"));
    }
}
