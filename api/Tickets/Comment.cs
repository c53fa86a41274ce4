using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Platform.Text;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tickets;

/// <summary>What someone wrote on a ticket. Never changed afterwards.</summary>
public sealed class Comment : Resource, IEntity
{
    /// <summary>Bodies longer than this are cut in events, in bytes of UTF-8.</summary>
    internal const int EventBodyLimit = 32 * 1024;

    private Comment() { }

    public Comment(Ticket ticket, User author, string body, BodyFormat format, CommentVisibility visibility, Comment? inReplyTo, DateTimeOffset now) : base(ticket.OrganizationId, now)
    {
        Id = Id<Comment>.New();
        Ticket = ticket;
        TicketId = ticket.Id;
        Author = author;
        AuthorId = author.Id;
        AuthorKind = author.IsStaff ? AuthorKind.Agent : AuthorKind.Customer;
        Visibility = visibility;
        Channel = ticket.Channel;
        Body = body;
        BodyFormat = format;
        var rendered = RichText.Render(body, format);
        Html = rendered.Html;
        Text = rendered.Text;
        InReplyToId = inReplyTo?.Id;
        Happened(visibility == CommentVisibility.Public ? TicketEvents.Replied : TicketEvents.NoteAdded);
    }

    public static string Prefix => "cmt";

    public Id<Comment> Id { get; private set; }
    public Id<Ticket> TicketId { get; private set; }
    public Ticket Ticket { get; private set; } = null!;
    public Id<User> AuthorId { get; private set; }
    public User Author { get; private set; } = null!;
    public AuthorKind AuthorKind { get; private set; }
    public CommentVisibility Visibility { get; private set; }
    public Channel Channel { get; private set; }

    /// <summary>As given.</summary>
    public string Body { get; private set; } = null!;
    public BodyFormat BodyFormat { get; private set; }

    /// <summary>Sanitized.</summary>
    public string Html { get; private set; } = null!;
    public string Text { get; private set; } = null!;
    public Id<Comment>? InReplyToId { get; private set; }
    public List<Attachment> Attachments { get; private set; } = [];

    internal override Guid Key => Id.Value;

    internal override bool VersionCoversBody => false;

    internal override Guid? TicketKey => TicketId.Value;

    internal override object Snapshot() => CommentResponse.From(this, EventBodyLimit);

    internal override EventAudience AudienceOf(string type) =>
        Ticket.AudienceOf(type) with { MaySee = Visibility == CommentVisibility.Public ? Audiences.Customer : Audiences.Internal };
}

/// <summary>Who reads it: <c>public</c> the requester too, <c>internal</c> staff only.</summary>
public enum CommentVisibility
{
    /// <summary>The requester too.</summary>
    Public,

    /// <summary>Staff only.</summary>
    Internal,
}

/// <summary>As what someone wrote: <c>agent</c> for staff and for what acts as staff, <c>customer</c>, or <c>ai</c>, <c>automation</c> and <c>system</c>, which nobody writes as yet.</summary>
public enum AuthorKind { Agent, Customer, Ai, Automation, System }
