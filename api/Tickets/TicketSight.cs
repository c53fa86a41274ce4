using HeadlessSupport.Api.Platform.Events;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>
/// The one place that says whose tickets are seen, and what of them. Every query of such a context passes these
/// filters; tags have none, since a ticket that is changed must be loaded whole, and nobody is shown them by themselves.
/// </summary>
internal static class TicketSight
{
    /// <summary>Staff whose role is limited: tickets of their teams and inboxes, and those that they are to work on.</summary>
    public static void Limit(ModelBuilder model, LimitedDb db)
    {
        model.Entity<Ticket>().HasQueryFilter(t =>
            (t.TeamId != null && db.MyTeams.Contains(t.TeamId.Value)) || (t.InboxId != null && db.MyInboxes.Contains(t.InboxId.Value)) || t.AssigneeId == db.Me);
        model.Entity<Comment>().HasQueryFilter(c => db.Tickets.Any(t => t.Id == c.TicketId));
        model.Entity<Attachment>().HasQueryFilter(a => a.TicketId == null ? a.UploaderId == db.MyId : db.Tickets.Any(t => t.Id == a.TicketId));
        model.Entity<Follower>().HasQueryFilter(f => db.Tickets.Any(t => t.Id == f.TicketId));
        model.Entity<TicketLink>().HasQueryFilter(l => db.Tickets.Any(t => t.Id == l.TicketId));
    }

    /// <summary>End users: what they asked themselves, and what was written to them.</summary>
    public static void LimitToOwn(ModelBuilder model, CustomersDb db)
    {
        model.Entity<Ticket>().HasQueryFilter(t => t.RequesterId == db.Me && t.DeletedAt == null);
        model.Entity<Comment>().HasQueryFilter(c => c.Visibility == CommentVisibility.Public && db.Tickets.Any(t => t.Id == c.TicketId));
        model.Entity<Attachment>().HasQueryFilter(a => a.CommentId == null ? a.UploaderId == db.MyId : db.Comments.Any(c => c.Id == a.CommentId));
        // Who of the staff follows, and what they hold to be alike, is theirs.
        model.Entity<Follower>().HasQueryFilter(f => false);
        model.Entity<TicketLink>().HasQueryFilter(l => false);
        model.Entity<Event>().HasQueryFilter(e => e.Audience == Audiences.Customer && e.RequesterId == db.MyId);
    }
}
