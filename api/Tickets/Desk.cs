using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Tags;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>
/// What the outside asks of tickets, with everything it names found and checked: opening one, changing one, writing on
/// one. Does not save. Whoever acts on tickets (the API, doors, listeners) comes through here.
/// </summary>
public sealed class Desk(SupportDb db, TenantContext tenant, Counters counters, People people)
{
    private const string Numbers = "ticket_number";

    /// <summary>Takes numbers for so many new tickets at once.</summary>
    public Task<long[]> NumbersAsync(int count, CancellationToken cancellationToken) => counters.NextAsync(tenant.Required, Numbers, count, cancellationToken);

    /// <summary>Opens a ticket.</summary>
    /// <param name="actingAs">Who writes where no author is named but the requester did not.</param>
    /// <exception cref="SupportException">Something it names is not there: 422 with its pointer.</exception>
    public async Task<Ticket> OpenAsync(CreateTicketRequest request, long number, Id<User> actingAs, CancellationToken cancellationToken)
    {
        var now = tenant.Now;
        var requester = await people.FindOrAddAsync(request.Requester ?? throw SupportException.Invalid("/requester", "Is required."), "/requester", cancellationToken);
        var inbox = request.InboxId is null ? null : await db.Inboxes.SingleOrDefaultAsync(i => i.Id == request.InboxId && i.DeletedAt == null, cancellationToken)
            ?? throw SupportException.Invalid("/inbox_id", "There is no such inbox.");
        await CheckAsync(request.CompanyId, request.AssigneeId, request.TeamId, cancellationToken);
        await CheckExternalIdAsync(request.ExternalId, cancellationToken);

        var details = new TicketUpdate(request.Subject, TicketStatus.New, request.Priority, request.Type, null, null, request.CompanyId, request.Language, null, request.ExternalId, request.CustomFields, request.Metadata);
        var ticket = new Ticket(tenant.Required, number, request.Subject, requester, inbox, details, now);
        db.Add(ticket);
        ticket.AddTags(await TagsAsync(request.Tags, cancellationToken), now);
        if (request.Comment is not null)
            await WriteAsync(ticket, request.Comment with { Author = request.Comment.Author ?? new(requester.Id) }, actingAs, "/comment", now, cancellationToken);
        if (request.AssigneeId is not null || request.TeamId is not null)
            ticket.Assign(request.AssigneeId, request.TeamId ?? ticket.TeamId, now);
        return ticket;
    }

    /// <summary>Makes of a ticket what the update says.</summary>
    /// <exception cref="SupportException">Something it names is not there (422), or the ticket's state forbids it (409).</exception>
    public async Task ChangeAsync(Ticket ticket, TicketUpdate to, CancellationToken cancellationToken)
    {
        var from = TicketUpdate.From(ticket);
        await CheckAsync(
            to.CompanyId == from.CompanyId ? null : to.CompanyId,
            to.AssigneeId == from.AssigneeId ? null : to.AssigneeId,
            to.TeamId == from.TeamId ? null : to.TeamId, cancellationToken);
        if (to.ExternalId != from.ExternalId)
            await CheckExternalIdAsync(to.ExternalId, cancellationToken);
        var now = tenant.Now;
        var tags = await TagsAsync(to.Tags, cancellationToken);
        ticket.Assign(to.AssigneeId, to.TeamId, now);
        // An assignment may have opened it: then "new" is what it was, not what is asked for.
        if (to.Status != from.Status)
            ticket.Move(to.Status, now);
        ticket.SetTags(tags, now);
        ticket.Update(to, now);
    }

    /// <summary>Writes a comment on a ticket.</summary>
    /// <param name="actingAs">The author where none is named.</param>
    /// <param name="pointer">Where in the body the request stands, for error pointers.</param>
    public Task<Comment> WriteAsync(Ticket ticket, CreateCommentRequest request, Id<User> actingAs, string pointer, CancellationToken cancellationToken) =>
        WriteAsync(ticket, request, actingAs, pointer, tenant.Now, cancellationToken);

