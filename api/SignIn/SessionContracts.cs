using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.SignIn;

/// <summary>That someone is signed in to an app on one device. All its times are real time.</summary>
/// <param name="UserId">Who is signed in.</param>
/// <param name="AppId">The app's <c>client_id</c>.</param>
/// <param name="AppName">The app's name when they signed in.</param>
/// <param name="Device">What the browser or program calls itself, in short: <c>Firefox on Linux</c>.</param>
/// <param name="UserAgent">The <c>User-Agent</c> header of the sign-in; null where there was none.</param>
/// <param name="Address">From where they signed in.</param>
/// <param name="Mfa">Whether with a second factor or a passkey.</param>
/// <param name="StartedAt">When they signed in.</param>
/// <param name="LastSeenAt">Up to half a minute late.</param>
/// <param name="EndsAt">When it ends, used or not; it ends earlier where it is not used for as long as the organization says.</param>
/// <param name="RevokedAt">When it was ended before its time; null where it was not.</param>
public sealed record SessionResponse(
    Id<Session> Id, Id<User> UserId, Id<OAuthApp> AppId, string AppName, string Device, string? UserAgent, string? Address, bool Mfa,
    DateTimeOffset StartedAt, DateTimeOffset LastSeenAt, DateTimeOffset EndsAt, DateTimeOffset? RevokedAt, int Version)
{
    public static SessionResponse From(Session s) => new(
        s.Id, s.UserId, s.AppId, s.AppName, Devices.NameOf(s.UserAgent), s.UserAgent, s.Address, s.Mfa, s.StartedAt, s.LastSeenAt, s.EndsAt, s.RevokedAt, s.Version);
}

/// <summary>Filters of the list of sessions.</summary>
public sealed record SessionFilter : PageQuery
{
    /// <summary>Whose; left out, your own. Others' need <c>sessions.manage</c>; <c>all</c> is everybody's.</summary>
    [System.ComponentModel.DataAnnotations.MaxLength(50)]
    public string? User { get; init; }

    /// <summary>With those that were revoked or have ended.</summary>
    public bool Ended { get; init; }
}

/// <summary>How many were ended.</summary>
/// <param name="Revoked">How many sessions were ended.</param>
public sealed record RevokedSessionsResponse(int Revoked);
