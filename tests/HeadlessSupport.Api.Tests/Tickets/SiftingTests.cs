using System.Linq.Expressions;
using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class SiftingTests
{
    private const int Limit = 7;
    private static readonly Order<Ticket> Newest = Order<Ticket>.By(t => t.CreatedAt, t => t.Id, descending: true);
    private static readonly Order<Ticket> Lowest = Order<Ticket>.By(t => t.Priority, t => t.Id, descending: false);

    [Fact]
    public async Task Stretches_find_all_there_is_in_order()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        await TicketCrowd.ComeAsync(world, org, 400);
        await using var scope = world.Enter(org.Id);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var tickets = db.Tickets.AsNoTracking();
        foreach (var text in (string[])["status:open", "tag:t3 or priority:urgent", "number<0", "", "subject:refund* custom.seats:5"])
        {
            var filter = await TicketFields.All.Bind(ConditionText.Read(text, "q"), new(TicketCrowd.Now, null)).ToFilterAsync(db, default);
            var newest = await tickets.Where(filter).OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.Id).Select(t => t.Id).ToListAsync();
            var lowest = await tickets.Where(filter).OrderBy(t => t.Priority).ThenBy(t => t.Id).Select(t => t.Id).ToListAsync();
            Assert.Equal(newest, await WalkAsync(at => Sifting.PageAsync(db, tickets, filter, Newest, at, Limit, default)));
            foreach (var stretch in (int[])[6, 64, 400, 1000])
            {
                Assert.Equal(newest, await WalkAsync(at => Sifting.PageOfStretchAsync(db, tickets, filter, Newest, at, Limit, stretch, default)));
                Assert.Equal(lowest, await WalkAsync(at => Sifting.PageOfStretchAsync(db, tickets, filter, Lowest, at, Limit, stretch, default)));
            }
        }
    }

    [Fact]
    public async Task What_takes_too_long_is_stopped_and_looked_for_by_stretches()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        var ticket = await org.TicketAsync(new { subject = "Slow" });
        await using var scope = world.Enter(org.Id);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var slow = db.Tickets.FromSqlRaw("select tickets.* from tickets, pg_sleep(1)").AsNoTracking();
        var (rows, next) = await Sifting.PageAsync(db, slow, t => t.Subject == "Slow", Newest, null, Limit, default);

        Assert.Equal(ticket.GetProperty("id").GetString(), Assert.Single(rows).Id.ToString());
        Assert.Null(next);
    }

    private static async Task<List<Id<Ticket>>> WalkAsync(Func<string?, Task<(List<Ticket> Rows, string? Next)>> page)
    {
        var found = new List<Id<Ticket>>();
        string? at = null;
        do
        {
            var (rows, next) = await page(at);
            Assert.InRange(rows.Count, 0, Limit);
            Assert.False(at is not null && at == next, "The page does not go on.");
            found.AddRange(rows.Select(t => t.Id));
            at = next;
        }
        while (at is not null);
        return found;
    }
}
