using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Tags;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tickets;

/// <summary>A ticket carries a tag.</summary>
public sealed class TicketTag : ITenantOwned
{
    private TicketTag() { }

    public TicketTag(Ticket ticket, Tag tag)
    {
        OrganizationId = ticket.OrganizationId;
        TicketId = ticket.Id;
        TagId = tag.Id;
        Tag = tag;
    }

    public Id<Tenant> OrganizationId { get; private set; }
    public Id<Ticket> TicketId { get; private set; }
    public Id<Tag> TagId { get; private set; }
    public Tag Tag { get; private set; } = null!;
}

/// <summary>Someone wants to hear of a ticket.</summary>
public sealed class Follower : ITenantOwned
{
    private Follower() { }

    public Follower(Ticket ticket, User user, DateTimeOffset now)
    {
        OrganizationId = ticket.OrganizationId;
        TicketId = ticket.Id;
        UserId = user.Id;
        User = user;
        CreatedAt = now;
    }

    public Id<Tenant> OrganizationId { get; private set; }
    public Id<Ticket> TicketId { get; private set; }
    public Id<User> UserId { get; private set; }
    public User User { get; private set; } = null!;
    public DateTimeOffset CreatedAt { get; private set; }
}

/// <summary>A ticket has to do with another one, or with something outside.</summary>
public sealed class TicketLink : ITenantOwned, IEntity
{
    private TicketLink() { }

    public TicketLink(Ticket ticket, TicketLinkKind kind, Id<Ticket>? other, string? url, string? title, DateTimeOffset now)
    {
        OrganizationId = ticket.OrganizationId;
        Id = Id<TicketLink>.New();
        TicketId = ticket.Id;
        Kind = kind;
        OtherTicketId = other;
        Url = url;
        Title = title;
        CreatedAt = now;
    }

    public static string Prefix => "lnk";

    public Id<Tenant> OrganizationId { get; private set; }
    public Id<TicketLink> Id { get; private set; }
    public Id<Ticket> TicketId { get; private set; }
    public TicketLinkKind Kind { get; private set; }
    public Id<Ticket>? OtherTicketId { get; private set; }
    public string? Url { get; private set; }
    public string? Title { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
}

/// <summary>What the other one is to this ticket.</summary>
public enum TicketLinkKind
{
    Related,
    Parent,
    Duplicate,
    Problem,

    /// <summary>Something outside, by its URL.</summary>
    External,
}
