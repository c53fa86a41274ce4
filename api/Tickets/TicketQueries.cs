using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Tags;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Filters of the list of tickets. All given ones must hold.</summary>
public sealed record TicketFilter : PageQuery
{
    /// <summary>A condition, such as <c>status:open priority>=high -tag:spam "card declined"</c>: fields, and words that are searched in subject, comments, requester, tags and number (in any form, <c>"an exact phrase"</c>, <c>prefix*</c>, <c>-without</c>). Internal notes only with <c>tickets.internal.read</c>.</summary>
    [MaxLength(Condition.MaxText)]
    public string? Q { get; init; }

    /// <summary>One or more of <c>new, open, pending, on_hold, solved, closed</c>, separated by commas.</summary>
    [MaxLength(200)]
    public string? Status { get; init; }

    /// <summary>One or more of <c>low, normal, high, urgent</c>, separated by commas.</summary>
    [MaxLength(200)]
    public string? Priority { get; init; }

    /// <summary>One of <c>question, incident, problem, task</c>.</summary>
    public TicketType? Type { get; init; }

    /// <summary>A user's id, <c>me</c>, or <c>none</c>.</summary>
    [MaxLength(50)]
    public string? Assignee { get; init; }

    /// <summary>A team's id, or <c>none</c>.</summary>
    [MaxLength(50)]
    public string? Team { get; init; }

    /// <summary>Only of this requester.</summary>
    public Id<User>? Requester { get; init; }

    /// <summary>Only of this company.</summary>
    public Id<Company>? Company { get; init; }

    /// <summary>Only from this inbox.</summary>
    public Id<Inbox>? Inbox { get; init; }

    /// <summary>Only with this tag, by its name.</summary>
    [MaxLength(50)]
    public string? Tag { get; init; }

    /// <summary>Only with this id of yours.</summary>
    [MaxLength(255)]
    public string? ExternalId { get; init; }

    /// <summary>Only with this number.</summary>
    public long? Number { get; init; }

    /// <summary>Created at this time or later.</summary>
    public DateTimeOffset? CreatedAfter { get; init; }

    /// <summary>Created before this time.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }

    /// <summary>Changed at this time or later.</summary>
    public DateTimeOffset? UpdatedAfter { get; init; }

    /// <summary>Changed before this time.</summary>
    public DateTimeOffset? UpdatedBefore { get; init; }

    /// <summary>Deleted tickets instead of the others.</summary>
    [DefaultValue(false)]
    public bool Deleted { get; init; }

    /// <summary><c>created_at</c>, <c>updated_at</c>, <c>priority</c>, and with a leading minus the other way round; left out, <c>-created_at</c>. With <c>q</c> also <c>relevance</c>, and left out that.</summary>
    [MaxLength(50)]
    public string? Sort { get; init; }

    protected override string[] Includable => Q is null ? ["total"] : ["total", "highlights"];
}

internal static class TicketQueries
{
    private static readonly Sorts<Ticket> Sorts = new()
    {
        ["created_at"] = descending => Order<Ticket>.By(t => t.CreatedAt, t => t.Id, descending),
        ["updated_at"] = descending => Order<Ticket>.By(t => t.UpdatedAt, t => t.Id, descending),
        ["priority"] = descending => Order<Ticket>.By(t => t.Priority, t => t.Id, descending),
    };

    public static Order<Ticket>? OrderOf(TicketFilter filter, bool isSearch) => Sorts.OrderOf(isSearch ? filter.Q : null, filter.Sort, "-created_at");

    public static IQueryable<Ticket> Present(this IQueryable<Ticket> tickets) => tickets.Where(t => t.DeletedAt == null);

    /// <summary>
    /// What is shown of a ticket, in one row: as Include loads them, each tag would repeat the ticket, and the requester
    /// come with columns that nobody is shown.
    /// </summary>
    public static readonly Expression<Func<Ticket, TicketView>> View = t => new TicketView(
        t,
        new PersonResponse(t.Requester.Id, t.Requester.Name, t.Requester.Email, t.Requester.ExternalId),
        TicketMapping.TagNamesOf((Guid)(object)t.Id));

    // Compiled once: what is asked most often need not be recognized each time.
    private static readonly Func<SupportDb, Id<Ticket>, CancellationToken, Task<TicketView?>> Shown = EF.CompileAsyncQuery(
        (SupportDb db, Id<Ticket> id, CancellationToken _) => db.Tickets.AsNoTracking().IgnoreAutoIncludes().Where(t => t.Id == id && t.DeletedAt == null).Select(View).FirstOrDefault());

    // A compiled query is of one model, and those who see less have their own.
    private static readonly Func<CustomersDb, Id<Ticket>, CancellationToken, Task<TicketView?>> ShownToCustomers = EF.CompileAsyncQuery(
        (CustomersDb db, Id<Ticket> id, CancellationToken _) => db.Tickets.AsNoTracking().IgnoreAutoIncludes().Where(t => t.Id == id).Select(View).FirstOrDefault());

    /// <summary>The ticket, to be shown and not to be changed.</summary>
    public static async Task<TicketView> ShowTicketAsync(this SupportDb db, Id<Ticket> id, CancellationToken cancellationToken) =>
        await (db switch
        {
            CustomersDb customers => ShownToCustomers(customers, id, cancellationToken),
            LimitedDb => db.Tickets.AsNoTracking().IgnoreAutoIncludes().Where(t => t.Id == id && t.DeletedAt == null).Select(View).FirstOrDefaultAsync(cancellationToken),
            _ => Shown(db, id, cancellationToken),
        }) ?? throw SupportException.NotFound("ticket");

