using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>Tickets, by the API's rules.</summary>
internal static class FakeTickets
{
    public static readonly string[] Statuses = ["new", "open", "pending", "on_hold", "solved", "closed"];
    public static readonly string[] Priorities = ["low", "normal", "high", "urgent"];
    private static readonly string[] Types = ["question", "incident", "problem", "task"];

    private static readonly Member Subject = new("subject", Kind.Text) { Required = true, Rules = [Rules.NotBlank, Rules.Most(300)] };
    private static readonly Member Priority = new("priority", Kind.Word) { NeverNull = true, Words = Priorities };
    private static readonly Member Status = new("status", Kind.Word) { NeverNull = true, Words = Statuses };
    private static readonly Member Assignee = new("assignee_id", Kind.Id) { Prefix = "usr" };
    private static readonly Member Team = new("team_id", Kind.Id) { Prefix = "tem" };
    private static readonly Member TagNames = new("tags", Kind.Texts) { Rules = [Rules.Most(50), Rules.TagNames] };

    private static readonly Member[] Shared =
    [
        Subject,
        Priority,
        new("type", Kind.Word) { Words = Types },
        Assignee,
        Team,
        new("company_id", Kind.Id) { Prefix = "com" },
        new("language", Kind.Text) { Rules = [Rules.Locale, Rules.Most(35)] },
        TagNames,
        new("external_id", Kind.Text) { Rules = [Rules.NotBlank, Rules.Most(255)] },
        new("custom_fields", Kind.Fields) { Rules = [Rules.CustomFields] },
        new("metadata", Kind.Strings) { Rules = [Rules.Metadata] },
    ];

    private static readonly Shape NewTicket = new([
        .. Shared,
        new("requester", Kind.Object) { Inner = FakeUsers.Reference },
        new("comment", Kind.Object) { Inner = FakeComments.NewComment },
        new("inbox_id", Kind.Id) { Prefix = "inb" },
    ]);

    private static readonly Shape Changed = new([.. Shared, Status]);
    private static readonly Shape Assignment = new(Assignee with { Named = true }, Team);
    private static readonly Shape NewStatus = new(Status with { Named = true });
    private static readonly Shape NewTags = new(TagNames with { Required = true, Rules = [Rules.Least(1), .. TagNames.Rules] });

    public static Answer List(Call call)
    {
        var sort = call.Text("sort");
        var q = call.Text("q");
        if (sort == "relevance" && q is null)
            throw Refusal.Unreadable("sort", "Only a search for words has an order of relevance.");
        if (sort is null or "relevance")
            sort = "-created_at";
        if (sort.TrimStart('-') is not ("created_at" or "updated_at" or "priority"))
            throw Refusal.Unreadable("sort", "Expected one of: created_at, -created_at, updated_at, -updated_at, priority, -priority.");
        Func<Row<Ticket>, string> key = sort.TrimStart('-') switch
        {
            "created_at" => t => Call.KeyOf(t.CreatedAt),
            "updated_at" => t => Call.KeyOf(t.UpdatedAt),
            _ => t => Array.IndexOf(Priorities, t.Value.Priority.Value).ToString(CultureInfo.InvariantCulture),
        };
        var rows = Matching(call).ToList();
        if (q is null)
            return call.Page(rows, key, t => t.Id, sort[0] == '-', t => t.Show());
        var matches = FakeSearch.For(q);
        var found = rows.FindAll(t => matches(Texts(call.Store, t.Value)));
        return call.Page(found, key, t => t.Id, sort[0] == '-', t => t.Show(), FakeSearch.Outcome, "highlights");
    }

