using System.Text.Json;
using CsCheck;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Tests.Platform.Conditions;
using HeadlessSupport.Api.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using static HeadlessSupport.Api.Tests.Platform.Conditions.ConditionGen;
using Wire = HeadlessSupport.Api.Platform.Http.Json;

namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class TicketFieldsAgreementTests
{
    [Fact]
    public async Task Rows_and_events_agree_on_every_condition()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        var crowd = await TicketCrowd.ComeAsync(world, org, 400);
        await using var scope = world.Enter(org.Id);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var tickets = await db.Tickets.AsNoTracking().ToListAsync();
        Assert.Equal(400, tickets.Count);
        var data = tickets.ToDictionary(t => t.Id, t => JsonSerializer.SerializeToElement(TicketResponse.From(t), Wire.Options));
        var from = new Viewpoint(TicketCrowd.Now, crowd.People[1].Value);
        var hits = 0;

        await Tree(Leaf(crowd), 3).Where(c => IsLight(c, from)).SampleAsync(async condition =>
        {
            var bound = TicketFields.All.Bind(condition, from);
            var all = db.Tickets.AsNoTracking().IgnoreAutoIncludes();
            var rows = await all.Where(await bound.ToFilterAsync(db, default)).Select(t => t.Id).ToListAsync();
            var events = data.Where(d => bound.Holds(d.Value)).Select(d => d.Key);
            Assert.Equal(events.Order(), rows.Order());
            if (bound.Names().Any())
                Assert.Equal(rows.Order(), (await all.Where(bound.ToExpression()).Select(t => t.Id).ToListAsync()).Order());
            hits += rows.Count is > 0 and < 400 ? 1 : 0;
        }, iter: 400, threads: 1);
        Assert.True(hits > 100, $"Only {hits} conditions told tickets apart.");
    }

    private static bool IsLight(Condition condition, Viewpoint from)
    {
        try
        {
            TicketFields.All.Bind(condition, from);
            return true;
        }
        catch (SupportException refusal) when (refusal.Message.Contains("Too much is looked into", StringComparison.Ordinal))
        {
            return false;
        }
    }

    private static Gen<Condition> Leaf(TicketCrowd crowd)
    {
        static Gen<Condition> Of(string field, Gen<string> values, int most, params Operator[] ops) =>
            Gen.Select(One([Operator.In, Operator.NotIn, Operator.None, Operator.Any, .. ops]), values.List[1, most], (op, list) =>
                (Condition)new Comparison(field, op, op is Operator.None or Operator.Any ? [] : op is Operator.In or Operator.NotIn ? list : [list[0]]));
        Operator[] order = [Operator.Gt, Operator.Gte, Operator.Lt, Operator.Lte];
        var people = One([.. crowd.People.Select(p => p.ToString()), "me"]);
        var addresses = One("p1@acme.test", "P2@Acme.Test", "nobody@acme.test");
        var times = One("2026-01-01", "2025-06-30", "2025-06-30T12:00:00+02:00", "-7d", "-1h", "-30m", "-26w");
        var words = One("card", "CARD", "declined card", "card declined", "decl*", "card d*", "disc", "über", "ÜBER GRÖ*", "größe und", "привет", "МИР", "i̇stanbul", "İSTANBUL", "οδος", "ΟΔΟσ",
            "off", "sale", "100", "b", "c d", "3rd floor jams", "日本", "日本*", "テスト", "🙂", "emoji 🙂 h*", "17", "refund", "ref*", "X");
        var custom = One("gold", "Gold", "silver", "5", "5.0", "0.5e1", "50e-1", "true", "false", "[\"gold\"]", "0", "-0.0", "1e99999", "123456789012345678901234567890.50", "x", "");
        return Gen.OneOf(
            Of("status", One("new", "Open", "on_hold", "solved", "closed"), 3),
            Of("priority", One("low", "normal", "high", "urgent"), 2, order),
            Of("type", One("question", "incident", "task"), 2),
            Of("channel", One("api", "API"), 2),
            Of("assignee", people, 3),
            Of("requester", Gen.OneOf(people, addresses), 3),
            Of("team", One([.. crowd.Teams.Select(t => new Id<Team>(t).ToString())]), 2),
            Of("company", One([.. crowd.Companies.Select(c => new Id<Company>(c).ToString())]), 2),
            Of("inbox", Gen.Const(Id<Inbox>.New().ToString()), 1),
            Of("tag", One("t0", "T1", " t2 ", "t5", "absent"), 3),
            Of("subject", words, 3),
            Of("language", One("en", "EN", "pt-BR", ""), 2),
            Of("external_id", One("X-3", "x-3", "X-99", "X-300"), 2),
            Of("number", One("3", "200", "-1", "9223372036854775807"), 3, order),
            Of("reopen_count", One("0", "1", "3", "99999999999"), 2, order),
            Of("created", times, 1, order), Of("updated", times, 1, order), Of("solved", times, 1, order), Of("closed", times, 1, order), Of("first_response", times, 1, order),
            One("order", "Order", "a \"b\"", "absent", "'; --").SelectMany(key => Of("metadata." + key, One("17", "17.0", "y", ""), 2)),
            One("plan", "seats", "vip", "a b").SelectMany(key => Of("custom." + key, custom, 3)),
            Gen.Select(words, Gen.Bool, (text, isPhrase) => (Condition)ConditionText.WordsOf(isPhrase ? text : text.Split(' ')[0], isPhrase, Place.Unknown)));
    }
}
