using System.Security.Cryptography;
using System.Text;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Asks someone to join as a member of the staff. Whoever has the link of the mail owns the address.</summary>
public sealed class Invitation : Resource, IEntity
{
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(7);

    private Invitation() { }

    public Invitation(User user, Id<User>? by, string token, DateTimeOffset now, DateTimeOffset realNow) : base(user.OrganizationId, now)
    {
        Id = Id<Invitation>.New();
        UserId = user.Id;
        Email = user.Email!;
        InvitedBy = by;
        TokenHash = HashOf(token);
        ExpiresAt = realNow + Lasts;
        Happened(InvitationEvents.Created);
    }

    public static string Prefix => "inv";

    public Id<Invitation> Id { get; private set; }

    /// <summary>Whom it makes able to sign in.</summary>
    public Id<User> UserId { get; private set; }

    /// <summary>Where it was sent, and what they will sign in with.</summary>
    public string Email { get; private set; } = null!;
    public Id<User>? InvitedBy { get; private set; }

    /// <summary>SHA-256 of what the link carries, which has 256 random bits.</summary>
    public byte[] TokenHash { get; private set; } = [];

    /// <summary>Real time.</summary>
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset? AcceptedAt { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }

    internal override Guid Key => Id.Value;

    public bool IsOpen(DateTimeOffset realNow) => AcceptedAt is null && RevokedAt is null && ExpiresAt > realNow;

    /// <summary>Sends it again: with a new link, and the one before is of no use any more.</summary>
    public void Renew(string token, DateTimeOffset now, DateTimeOffset realNow)
    {
        if (AcceptedAt is not null || RevokedAt is not null)
            throw new SupportException(ErrorCode.Conflict, "The invitation was accepted or revoked. Make a new one.");
        TokenHash = HashOf(token);
        ExpiresAt = realNow + Lasts;
        Touch(now);
        Happened(InvitationEvents.Renewed);
    }

    public void Revoke(DateTimeOffset now, DateTimeOffset realNow)
    {
        if (AcceptedAt is not null)
            throw new SupportException(ErrorCode.Conflict, "The invitation was accepted. Deactivate the user instead.");
        if (RevokedAt is not null)
            return;
        RevokedAt = realNow;
        Touch(now);
        Happened(InvitationEvents.Revoked);
    }

    public void Accept(User user, Guid login, DateTimeOffset now, DateTimeOffset realNow)
    {
        if (!IsOpen(realNow))
            throw new SupportException(ErrorCode.Conflict, "The invitation was used, revoked, or has expired.");
        AcceptedAt = realNow;
        user.LetIn(login, now);
        Touch(now);
        Happened(InvitationEvents.Accepted);
    }

    /// <summary>What a link carries: 32 random bytes.</summary>
    public static string NewToken() => KeyText.New("hs_inv_");

    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    internal override object Snapshot() => InvitationResponse.From(this);
}

[Carries(typeof(InvitationResponse)), Audited]
public static class InvitationEvents
{
    public const string Created = "invitation.created";
    public const string Renewed = "invitation.renewed";
    public const string Revoked = "invitation.revoked";
    public const string Accepted = "invitation.accepted";
}