    public static async Task<Ticket> GetAsync(this IQueryable<Ticket> tickets, Id<Ticket> id, CancellationToken cancellationToken) =>
        await tickets.Present().SingleOrDefaultAsync(t => t.Id == id, cancellationToken) ?? throw SupportException.NotFound("ticket");

    /// <summary>
    /// The tickets that the filter lets through. The tag is looked up first: only where the planner is given its id does
    /// it know how many tickets carry it, and walks the list for a common tag but not for one that three of them have.
    /// </summary>
    public static async Task<IQueryable<Ticket>> MatchingAsync(this IQueryable<Ticket> tickets, TicketFilter filter, SupportDb db, Id<User>? me, CancellationToken cancellationToken)
    {
        if (filter.Tag is null)
            return tickets.Matching(filter, me);
        var name = Tag.Normalize(filter.Tag);
        var tag = await db.Tags.AsNoTracking().SingleOrDefaultAsync(t => t.Name == name, cancellationToken);
        if (tag is null)
            return tickets.Matching(filter, me).Where(t => false);
        var id = tag.Id;
        return tickets.Matching(filter, me).Where(t => t.Tags.Any(x => x.TagId == id));
    }

    private static IQueryable<Ticket> Matching(this IQueryable<Ticket> tickets, TicketFilter filter, Id<User>? me)
    {
        tickets = filter.Deleted ? tickets.Where(t => t.DeletedAt != null) : tickets.Present();
        tickets = tickets.InState(filter).OfPeople(filter, me).InTime(filter);
        if (filter.Type is not null)
            tickets = tickets.Where(t => t.Type == filter.Type);
        if (filter.Inbox is not null)
            tickets = tickets.Where(t => t.InboxId == filter.Inbox);
        if (filter.ExternalId is not null)
            tickets = tickets.Where(t => t.ExternalId == filter.ExternalId);
        if (filter.Number is not null)
            tickets = tickets.Where(t => t.Number == filter.Number);
        return tickets;
    }

    private static IQueryable<Ticket> InState(this IQueryable<Ticket> tickets, TicketFilter filter)
    {
        if (filter.Status is not null)
        {
            var statuses = Words<TicketStatus>("status", filter.Status);
            var status = statuses[0];
            // One value by =, since only then the index gives the order too.
            tickets = statuses.Count == 1 ? tickets.Where(t => t.Status == status) : tickets.Where(t => statuses.Contains(t.Status));
        }
        if (filter.Priority is not null)
        {
            var priorities = Words<TicketPriority>("priority", filter.Priority);
            var priority = priorities[0];
            tickets = priorities.Count == 1 ? tickets.Where(t => t.Priority == priority) : tickets.Where(t => priorities.Contains(t.Priority));
        }
        return tickets;
    }

    private static IQueryable<Ticket> OfPeople(this IQueryable<Ticket> tickets, TicketFilter filter, Id<User>? me)
    {
        if (filter.Assignee == "none")
            tickets = tickets.Where(t => t.AssigneeId == null);
        else if (filter.Assignee is not null)
        {
            var assignee = filter.Assignee == "me" && me is not null ? me.Value : Parse<User>("assignee", filter.Assignee, "me, none or an id");
            tickets = tickets.Where(t => t.AssigneeId == assignee);
        }
        if (filter.Team == "none")
            tickets = tickets.Where(t => t.TeamId == null);
        else if (filter.Team is not null)
        {
            var team = Parse<Team>("team", filter.Team, "none or an id");
            tickets = tickets.Where(t => t.TeamId == team);
        }
        if (filter.Requester is not null)
            tickets = tickets.Where(t => t.RequesterId == filter.Requester);
        if (filter.Company is not null)
            tickets = tickets.Where(t => t.CompanyId == filter.Company);
        return tickets;
    }

    private static IQueryable<Ticket> InTime(this IQueryable<Ticket> tickets, TicketFilter filter)
    {
        if (filter.CreatedAfter is not null)
            tickets = tickets.Where(t => t.CreatedAt >= filter.CreatedAfter);
        if (filter.CreatedBefore is not null)
            tickets = tickets.Where(t => t.CreatedAt < filter.CreatedBefore);
        if (filter.UpdatedAfter is not null)
            tickets = tickets.Where(t => t.UpdatedAt >= filter.UpdatedAfter);
        if (filter.UpdatedBefore is not null)
            tickets = tickets.Where(t => t.UpdatedAt < filter.UpdatedBefore);
        return tickets;
    }

    private static List<T> Words<T>(string parameter, string text) where T : struct, Enum
    {
        var words = text.Split(',', StringSplitOptions.TrimEntries);
        return [.. words.Select(w => EnumText<T>.TryRead(w, out var value) ? value : throw SupportException.Unreadable(parameter, $"Expected one or more of: {EnumText<T>.All}.")).Distinct()];
    }

    private static Id<T> Parse<T>(string parameter, string text, string expected) where T : IEntity =>
        Id<T>.TryParse(text, null, out var id) ? id : throw SupportException.Unreadable(parameter, $"Expected {expected} that begins with {T.Prefix}_.");
}
