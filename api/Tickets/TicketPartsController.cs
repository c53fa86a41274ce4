using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Followers, links and events of a ticket.</summary>
[Route("api/v{version:apiVersion}/tickets/{id}"), Tags("Tickets")]
public sealed class TicketPartsController(SupportDb db, TenantContext tenant, EventReader events) : ApiController
{
    private static readonly Order<Follower> FollowersByTime = Order<Follower>.By(f => f.CreatedAt, f => f.UserId, descending: false);
    private static readonly Order<TicketLink> LinksByTime = Order<TicketLink>.By(l => l.CreatedAt, l => l.Id, descending: false);

    /// <summary>List a ticket's followers</summary>
    [HttpGet("followers", Name = "Tickets_ListFollowers"), Requires("tickets.read")]
    public async Task<ActionResult<Page<FollowerResponse>>> ListFollowers(Id<Ticket> id, [FromQuery] PageQuery page, CancellationToken cancellationToken)
    {
        await CheckPresentAsync(id, cancellationToken);
        return await PageAsync(db.Followers.AsNoTracking().Where(f => f.TicketId == id), FollowersByTime, page, FollowerResponse.From, cancellationToken);
    }

    /// <summary>Make a user follow a ticket</summary>
    [HttpPut("followers/{user_id}", Name = "Tickets_AddFollower"), Requires("tickets.write")]
    public async Task<ActionResult<FollowerResponse>> AddFollower(Id<Ticket> id, [FromRoute(Name = "user_id")] Id<User> userId, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.GetAsync(id, cancellationToken);
        await CheckIfMatchAsync(ticket, [], cancellationToken);
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == userId, cancellationToken) ?? throw SupportException.NotFound("user");
        var follower = await db.Followers.SingleOrDefaultAsync(f => f.TicketId == id && f.UserId == userId, cancellationToken);
        if (follower is null)
        {
            db.Add(follower = new Follower(ticket, user, tenant.Now));
            ticket.FollowersChanged(userId, follows: true, tenant.Now);
            await db.SaveChangesAsync(cancellationToken);
        }
        return FollowerResponse.From(follower);
    }

    /// <summary>Make a user stop following a ticket</summary>
    [HttpDelete("followers/{user_id}", Name = "Tickets_RemoveFollower"), Requires("tickets.write"), AnswersNothing]
    public async Task<ActionResult> RemoveFollower(Id<Ticket> id, [FromRoute(Name = "user_id")] Id<User> userId, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.GetAsync(id, cancellationToken);
        await CheckIfMatchAsync(ticket, [], cancellationToken);
        var follower = await db.Followers.SingleOrDefaultAsync(f => f.TicketId == id && f.UserId == userId, cancellationToken) ?? throw SupportException.NotFound("follower");
        db.Remove(follower);
        ticket.FollowersChanged(userId, follows: false, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    /// <summary>List a ticket's links</summary>
    [HttpGet("links", Name = "Tickets_ListLinks"), Requires("tickets.read")]
    public async Task<ActionResult<Page<TicketLinkResponse>>> ListLinks(Id<Ticket> id, [FromQuery] PageQuery page, CancellationToken cancellationToken)
    {
        await CheckPresentAsync(id, cancellationToken);
        return await PageAsync(db.TicketLinks.AsNoTracking().Where(l => l.TicketId == id), LinksByTime, page, TicketLinkResponse.From, cancellationToken);
    }

    /// <summary>Link a ticket to another one, or to something outside</summary>
    [HttpPost("links", Name = "Tickets_AddLink"), Requires("tickets.write"), Creates]
    public async Task<ActionResult<TicketLinkResponse>> AddLink(Id<Ticket> id, CreateTicketLinkRequest request, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.GetAsync(id, cancellationToken);
        await CheckIfMatchAsync(ticket, [], cancellationToken);
        if (request.TicketId == id)
            throw SupportException.Invalid("/ticket_id", "A ticket cannot be linked to itself.");
        if (request.TicketId is { } other && !await db.Tickets.Present().AnyAsync(t => t.Id == other, cancellationToken))
            throw SupportException.Invalid("/ticket_id", "There is no such ticket.");
        if (await db.TicketLinks.AnyAsync(l => l.TicketId == id && l.Kind == request.Kind && l.OtherTicketId == request.TicketId && l.Url == request.Url, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "The ticket has this link already.");
        var link = new TicketLink(ticket, request.Kind, request.TicketId, request.Url, request.Title, tenant.Now);
        db.Add(link);
        ticket.LinksChanged(link, added: true, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(ticket, $"tickets/{id}/links/{link.Id}", TicketLinkResponse.From(link));
    }

    /// <summary>Get a link</summary>
    [HttpGet("links/{link_id}", Name = "Tickets_GetLink"), Requires("tickets.read")]
    public async Task<ActionResult<TicketLinkResponse>> GetLink(Id<Ticket> id, [FromRoute(Name = "link_id")] Id<TicketLink> linkId, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.AsNoTracking().GetAsync(id, cancellationToken);
        var link = await db.TicketLinks.AsNoTracking().SingleOrDefaultAsync(l => l.TicketId == id && l.Id == linkId, cancellationToken) ?? throw SupportException.NotFound("link");
        return Show(ticket, TicketLinkResponse.From(link));
    }

    /// <summary>Remove a link</summary>
    [HttpDelete("links/{link_id}", Name = "Tickets_RemoveLink"), Requires("tickets.write"), AnswersNothing]
    public async Task<ActionResult> RemoveLink(Id<Ticket> id, [FromRoute(Name = "link_id")] Id<TicketLink> linkId, CancellationToken cancellationToken)
    {
        var ticket = await db.Tickets.GetAsync(id, cancellationToken);
        await CheckIfMatchAsync(ticket, [], cancellationToken);
        var link = await db.TicketLinks.SingleOrDefaultAsync(l => l.TicketId == id && l.Id == linkId, cancellationToken) ?? throw SupportException.NotFound("link");
        db.Remove(link);
        ticket.LinksChanged(link, added: false, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    /// <summary>List a ticket's events</summary>
    /// <remarks>What happened to it, in order. Internal notes only with <c>tickets.internal.read</c>.</remarks>
    [HttpGet("events", Name = "Tickets_ListEvents"), Requires("tickets.read"), ForCustomers(query: "after types limit cursor include")]
    public async Task<ActionResult<Page<EventResponse>>> ListEvents(Id<Ticket> id, [FromQuery] EventFilter filter, CancellationToken cancellationToken)
    {
        await CheckPresentAsync(id, cancellationToken);
        return await events.PageAsync(db.Events.Where(e => e.TicketId == id.Value), filter, User, cancellationToken);
    }

    private async Task CheckPresentAsync(Id<Ticket> id, CancellationToken cancellationToken)
    {
        if (!await db.Tickets.Present().AnyAsync(t => t.Id == id, cancellationToken))
            throw SupportException.NotFound("ticket");
    }
}
