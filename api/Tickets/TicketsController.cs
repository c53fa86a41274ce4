using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Tickets.</summary>
[Route("api/v{version:apiVersion}/tickets")]
public sealed class TicketsController(SupportDb db, TenantContext tenant, Desk desk, CustomerDesk customers, TicketSearch search) : ApiController
{
    /// <summary>List and search tickets</summary>
    /// <remarks>With words in <c>q</c> the best matches come first, and <c>search</c> says how it went. <c>include=highlights</c> shows where each matches. End users see their own, and cannot search.</remarks>
    [HttpGet(Name = "Tickets_List"), Requires("tickets.read"), ForCustomers(query: "status number created_after created_before updated_after updated_before sort limit cursor include")]
    public async Task<ActionResult<SearchPage<TicketResponse>>> List([FromQuery] TicketFilter filter, CancellationToken cancellationToken)
    {
        customers.Check(filter);
        var tickets = await db.Tickets.AsNoTracking().MatchingAsync(filter, db, tenant.UserId<User>(), cancellationToken);
        return filter.Q is null
            ? SearchPage<TicketResponse>.Of(await PageAsync(tickets.IgnoreAutoIncludes(), TicketQueries.OrderOf(filter, isSearch: false)!, filter, TicketQueries.View, v => v.Ticket, TicketResponse.From, cancellationToken))
            : await search.PageAsync(tickets, filter, User, cancellationToken);
    }

    /// <summary>Create a ticket</summary>
    /// <remarks>End users ask for themselves, and set nothing but subject, comment and custom fields.</remarks>
    [HttpPost(Name = "Tickets_Create"), Requires("tickets.write"), Creates]
    [ForCustomers("subject requester comment comment/body comment/body_format comment/visibility comment/author comment/attachment_ids custom_fields")]
    public async Task<ActionResult<TicketResponse>> Create(CreateTicketRequest request, CancellationToken cancellationToken)
    {
        request = await customers.AdmitAsync(request, cancellationToken);
        CommentsController.CheckMayWrite(User, request.Comment, "/comment");
        var number = await desk.NumbersAsync(1, cancellationToken);
        var ticket = await desk.OpenAsync(request, number[0], tenant.RequiredUserId<User>(), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(ticket, $"tickets/{ticket.Id}", TicketResponse.From(ticket));
    }

    /// <summary>Get a ticket</summary>
    [HttpGet("{id}", Name = "Tickets_Get"), Requires("tickets.read"), ForCustomers]
    public async Task<ActionResult<TicketResponse>> Get(Id<Ticket> id, CancellationToken cancellationToken)
    {
        var shown = await db.ShowTicketAsync(id, cancellationToken);
        return Show(shown.Ticket, TicketResponse.From(shown));
    }

    /// <summary>Update a ticket</summary>
    [HttpPatch("{id}", Name = "Tickets_Update"), Requires("tickets.write")]
    public async Task<ActionResult<TicketResponse>> Update(Id<Ticket> id, MergePatch<TicketUpdate> patch, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.GetAsync(id, cancellationToken);
        await CheckIfMatchAsync(ticket, patch.Members, cancellationToken);
        await desk.ChangeAsync(ticket, Merge(patch, TicketUpdate.From(ticket)), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return Show(ticket, TicketResponse.From(ticket));
    }

    /// <summary>Delete a ticket</summary>
    /// <remarks>It leaves every list, and can be restored.</remarks>
    [HttpDelete("{id}", Name = "Tickets_Delete"), Requires("tickets.delete"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<Ticket> id, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.GetAsync(id, cancellationToken);
        await CheckIfMatchAsync(ticket, [], cancellationToken);
        ticket.Delete(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    /// <summary>Restore a deleted ticket</summary>
    [HttpPost("{id}/restore", Name = "Tickets_Restore"), Requires("tickets.delete")]
    public async Task<ActionResult<TicketResponse>> Restore(Id<Ticket> id, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.SingleOrDefaultAsync(t => t.Id == id, cancellationToken) ?? throw SupportException.NotFound("ticket");
        await CheckIfMatchAsync(ticket, [], cancellationToken);
        if (ticket.DeletedAt is not null)
            await desk.CheckExternalIdAsync(ticket.ExternalId, cancellationToken);
        ticket.Restore(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(ticket, TicketResponse.From(ticket));
    }

    /// <summary>Assign a ticket</summary>
    /// <remarks>The first assignment makes a new ticket open.</remarks>
    [HttpPut("{id}/assignment", Name = "Tickets_Assign"), Requires("tickets.write")]
    public async Task<ActionResult<TicketResponse>> Assign(Id<Ticket> id, AssignmentRequest request, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.GetAsync(id, cancellationToken);
        await CheckIfMatchAsync(ticket, ["assignee_id", "team_id"], cancellationToken);
        await desk.ChangeAsync(ticket, TicketUpdate.From(ticket) with { AssigneeId = request.AssigneeId, TeamId = request.TeamId }, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return Show(ticket, TicketResponse.From(ticket));
    }

    /// <summary>Set a ticket's status</summary>
    /// <remarks>Nothing becomes new again, and a closed ticket can only be opened. End users can say that their ticket is solved, and open a solved one again.</remarks>
    [HttpPut("{id}/status", Name = "Tickets_SetStatus"), Requires("tickets.write"), ForCustomers("status")]
    public async Task<ActionResult<TicketResponse>> SetStatus(Id<Ticket> id, StatusRequest request, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.GetAsync(id, cancellationToken);
        await CheckIfMatchAsync(ticket, ["status"], cancellationToken);
        customers.Move(ticket, request.Status);
        await db.SaveChangesAsync(cancellationToken);
        return Show(ticket, TicketResponse.From(ticket));
    }

    /// <summary>Add tags to a ticket</summary>
    [HttpPost("{id}/tags", Name = "Tickets_AddTags"), Requires("tickets.write")]
    public async Task<ActionResult<TicketResponse>> AddTags(Id<Ticket> id, AddTagsRequest request, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.GetAsync(id, cancellationToken);
        await CheckIfMatchAsync(ticket, ["tags"], cancellationToken);
        ticket.AddTags(await desk.TagsAsync(request.Tags, cancellationToken), tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(ticket, TicketResponse.From(ticket));
    }

    /// <summary>Take a tag off a ticket</summary>
    [HttpDelete("{id}/tags/{name}", Name = "Tickets_RemoveTag"), Requires("tickets.write")]
    public async Task<ActionResult<TicketResponse>> RemoveTag(Id<Ticket> id, string name, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.GetAsync(id, cancellationToken);
        await CheckIfMatchAsync(ticket, ["tags"], cancellationToken);
        name = Tags.Tag.Normalize(name);
        if (!ticket.TagNames().Contains(name))
            throw SupportException.NotFound("tag on this ticket");
        ticket.RemoveTags([name], tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(ticket, TicketResponse.From(ticket));
    }
}
