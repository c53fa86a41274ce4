using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Apps;

/// <summary>An OAuth app, without its secret.</summary>
/// <param name="Id">Also its <c>client_id</c>.</param>
/// <param name="Name">What people read when it asks for their consent.</param>
/// <param name="Confidential">Whether it has a secret: a server can keep one, a browser or a phone cannot.</param>
/// <param name="RedirectUris">Where people are sent back to after signing in.</param>
/// <param name="PostLogoutRedirectUris">Where people are sent back to after signing out.</param>
/// <param name="Scopes">What it may ask for; <c>all</c> stands for whatever the person's role allows.</param>
/// <param name="DeviceCode">Whether it may sign people in by a code that they enter on another device.</param>
/// <param name="WebsiteUrl">https address where people read about it.</param>
/// <param name="ClientSecret">Shown once, when it is made; null ever after.</param>
public sealed record OAuthAppResponse(
    Id<OAuthApp> Id, string Name, bool Confidential, IReadOnlyList<string> RedirectUris, IReadOnlyList<string> PostLogoutRedirectUris, IReadOnlyList<string> Scopes, bool DeviceCode,
    string? WebsiteUrl, DateTimeOffset? DeletedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version, string? ClientSecret = null)
{
    public static OAuthAppResponse From(OAuthApp a) => new(
        a.Id, a.Name, a.Confidential, a.RedirectUris, a.PostLogoutRedirectUris, a.Scopes, a.DeviceCode, a.WebsiteUrl, a.DeletedAt, a.CreatedAt, a.UpdatedAt, a.Version);
}

/// <summary>A new OAuth app.</summary>
/// <param name="Name">What people read when it asks for their consent.</param>
/// <param name="Scopes">What it may ask for, such as <c>tickets.read</c>; <c>all</c> stands for whatever the person's role allows.</param>
/// <param name="Confidential">Whether it can keep a secret; cannot be changed later.</param>
/// <param name="RedirectUris">https addresses, <c>http://localhost</c> or <c>http://127.0.0.1</c> (any port), or a scheme of the app's own such as <c>com.example.app:/callback</c>.</param>
/// <param name="PostLogoutRedirectUris">The same, for after signing out.</param>
/// <param name="DeviceCode">Whether it may sign people in by a code that they enter on another device.</param>
/// <param name="WebsiteUrl">https address where people read about it.</param>
public sealed record CreateOAuthAppRequest(
    [NotBlank, MaxLength(100)] string Name,
    [MinLength(1), MaxLength(100), EachOf(1, 100)] List<string> Scopes,
    bool Confidential = true,
    [MaxLength(20), RedirectUris] List<string>? RedirectUris = null,
    [MaxLength(20), RedirectUris] List<string>? PostLogoutRedirectUris = null,
    bool DeviceCode = false,
    [MaxLength(2000), RegularExpression("^https://.+", ErrorMessage = "Must be an https address.")] string? WebsiteUrl = null);

/// <summary>What of an OAuth app can be changed.</summary>
/// <param name="Name">What people read when it asks for their consent.</param>
/// <param name="Scopes">What it may ask for.</param>
/// <param name="RedirectUris">Where people are sent back to after signing in.</param>
/// <param name="PostLogoutRedirectUris">Where people are sent back to after signing out.</param>
/// <param name="DeviceCode">Whether it may sign people in by a code that they enter on another device.</param>
/// <param name="WebsiteUrl">https address where people read about it.</param>
public sealed record OAuthAppUpdate(
    [NotBlank, MaxLength(100)] string Name,
    [MinLength(1), MaxLength(100), EachOf(1, 100)] List<string> Scopes,
    [MaxLength(20), RedirectUris] List<string>? RedirectUris = null,
    [MaxLength(20), RedirectUris] List<string>? PostLogoutRedirectUris = null,
    bool DeviceCode = false,
    [MaxLength(2000), RegularExpression("^https://.+", ErrorMessage = "Must be an https address.")] string? WebsiteUrl = null)
{
    public static OAuthAppUpdate From(OAuthApp a) => new(a.Name, a.Scopes, a.RedirectUris, a.PostLogoutRedirectUris, a.DeviceCode, a.WebsiteUrl);
}

/// <summary>Addresses that a browser may be sent back to.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class RedirectUrisAttribute : ValidationAttribute
{
    public RedirectUrisAttribute() => ErrorMessage = "Must be https addresses, http://localhost or http://127.0.0.1, or a scheme of the app's own with a dot in it, without a fragment.";

    public override bool IsValid(object? value) => value is null || (value is List<string> uris && uris.TrueForAll(IsGood));

    private static bool IsGood(string? text) =>
        text is { Length: > 0 and <= 2000 } && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0 && !text.Contains('*', StringComparison.Ordinal)
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.Host is "localhost" or "127.0.0.1") || uri.Scheme.Contains('.', StringComparison.Ordinal));
}
