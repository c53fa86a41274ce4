using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Api.Tests.Tickets;

/// <summary>What the data shows to whom sees less, below the actions.</summary>
public sealed class TicketSightTests
{
    [Fact]
    public async Task Staff_of_a_limited_role_see_tickets_of_their_teams_and_inboxes_and_their_own()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var team = (await org.Api.PostAsync("teams", new { name = "First line" })).MustBe(201).Text("id");
        var inbox = (await org.Api.PostAsync("inboxes", new { name = "Shop" })).MustBe(201).Text("id");
        var ofTeam = (await org.TicketAsync(new { team_id = team })).Id();
        var ofInbox = (await org.TicketAsync(new { inbox_id = inbox })).Id();
        var assigned = (await org.TicketAsync(new { assignee_id = agent })).Id();
        var other = (await org.TicketAsync()).Id();
        foreach (var ticket in (string[])[ofTeam, other])
        {
            var file = (await org.Api.UploadAsync("x"u8.ToArray(), "x.txt")).MustBe(201).Text("id");
            (await org.Api.PostAsync($"tickets/{ticket}/comments", new { body = "With a file.", attachment_ids = new[] { file } })).MustBe(201);
            (await org.Api.PostAsync($"tickets/{ticket}/links", new { kind = "external", url = "https://tracker.test/1" })).MustBe(201);
            (await org.Api.PutAsync($"tickets/{ticket}/followers/{agent}")).MustBe(200);
        }
        (await org.Api.UploadAsync("x"u8.ToArray(), "free.txt")).MustBe(201);

        await using var scope = Enter(org, agent, new(null, [Id<Team>.Parse(team, null).Value], [Id<Inbox>.Parse(inbox, null).Value]));
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var seen = await db.Tickets.AsNoTracking().ToListAsync();
        Assert.Equal(new[] { ofTeam, ofInbox, assigned }.Order(StringComparer.Ordinal), seen.Select(t => t.Id.ToString()).Order(StringComparer.Ordinal));
        Assert.DoesNotContain(await db.Comments.AsNoTracking().ToListAsync(), c => c.TicketId.ToString() == other);
        Assert.All(await db.Attachments.AsNoTracking().ToListAsync(), a => Assert.Equal(ofTeam, a.TicketId!.Value.ToString()));
        Assert.Equal(ofTeam, (await db.TicketLinks.AsNoTracking().SingleAsync()).TicketId.ToString());
        Assert.Equal(ofTeam, (await db.Followers.AsNoTracking().SingleAsync()).TicketId.ToString());
        Assert.NotNull(await db.ShowTicketAsync(Id<Ticket>.Parse(assigned, null), default));
        await Assert.ThrowsAsync<SupportException>(() => db.ShowTicketAsync(Id<Ticket>.Parse(other, null), default));
    }

    [Fact]
    public async Task A_context_that_does_not_fit_the_sight_answers_nothing()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var own = new Sight(Id<User>.Parse(agent, null).Value, [], []);
        var limited = new Sight(null, [Guid.CreateVersion7()], []);
        foreach (var (before, after) in ((Sight, Sight)[])[(Sight.All, own), (Sight.All, limited), (own, Sight.All), (own, limited), (limited, Sight.All), (limited, own)])
        {
            await using var scope = Enter(org, agent, before);
            var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
            await db.Tickets.AnyAsync();
            scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(Id<Tenant>.Parse(org.Id, null), Actor.System, TimeSpan.Zero, null, after);
            await Assert.ThrowsAsync<InvalidOperationException>(() => db.Tickets.AnyAsync());
        }
    }

    private static AsyncServiceScope Enter(Org org, string user, Sight sight)
    {
        var scope = org.World.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(Id<Tenant>.Parse(org.Id, null), Actor.System, TimeSpan.Zero, Id<User>.Parse(user, null).Value, sight);
        return scope;
    }
}
