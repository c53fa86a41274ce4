namespace HeadlessSupport.Testing;

/// <summary>Puts things there without a request. What they name is put there too, so that the API's rules hold of them.</summary>
internal sealed class Seeds(Store store)
{
    public Ticket Put(Ticket ticket)
    {
        var number = ticket.Number > 0 && !store.Tickets.Rows.Any(t => t.Value.Number == ticket.Number && t.Id != ticket.Id) ? ticket.Number : store.LastNumber + 1;
        store.LastNumber = Math.Max(store.LastNumber, number);
        var requester = ticket.Requester is { } person ? PersonOf(person) : Put(TestData.User());
        foreach (var name in ticket.Tags.Where(n => !store.Tags.Rows.Any(t => t.Value.Name == n)))
            Put(TestData.Tag(name));
        if (ticket.AssigneeId is { } assignee && store.Users.Find(assignee) is null)
            Put(TestData.User(name: null, email: null, role: "agent") with { Id = assignee });
        if (ticket.CompanyId is { } company && store.Companies.Find(company) is null)
            Put(TestData.Company() with { Id = company });
        return Put(store.Tickets, ticket with
        {
            Id = Id(ticket.Id, "tkt"),
            Number = number,
            Requester = store.PersonOf(requester),
            Status = ticket.Status.Value.Length == 0 ? TicketStatus.New : ticket.Status,
            Priority = ticket.Priority.Value.Length == 0 ? TicketPriority.Normal : ticket.Priority,
            Channel = ticket.Channel.Value.Length == 0 ? Channel.Api : ticket.Channel,
            Tags = [.. ticket.Tags.Order(StringComparer.Ordinal)],
            CreatedAt = At(ticket.CreatedAt),
            UpdatedAt = At(ticket.UpdatedAt),
            Version = Math.Max(1, ticket.Version),
        });
    }

    public Comment Put(Comment comment)
    {
        if (store.Tickets.Find(comment.TicketId) is null)
            throw new ArgumentException("Its ticket is not there: seed that first, and name it in the comment.", nameof(comment));
        var author = store.Users.Find(comment.Author?.Id)?.Value
            ?? Put(TestData.User(comment.Author?.Name, comment.Author?.Email, comment.AuthorKind == AuthorKind.Customer ? "customer" : "agent") with { Id = comment.Author?.Id ?? "", ExternalId = comment.Author?.ExternalId });
        return Put(store.Comments, comment with { Id = Id(comment.Id, "cmt"), Author = FakeComments.AuthorOf(author), CreatedAt = At(comment.CreatedAt), Version = Math.Max(1, comment.Version) });
    }

    public User Put(User user)
    {
        if (user.CompanyId is { } company && store.Companies.Find(company) is null)
            Put(TestData.Company() with { Id = company });
        return Put(store.Users, user with
        {
            Id = Id(user.Id, "usr"),
            Role = user.Role.Length == 0 ? "customer" : user.Role,
            Email = Rules.NormalizeEmail(user.Email),
            Status = user.Status.Value.Length == 0 ? UserStatus.Active : user.Status,
            CreatedAt = At(user.CreatedAt),
            UpdatedAt = At(user.UpdatedAt),
            Version = Math.Max(1, user.Version),
        });
    }

    public Company Put(Company company) =>
        Put(store.Companies, company with { Id = Id(company.Id, "com"), CreatedAt = At(company.CreatedAt), UpdatedAt = At(company.UpdatedAt), Version = Math.Max(1, company.Version) });

    public Tag Put(Tag tag) =>
        Put(store.Tags, tag with { Id = Id(tag.Id, "tag"), Name = Rules.NormalizeTag(tag.Name), CreatedAt = At(tag.CreatedAt), UpdatedAt = At(tag.UpdatedAt), Version = Math.Max(1, tag.Version) });

    public Attachment Put(Attachment attachment)
    {
        var put = Put(store.Attachments, attachment with { Id = Id(attachment.Id, "att"), CreatedAt = At(attachment.CreatedAt), Version = Math.Max(1, attachment.Version) });
        // It has a size only: as many spaces can be downloaded.
        var content = new byte[put.Size];
        Array.Fill(content, (byte)' ');
        store.Files[put.Id] = content;
        return put;
    }

    private User PersonOf(Person person) =>
        store.Users.Find(person.Id)?.Value
        ?? store.Users.Rows.FirstOrDefault(u => person.Email is not null && u.Value.Email == Rules.NormalizeEmail(person.Email))?.Value
        ?? Put(TestData.User(person.Name, person.Email) with { Id = person.Id, ExternalId = person.ExternalId });

    private static T Put<T>(Table<T> table, T item) where T : class
    {
        if (table.Find(table.IdOf(item)) is { } there)
            table.Remove(there);
        return table.Add(item).Value;
    }

    private string Id(string given, string prefix) =>
        given.Length == 0 ? store.Ids.New(prefix) : Ids.IsId(given, prefix) ? given : throw new ArgumentException($"The API's ids look like {store.Ids.New(prefix)}, and {given} does not: leave it out, or take one from TestData.Id.", nameof(given));

    private DateTimeOffset At(DateTimeOffset given) => given == default ? store.Now : given;
}
