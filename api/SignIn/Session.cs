using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.SignIn;

/// <summary>
/// That someone is signed in to an app, in one organization, on one device: all access and refresh tokens that came of
/// one authorization. The tokens hold for as long as it does.
/// </summary>
public sealed class Session : Resource, IEntity
{
    private Session() { }

    public Session(Id<Tenant> organization, Id<User> user, SignedIn by, OAuthApp app, string authorization, string? userAgent, string? address, TimeSpan lasts, DateTimeOffset now, DateTimeOffset realNow)
        : base(organization, now)
    {
        Id = Id<Session>.New();
        UserId = user;
        LoginId = by.LoginId;
        SignInId = by.SignInId;
        Mfa = by.Mfa;
        AppId = app.Id;
        AppName = app.Name;
        AuthorizationId = authorization;
        UserAgent = userAgent;
        Address = address;
        StartedAt = realNow;
        LastSeenAt = realNow;
        EndsAt = realNow + lasts;
    }

    public static string Prefix => "ses";

    public Id<Session> Id { get; private set; }
    public Id<User> UserId { get; private set; }
    public Guid LoginId { get; private set; }

    /// <summary>The sign-in on our pages that it came of: one browser, until it signs out.</summary>
    public Guid SignInId { get; private set; }

    /// <summary>Whether there was a second factor, or a passkey, which is both.</summary>
    public bool Mfa { get; private set; }
    public Id<OAuthApp> AppId { get; private set; }
    public string AppName { get; private set; } = null!;

    /// <summary>What OpenIddict calls the authorization of which its tokens come.</summary>
    public string AuthorizationId { get; private set; } = null!;
    public string? UserAgent { get; private set; }
    public string? Address { get; private set; }

    /// <summary>Real time, as all times here.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    /// <summary>Written in batches; up to half a minute late.</summary>
    public DateTimeOffset LastSeenAt { get; private set; }
    public DateTimeOffset EndsAt { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }

    internal override Guid Key => Id.Value;

    /// <summary>Whether its tokens are still good.</summary>
    /// <param name="idle">How long it may go unused.</param>
    public bool IsOpen(TimeSpan idle, DateTimeOffset realNow) => RevokedAt is null && EndsAt > realNow && LastSeenAt + idle > realNow;

    public void Seen(DateTimeOffset realNow) => LastSeenAt = realNow;

    public void Revoke(DateTimeOffset now, DateTimeOffset realNow)
    {
        if (RevokedAt is not null)
            return;
        RevokedAt = realNow;
        Touch(now);
    }

    internal override object Snapshot() => SessionResponse.From(this);
}

/// <summary>Who is signed in on our pages, and how.</summary>
/// <param name="SignInId">This sign-in, in this browser.</param>
/// <param name="Mfa">Whether by more than a password.</param>
/// <param name="At">When, in real time.</param>
/// <param name="Via">The connection or provider that said who they are; null for a password or passkey of ours.</param>
/// <param name="Within">The only organization that the sign-in is good in: a connection vouches to its own.</param>
public sealed record SignedIn(Guid LoginId, Guid SignInId, bool Mfa, DateTimeOffset At, string? Via = null, Id<Tenant>? Within = null);
