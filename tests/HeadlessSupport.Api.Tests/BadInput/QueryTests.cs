using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;

namespace HeadlessSupport.Api.Tests.BadInput;

/// <summary>Generated from the route table: a query that cannot be read is refused and named.</summary>
public sealed class QueryTests
{
    [Fact]
    public async Task A_limit_outside_1_to_100_is_refused_by_every_list()
    {
        var org = await Furnished.NewAsync();
        var failures = new Failures();
        foreach (var route in Lists(org))
        {
            foreach (var limit in (string[])["0", "101", "-1", "x", "1.5", "99999999999", "0x10", " ", ""])
                await MustNameAsync(failures, org, route, "limit", limit, "invalid_request");
            foreach (var limit in (string[])["1", "100"])
                (await CallAsync(org, route, $"limit={limit}")).MustBe(200);
        }
        failures.MustBeNone();
    }

    [Fact]
    public async Task A_parameter_that_nobody_reads_is_refused_by_every_route()
    {
        var org = await Furnished.NewAsync();
        var before = await org.RowsAsync();
        var failures = new Failures();
        foreach (var route in RouteTable.Of(org.Org.World).Where(r => r is { IsAnonymous: false, TakesUpload: false }))
        {
            foreach (var name in (string[])["search", "offset", "page", "Limt", "no_such_parameter", "%00", "a%5Bb%5D", "%F0%9F%92%A9"])
            {
                var answer = await CallAsync(org, route, $"{name}=1", Json.Content(Bodies.For(route, org)));
                failures.Unless(answer is { Status: 400, Code: "invalid_request" } && Names(answer, Uri.UnescapeDataString(name)), route, answer, $"for {name}");
            }
        }
        failures.MustBeNone();
        Assert.Equal(before, await org.RowsAsync());
    }

    [Fact]
    public async Task A_value_of_the_wrong_kind_is_refused_by_every_filter()
    {
        var org = await Furnished.NewAsync();
        var failures = new Failures();
        var tried = 0;
        foreach (var route in RouteTable.Of(org.Org.World).Where(r => r is { Query: not null, TakesUpload: false } && r.Method == HttpMethod.Get))
        {
            foreach (var filter in route.Query!.GetProperties())
            {
                var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(filter.Name);
                foreach (var wrong in Wrong(filter.PropertyType, filter.GetCustomAttributes(true).OfType<MaxLengthAttribute>().FirstOrDefault()?.Length))
                {
                    await MustNameAsync(failures, org, route, name, wrong, "invalid_request");
                    tried++;
                }
            }
        }
        failures.MustBeNone();
        Assert.True(tried > 100, $"Only {tried} values were tried.");
    }

