using System.ComponentModel;
using System.Text.Json;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Tags;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Someone needs help: what they asked, who helps, and how far it is.</summary>
public sealed class Ticket : Resource, IEntity
{
    private Ticket() { }

    public Ticket(Id<Tenant> organization, long number, string subject, User requester, Inbox? inbox, TicketUpdate details, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<Ticket>.New();
        Number = number;
        Subject = subject;
        Requester = requester;
        RequesterId = requester.Id;
        CompanyId = details.CompanyId ?? requester.CompanyId;
        InboxId = inbox?.Id;
        Channel = inbox?.Channel ?? Channel.Api;
        TeamId = inbox?.TeamId;
        Set(details with { Subject = subject, CompanyId = CompanyId });
        Happened(TicketEvents.Created);
    }

    public static string Prefix => "tkt";

    public Id<Ticket> Id { get; private set; }

    /// <summary>Short number within the organization, for people. Not without gaps.</summary>
    public long Number { get; private set; }
    public string Subject { get; private set; } = null!;
    public TicketStatus Status { get; private set; }
    public TicketPriority Priority { get; private set; } = TicketPriority.Normal;
    public TicketType? Type { get; private set; }
    public Channel Channel { get; private set; }
    public Id<Inbox>? InboxId { get; private set; }
    public Id<User> RequesterId { get; private set; }
    public User Requester { get; private set; } = null!;
    public Id<Company>? CompanyId { get; private set; }
    public Id<User>? AssigneeId { get; private set; }
    public Id<Team>? TeamId { get; private set; }
    public string? Language { get; private set; }
    public string? ExternalId { get; private set; }
    public Dictionary<string, JsonElement> CustomFields { get; private set; } = [];
    public Dictionary<string, string> Metadata { get; private set; } = [];
    public List<TicketTag> Tags { get; private set; } = [];
    public int ReopenCount { get; private set; }
    public DateTimeOffset? FirstResponseAt { get; private set; }
    public DateTimeOffset? SolvedAt { get; private set; }
    public DateTimeOffset? ClosedAt { get; private set; }
    public DateTimeOffset? DeletedAt { get; private set; }

    internal override Guid Key => Id.Value;

    internal override bool VersionCoversBody => false;

    internal override Guid? TicketKey => Id.Value;

    /// <summary>Changes what is neither status nor assignment.</summary>
    public void Update(TicketUpdate to, DateTimeOffset now)
    {
        Set(to);
        Updated(TicketEvents.Updated, now);
    }

    /// <summary>Gives it to someone, to a team, or to nobody. The first assignment makes a new ticket open.</summary>
    public void Assign(Id<User>? assignee, Id<Team>? team, DateTimeOffset now)
    {
        if (assignee == AssigneeId && team == TeamId)
            return;
        AssigneeId = assignee;
        TeamId = team;
        Touch(now);
        Happened(TicketEvents.Assigned, "assignee_id", "team_id");
        if (assignee is not null && Status == TicketStatus.New)
            Become(TicketStatus.Open, now);
    }

    /// <summary>Moves it on, by someone's decision. Nothing becomes new again; a closed one can only be opened.</summary>
    public void Move(TicketStatus to, DateTimeOffset now)
    {
        if (to == Status)
            return;
        if (to == TicketStatus.New)
            throw new SupportException(ErrorCode.Conflict, "Only a ticket nobody has worked on is new. Use open.", ("/status", "Cannot become new again."));
        if (Status == TicketStatus.Closed && to != TicketStatus.Open)
            throw new SupportException(ErrorCode.Conflict, "A closed ticket can only be opened again.", ("/status", "Only open can follow closed."));
        Become(to, now);
    }

    /// <summary>Moves it by its requester's decision, who can say that it is done, and that it is not.</summary>
    public void MoveByRequester(TicketStatus to, DateTimeOffset now)
    {
        if (to is not (TicketStatus.Solved or TicketStatus.Open))
            throw SupportException.Invalid("/status", "End users can say solved, and open of a solved ticket.");
        if (to != Status && to == TicketStatus.Open && Status != TicketStatus.Solved)
            throw new SupportException(ErrorCode.Conflict, "Only a solved ticket can be opened again by its requester. Write a comment, or create a new ticket.", ("/status", "The ticket is not solved."));
        if (Status == TicketStatus.Closed)
            throw new SupportException(ErrorCode.Conflict, "The ticket is closed. Create a new one.", ("/status", "The ticket is closed."));
        Move(to, now);
    }

    /// <summary>Takes what someone wrote. A customer's words wake it up; staff's answer opens it.</summary>
    public void Take(Comment comment, DateTimeOffset now)
    {
        Touch(now);
        if (comment.Visibility == CommentVisibility.Internal)
            return;
        if (Status == TicketStatus.Closed)
            throw new SupportException(ErrorCode.Conflict, "The ticket is closed. Open it again, or create a new ticket linked to it.");
        if (comment.AuthorKind == AuthorKind.Customer)
        {
            if (Status is TicketStatus.Pending or TicketStatus.OnHold or TicketStatus.Solved)
                Become(TicketStatus.Open, now);
            return;
        }
        FirstResponseAt ??= now;
        if (Status == TicketStatus.New)
            Become(TicketStatus.Open, now);
    }

