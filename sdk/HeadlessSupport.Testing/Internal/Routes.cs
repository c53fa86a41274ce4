namespace HeadlessSupport.Testing;

/// <summary>An operation of the API that the fake has.</summary>
/// <param name="Method">Its HTTP method.</param>
/// <param name="Path">Below <c>/api/v1/</c>; a star for what is free.</param>
/// <param name="Answer">What it does.</param>
/// <param name="Query">The query parameters it takes, separated by spaces.</param>
internal sealed record Route(string Method, string Path, Func<Call, Answer> Answer, string Query = "")
{
    private const string Page = "limit cursor include";
    private const string Tickets = $"q status priority type assignee team requester company inbox tag external_id number created_after created_before updated_after updated_before deleted sort {Page}";

    public static readonly Route[] All =
    [
        new("GET", "me", FakeUsers.Me),

        new("GET", "tickets", FakeTickets.List, Tickets),
        new("POST", "tickets", FakeTickets.Create),
        new("GET", "tickets/*", FakeTickets.Get),
        new("PATCH", "tickets/*", FakeTickets.Update),
        new("DELETE", "tickets/*", FakeTickets.Delete),
        new("POST", "tickets/*/restore", FakeTickets.Restore),
        new("PUT", "tickets/*/assignment", FakeTickets.Assign),
        new("PUT", "tickets/*/status", FakeTickets.SetStatus),
        new("POST", "tickets/*/tags", FakeTickets.AddTags),
        new("DELETE", "tickets/*/tags/*", FakeTickets.RemoveTag),
        new("GET", "tickets/*/followers", FakeTicketParts.ListFollowers, Page),
        new("PUT", "tickets/*/followers/*", FakeTicketParts.AddFollower),
        new("DELETE", "tickets/*/followers/*", FakeTicketParts.RemoveFollower),
        new("GET", "tickets/*/links", FakeTicketParts.ListLinks, Page),
        new("POST", "tickets/*/links", FakeTicketParts.AddLink),
        new("GET", "tickets/*/links/*", FakeTicketParts.GetLink),
        new("DELETE", "tickets/*/links/*", FakeTicketParts.RemoveLink),
        new("GET", "tickets/*/events", FakeEvents.ListOfTicket, $"after types {Page}"),
        new("GET", "tickets/*/attachments", FakeAttachments.ListOfTicket, Page),
        new("GET", "tickets/*/comments", FakeComments.List, $"visibility sort {Page}"),
        new("POST", "tickets/*/comments", FakeComments.Create, "include"),
        new("GET", "tickets/*/comments/*", FakeComments.Get, "include"),

        new("GET", "users", FakeUsers.List, $"q role email external_id company_id status is_machine sort {Page}"),
        new("POST", "users", FakeUsers.Create),
        new("GET", "users/*", FakeUsers.Get),
        new("PATCH", "users/*", FakeUsers.Update),
        new("PUT", "users/by-external-id/*", FakeUsers.Upsert),
        new("POST", "users/*/deactivate", FakeUsers.Deactivate),
        new("POST", "users/*/activate", FakeUsers.Activate),

        new("GET", "companies", FakeCompanies.List, $"q external_id deleted sort {Page}"),
        new("POST", "companies", FakeCompanies.Create),
        new("GET", "companies/*", FakeCompanies.Get),
        new("PATCH", "companies/*", FakeCompanies.Update),
        new("PUT", "companies/by-external-id/*", FakeCompanies.Upsert),
        new("DELETE", "companies/*", FakeCompanies.Delete),
        new("POST", "companies/*/restore", FakeCompanies.Restore),

        new("GET", "tags", FakeTags.List, Page),
        new("POST", "tags", FakeTags.Create),
        new("GET", "tags/*", FakeTags.Get),
        new("PATCH", "tags/*", FakeTags.Update),
        new("DELETE", "tags/*", FakeTags.Delete),

        new("POST", "attachments", FakeAttachments.Create),
        new("GET", "attachments/*", FakeAttachments.Get),
        new("GET", "files/*", FakeAttachments.Download),

        new("GET", "events", FakeEvents.List, $"after types wait {Page}"),
        new("GET", "events/stream", FakeEvents.Stream, "after types"),
    ];

    private readonly string[] steps = Path.Split('/');

    /// <summary>Whether it is this path; with what stands at its stars.</summary>
    public List<string>? Match(string[] path)
    {
        if (path.Length != steps.Length)
            return null;
        var free = new List<string>();
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i] == "*")
                free.Add(Uri.UnescapeDataString(path[i]));
            else if (steps[i] != path[i])
                return null;
        }
        return free;
    }
}