    [Theory]
    [InlineData("users", "sort", "name")]
    [InlineData("tickets", "sort", "--created_at")]
    [InlineData("tickets", "status", "open,nope")]
    [InlineData("tickets", "status", ",")]
    [InlineData("tickets", "priority", "5")]
    [InlineData("tickets", "assignee", "you")]
    [InlineData("tickets", "assignee", "tem_01h455vb4pex5vsknk084sn02q")]
    [InlineData("tickets", "team", "me")]
    [InlineData("tickets", "include", "nothing")]
    [InlineData("tickets", "include", "total,comments")]
    [InlineData("events", "types", ",")]
    [InlineData("events", "after", "-1")]
    [InlineData("tickets", "created_after", "2026-01-01T00:00:00")]
    public async Task A_word_that_a_list_does_not_know_is_refused(string path, string name, string value)
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.GetAsync($"{path}?{name}={Uri.EscapeDataString(value)}")).MustRefuse(400, "invalid_request", name);
    }

    [Fact]
    public async Task A_damaged_cursor_is_refused_by_every_list()
    {
        var org = await Furnished.NewAsync();
        var failures = new Failures();
        var real = (await org.Api.GetAsync("users?limit=1")).Text("next_cursor");
        var tampered = real[..^4] + (real[^4] == 'A' ? 'B' : 'A') + real[^3..];
        foreach (var route in Lists(org))
        {
            foreach (var cursor in (string[])["x", "AAAA", "%3D%3D", new string('A', 200), tampered, real[..^1], real + "A", "null", "-1", "eyJTY29wZSI6IiJ9"])
                await MustNameAsync(failures, org, route, "cursor", cursor, "invalid_cursor");
            // Of another list, or of this one with another filter.
            var elsewhere = route.Name == "Users_List" ? (await org.Api.GetAsync("users?limit=1&is_machine=true")).Text("next_cursor") : real;
            await MustNameAsync(failures, org, route, "cursor", elsewhere, "invalid_cursor");
        }
        failures.MustBeNone();
    }

    [Fact]
    public async Task A_cursor_is_good_for_its_list_its_filters_and_its_organization_only()
    {
        var acme = await Furnished.NewAsync();
        var globex = await Furnished.NewAsync();
        var cursor = (await acme.Api.GetAsync("users?limit=1&status=active")).Text("next_cursor");

        (await acme.Api.GetAsync($"users?status=active&limit=1&cursor={cursor}")).MustBe(200);
        (await acme.Api.GetAsync($"users?limit=100&status=active&include=total&cursor={cursor}")).MustBe(200);
        (await (await acme.Org.WithScopesAsync("users.read")).GetAsync($"users?limit=1&status=active&cursor={cursor}")).MustBe(200);

        foreach (var other in (string[])["users?", "users?status=deactivated&", "users?status=active&sort=created_at&", "users?status=active&role=agent&", "tickets?status=open&", $"teams/{acme.Id<HeadlessSupport.Api.Teams.Team>()}/members?"])
            (await acme.Api.GetAsync($"{other}cursor={cursor}")).MustRefuse(400, "invalid_cursor", "cursor");
        (await globex.Api.GetAsync($"users?limit=1&status=active&cursor={cursor}")).MustRefuse(400, "invalid_cursor", "cursor");
    }

    [Fact]
    public async Task A_cursor_after_the_longest_name_there_can_be_leads_on()
    {
        // The place in the order is the name itself, and the cursor must have room for it.
        var org = await World.NewOrganizationAsync();
        foreach (var letter in (string[])["\"", "漢", "\u0001"])
        {
            for (var i = 0; i < 2; i++)
                (await org.Api.PostAsync("companies", new { name = string.Concat(Enumerable.Repeat(letter, 199)) + i })).MustBe(201);
        }
        var names = (await org.Api.AllAsync("companies?sort=name", limit: 1)).Select(c => c.Text("name")).ToList();
        Assert.Equal(6, names.Distinct().Count());
    }

    private static IEnumerable<ApiRoute> Lists(Furnished org)
    {
        var lists = RouteTable.Of(org.Org.World).Where(r => r.IsList).ToList();
        Assert.True(lists.Count >= 14);
        return lists;
    }

    private static IEnumerable<string> Wrong(Type type, int? maxLength)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        yield return "a%00b";
        yield return "a%FFb";
        if (maxLength is { } length)
            yield return new string('a', length + 1);
        if (type.IsEnum)
            yield return "no_such_word";
        if (type.IsEnum || type == typeof(bool))
            yield return "1";
        if (type == typeof(DateTimeOffset))
            yield return "tomorrow";
        if (type.IsAssignableTo(typeof(IId)))
            yield return "zzz_01h455vb4pex5vsknk084sn02q";
        if (type == typeof(int) || type == typeof(long))
            yield return "99999999999999999999";
        if (type != typeof(string))
            yield return "%20x";
    }

    private static async Task MustNameAsync(Failures failures, Furnished org, ApiRoute route, string name, string value, string code)
    {
        var answer = await CallAsync(org, route, $"{name}={value}");
        failures.Unless(answer.Status == 400 && answer.Code == code && Names(answer, name), route, answer, $"for {name}={value}");
    }

    private static Task<Answer> CallAsync(Furnished org, ApiRoute route, string query, HttpContent? content = null) =>
        (route.IsForOperator ? org.Org.World.Operator : org.Api).SendAsync(route.Method, $"{route.Path(org)}?{query}", content);

    private static bool Names(Answer answer, string name) =>
        answer.Header("Content-Type") == "application/problem+json" && answer.Json.GetProperty("errors") is { ValueKind: JsonValueKind.Object } errors && errors.TryGetProperty(name, out _);
}
