using System.Text;
using System.Text.Json;

namespace HeadlessSupport.Testing;

/// <summary>
/// Makes what the API answers with, complete and sensible, for mocks and for <see cref="FakeHeadlessSupport"/>. Say what
/// your test is about; for what no parameter names, use <c>with</c>: <c>TestData.Ticket() with { ReopenCount = 2 }</c>.
/// </summary>
public static class TestData
{
    private static readonly Ids New = new(TimeProvider.System);

    /// <summary>A new id as the API gives them.</summary>
    /// <param name="prefix">What it is of: <c>tkt</c>, <c>cmt</c>, <c>usr</c>, <c>com</c>, <c>tag</c>, <c>att</c>, <c>evt</c>.</param>
    /// <returns>The id.</returns>
    public static string Id(string prefix)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(prefix);
        return New.New(prefix);
    }

    /// <summary>A ticket, as it is when it was just made.</summary>
    /// <param name="subject">What it is about.</param>
    /// <param name="status">Where it stands; new unless set.</param>
    /// <param name="priority">How much it matters; normal unless set.</param>
    /// <param name="requester">Who asks; Ada Lovelace unless set.</param>
    /// <param name="assigneeId">Who helps.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="externalId">Your own id for it.</param>
    /// <returns>The ticket.</returns>
    public static Ticket Ticket(string subject = "Where is my order?", TicketStatus? status = null, TicketPriority? priority = null, Person? requester = null, string? assigneeId = null, IReadOnlyList<string>? tags = null, string? externalId = null)
    {
        var now = Now();
        var isDone = status == TicketStatus.Solved || status == TicketStatus.Closed;
        return new()
        {
            Id = Id("tkt"),
            Number = 1,
            Subject = subject,
            Status = status ?? TicketStatus.New,
            Priority = priority ?? TicketPriority.Normal,
            Channel = Channel.Api,
            Requester = requester ?? Person(),
            AssigneeId = assigneeId,
            Tags = [.. (tags ?? []).Select(Rules.NormalizeTag).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            ExternalId = externalId,
            SolvedAt = isDone ? now : null,
            ClosedAt = status == TicketStatus.Closed ? now : null,
            CreatedAt = now,
            UpdatedAt = now,
            Version = 1,
        };
    }

    /// <summary>Someone, in short.</summary>
    /// <param name="name">How they are called.</param>
    /// <param name="email">Their address.</param>
    /// <param name="externalId">Your own id for them.</param>
    /// <returns>The person.</returns>
    public static Person Person(string? name = "Ada Lovelace", string? email = "ada@example.com", string? externalId = null) =>
        new() { Id = Id("usr"), Name = name, Email = Rules.NormalizeEmail(email), ExternalId = externalId };

    /// <summary>A comment: a customer's public one unless said otherwise.</summary>
    /// <param name="body">What it says.</param>
    /// <param name="ticketId">The ticket it is on; any unless set.</param>
    /// <param name="author">Who wrote it; Ada Lovelace unless set.</param>
    /// <param name="authorKind">As what they wrote it; a customer unless set.</param>
    /// <param name="visibility">Who reads it; the customer too unless set.</param>
    /// <returns>The comment.</returns>
    public static Comment Comment(string body = "It has not come yet.", string? ticketId = null, Author? author = null, AuthorKind? authorKind = null, CommentVisibility? visibility = null) => FakeComments.Render(new()
    {
        Id = Id("cmt"),
        TicketId = ticketId ?? Id("tkt"),
        Author = author ?? new Author { Id = Id("usr"), Name = "Ada Lovelace", Email = "ada@example.com" },
        AuthorKind = authorKind ?? AuthorKind.Customer,
        Visibility = visibility ?? CommentVisibility.Public,
        Channel = Channel.Api,
        Body = body,
        BodyFormat = BodyFormat.Markdown,
        CreatedAt = Now(),
        Version = 1,
    });

    /// <summary>A user: a customer unless said otherwise.</summary>
    /// <param name="name">How they are called.</param>
    /// <param name="email">Their address.</param>
    /// <param name="role"><c>admin</c>, <c>manager</c>, <c>agent</c> or <c>customer</c>.</param>
    /// <param name="externalId">Your own id for them.</param>
    /// <param name="companyId">The company they belong to.</param>
    /// <returns>The user.</returns>
    public static User User(string? name = "Ada Lovelace", string? email = "ada@example.com", string role = "customer", string? externalId = null, string? companyId = null)
    {
        var now = Now();
        return new() { Id = Id("usr"), Name = name, Email = Rules.NormalizeEmail(email), Role = role, ExternalId = externalId, CompanyId = companyId, Status = UserStatus.Active, CreatedAt = now, UpdatedAt = now, Version = 1 };
    }

    /// <summary>A company.</summary>
    /// <param name="name">What people call it.</param>
    /// <param name="domains">Its mail domains.</param>
    /// <param name="externalId">Your own id for it.</param>
    /// <returns>The company.</returns>
    public static Company Company(string name = "Acme", IReadOnlyList<string>? domains = null, string? externalId = null)
    {
        var now = Now();
        return new() { Id = Id("com"), Name = name, Domains = domains ?? [], ExternalId = externalId, CreatedAt = now, UpdatedAt = now, Version = 1 };
    }

    /// <summary>A tag.</summary>
    /// <param name="name">The word.</param>
    /// <param name="color">Its colour: <c>#1a73e8</c>.</param>
    /// <returns>The tag.</returns>
    public static Tag Tag(string name = "billing", string? color = null)
    {
        var now = Now();
        return new() { Id = Id("tag"), Name = Rules.NormalizeTag(name), Color = color, CreatedAt = now, UpdatedAt = now, Version = 1 };
    }

    /// <summary>A file.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="contentType">What it is.</param>
    /// <param name="size">How many bytes it has.</param>
    /// <returns>The attachment.</returns>
    public static Attachment Attachment(string name = "screenshot.png", string contentType = "image/png", long size = 1024) =>
        new() { Id = Id("att"), Name = name, ContentType = contentType, Size = size, Sha256 = FakeAttachments.Hash(Encoding.UTF8.GetBytes(name)), CreatedAt = Now(), Version = 1 };

    /// <summary>An event, as lists, streams and webhooks carry it: <c>TestData.Event&lt;TicketReplied&gt;(TestData.Comment("Thanks"))</c>.</summary>
    /// <typeparam name="T">What happened.</typeparam>
    /// <param name="data">The resource it is about: a ticket, comment, user, company, tag or attachment. Left out, one from here.</param>
    /// <param name="sequence">Its place in the organization's order.</param>
    /// <returns>The event.</returns>
    /// <exception cref="ArgumentException">Such an event is about something else.</exception>
    public static T Event<T>(object? data = null, long sequence = 1) where T : Event, new()
    {
        var type = new T().Type;
        var (json, ticketId) = (data ?? DataOf(type)) switch
        {
            Ticket ticket => (WireJson.Write(ticket), ticket.Id),
            Comment comment => (WireJson.Write(FakeComments.CutForEvent(comment)), comment.TicketId),
            User user => (WireJson.Write(user), null),
            Company company => (WireJson.Write(company), null),
            Tag tag => (WireJson.Write(tag), null),
            Attachment attachment => (WireJson.Write(attachment), attachment.TicketId),
            null => throw new ArgumentException($"Say what {type} is about: TestData makes tickets, comments, users, companies, tags and attachments only. Of others make the event yourself: new {typeof(T).Name} {{ Data = … }}.", nameof(data)),
            var other => throw new ArgumentException($"An event is not made of {other.GetType().Name} here.", nameof(data)),
        };
        if (data is not null && DataOf(type) is { } usual && usual.GetType() != data.GetType())
            throw new ArgumentException($"{type} is about a {usual.GetType().Name}, not a {data.GetType().Name}.", nameof(data));
        Event made = new T();
        return (T)(made with
        {
            Id = Id("evt"),
            Sequence = sequence,
            Timestamp = Now(),
            OrganizationId = Id("org"),
            TicketId = ticketId,
            Actor = new Actor { Kind = "api_key", Id = Id("key") },
            CorrelationId = Id("req"),
            ApiVersion = "v1",
            RawData = JsonSerializer.SerializeToElement(json, WireJson.Info<System.Text.Json.Nodes.JsonNode>()),
        });
    }

    private static object? DataOf(string type) => type switch
    {
        "ticket.replied" => Comment(),
        "ticket.note_added" => Comment(authorKind: AuthorKind.Agent, visibility: CommentVisibility.Internal),
        _ => type[..type.IndexOf('.', StringComparison.Ordinal)] switch
        {
            "ticket" => Ticket(),
            "user" => User(),
            "company" => Company(),
            "tag" => Tag(),
            "attachment" => Attachment(),
            _ => null,
        },
    };

    private static DateTimeOffset Now()
    {
        var now = TimeProvider.System.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
