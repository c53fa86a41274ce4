using System.Linq.Expressions;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Tags;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>What conditions can ask of a ticket: in lists by its columns, in events by <see cref="TicketResponse"/>.</summary>
public static class TicketFields
{
    public static readonly Fields<Ticket> All = new Fields<Ticket>()
        .Enum<TicketStatus>("status", t => t.Status, "status")
        .Ordered<TicketPriority>("priority", t => t.Priority, "priority")
        .Enum<TicketType>("type", t => t.Type, "type")
        .Enum<Channel>("channel", t => t.Channel, "channel")
        .Id<User>("assignee", t => t.AssigneeId, "assignee_id", isUser: true)
        .Id<Team>("team", t => t.TeamId, "team_id")
        .Id<User>("requester", t => t.RequesterId, "requester.id", isUser: true, t => t.Requester.Email, "requester.email")
        .Id<Company>("company", t => t.CompanyId, "company_id")
        .Id<Inbox>("inbox", t => t.InboxId, "inbox_id")
        .Set("tag", names => t => t.Tags.Any(x => names.Contains(x.Tag.Name)), t => t.Tags.Count != 0, "tags", Tag.Normalize)
        .Text("subject", t => t.Subject, "subject", forWords: true)
        .Exact("language", t => t.Language, "language")
        .Exact("external_id", t => t.ExternalId, "external_id")
        .Number("number", t => t.Number, "number")
        .Number("reopen_count", t => t.ReopenCount, "reopen_count")
        .Time("created", t => t.CreatedAt, "created_at")
        .Time("updated", t => t.UpdatedAt, "updated_at")
        .Time("solved", t => t.SolvedAt, "solved_at")
        .Time("closed", t => t.ClosedAt, "closed_at")
        .Time("first_response", t => t.FirstResponseAt, "first_response_at")
        .Map("metadata", t => t.Metadata, "metadata")
        .Document("custom", t => t.CustomFields, "custom_fields");

    /// <summary>
    /// As a filter of rows. Tags are looked up first: only by their ids can PostgreSQL know how rare they are, and begin
    /// with the few tickets that carry a rare one.
    /// </summary>
    public static async Task<Expression<Func<Ticket, bool>>> ToFilterAsync(this Bound<Ticket> condition, SupportDb db, CancellationToken cancellationToken)
    {
        var names = condition.Names().Distinct().ToList();
        var ids = names.Count == 0 ? [] : await db.Tags.Where(t => names.Contains(t.Name)).ToDictionaryAsync(t => t.Name, t => t.Id, cancellationToken);
        return condition.ToExpression(wanted => Carrying([.. wanted.Where(ids.ContainsKey).Select(n => ids[n])]));
    }

    private static Expression<Func<Ticket, bool>> Carrying(List<Id<Tag>> tags)
    {
        if (tags.Count == 0)
            return _ => false;
        var tag = tags[0];
        // One by =, since the planner knows the least about lists.
        return tags.Count == 1 ? t => t.Tags.Any(x => x.TagId == tag) : t => t.Tags.Any(x => tags.Contains(x.TagId));
    }
}
