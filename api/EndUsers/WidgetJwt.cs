using System.Globalization;
using System.Text.Json;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace HeadlessSupport.Api.EndUsers;

/// <summary>What an organization says of the person who is at its web page.</summary>
/// <param name="Subject">Its own id for them.</param>
/// <param name="Attributes">What becomes metadata of the customer.</param>
/// <param name="MergesVisitor">Whether what they wrote as an anonymous visitor is theirs from now on.</param>
internal sealed record Identity(string Subject, string? Email, string? Name, Dictionary<string, string> Attributes, bool MergesVisitor);

/// <summary>
/// Reads tokens that an organization signed: HS256 with a secret of the widget key, RS256 and ES256 with the keys that
/// it publishes. A kind of signature is tried with its own kind of key only, so that nobody signs with a public one.
/// </summary>
internal sealed class WidgetJwt(WidgetJwks published, SecretBox box, TenantContext tenant)
{
    public const int MaxLength = 8192;
    private const int MostAttributes = 20;
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly JsonWebTokenHandler Handler = new() { MapInboundClaims = false };

    /// <exception cref="SupportException">It is not good: 401, and why.</exception>
    public async Task<Identity> ReadAsync(string text, WidgetKey key, CancellationToken cancellationToken)
    {
        JsonWebToken token;
        try
        {
            token = new JsonWebToken(text);
        }
        catch (Exception error) when (error is ArgumentException or SecurityTokenException or JsonException or FormatException)
        {
            throw Refuse("it cannot be read");
        }
        await CheckSignatureAsync(text, token, key, cancellationToken);
        using var payload = JsonDocument.Parse(Base64UrlEncoder.Decode(token.EncodedPayload), new JsonDocumentOptions { MaxDepth = Json.MaxDepth });
        var claims = payload.RootElement;
        CheckTimes(claims);
        CheckAudience(claims, key);
        var email = Text(claims, "email", 254);
        return new(
            Text(claims, "sub", 255) ?? throw Refuse("it has no sub"),
            email is null ? null : Emails.Normalize(email) ?? throw Refuse("email is no e-mail address"),
            Text(claims, "name", 200), Attributes(claims), claims.TryGetProperty("merge_visitor", out var merge) && merge.ValueKind == JsonValueKind.True);
    }

    public static SupportException Refuse(string why) => new(ErrorCode.Unauthenticated, $"The token was refused: {why}.");

    private async Task CheckSignatureAsync(string text, JsonWebToken token, WidgetKey key, CancellationToken cancellationToken)
    {
        SecurityKey[] keys = token.Alg switch
        {
            SecurityAlgorithms.HmacSha256 => [.. key.Secrets(box, tenant.RealNow).Select(s => new SymmetricSecurityKey(s))],
            SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.EcdsaSha256 when key.JwksUrl is { } url => await published.KeysAsync(url, token.Kid, token.Alg, cancellationToken),
            SecurityAlgorithms.RsaSha256 or SecurityAlgorithms.EcdsaSha256 => throw Refuse("the widget key has no jwks_url, so only HS256 is taken"),
            _ => throw Refuse("alg must be HS256, RS256 or ES256"),
        };
        var result = await Handler.ValidateTokenAsync(text, new TokenValidationParameters
        {
            IssuerSigningKeys = keys,
            ValidAlgorithms = [token.Alg],
            RequireSignedTokens = true,
            TryAllIssuerSigningKeys = true,
            ValidateIssuerSigningKey = true,
            // Times and audience are ours to check: by our clock, and in our words.
            ValidateLifetime = false,
            ValidateAudience = false,
            ValidateIssuer = false,
        });
        if (!result.IsValid)
            throw Refuse("its signature is not right");
    }

    private void CheckTimes(JsonElement claims)
    {
        var now = tenant.RealNow;
        var until = Time(claims, "exp") ?? throw Refuse("it has no exp");
        if (until <= now - Skew)
            throw Refuse("it has expired");
        if (until > now + Longest + Skew)
            throw Refuse("exp is more than an hour ahead");
        if (Time(claims, "nbf") > now + Skew || Time(claims, "iat") > now + Skew)
            throw Refuse("it is not valid yet");
    }

    private void CheckAudience(JsonElement claims, WidgetKey key)
    {
        if (!claims.TryGetProperty("aud", out var audience))
            return;
        var named = audience.ValueKind == JsonValueKind.Array ? audience.EnumerateArray().ToArray() : [audience];
        if (!Array.Exists(named, a => a.ValueKind == JsonValueKind.String && (a.GetString() == key.Text || a.GetString() == tenant.Required.ToString())))
            throw Refuse("aud names neither this widget key nor this organization");
    }

    private static DateTimeOffset? Time(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value))
            return null;
        // Seconds since 1970, and nothing that is beyond all calendars.
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 100_000_000_000
            ? DateTimeOffset.UnixEpoch.AddSeconds(seconds) : throw Refuse($"{name} is no time");
    }

    private static string? Text(JsonElement claims, string name, int longest)
    {
        if (!claims.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == JsonValueKind.String && Said(value) is { } text && text.Length <= longest && !string.IsNullOrWhiteSpace(text) && !text.Contains('\0', StringComparison.Ordinal)
            ? text : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"{name} must be a text of 1 to {longest} characters"));
    }

    private static Dictionary<string, string> Attributes(JsonElement claims)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!claims.TryGetProperty("attributes", out var given) || given.ValueKind == JsonValueKind.Null)
            return attributes;
        if (given.ValueKind != JsonValueKind.Object)
            throw Refuse("attributes must be an object");
        foreach (var member in given.EnumerateObject())
        {
            attributes[member.Name] = member.Value.ValueKind switch
            {
                JsonValueKind.String => Said(member.Value) ?? throw Refuse("an attribute cannot be read"),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => member.Value.GetRawText(),
                _ => throw Refuse("attributes must be texts, numbers and booleans"),
            };
        }
        return attributes.Count <= MostAttributes && attributes.All(a => a.Key.Length is > 0 and <= 64 && a.Value.Length <= 500 && !(a.Key + a.Value).Contains('\0', StringComparison.Ordinal))
            ? attributes
            : throw Refuse(string.Create(CultureInfo.InvariantCulture, $"attributes must be at most {MostAttributes}, with names of 1 to 64 and values of at most 500 characters"));
    }

    // Half a surrogate pair is no text.
    private static string? Said(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
