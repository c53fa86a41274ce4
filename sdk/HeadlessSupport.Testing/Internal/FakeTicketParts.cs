using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>Who follows a ticket, and what it is linked to.</summary>
internal static class FakeTicketParts
{
    private static readonly Shape NewLink = new(
        new("kind", Kind.Word) { NeverNull = true, Words = ["related", "parent", "duplicate", "problem", "external"] },
        new("ticket_id", Kind.Id) { Prefix = "tkt" },
        new("url", Kind.Text) { Rules = [Rules.Most(2000), Rules.WebAddress] },
        new("title", Kind.Text) { Rules = [Rules.NotBlank, Rules.Most(300)] })
    {
        Whole = link => (link.Text("kind") == "external", link.Text("url"), link.Text("ticket_id")) switch
        {
            (true, null, _) or (true, _, not null) => ("/url", "An external link needs a url and no ticket_id."),
            (false, not null, _) or (false, _, null) => ("/ticket_id", "This kind of link needs a ticket_id and no url."),
            _ => null,
        },
    };

    public static Answer ListFollowers(Call call)
    {
        var ticket = FakeTickets.Find(call);
        return call.Page(call.Store.Followers.Where(f => f.TicketId == ticket.Id), f => Call.KeyOf(f.At), f => f.UserId, descending: false, f => Show(call.Store, f.UserId, f.At));
    }

    public static Answer AddFollower(Call call)
    {
        var ticket = FakeTickets.Find(call);
        call.CheckIfMatch(ticket);
        var (store, work) = (call.Store, call.Work);
        var user = store.Users.Find(call.Id(1, "usr")) ?? throw Refusal.NotFound("user");
        var known = store.Followers.FindIndex(f => f.TicketId == ticket.Id && f.UserId == user.Id);
        if (known >= 0)
            return new(200, Show(store, user.Id, store.Followers[known].At));
        var follower = (ticket.Id, user.Id, work.Now);
        work.Do(() => store.Followers.Add(follower), () => store.Followers.Remove(follower));
        work.Happened(ticket, "ticket.follower_added", "follower_id", null, JsonValue.Create(user.Id));
        return new(200, Show(store, user.Id, work.Now));
    }

    public static Answer RemoveFollower(Call call)
    {
        var ticket = FakeTickets.Find(call);
        call.CheckIfMatch(ticket);
        var user = call.Id(1, "usr");
        var at = call.Store.Followers.FindIndex(f => f.TicketId == ticket.Id && f.UserId == user);
        if (at < 0)
            throw Refusal.NotFound("follower");
        var follower = call.Store.Followers[at];
        call.Work.Do(() => call.Store.Followers.RemoveAt(at), () => call.Store.Followers.Insert(at, follower));
        call.Work.Happened(ticket, "ticket.follower_removed", "follower_id", JsonValue.Create(user), null);
        return new(204);
    }

    public static Answer ListLinks(Call call)
    {
        var ticket = FakeTickets.Find(call);
        return call.Page(call.Store.Links.Where(l => l.TicketId == ticket.Id), l => Call.KeyOf(l.Link.CreatedAt), l => l.Link.Id, descending: false, l => WireJson.Write(l.Link));
    }

    public static Answer AddLink(Call call)
    {
        var body = NewLink.Read(call.Json());
        var ticket = FakeTickets.Find(call);
        call.CheckIfMatch(ticket);
        var (store, work) = (call.Store, call.Work);
        var link = new TicketLink
        {
            Id = store.Ids.New("lnk"),
            Kind = new(body.Text("kind") ?? "related"),
            TicketId = body.Text("ticket_id"),
            Url = body.Text("url"),
            Title = body.Text("title"),
            CreatedAt = work.Now,
        };
        if (link.TicketId == ticket.Id)
            throw Refusal.Invalid("/ticket_id", "A ticket cannot be linked to itself.");
        if (link.TicketId is not null && store.Tickets.Find(link.TicketId) is not { Value.DeletedAt: null })
            throw Refusal.Invalid("/ticket_id", "There is no such ticket.");
        if (store.Links.Exists(l => l.TicketId == ticket.Id && l.Link.Kind == link.Kind && l.Link.TicketId == link.TicketId && l.Link.Url == link.Url))
            throw new Refusal(ErrorCode.AlreadyExists, "The ticket has this link already.");
        work.Do(() => store.Links.Add((ticket.Id, link)), () => store.Links.Remove((ticket.Id, link)));
        work.Happened(ticket, "ticket.linked", "link", null, WireJson.Write(link));
        work.Save();
        return call.Created(ticket, $"tickets/{ticket.Id}/links/{link.Id}", WireJson.Write(link));
    }

    public static Answer GetLink(Call call)
    {
        var ticket = FakeTickets.Find(call);
        return call.Show(ticket, WireJson.Write(Link(call, ticket)), versionCoversBody: false);
    }

    public static Answer RemoveLink(Call call)
    {
        var ticket = FakeTickets.Find(call);
        call.CheckIfMatch(ticket);
        var link = Link(call, ticket);
        call.Work.Do(() => call.Store.Links.Remove((ticket.Id, link)), () => call.Store.Links.Add((ticket.Id, link)));
        call.Work.Happened(ticket, "ticket.unlinked", "link", WireJson.Write(link), null);
        return new(204);
    }

    private static TicketLink Link(Call call, Row<Ticket> ticket)
    {
        var id = call.Id(1, "lnk");
        return call.Store.Links.Find(l => l.TicketId == ticket.Id && l.Link.Id == id).Link ?? throw Refusal.NotFound("link");
    }

    private static JsonObject Show(Store store, string user, DateTimeOffset at) =>
        WireJson.Write(new Follower { User = store.PersonOf(store.Users.Find(user)!.Value), CreatedAt = at });
}
