using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.WebUtilities;

namespace HeadlessSupport.Api.EndUsers;

/// <summary>Whose token it is, and how far it goes.</summary>
/// <param name="WidgetKey">The key that it is bound to; null where it was made by a server.</param>
/// <param name="Inbox">By which inbox comes in what they write.</param>
/// <param name="IsVisitor">Whether nobody said who they are. They may have no row yet.</param>
/// <param name="ExpiresAt">Real time.</param>
internal sealed record EndUser(Id<Tenant> Organization, Id<User> User, Id<WidgetKey>? WidgetKey, Id<Inbox>? Inbox, bool IsVisitor, DateTimeOffset ExpiresAt);

/// <summary>
/// The tokens of end users: sealed, so that no table keeps them and no query finds them. What may change while one is
/// good (the user, the key, the organization) is looked up by <see cref="EndUserBearer"/>.
/// </summary>
internal sealed class EndUserTokens(SecretBox box, TimeProvider time)
{
    public const string Prefix = "hs_eut_";
    private const string Purpose = "end-user-token";
    private const string VisitorPurpose = "widget-visitor";
    private const int Length = 1 + (4 * 16) + 1 + 8;
    private const byte Form = 1;
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan VisitorGoodFor = TimeSpan.FromDays(30);

    /// <summary>A new token, good for 15 minutes.</summary>
    public (string Text, DateTimeOffset ExpiresAt) New(EndUser of)
    {
        var until = Whole(time.GetUtcNow() + GoodFor);
        return (Prefix + Seal(Purpose, of with { ExpiresAt = until }), until);
    }

    /// <summary>What a page keeps of an anonymous visitor: good for 30 days from now, to get tokens with.</summary>
    public string NewVisitor(EndUser of) => Seal(VisitorPurpose, of with { ExpiresAt = Whole(time.GetUtcNow() + VisitorGoodFor) });

    /// <summary>Whose it is; also where it has expired.</summary>
    public bool TryOpen(string text, [NotNullWhen(true)] out EndUser? of)
    {
        of = null;
        return text.StartsWith(Prefix, StringComparison.Ordinal) && TryOpen(Purpose, text[Prefix.Length..], out of);
    }

    public bool TryOpenVisitor(string text, [NotNullWhen(true)] out EndUser? of) => TryOpen(VisitorPurpose, text, out of) && of.ExpiresAt > time.GetUtcNow();

    private static DateTimeOffset Whole(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());

    private string Seal(string purpose, EndUser of)
    {
        var bytes = new byte[Length];
        bytes[0] = Form;
        Write(bytes, 0, of.Organization.Value);
        Write(bytes, 1, of.User.Value);
        Write(bytes, 2, of.WidgetKey?.Value ?? Guid.Empty);
        Write(bytes, 3, of.Inbox?.Value ?? Guid.Empty);
        bytes[65] = of.IsVisitor ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(66), of.ExpiresAt.ToUnixTimeSeconds());
        return WebEncoders.Base64UrlEncode(box.Seal(purpose, bytes));
    }

    private bool TryOpen(string purpose, string text, [NotNullWhen(true)] out EndUser? of)
    {
        of = null;
        byte[] sealedBytes;
        try
        {
            sealedBytes = WebEncoders.Base64UrlDecode(text);
        }
        catch (FormatException)
        {
            return false;
        }
        if (!box.TryOpen(purpose, sealedBytes, out var bytes) || bytes.Length != Length || bytes[0] != Form)
            return false;
        var (key, inbox) = (Read(bytes, 2), Read(bytes, 3));
        of = new(new(Read(bytes, 0)), new(Read(bytes, 1)), key == Guid.Empty ? null : new(key), inbox == Guid.Empty ? null : new(inbox), bytes[65] == 1,
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(66))));
        return true;
    }

    private static void Write(byte[] bytes, int place, Guid id) => id.TryWriteBytes(bytes.AsSpan(1 + (place * 16)));

    private static Guid Read(byte[] bytes, int place) => new(bytes.AsSpan(1 + (place * 16), 16));
}