    private async Task<Comment> WriteAsync(Ticket ticket, CreateCommentRequest request, Id<User> actingAs, string pointer, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var author = await people.FindOrAddAsync(request.Author ?? new(actingAs), pointer + "/author", cancellationToken);
        if (!author.IsStaff && request.Visibility == CommentVisibility.Internal)
            throw SupportException.Invalid(pointer + "/visibility", "A customer cannot write an internal note.");
        var answered = request.InReplyTo is null ? null : await db.Comments.SingleOrDefaultAsync(c => c.Id == request.InReplyTo && c.TicketId == ticket.Id, cancellationToken)
            ?? throw SupportException.Invalid(pointer + "/in_reply_to", "There is no such comment on this ticket.");
        // The requester would be shown the note's id.
        if (answered?.Visibility == CommentVisibility.Internal && request.Visibility == CommentVisibility.Public)
            throw SupportException.Invalid(pointer + "/in_reply_to", "A public comment cannot answer an internal note.");
        var comment = new Comment(ticket, author, request.Body, request.BodyFormat, request.Visibility, answered, now);
        foreach (var attachment in await AttachmentsAsync(request.AttachmentIds, pointer, cancellationToken))
            attachment.AttachTo(comment, now);
        ticket.Take(comment, now);
        db.Add(comment);
        return comment;
    }

    /// <summary>Finds tags by name, and creates those that do not exist where the organization lets it.</summary>
    public async Task<List<Tag>> TagsAsync(List<string>? names, CancellationToken cancellationToken)
    {
        var wanted = (names ?? []).Select(Tag.Normalize).Distinct(StringComparer.Ordinal).ToList();
        if (wanted.Count == 0)
            return [];
        var tags = await db.Tags.Where(t => wanted.Contains(t.Name)).ToListAsync(cancellationToken);
        tags.AddRange(db.Tags.Local.Where(t => wanted.Contains(t.Name) && !tags.Contains(t)));
        var missing = wanted.Except(tags.Select(t => t.Name), StringComparer.Ordinal).ToList();
        if (missing.Count == 0)
            return tags;
        var settings = await db.Organizations.Select(o => o.Settings).SingleAsync(cancellationToken);
        if (!settings.CreateTagsOnUse)
            throw SupportException.Invalid("/tags", $"There is no tag {string.Join(", ", missing)}, and this organization does not create tags on use.");
        var made = missing.ConvertAll(name => new Tag(tenant.Required, new(name), tenant.Now));
        db.AddRange(made);
        return [.. tags, .. made];
    }

    private async Task CheckAsync(Id<Company>? company, Id<User>? assignee, Id<Team>? team, CancellationToken cancellationToken)
    {
        if (company is not null && !await db.Companies.AnyAsync(c => c.Id == company && c.DeletedAt == null, cancellationToken))
            throw SupportException.Invalid("/company_id", "There is no such company.");
        if (assignee is not null && !await db.Users.AnyAsync(u => u.Id == assignee && u.Role != Roles.Customer && u.Status == UserStatus.Active, cancellationToken))
            throw SupportException.Invalid("/assignee_id", "Must be an active staff user.");
        if (team is not null && !await db.Teams.AnyAsync(t => t.Id == team, cancellationToken))
            throw SupportException.Invalid("/team_id", "There is no such team.");
    }

    /// <exception cref="SupportException">A ticket that is not deleted has it: 409.</exception>
    public async Task CheckExternalIdAsync(string? externalId, CancellationToken cancellationToken)
    {
        if (externalId is not null && await db.Tickets.Present().AnyAsync(t => t.ExternalId == externalId, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "A ticket with this external_id exists already.", ("/external_id", "Is used by another ticket."));
    }

    private async Task<List<Attachment>> AttachmentsAsync(List<Id<Attachment>>? ids, string pointer, CancellationToken cancellationToken)
    {
        if (ids is not { Count: > 0 })
            return [];
        var found = await db.Attachments.Where(a => ids.Contains(a.Id)).ToListAsync(cancellationToken);
        var wrong = ids.Select((id, i) => (Attachment: found.Find(a => a.Id == id), Index: i)).Where(a => a.Attachment is not { CommentId: null }).ToList();
        return wrong.Count == 0
            ? found
            : throw new SupportException(ErrorCode.ValidationFailed, "Some attachments cannot be used.", wrong.ConvertAll(w =>
                ($"{pointer}/attachment_ids/{w.Index}", w.Attachment is null ? "There is no such attachment." : "Was used by another comment already.")));
    }
}