    public static Answer Create(Call call)
    {
        var body = NewTicket.Read(call.Json());
        var (store, work) = (call.Store, call.Work);
        // It is gone even where the ticket is refused: numbers have gaps.
        var number = ++store.LastNumber;
        var requester = FakeUsers.FindOrAdd(work, body.Get("requester") ?? throw Refusal.Invalid("/requester", "Is required."), "/requester");
        CheckNamed(store, body.Text("company_id"), body.Text("assignee_id"));
        CheckExternalId(store, body.Text("external_id"));
        var ticket = work.Add(store.Tickets, new Ticket
        {
            Id = store.Ids.New("tkt"),
            Number = number,
            Subject = body.Text("subject")!,
            Status = TicketStatus.New,
            Priority = new(body.Text("priority") ?? "normal"),
            Type = body.Text("type") is { } type ? new TicketType(type) : null,
            Channel = Channel.Api,
            InboxId = body.Text("inbox_id"),
            Requester = store.PersonOf(requester.Value),
            CompanyId = body.Text("company_id") ?? requester.Value.CompanyId,
            Language = body.Text("language"),
            CustomFields = body.Fields("custom_fields"),
            Metadata = body.Strings("metadata"),
            ExternalId = body.Text("external_id"),
            CreatedAt = work.Now,
            UpdatedAt = work.Now,
            Version = 1,
        }, "ticket.created");
        ticket.Value = ticket.Value with { Tags = FakeTags.FindOrAdd(work, body.Texts("tags")) };
        if (body.Get("comment") is { } comment)
            FakeComments.Write(work, ticket, comment, requester, "/comment");
        if (body.Text("assignee_id") is not null || body.Text("team_id") is not null)
            Assign(work, ticket, body.Text("assignee_id"), body.Text("team_id"));
        return new(201, ticket.Show()) { ETag = Call.ETagOf(ticket.Version), Location = call.Address($"tickets/{ticket.Id}") };
    }

    public static Answer Get(Call call)
    {
        var ticket = Find(call);
        return call.Show(ticket, ticket.Show(), versionCoversBody: false);
    }

    public static Answer Update(Call call)
    {
        var patch = Shape.ReadPatch(call.Json());
        var ticket = Find(call);
        call.CheckIfMatch(ticket, patch.EnumerateObject().Select(m => m.Name));
        Change(call.Work, ticket, Changed.Merge(patch, Updatable(ticket)));
        return Saved(call, ticket);
    }

    public static Answer Delete(Call call)
    {
        var ticket = Find(call);
        call.CheckIfMatch(ticket);
        ticket.Value = ticket.Value with { DeletedAt = call.Work.Now };
        call.Work.Happened(ticket, "ticket.deleted", "deleted_at");
        return new(204);
    }

    public static Answer Restore(Call call)
    {
        var ticket = call.Store.Tickets.Find(call.Id(0, "tkt")) ?? throw Refusal.NotFound("ticket");
        call.CheckIfMatch(ticket);
        if (ticket.Value.DeletedAt is not null)
        {
            CheckExternalId(call.Store, ticket.Value.ExternalId);
            ticket.Value = ticket.Value with { DeletedAt = null };
            call.Work.Happened(ticket, "ticket.restored", "deleted_at");
        }
        return Saved(call, ticket);
    }

    public static Answer Assign(Call call)
    {
        var body = Assignment.Read(call.Json());
        var ticket = Find(call);
        call.CheckIfMatch(ticket, "assignee_id", "team_id");
        var assignee = body.Text("assignee_id");
        CheckNamed(call.Store, null, assignee == ticket.Value.AssigneeId ? null : assignee);
        Assign(call.Work, ticket, assignee, body.Text("team_id"));
        return Saved(call, ticket);
    }

    public static Answer SetStatus(Call call)
    {
        var body = NewStatus.Read(call.Json());
        var ticket = Find(call);
        call.CheckIfMatch(ticket, "status");
        Move(call.Work, ticket, new(body.Text("status")!));
        return Saved(call, ticket);
    }

    public static Answer AddTags(Call call)
    {
        var body = NewTags.Read(call.Json());
        var ticket = Find(call);
        call.CheckIfMatch(ticket, "tags");
        SetTags(call.Work, ticket, [.. ticket.Value.Tags, .. FakeTags.FindOrAdd(call.Work, body.Texts("tags"))]);
        return Saved(call, ticket);
    }

    public static Answer RemoveTag(Call call)
    {
        var ticket = Find(call);
        call.CheckIfMatch(ticket, "tags");
        var name = Rules.NormalizeTag(call.Path[1]);
        if (!ticket.Value.Tags.Contains(name))
            throw Refusal.NotFound("tag on this ticket");
        SetTags(call.Work, ticket, ticket.Value.Tags.Where(t => t != name));
        return Saved(call, ticket);
    }

    /// <summary>The ticket in the path, unless it is deleted.</summary>
    public static Row<Ticket> Find(Call call) =>
        call.Store.Tickets.Find(call.Id(0, "tkt")) is { Value.DeletedAt: null } ticket ? ticket : throw Refusal.NotFound("ticket");

