using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.EndUsers;

/// <summary>Who comes in as an end user, and with which token. Does not save.</summary>
internal sealed class EndUserDoor(SupportDb db, TenantContext tenant, People people, EndUserTokens tokens)
{
    private static readonly EndUser Nobody = new(default, default, null, null, false, default);

    /// <summary>The customer whom a server names.</summary>
    /// <exception cref="SupportException">There is no such user, or it is no active customer: 422.</exception>
    public async Task<User> CustomerAsync(PersonReference named, CancellationToken cancellationToken)
    {
        var user = await people.FindOrAddAsync(named, "/user", cancellationToken);
        if (user.IsStaff)
            throw SupportException.Invalid("/user", "Is staff. Only customers have end-user tokens.");
        return user.Status == UserStatus.Active ? user : throw SupportException.Invalid("/user", "Is deactivated.");
    }

    /// <summary>The customer whom a signed token names. They are known by its <c>sub</c> alone; what else it says of them is taken over.</summary>
    /// <exception cref="SupportException">It names staff or someone deactivated, or says what cannot be: 401.</exception>
    public async Task<User> IdentifiedAsync(Identity identity, CancellationToken cancellationToken)
    {
        var user = await people.FindOrAddAsync(new(ExternalId: identity.Subject), "", cancellationToken);
        if (user.IsStaff || user.Status != UserStatus.Active)
            throw WidgetJwt.Refuse("sub names nobody who can come in as a customer");
        var update = UserUpdate.From(user);
        if (identity.Email is not null && identity.Email != user.Email && !await IsTakenAsync(identity.Email, cancellationToken))
            update = update with { Email = identity.Email };
        if (identity.Name is not null)
            update = update with { Name = identity.Name };
        if (identity.Attributes.Count > 0)
            update = update with { Metadata = Merged(user.Metadata, identity.Attributes) };
        user.Update(update, tenant.Now);
        return user;
    }

    public EndUserTokenResponse TokenOf(User user, Id<WidgetKey>? key, Id<Inbox>? inbox)
    {
        var (text, until) = tokens.New(Nobody with { Organization = tenant.Required, User = user.Id, WidgetKey = key, Inbox = inbox });
        return new(text, until, PersonResponse.From(user));
    }

    /// <summary>A token of an anonymous visitor: the one who came before, or a new one. Nothing is written of them before they write something themselves.</summary>
    /// <exception cref="SupportException">The visitor is not of this key, too old, or no customer any more: 401.</exception>
    public async Task<EndUserTokenResponse> VisitorTokenAsync(WidgetKey key, string? visitor, CancellationToken cancellationToken)
    {
        var of = visitor is null ? Nobody with { Organization = tenant.Required, User = Id<User>.New(), IsVisitor = true } : Open(key, visitor);
        of = of with { WidgetKey = key.Id, Inbox = key.InboxId };
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == of.User, cancellationToken);
        if (user is not null && (user.IsStaff || user.Status != UserStatus.Active))
            throw WidgetJwt.Refuse("the visitor is good no longer");
        var (text, until) = tokens.New(of);
        return new(text, until, user is null ? new(of.User, null, null, null) : PersonResponse.From(user), tokens.NewVisitor(of));
    }

    /// <summary>Whom a page kept as its visitor.</summary>
    public EndUser Open(WidgetKey key, string visitor) =>
        tokens.TryOpenVisitor(visitor, out var of) && of.Organization == tenant.Required && of.WidgetKey == key.Id ? of : throw WidgetJwt.Refuse("the visitor is damaged, too old, or of another widget key");

    // Who has the address already keeps it, staff or customer: a token tells who someone is, not whose mail they read.
    private Task<bool> IsTakenAsync(string email, CancellationToken cancellationToken) => db.Users.AnyAsync(u => u.Email == email, cancellationToken);

    private static Dictionary<string, string> Merged(Dictionary<string, string> known, Dictionary<string, string> said)
    {
        var merged = new Dictionary<string, string>(known, StringComparer.Ordinal);
        foreach (var (name, value) in said)
            merged[name] = value;
        return new MetadataAttribute().IsValid(merged) ? merged : throw WidgetJwt.Refuse("attributes are more than a customer's metadata may have");
    }
}
