using System.Security.Claims;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Platform.Text;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>What people write on a ticket.</summary>
[Route("api/v{version:apiVersion}/tickets/{id}/comments")]
public sealed class CommentsController(SupportDb db, TenantContext tenant, Desk desk, CustomerDesk customers, DownloadLinks downloads) : ApiController
{
    private bool MayReadNotes => User.May("tickets.internal.read");

    /// <summary>List a ticket's comments</summary>
    /// <remarks>Internal notes only with <c>tickets.internal.read</c>.</remarks>
    [HttpGet(Name = "Comments_List"), Requires("tickets.read"), ForCustomers(query: "sort limit cursor include")]
    public async Task<ActionResult<Page<CommentResponse>>> List(Id<Ticket> id, [FromQuery] CommentFilter filter, CancellationToken cancellationToken)
    {
        if (!await db.Tickets.Present().AnyAsync(t => t.Id == id, cancellationToken))
            throw SupportException.NotFound("ticket");
        var comments = db.Comments.AsNoTracking().Where(c => c.TicketId == id);
        if (!MayReadNotes)
            comments = comments.Where(c => c.Visibility == CommentVisibility.Public);
        if (filter.Visibility is not null)
            comments = comments.Where(c => c.Visibility == filter.Visibility);
        var blocks = filter.Includes("blocks");
        return await PageAsync(comments, CommentMapping.Sorts.Of(filter.Sort), filter, c => Shown(c, blocks), cancellationToken);
    }

    /// <summary>Write a comment</summary>
    /// <remarks>A public one by staff makes a new ticket open; one by the customer opens a pending, on-hold or solved ticket again. A closed ticket takes internal notes only.</remarks>
    [HttpPost(Name = "Comments_Create"), Requires("tickets.write"), Creates, ForCustomers("body body_format visibility author in_reply_to attachment_ids", query: "include")]
    public async Task<ActionResult<CommentResponse>> Create(Id<Ticket> id, CreateCommentRequest request, [FromQuery] CommentView view, CancellationToken cancellationToken)
    {
        request = await customers.AdmitAsync(request, cancellationToken);
        CheckMayWrite(User, request, "");
        var ticket = await db.Tickets.GetAsync(id, cancellationToken);
        await CheckIfMatchAsync(ticket, [], cancellationToken);
        var comment = await desk.WriteAsync(ticket, request, tenant.RequiredUserId<User>(), "", cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(comment, $"tickets/{id}/comments/{comment.Id}", Shown(comment, view.Include is not null));
    }

    /// <summary>Get a comment</summary>
    [HttpGet("{comment_id}", Name = "Comments_Get"), Requires("tickets.read"), ForCustomers(query: "include")]
    public async Task<ActionResult<CommentResponse>> Get(Id<Ticket> id, [FromRoute(Name = "comment_id")] Id<Comment> commentId, [FromQuery] CommentView view, CancellationToken cancellationToken)
    {
        var comment = await db.Comments.AsNoTracking().Where(c => c.TicketId == id && c.Id == commentId && c.Ticket.DeletedAt == null).SingleOrDefaultAsync(cancellationToken);
        if (comment is null || (comment.Visibility == CommentVisibility.Internal && !MayReadNotes))
            throw SupportException.NotFound("comment");
        return Show(comment, Shown(comment, view.Include is not null));
    }

    internal static void CheckMayWrite(ClaimsPrincipal user, CreateCommentRequest? comment, string pointer)
    {
        if (comment?.Visibility == CommentVisibility.Internal && !user.May("tickets.internal.write"))
            throw new SupportException(ErrorCode.Forbidden, "The credential lacks tickets.internal.write.", (pointer + "/visibility", "Needs tickets.internal.write."));
    }

    private CommentResponse Shown(Comment comment, bool blocks)
    {
        var response = CommentResponse.From(comment);
        return response with
        {
            Attachments = [.. response.Attachments.Select(downloads.Add)],
            Blocks = blocks || tenant.Sight.EndUser is not null ? RichText.Render(comment.Body, comment.BodyFormat).Blocks : null,
        };
    }
}