    /// <summary>Takes what someone wrote: a customer's words wake it up, staff's answer opens it.</summary>
    public static void Take(Work work, Row<Ticket> ticket, Comment comment)
    {
        work.Touch(ticket);
        if (comment.Visibility == CommentVisibility.Internal)
            return;
        var status = ticket.Value.Status;
        if (status == TicketStatus.Closed)
            throw new Refusal(ErrorCode.Conflict, "The ticket is closed. Open it again, or create a new ticket linked to it.");
        if (comment.AuthorKind == AuthorKind.Customer)
        {
            if (status == TicketStatus.Pending || status == TicketStatus.OnHold || status == TicketStatus.Solved)
                Become(work, ticket, TicketStatus.Open);
            return;
        }
        ticket.Value = ticket.Value with { FirstResponseAt = ticket.Value.FirstResponseAt ?? work.Now };
        if (status == TicketStatus.New)
            Become(work, ticket, TicketStatus.Open);
    }

    private static Answer Saved(Call call, Row<Ticket> ticket)
    {
        call.Work.Save();
        return new(200, ticket.Show()) { ETag = Call.ETagOf(ticket.Version) };
    }

    private static void Change(Work work, Row<Ticket> ticket, JsonElement to)
    {
        var was = ticket.Value;
        var (company, assignee, externalId) = (to.Text("company_id"), to.Text("assignee_id"), to.Text("external_id"));
        CheckNamed(work.Store, company == was.CompanyId ? null : company, assignee == was.AssigneeId ? null : assignee);
        if (externalId != was.ExternalId)
            CheckExternalId(work.Store, externalId);
        var tags = FakeTags.FindOrAdd(work, to.Texts("tags"));
        Assign(work, ticket, assignee, to.Text("team_id"));
        // An assignment may have opened it: then "new" is what it was, not what is asked for.
        if (to.Text("status") != was.Status.Value)
            Move(work, ticket, new(to.Text("status")!));
        SetTags(work, ticket, tags);
        ticket.Value = ticket.Value with
        {
            Subject = to.Text("subject")!,
            Priority = new(to.Text("priority")!),
            Type = to.Text("type") is { } type ? new TicketType(type) : null,
            CompanyId = company,
            Language = to.Text("language"),
            ExternalId = externalId,
            CustomFields = to.Fields("custom_fields"),
            Metadata = to.Strings("metadata"),
        };
        work.Updated(ticket, "ticket.updated");
    }

    private static void Assign(Work work, Row<Ticket> ticket, string? assignee, string? team)
    {
        if (assignee == ticket.Value.AssigneeId && team == ticket.Value.TeamId)
            return;
        ticket.Value = ticket.Value with { AssigneeId = assignee, TeamId = team };
        work.Happened(ticket, "ticket.assigned", "assignee_id", "team_id");
        if (assignee is not null && ticket.Value.Status == TicketStatus.New)
            Become(work, ticket, TicketStatus.Open);
    }

    private static void Move(Work work, Row<Ticket> ticket, TicketStatus to)
    {
        if (to == ticket.Value.Status)
            return;
        if (to == TicketStatus.New)
            throw new Refusal(ErrorCode.Conflict, "Only a ticket nobody has worked on is new. Use open.", ("/status", "Cannot become new again."));
        if (ticket.Value.Status == TicketStatus.Closed && to != TicketStatus.Open)
            throw new Refusal(ErrorCode.Conflict, "A closed ticket can only be opened again.", ("/status", "Only open can follow closed."));
        Become(work, ticket, to);
    }

    private static void Become(Work work, Row<Ticket> ticket, TicketStatus to)
    {
        var was = ticket.Value;
        ticket.Value = was with
        {
            Status = to,
            ReopenCount = IsDone(was.Status) && !IsDone(to) ? was.ReopenCount + 1 : was.ReopenCount,
            SolvedAt = IsDone(to) ? was.SolvedAt ?? work.Now : null,
            ClosedAt = to == TicketStatus.Closed ? work.Now : null,
        };
        work.Happened(ticket, "ticket.status_changed", "status", "reopen_count", "solved_at", "closed_at", "first_response_at");

        static bool IsDone(TicketStatus status) => status == TicketStatus.Solved || status == TicketStatus.Closed;
    }

