using System.Security.Claims;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Api.Tests.Platform.Events;

/// <summary>Who may see which event: asked of the database and of the event at hand, which must agree.</summary>
public sealed class EventViewTests
{
    [Fact]
    public async Task Each_kind_of_reader_sees_theirs_and_the_database_agrees()
    {
        var org = await World.NewOrganizationAsync();
        var team = (await org.Api.PostAsync("teams", new { name = "First line" })).MustBe(201).Text("id");
        var inbox = (await org.Api.PostAsync("inboxes", new { name = "Shop", team_id = team })).MustBe(201).Text("id");
        var mine = await org.TicketAsync(new { inbox_id = inbox });
        var others = await org.TicketAsync(new { requester = new { email = "eve@customer.test", name = "Eve" } });
        foreach (var ticket in (string[])[mine.Id(), others.Id()])
        {
            (await org.Api.PostAsync($"tickets/{ticket}/comments", new { body = "For all." })).MustBe(201);
            (await org.Api.PostAsync($"tickets/{ticket}/comments", new { body = "Between us.", visibility = "internal" })).MustBe(201);
        }
        (await org.Api.PostAsync("tags", new { name = "last" })).MustBe(201);
        await org.EventsAsync("events?types=tag.created");
        await using var scope = org.World.Enter(org.Id);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var all = await db.Events.AsNoTracking().OrderBy(e => e.Sequence).ToListAsync();
        var myTicket = Id<HeadlessSupport.Api.Tickets.Ticket>.Parse(mine.Id(), null).Value;

        async Task<List<Event>> SeenAsync(params Claim[] claims)
        {
            var view = EventView.Of(new ClaimsPrincipal(new ClaimsIdentity(claims, "test")));
            var seen = all.Where(view.Shows).ToList();
            Assert.Equal(seen.Select(e => e.Id), await view.Among(db.Events.AsNoTracking()).OrderBy(e => e.Sequence).Select(e => e.Id).ToListAsync());
            return seen;
        }

        var notes = new Claim(PermissionClaims.Permission, "tickets.internal.read");
        Assert.Equal(all.Count, (await SeenAsync(notes)).Count);
        Assert.Equal(all.Count - 2, (await SeenAsync()).Count);
        var customer = await SeenAsync(new Claim(PermissionClaims.EndUser, mine.Text("requester/id")!), notes);
        Assert.NotEmpty(customer);
        Assert.All(customer, e => Assert.Equal((myTicket, "customer"), (e.TicketId!.Value, e.Audience)));
        Assert.Contains(customer, e => e.Type == "ticket.replied");
        Assert.Empty(await SeenAsync(new Claim(PermissionClaims.EndUser, "nonsense")));
        foreach (var limit in (Claim[])[new(PermissionClaims.Team, team), new(PermissionClaims.Inbox, inbox)])
        {
            var limited = await SeenAsync(limit, notes);
            Assert.All(limited.Where(e => e.TicketId is not null), e => Assert.Equal(myTicket, e.TicketId));
            Assert.Contains(limited, e => e.Type == "ticket.note_added");
            Assert.Contains(limited, e => e.Type == "tag.created");
        }
        Assert.DoesNotContain(await SeenAsync(new Claim(PermissionClaims.Team, "nonsense"), notes), e => e.TicketId is not null);
    }

    [Fact]
    public async Task A_customer_is_shown_their_own_view_of_it()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = await org.TicketAsync();
        (await org.Api.PatchAsync($"tickets/{ticket.Id()}", new { priority = "urgent", status = "open" })).MustBe(200);
        await org.EventsAsync("events?types=ticket.updated,ticket.status_changed");
        await using var scope = org.World.Enter(org.Id);
        var e = await scope.ServiceProvider.GetRequiredService<SupportDb>().Events.AsNoTracking().Where(x => x.CustomerData != null && x.Changes != null).FirstAsync();
        var view = EventView.Of(new ClaimsPrincipal(new ClaimsIdentity([new Claim(PermissionClaims.EndUser, ticket.Text("requester/id")!)], "test")));

        var shown = view.Show(e);

        Assert.Null(shown.Changes);
        Assert.Null(shown.Actor.Id);
        Assert.False(shown.Data.TryGetProperty("priority", out _));
        Assert.Equal(ticket.Id(), shown.Data.Text("id"));
    }
}
