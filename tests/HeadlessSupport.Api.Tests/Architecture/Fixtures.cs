namespace HeadlessSupport.Api.Tests.Architecture;

/// <summary>One of each thing that has an id, and a body that fits each route.</summary>
internal static class Fixtures
{
    /// <summary>Ids by the name of the entity.</summary>
    public static async Task<Dictionary<string, string>> OneOfEachAsync(Org org)
    {
        async Task<string> Made(string path, object body) => (await org.Api.PostAsync(path, body)).MustBe(201).Text("id");
        var agent = await org.AgentAsync();
        var team = await Made("teams", new { name = "First line" });
        (await org.Api.PutAsync($"teams/{team}/members/{agent}", new { })).MustBe(200);
        var inbox = await Made("inboxes", new { name = "Shop" });
        var ticket = (await org.TicketAsync(new { inbox_id = inbox, tags = new[] { "billing" } })).Id();
        var other = (await org.TicketAsync()).Id();
        (await org.Api.PutAsync($"tickets/{ticket}/followers/{agent}")).MustBe(200);
        var attachment = (await org.Api.UploadAsync("hello"u8.ToArray(), "hello.txt")).MustBe(201).Text("id");
        return new(StringComparer.Ordinal)
        {
            ["User"] = agent,
            ["Company"] = await Made("companies", new { name = "Example Ltd" }),
            ["Team"] = team,
            ["Inbox"] = inbox,
            ["Tag"] = await Made("tags", new { name = "shipping" }),
            ["ApiKey"] = await Made("api-keys", new { name = "Narrow", scopes = new[] { "tickets.read" } }),
            ["Ticket"] = ticket,
            ["TicketLink"] = await Made($"tickets/{ticket}/links", new { ticket_id = other }),
            ["Comment"] = await Made($"tickets/{ticket}/comments", new { body = "Hello", attachment_ids = new[] { attachment } }),
            ["Attachment"] = attachment,
        };
    }

    /// <summary>Where each of them is.</summary>
    public static IEnumerable<(string Kind, string Path)> Pages(Dictionary<string, string> ids) =>
    [
        ("User", $"users/{ids["User"]}"), ("Company", $"companies/{ids["Company"]}"), ("Team", $"teams/{ids["Team"]}"), ("Inbox", $"inboxes/{ids["Inbox"]}"),
        ("Tag", $"tags/{ids["Tag"]}"), ("ApiKey", $"api-keys/{ids["ApiKey"]}"), ("Ticket", $"tickets/{ids["Ticket"]}"), ("Attachment", $"attachments/{ids["Attachment"]}"),
        ("TicketLink", $"tickets/{ids["Ticket"]}/links/{ids["TicketLink"]}"), ("Comment", $"tickets/{ids["Ticket"]}/comments/{ids["Comment"]}"),
    ];

    /// <summary>A body that the route takes, so that nothing but the id can be wrong.</summary>
    public static object Body(string path) => path switch
    {
        _ when path.EndsWith("/assignment", StringComparison.Ordinal) => new { assignee_id = (string?)null },
        _ when path.EndsWith("/status", StringComparison.Ordinal) => new { status = "open" },
        _ when path.EndsWith("{id}/tags", StringComparison.Ordinal) => new { tags = new[] { "billing" } },
        _ when path.EndsWith("/comments", StringComparison.Ordinal) => new { body = "Hello" },
        _ when path.EndsWith("/links", StringComparison.Ordinal) => new { kind = "external", url = "https://example.com" },
        _ when path.EndsWith("/bulk", StringComparison.Ordinal) => new { items = new[] { new { create = new { } } } },
        _ when path.EndsWith("/tickets", StringComparison.Ordinal) => new { subject = "x", requester = new { email = "a@b.test" } },
        _ when path.EndsWith("/api-keys", StringComparison.Ordinal) => new { name = "x", scopes = new[] { "tickets.read" } },
        _ when path.EndsWith("/organizations", StringComparison.Ordinal) => new { slug = "x", name = "x", admin = new { email = "a@b.test" } },
        _ when path.EndsWith("users", StringComparison.Ordinal) || path.EndsWith("companies", StringComparison.Ordinal) || path.EndsWith("teams", StringComparison.Ordinal)
            || path.EndsWith("tags", StringComparison.Ordinal) || path.EndsWith("inboxes", StringComparison.Ordinal) || path.Contains("by-external-id", StringComparison.Ordinal) => new { name = "x" },
        _ => new { },
    };
}