    private static void SetTags(Work work, Row<Ticket> ticket, IEnumerable<string> tags)
    {
        var before = ticket.Value.Tags;
        List<string> after = [.. tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (before.SequenceEqual(after))
            return;
        ticket.Value = ticket.Value with { Tags = after };
        work.Happened(ticket, "ticket.tagged", "tags", WireJson.Array(before), WireJson.Array(after));
    }

    private static void CheckNamed(Store store, string? company, string? assignee)
    {
        if (company is not null && store.Companies.Find(company) is not { Value.DeletedAt: null })
            throw Refusal.Invalid("/company_id", "There is no such company.");
        if (assignee is not null && !(store.Users.Find(assignee)?.Value is { } user && user.Role != "customer" && user.Status == UserStatus.Active))
            throw Refusal.Invalid("/assignee_id", "Must be an active staff user.");
    }

    private static void CheckExternalId(Store store, string? externalId)
    {
        if (externalId is not null && store.Tickets.Rows.Any(t => t.Value.ExternalId == externalId && t.Value.DeletedAt is null))
            throw new Refusal(ErrorCode.AlreadyExists, "A ticket with this external_id exists already.", ("/external_id", "Is used by another ticket."));
    }

    private static JsonObject Updatable(Row<Ticket> ticket)
    {
        var shown = ticket.Show();
        string[] names = ["subject", "status", "priority", "type", "assignee_id", "team_id", "company_id", "language", "tags", "external_id", "custom_fields", "metadata"];
        return new(names.Select(n => KeyValuePair.Create(n, shown[n]?.DeepClone())));
    }

    private static IEnumerable<Row<Ticket>> Matching(Call call)
    {
        var status = call.Words("status", Statuses);
        var priority = call.Words("priority", Priorities);
        var type = call.Word("type", Types);
        var assignee = call.Text("assignee") is "me" ? call.Store.Me.Id : NoneOrId(call, "assignee", "usr", "me, none or an id");
        var team = NoneOrId(call, "team", "tem", "none or an id");
        var (requester, company, inbox) = (call.Id("requester", "usr"), call.Id("company", "com"), call.Id("inbox", "inb"));
        var tag = call.Text("tag") is { } name ? Rules.NormalizeTag(name) : null;
        var (externalId, number, deleted) = (call.Text("external_id"), call.Number("number"), call.Flag("deleted"));
        var (createdAfter, createdBefore, updatedAfter, updatedBefore) = (call.Time("created_after"), call.Time("created_before"), call.Time("updated_after"), call.Time("updated_before"));
        return call.Store.Tickets.Rows.Where(r => r.Value is var t
            && t.DeletedAt is not null == deleted
            && (status is null || status.Contains(t.Status.Value))
            && (priority is null || priority.Contains(t.Priority.Value))
            && (type is null || t.Type?.Value == type)
            && (assignee is null || (t.AssigneeId ?? "none") == assignee)
            && (team is null || (t.TeamId ?? "none") == team)
            && (requester is null || t.Requester.Id == requester)
            && (company is null || t.CompanyId == company)
            && (inbox is null || t.InboxId == inbox)
            && (tag is null || t.Tags.Contains(tag))
            && (externalId is null || t.ExternalId == externalId)
            && (number is null || t.Number == number)
            && (createdAfter is null || t.CreatedAt >= createdAfter)
            && (createdBefore is null || t.CreatedAt < createdBefore)
            && (updatedAfter is null || t.UpdatedAt >= updatedAfter)
            && (updatedBefore is null || t.UpdatedAt < updatedBefore));
    }

    private static string? NoneOrId(Call call, string name, string prefix, string expected) =>
        call.Text(name) is not { } text || text == "none" || Ids.IsId(text, prefix) ? call.Text(name) : throw Refusal.Unreadable(name, $"Expected {expected} that begins with {prefix}_.");

    private static IEnumerable<string?> Texts(Store store, Ticket t) =>
    [
        t.Subject, t.Requester.Name, t.Requester.Email, t.Number.ToString(CultureInfo.InvariantCulture), .. t.Tags,
        .. store.Comments.Rows.Where(c => c.Value.TicketId == t.Id).Select(c => c.Value.Text),
    ];
}
