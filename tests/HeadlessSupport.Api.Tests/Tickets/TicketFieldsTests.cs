using System.Text.Json;
using System.Text.RegularExpressions;
using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Tests.Platform.Conditions;
using HeadlessSupport.Api.Tickets;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Wire = HeadlessSupport.Api.Platform.Http.Json;

namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class TicketFieldsTests
{
    private static readonly Guid Me = Guid.CreateVersion7();
    private static readonly Viewpoint From = new(new(2026, 3, 15, 12, 0, 0, TimeSpan.Zero), Me);

    // As an event carries it.
    private static readonly JsonElement Data = JsonSerializer.SerializeToElement(new
    {
        number = 17,
        subject = "Card was DECLINED: again! Größe",
        status = "on_hold",
        priority = "high",
        type = (string?)null,
        channel = "api",
        requester = new { id = "usr_01h455vb4pex5vsknk084sn02q", email = "ada@acme.test" },
        assignee_id = new HeadlessSupport.Api.Platform.Data.Id<HeadlessSupport.Api.Users.User>(Me).ToString(),
        team_id = (string?)null,
        language = "pt-BR",
        tags = new[] { "billing", "vip" },
        custom_fields = new { plan = "gold", seats = 5.50, beta = true, areas = new[] { "eu", "us" } },
        metadata = new Dictionary<string, string> { ["order"] = "17", ["order id"] = "18" },
        external_id = "X-1",
        reopen_count = 0,
        created_at = "2026-01-01T23:59:59.999999Z",
        updated_at = "2026-03-15T11:00:00Z",
        solved_at = (string?)null,
    });

    [Theory]
    [InlineData("")]
    [InlineData("status:on_hold")]
    [InlineData("status:ON_HOLD,new")]
    [InlineData("status!=open")]
    [InlineData("priority>=high priority>normal priority<=high priority<urgent")]
    [InlineData("type:none type!=question -type:any")]
    [InlineData("assignee:me assignee:any")]
    [InlineData("team:none")]
    [InlineData("requester:usr_01h455vb4pex5vsknk084sn02q")]
    [InlineData("requester:\" ADA@acme.test\"")]
    [InlineData("tag:Billing tag:other,vip -tag:spam tag:any")]
    [InlineData("subject:card subject:\"declined again\" subject:größe,x subject:GRÖ*")]
    [InlineData("declined \"was declined\" -\"card declined\" agai*")]
    [InlineData("-decl -card*s")]
    [InlineData("language:pt-BR -language:pt-br")]
    [InlineData("external_id:X-1 -external_id:x-1")]
    [InlineData("number:17 number>16 number<18 reopen_count:0")]
    [InlineData("created:2026-01-01 created>=2026-01-01 created<=2026-01-01 created<2026-01-02 created>2025-12-31")]
    [InlineData("-created>2026-01-01 -created<2026-01-01 -created:2026-01-02")]
    [InlineData("created:2026-01-01T23:59:59.999999Z created:2026-01-02T01:59:59.999999+02:00 -created:2026-01-01T23:59:59Z")]
    [InlineData("updated:2026-03-15T11:00:00Z updated>=-1h updated<=-1h -updated>-1h -updated<-1h updated>-61m")]
    [InlineData("created>-11w created<-7d")]
    [InlineData("solved:none -solved<2030-01-01 -solved>2000-01-01 solved!=2026-01-01")]
    [InlineData("metadata.order:17 metadata.\"order id\":18 metadata.order!=17.0 -metadata.Order:17 metadata.absent:none")]
    [InlineData("custom.plan:gold,x custom.seats:5.5,6 custom.seats:55e-1 custom.beta:true custom.areas:us custom.areas:any")]
    [InlineData("-custom.plan:Gold -custom.seats:5 -custom.beta:false -custom.areas:\"eu,us\" custom.absent!=1")]
    [InlineData("status:open or (tag:vip -(tag:spam or number<0))")]
    public void Holds(string text)
    {
        Assert.True(Bind(text).Holds(Data));
        Assert.False(TicketFields.All.Bind(new Not(ConditionText.Read(text, "q")), From).Holds(Data));
    }

    [Theory]
    [InlineData("status:done", 8, "one of: new, open, pending")]
    [InlineData("tag:x status:open,done", 19, "one of: new, open, pending")]
    [InlineData("colour:red", 1, "no field \"colour\"")]
    [InlineData("tag>x", 4, "no order")]
    [InlineData("status>=open", 7, "no order")]
    [InlineData("assignee:ada", 10, "begins with usr_")]
    [InlineData("assignee:ada@acme.test", 10, "begins with usr_")]
    [InlineData("team:me", 6, "begins with tem_")]
    [InlineData("requester:ada", 11, "an e-mail address")]
    [InlineData("number:x", 8, "a whole number")]
    [InlineData("number:1.5", 8, "a whole number")]
    [InlineData("number>1,2", 10, "Only one value")]
    [InlineData("created:yesterday", 9, "a date such as")]
    [InlineData("created:2026-02-30", 9, "a date such as")]
    [InlineData("created:9999-12-31", 9, "a date such as")]
    [InlineData("created>-99999w", 9, "a date such as")]
    [InlineData("created:2026-01-01,2026-01-02", 20, "Only one value")]
    [InlineData("subject:!", 9, "letter or digit")]
    [InlineData("metadata.:x", 1, "1 to 64 characters")]
    [InlineData("metadata:x", 1, "no field")]
    [InlineData("custom.a>1", 9, "no order")]
    [InlineData("subject:a,b,c subject:d,e,f", 15, "Too much is looked into")]
    [InlineData("a b c d e f", 11, "Too much is looked into")]
    public void Points_at_what_does_not_fit(string text, int character, string why) => ConditionTextTests.MustRefuse(() => Bind(text), "q", $"At character {character}:", why);

    [Fact]
    public void Points_at_the_member_that_does_not_fit() => ConditionTextTests.MustRefuse(
        () => TicketFields.All.Bind(new ConditionNode(All: [new(Words: "a"), new(Not: new(Field: "status", Values: ["open", "done"]))]).Read("/if"), From), "/if/all/1/not/values/1", "one of: new");

    [Fact]
    public void Nobody_is_me_where_nobody_asks() => ConditionTextTests.MustRefuse(() => TicketFields.All.Bind(ConditionText.Read("assignee:me", "q"), From with { Me = null }), "q", "At character 10:", "Nobody is me");

    [Fact]
    public async Task Values_are_parameters_of_the_query()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        (await org.Api.PostAsync("tags", new { name = "zz1" })).MustBe(201);
        await using var scope = world.Enter(org.Id);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        const string text = "status:on_hold,pending priority>=high tag:zz1 requester:zz2@acme.test external_id:zz3 number>987654 created>2019-01-02 subject:zz4 zz5 metadata.zz6:zz7 custom.zz8:zz9,987654";
        foreach (var sql in (string[])[await SqlAsync(db, text), await SqlAsync(db, $"-({text})")])
        {
            Assert.DoesNotMatch(new Regex("zz|on_hold|pending|987654|2019", RegexOptions.None, TimeSpan.FromSeconds(1)), sql);
            Assert.True(sql.Count(c => c == '@') >= 12, sql);
        }
    }

    private static async Task<string> SqlAsync(SupportDb db, string text)
    {
        using var command = db.Tickets.Where(await Bind(text).ToFilterAsync(db, default)).CreateDbCommand();
        return command.CommandText;
    }

    private static Bound<Ticket> Bind(string text) => TicketFields.All.Bind(ConditionText.Read(text, "q"), From);
}
