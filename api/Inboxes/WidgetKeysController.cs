using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Inboxes;

/// <summary>Keys by which web pages and apps bring people to a chat inbox.</summary>
[Route("api/v{version:apiVersion}"), Tags("WidgetKeys")]
public sealed class WidgetKeysController(SupportDb db, TenantContext tenant, SecretBox box, PublicAddressGuard guard) : ApiController
{
    private const int MostKeys = 100;

    /// <summary>List an inbox's widget keys</summary>
    /// <remarks>The newest first.</remarks>
    [HttpGet("inboxes/{id}/widget-keys", Name = "WidgetKeys_List"), Requires("inboxes.read")]
    public async Task<ActionResult<Page<WidgetKeyResponse>>> List(Id<Inbox> id, [FromQuery] PageQuery page, CancellationToken cancellationToken)
    {
        await InboxAsync(id, cancellationToken);
        return await PageAsync(db.WidgetKeys.AsNoTracking().Where(k => k.InboxId == id), WidgetKeyMapping.Newest, page, WidgetKeyResponse.From, cancellationToken);
    }

    /// <summary>Create a widget key</summary>
    /// <remarks>Only for chat inboxes. The answer shows the secret to sign tokens with, once.</remarks>
    [HttpPost("inboxes/{id}/widget-keys", Name = "WidgetKeys_Create"), Requires("inboxes.manage"), ShowsSecret("secret"), Creates]
    public async Task<ActionResult<WidgetKeyResponse>> Create(Id<Inbox> id, WidgetKeyUpdate request, CancellationToken cancellationToken)
    {
        var inbox = await InboxAsync(id, cancellationToken);
        await CheckIfMatchAsync(inbox, [], cancellationToken);
        if (inbox.Channel != Channel.Chat)
            throw new SupportException(ErrorCode.Conflict, "Only a chat inbox has widget keys. Create an inbox with the channel chat.");
        await CheckAsync(request, null, cancellationToken);
        if (await db.WidgetKeys.CountAsync(k => k.InboxId == id, cancellationToken) >= MostKeys)
            throw new SupportException(ErrorCode.Conflict, $"An inbox can have {MostKeys} widget keys. Delete one first.");
        var mode = await db.Organizations.Select(o => o.Mode).SingleAsync(cancellationToken);
        var secret = WidgetKey.NewSecret();
        var key = new WidgetKey(inbox, WidgetKey.NewText(mode), secret, request, box, tenant.Now);
        db.Add(key);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(key, $"widget-keys/{key.Id}", WidgetKeyResponse.From(key) with { Secret = secret });
    }

    /// <summary>Get a widget key</summary>
    [HttpGet("widget-keys/{id}", Name = "WidgetKeys_Get"), Requires("inboxes.read")]
    public async Task<ActionResult<WidgetKeyResponse>> Get(Id<WidgetKey> id, CancellationToken cancellationToken)
    {
        var key = await FindAsync(db.WidgetKeys.AsNoTracking(), id, cancellationToken);
        return Show(key, WidgetKeyResponse.From(key));
    }

    /// <summary>Update a widget key</summary>
    /// <remarks>Tokens of a disabled one are refused, on other nodes within 5 seconds.</remarks>
    [HttpPatch("widget-keys/{id}", Name = "WidgetKeys_Update"), Requires("inboxes.manage")]
    public async Task<ActionResult<WidgetKeyResponse>> Update(Id<WidgetKey> id, MergePatch<WidgetKeyUpdate> patch, CancellationToken cancellationToken)
    {
        var key = await FindAsync(db.WidgetKeys, id, cancellationToken);
        await CheckIfMatchAsync(key, patch.Members, cancellationToken);
        var update = Merge(patch, WidgetKeyUpdate.From(key));
        await CheckAsync(update, key, cancellationToken);
        key.Update(update, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(key, WidgetKeyResponse.From(key));
    }

    /// <summary>Delete a widget key</summary>
    /// <remarks>For good: it and the tokens made with it are refused, on other nodes within 5 seconds.</remarks>
    [HttpDelete("widget-keys/{id}", Name = "WidgetKeys_Delete"), Requires("inboxes.manage"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<WidgetKey> id, CancellationToken cancellationToken)
    {
        var key = await FindAsync(db.WidgetKeys, id, cancellationToken);
        await CheckIfMatchAsync(key, [], cancellationToken);
        key.Deleted();
        db.Remove(key);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    /// <summary>Rotate the secret</summary>
    /// <remarks>Makes a new secret and shows it, once. Tokens signed with the one before are good until the overlap is over, at the longest until the next rotation.</remarks>
    [HttpPost("widget-keys/{id}/rotate-secret", Name = "WidgetKeys_RotateSecret"), Requires("inboxes.manage"), ShowsSecret("secret")]
    public async Task<ActionResult<WidgetKeyResponse>> RotateSecret(Id<WidgetKey> id, RotateWidgetSecretRequest request, CancellationToken cancellationToken)
    {
        var key = await FindAsync(db.WidgetKeys, id, cancellationToken);
        await CheckIfMatchAsync(key, [], cancellationToken);
        var secret = WidgetKey.NewSecret();
        DateTimeOffset? until = request.OverlapSeconds is { } seconds ? tenant.RealNow.AddSeconds(seconds) : null;
        key.Rotate(secret, until, box, tenant.Now, tenant.RealNow);
        await db.SaveChangesAsync(cancellationToken);
        return Show(key, WidgetKeyResponse.From(key) with { Secret = secret });
    }

    private static async Task<WidgetKey> FindAsync(IQueryable<WidgetKey> keys, Id<WidgetKey> id, CancellationToken cancellationToken) =>
        await keys.SingleOrDefaultAsync(k => k.Id == id, cancellationToken) ?? throw SupportException.NotFound("widget key");

    private async Task<Inbox> InboxAsync(Id<Inbox> id, CancellationToken cancellationToken) =>
        await db.Inboxes.AsNoTracking().SingleOrDefaultAsync(i => i.Id == id && i.DeletedAt == null, cancellationToken) ?? throw SupportException.NotFound("inbox");

    private async Task CheckAsync(WidgetKeyUpdate to, WidgetKey? before, CancellationToken cancellationToken)
    {
        if (to.JwksUrl is null || to.JwksUrl == before?.JwksUrl)
            return;
        if (!Uri.TryCreate(to.JwksUrl, UriKind.Absolute, out var url))
            throw SupportException.Invalid("/jwks_url", "Must be an address such as https://example.com/.well-known/jwks.json.");
        if (await guard.CheckAsync(url, cancellationToken) is { } refusal)
            throw SupportException.Invalid("/jwks_url", refusal);
    }
}
