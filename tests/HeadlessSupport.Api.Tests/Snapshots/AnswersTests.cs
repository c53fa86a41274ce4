using Snapshooter.Xunit;

namespace HeadlessSupport.Api.Tests.Snapshots;

/// <summary>Answers as a whole. Whoever changes one changes what integrators read, and sees it here.</summary>
public sealed class AnswersTests
{
    [Fact]
    public async Task A_ticket()
    {
        var org = await Furnished.NewAsync();
        var body = Bodies.For(RouteTable.Of(org.Org.World).Single(r => r.Name == "Tickets_Create"), org);
        Snapshot.Match(Scrubbed.Of((await org.Api.PostAsync("tickets", body)).MustBe(201)));
    }

    [Fact]
    public async Task A_comment_with_blocks()
    {
        var org = await Furnished.NewAsync();
        var comment = await org.Api.PostAsync($"tickets/{org.Id<HeadlessSupport.Api.Tickets.Ticket>()}/comments?include=blocks", new
        {
            body = "# Hello\n\nIt *burns* **now**, see [here](https://acme.test/help) <script>alert(1)</script>\n\n- one\n- two\n\n> quoted\n\n```\ncode < 1\n```\n",
            attachment_ids = new[] { org.FreeAttachment },
            in_reply_to = org.Id<HeadlessSupport.Api.Tickets.Comment>(),
        });
        Snapshot.Match(Scrubbed.Of(comment.MustBe(201)));
    }

    [Fact]
    public async Task A_user()
    {
        var org = await Furnished.NewAsync();
        var body = Bodies.For(RouteTable.Of(org.Org.World).Single(r => r.Name == "Users_Create"), org);
        Snapshot.Match(Scrubbed.Of((await org.Api.PostAsync("users", body)).MustBe(201)));
    }

    [Fact]
    public async Task A_company()
    {
        var org = await Furnished.NewAsync();
        var body = Bodies.For(RouteTable.Of(org.Org.World).Single(r => r.Name == "Companies_Create"), org);
        Snapshot.Match(Scrubbed.Of((await org.Api.PostAsync("companies", body)).MustBe(201)));
    }

    [Fact]
    public async Task An_organization()
    {
        var org = await World.NewOrganizationAsync();
        Snapshot.Match(Scrubbed.Of((await org.Api.GetAsync("organization")).MustBe(200)));
    }

    [Fact]
    public async Task An_API_key()
    {
        var org = await World.NewOrganizationAsync();
        Snapshot.Match(Scrubbed.Of((await org.Api.GetAsync($"api-keys/{org.KeyId}")).MustBe(200)));
    }

    [Fact]
    public async Task A_page_of_a_list()
    {
        var org = await World.NewOrganizationAsync();
        foreach (var name in (string[])["billing", "refund", "vip"])
            (await org.Api.PostAsync("tags", new { name })).MustBe(201);
        Snapshot.Match(Scrubbed.Of((await org.Api.GetAsync("tags?limit=2&include=total")).MustBe(200)));
    }

    [Fact]
    public async Task A_problem()
    {
        var org = await World.NewOrganizationAsync();
        Snapshot.Match(Scrubbed.Of(await org.Api.PostAsync("tickets", new { subject = "", requester = new { email = "nobody" }, tags = new[] { "a,b" } })));
    }

    [Fact]
    public async Task A_problem_without_members()
    {
        var org = await World.NewOrganizationAsync();
        Snapshot.Match(Scrubbed.Of(await org.Api.GetAsync("tickets/tkt_01h455vb4pex5vsknk084sn02q")));
    }

    [Fact]
    public async Task An_event()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = (await org.TicketAsync()).Id();
        (await org.Api.PutAsync($"tickets/{ticket}/status", new { status = "solved" })).MustBe(200);
        Snapshot.Match(Scrubbed.Of(Assert.Single(await org.EventsAsync($"tickets/{ticket}/events?types=ticket.status_changed"))));
    }

    [Fact]
    public async Task A_bulk()
    {
        var org = await Furnished.NewAsync();
        Snapshot.Match(Scrubbed.Of((await org.Api.PostAsync("tickets/bulk", new
        {
            items = new object[]
            {
                new { create = new { subject = "Hello", requester = new { email = "bob@customer.test" } } },
                new { update = new { id = org.OtherTicket, patch = new { priority = "highest" } } },
            },
        })).MustBe(200)));
    }
}
