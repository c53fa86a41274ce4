using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.EndUsers;

/// <summary>Where people come in by a widget key: it tells the organization, and who is at the page gets a token.</summary>
internal sealed class WidgetEntrance(SystemDb system, SupportDb db, TenantContext tenant, EndUserDoor door, WidgetJwt jwts, VisitorMerge merge, PublicUrl publicUrl)
{
    private TimeSpan clockOffset;

    /// <summary>Enters the organization that the key belongs to.</summary>
    /// <exception cref="SupportException">There is no such key (404), or the page may not use it (403).</exception>
    public async Task<WidgetKey> EnterAsync(string text, string origin, CancellationToken cancellationToken)
    {
        var owner = !WidgetKey.IsText(text) ? null : await system.ReadAcrossOrganizationsAsync(all => (
            from key in all.WidgetKeys.AsNoTracking()
            join organization in all.Organizations.AsNoTracking() on key.OrganizationId equals organization.OrganizationId
            where key.Text == text
            select new { key.OrganizationId, organization.Status, organization.ClockOffsetSeconds }).SingleOrDefaultAsync(cancellationToken));
        if (owner is null)
            throw NoSuchKey();
        clockOffset = TimeSpan.FromSeconds(owner.ClockOffsetSeconds);
        tenant.Enter(owner.OrganizationId, Actor.System, clockOffset);
        var found = await db.WidgetKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Text == text && k.Enabled && db.Inboxes.Any(i => i.Id == k.InboxId && i.DeletedAt == null), cancellationToken) ?? throw NoSuchKey();
        if (owner.Status == OrganizationStatus.Suspended)
            throw new SupportException(ErrorCode.OrganizationSuspended, "The organization is suspended. Its operator can resume it.");
        if (origin.Length > 0 && origin != publicUrl.Origin && !Origins.Allow(found.AllowedOrigins, origin))
            throw new SupportException(ErrorCode.Forbidden, "The widget key may not be used from this web page. Add its origin to the key's allowed_origins.");
        return found;
    }

    /// <summary>A token for the customer whom the organization names.</summary>
    public async Task<EndUserTokenResponse> IdentifyAsync(WidgetKey key, string jwt, string? visitor, CancellationToken cancellationToken)
    {
        var identity = await jwts.ReadAsync(jwt, key, cancellationToken);
        var user = await door.IdentifiedAsync(identity, cancellationToken);
        tenant.Enter(key.OrganizationId, new(ActorKinds.Customer, user.Id.ToString()), clockOffset, user.Id.Value);
        if (visitor is not null && identity.MergesVisitor)
            await merge.TakeOverAsync(door.Open(key, visitor).User, user, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return door.TokenOf(user, key.Id, key.InboxId);
    }

    /// <summary>A token for an anonymous visitor.</summary>
    public Task<EndUserTokenResponse> VisitAsync(WidgetKey key, string? visitor, CancellationToken cancellationToken) => key.RequireIdentity
        ? throw WidgetJwt.Refuse("this widget key takes no anonymous visitors; send a jwt")
        : door.VisitorTokenAsync(key, visitor, cancellationToken);

    private static SupportException NoSuchKey() => new(ErrorCode.NotFound, "There is no such widget key, or it is disabled.");
}
