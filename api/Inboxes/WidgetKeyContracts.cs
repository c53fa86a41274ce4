using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Inboxes;

/// <summary>A widget key.</summary>
/// <param name="InboxId">The chat inbox by which comes in what people write.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Key">What pages and apps carry. Public.</param>
/// <param name="AllowedOrigins">Origins of the web pages it may be used from; with none, from no web page, but from apps.</param>
/// <param name="JwksUrl">Where the keys are published that tokens may be signed with (RS256, ES256), besides the secrets (HS256).</param>
/// <param name="RequireIdentity">Whether there are no anonymous visitors.</param>
/// <param name="Enabled">Whether it can be used; the tokens made with it too.</param>
/// <param name="SecretRotatedAt">Since when the secret is this one.</param>
/// <param name="PreviousSecretUntil">Real time until which the secret before is good too; null where there is none, or until the next rotation.</param>
/// <param name="Secret">The secret to sign with: shown once, when it is made; null ever after.</param>
public sealed record WidgetKeyResponse(
    Id<WidgetKey> Id, Id<Inbox> InboxId, string Name, string Key, IReadOnlyList<string> AllowedOrigins, string? JwksUrl, bool RequireIdentity, bool Enabled,
    DateTimeOffset SecretRotatedAt, DateTimeOffset? PreviousSecretUntil, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version, string? Secret = null)
{
    public static WidgetKeyResponse From(WidgetKey k) => new(
        k.Id, k.InboxId, k.Name, k.Text, k.AllowedOrigins, k.JwksUrl, k.RequireIdentity, k.Enabled, k.SecretRotatedAt, k.PreviousSecretUntil, k.CreatedAt, k.UpdatedAt, k.Version);
}

/// <summary>What of a widget key can be set.</summary>
/// <param name="Name">What it is for.</param>
/// <param name="AllowedOrigins">Origins such as <c>https://shop.example</c>, or <c>https://*.shop.example</c> for all below it; http only for localhost and 127.0.0.1, there with <c>:*</c> for any port.</param>
/// <param name="JwksUrl">An https address on the public internet.</param>
/// <param name="RequireIdentity">Whether to refuse anonymous visitors.</param>
/// <param name="Enabled">Whether it can be used; the tokens made with it too.</param>
public sealed record WidgetKeyUpdate(
    [NotBlank, MaxLength(100)] string Name,
    [MaxLength(50), Origins] List<string>? AllowedOrigins = null,
    [NotBlank, MaxLength(2000)] string? JwksUrl = null,
    bool RequireIdentity = false,
    bool Enabled = true)
{
    public static WidgetKeyUpdate From(WidgetKey k) => new(k.Name, k.AllowedOrigins, k.JwksUrl, k.RequireIdentity, k.Enabled);
}

/// <summary>How to rotate.</summary>
/// <param name="OverlapSeconds">How long the secret before is good too, at most 30 days; null for until the next rotation.</param>
public sealed record RotateWidgetSecretRequest([Range(0, 2_592_000)] int? OverlapSeconds = null);
