using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Teams;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Inboxes;

/// <summary>Where tickets come in.</summary>
[Route("api/v{version:apiVersion}/inboxes")]
public sealed class InboxesController(SupportDb db, TenantContext tenant) : ApiController
{
    /// <summary>List inboxes</summary>
    [HttpGet(Name = "Inboxes_List"), Requires("inboxes.read")]
    public async Task<ActionResult<Page<InboxResponse>>> List([FromQuery] PageQuery page, CancellationToken cancellationToken) =>
        await PageAsync(db.Inboxes.AsNoTracking().Where(i => i.DeletedAt == null), InboxMapping.ByCreation, page, InboxResponse.From, cancellationToken);

    /// <summary>Create an inbox</summary>
    [HttpPost(Name = "Inboxes_Create"), Requires("inboxes.manage"), Creates]
    public async Task<ActionResult<InboxResponse>> Create(CreateInboxRequest request, CancellationToken cancellationToken)
    {
        var to = new InboxUpdate(request.Name, request.TeamId, request.ExternalId, request.Metadata);
        await CheckAsync(to, null, cancellationToken);
        var inbox = new Inbox(tenant.Required, request.Channel, to, tenant.Now);
        db.Add(inbox);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(inbox, $"inboxes/{inbox.Id}", InboxResponse.From(inbox));
    }

    /// <summary>Get an inbox</summary>
    [HttpGet("{id}", Name = "Inboxes_Get"), Requires("inboxes.read")]
    public async Task<ActionResult<InboxResponse>> Get(Id<Inbox> id, CancellationToken cancellationToken)
    {
        var inbox = await FindAsync(db.Inboxes.AsNoTracking(), id, cancellationToken);
        return Show(inbox, InboxResponse.From(inbox));
    }

    /// <summary>Update an inbox</summary>
    [HttpPatch("{id}", Name = "Inboxes_Update"), Requires("inboxes.manage")]
    public async Task<ActionResult<InboxResponse>> Update(Id<Inbox> id, MergePatch<InboxUpdate> patch, CancellationToken cancellationToken)
    {
        var inbox = await FindAsync(db.Inboxes, id, cancellationToken);
        await CheckIfMatchAsync(inbox, patch.Members, cancellationToken);
        var update = Merge(patch, InboxUpdate.From(inbox));
        await CheckAsync(update, inbox, cancellationToken);
        inbox.Update(update, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(inbox, InboxResponse.From(inbox));
    }

    /// <summary>Delete an inbox</summary>
    /// <remarks>Its tickets stay; new ones cannot come in.</remarks>
    [HttpDelete("{id}", Name = "Inboxes_Delete"), Requires("inboxes.manage"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<Inbox> id, CancellationToken cancellationToken)
    {
        var inbox = await FindAsync(db.Inboxes, id, cancellationToken);
        await CheckIfMatchAsync(inbox, [], cancellationToken);
        inbox.Delete(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    private static async Task<Inbox> FindAsync(IQueryable<Inbox> inboxes, Id<Inbox> id, CancellationToken cancellationToken) =>
        await inboxes.SingleOrDefaultAsync(i => i.Id == id && i.DeletedAt == null, cancellationToken) ?? throw SupportException.NotFound("inbox");

    private async Task CheckAsync(InboxUpdate to, Inbox? self, CancellationToken cancellationToken)
    {
        if (to.TeamId is { } team && team != self?.TeamId && !await db.Teams.AnyAsync(t => t.Id == team, cancellationToken))
            throw SupportException.Invalid("/team_id", "There is no such team.");
        if (to.ExternalId is not null && to.ExternalId != self?.ExternalId && await db.Inboxes.AnyAsync(i => i.ExternalId == to.ExternalId && i.DeletedAt == null, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "An inbox with this external_id exists already.", ("/external_id", "Is used by another inbox."));
    }
}