    /// <summary>Adds tags it does not carry yet.</summary>
    public void AddTags(IEnumerable<Tag> tags, DateTimeOffset now)
    {
        var before = TagNames();
        foreach (var tag in tags.Where(t => !Tags.Exists(x => x.TagId == t.Id)))
            Tags.Add(new(this, tag));
        TagsChanged(before, now);
    }

    /// <summary>Takes tags off.</summary>
    public void RemoveTags(IEnumerable<string> names, DateTimeOffset now)
    {
        var before = TagNames();
        Tags.RemoveAll(t => names.Contains(t.Tag.Name));
        TagsChanged(before, now);
    }

    /// <summary>Makes the tags exactly these.</summary>
    public void SetTags(IReadOnlyList<Tag> tags, DateTimeOffset now)
    {
        var before = TagNames();
        Tags.RemoveAll(t => tags.All(x => x.Id != t.TagId));
        foreach (var tag in tags.Where(t => !Tags.Exists(x => x.TagId == t.Id)))
            Tags.Add(new(this, tag));
        TagsChanged(before, now);
    }

    public void FollowersChanged(Id<User> user, bool follows, DateTimeOffset now)
    {
        Touch(now);
        Happened(follows ? TicketEvents.FollowerAdded : TicketEvents.FollowerRemoved, "follower_id", follows ? null : user, follows ? user : null);
    }

    public void LinksChanged(TicketLink link, bool added, DateTimeOffset now)
    {
        Touch(now);
        var shown = TicketLinkResponse.From(link);
        Happened(added ? TicketEvents.Linked : TicketEvents.Unlinked, "link", added ? null : shown, added ? shown : null);
    }

    /// <summary>From now on it is another customer's: who asked turned out to be them.</summary>
    public void HandOver(User to, DateTimeOffset now)
    {
        if (to.Id == RequesterId)
            return;
        var from = PersonResponse.From(Requester);
        (Requester, RequesterId) = (to, to.Id);
        Touch(now);
        Happened(TicketEvents.Updated, "requester", from, PersonResponse.From(to));
    }

    /// <summary>Takes it out of every list; it can be restored.</summary>
    public void Delete(DateTimeOffset now)
    {
        DeletedAt = now;
        Touch(now);
        Happened(TicketEvents.Deleted, "deleted_at");
    }

    public void Restore(DateTimeOffset now)
    {
        if (DeletedAt is null)
            return;
        DeletedAt = null;
        Touch(now);
        Happened(TicketEvents.Restored, "deleted_at");
    }

    /// <summary>Names of its tags, in alphabetical order.</summary>
    public List<string> TagNames() => [.. Tags.Select(t => t.Tag.Name).Order(StringComparer.Ordinal)];

    internal override object Snapshot() => TicketResponse.From(this);

    internal override EventAudience AudienceOf(string type) => new(
        type is TicketEvents.Created or TicketEvents.StatusChanged ? Audiences.Customer : Audiences.Staff,
        RequesterId.Value, CompanyId?.Value, InboxId?.Value, TeamId?.Value);

    private void Become(TicketStatus to, DateTimeOffset now)
    {
        var wasDone = Status is TicketStatus.Solved or TicketStatus.Closed;
        var isDone = to is TicketStatus.Solved or TicketStatus.Closed;
        if (wasDone && !isDone)
            ReopenCount++;
        SolvedAt = isDone ? SolvedAt ?? now : null;
        ClosedAt = to == TicketStatus.Closed ? now : null;
        Status = to;
        Touch(now);
        Happened(TicketEvents.StatusChanged, "status", "reopen_count", "solved_at", "closed_at", "first_response_at");
    }

    private void Set(TicketUpdate to)
    {
        Subject = to.Subject;
        Priority = to.Priority;
        Type = to.Type;
        CompanyId = to.CompanyId;
        Language = to.Language;
        ExternalId = to.ExternalId;
        CustomFields = to.CustomFields ?? [];
        Metadata = to.Metadata ?? [];
    }

    private void TagsChanged(List<string> before, DateTimeOffset now)
    {
        var after = TagNames();
        if (before.SequenceEqual(after))
            return;
        Touch(now);
        Happened(TicketEvents.Tagged, "tags", before, after);
    }
}

/// <summary>How far a ticket is. On the wire it is always one of these; an organization's own words will stand beside it.</summary>
public enum TicketStatus
{
    /// <summary>Nobody has worked on it.</summary>
    New,

    /// <summary>Someone is at it.</summary>
    Open,

    /// <summary>Waits for the customer.</summary>
    Pending,

    /// <summary>Waits for someone else.</summary>
    OnHold,

    /// <summary>Done, so far as we know; a reply opens it again.</summary>
    Solved,

    /// <summary>Done.</summary>
    Closed,
}

/// <summary>How much it matters. Sorts from <c>low</c> to <c>urgent</c>.</summary>
public enum TicketPriority
{
    // Kept as numbers, so that they sort.
    Low = 1,
    Normal = 2,
    High = 3,
    Urgent = 4,
}

[Description("What kind of help is needed. All kinds are treated alike.")]
public enum TicketType { Question, Incident, Problem, Task }
