using HeadlessSupport.Api.Platform.Events;

namespace HeadlessSupport.Api.Tickets;

/// <summary>What can happen to a ticket.</summary>
[Carries(typeof(TicketResponse))]
public static class TicketEvents
{
    public const string Created = "ticket.created";
    public const string Updated = "ticket.updated";
    public const string StatusChanged = "ticket.status_changed";
    public const string Assigned = "ticket.assigned";
    public const string Tagged = "ticket.tagged";
    public const string FollowerAdded = "ticket.follower_added";
    public const string FollowerRemoved = "ticket.follower_removed";
    public const string Linked = "ticket.linked";
    public const string Unlinked = "ticket.unlinked";
    public const string Deleted = "ticket.deleted";
    public const string Restored = "ticket.restored";

    /// <summary>Someone wrote to the other side; <c>data</c> is the comment.</summary>
    [Carries(typeof(CommentResponse))]
    public const string Replied = "ticket.replied";

    /// <summary>Staff noted something among themselves; <c>data</c> is the comment.</summary>
    [Carries(typeof(CommentResponse))]
    public const string NoteAdded = "ticket.note_added";

    [Carries(typeof(AttachmentResponse))]
    public const string AttachmentUploaded = "attachment.created";

    /// <summary>An upload that no comment named was removed.</summary>
    [Carries(typeof(AttachmentResponse))]
    public const string AttachmentDeleted = "attachment.deleted";
}
