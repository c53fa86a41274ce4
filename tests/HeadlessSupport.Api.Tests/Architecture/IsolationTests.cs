using System.Text.Json.Nodes;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tests.Architecture;

/// <summary>Generated from the route table: no route shows or touches what is another organization's.</summary>
public sealed class IsolationTests
{
    // Only the operator gets to these, and belongs to no organization. A key is refused before any id is read.
    private static readonly string[] ForTheOperator = ["Organizations_Get", "Organizations_Resume", "Organizations_Suspend", "Organizations_Update"];

    [Fact]
    public async Task Every_route_works_in_its_own_organization()
    {
        // Otherwise the tests below would prove nothing: a 404 must be due to whose it is.
        var failures = new Failures();
        foreach (var route in RouteTable.Of(await World.GetAsync()))
        {
            var org = await Furnished.NewAsync();
            var answer = await CallAsync(org, route, route.Path(org));
            failures.Unless(answer.Status is >= 200 and < 300, route, answer);
        }
        failures.MustBeNone();
    }

    [Fact]
    public async Task Every_route_that_takes_an_id_answers_404_to_another_organization()
    {
        var acme = await Furnished.NewAsync();
        var globex = await Furnished.NewAsync();
        var before = (await acme.RowsAsync(), await globex.RowsAsync());
        var failures = new Failures();
        foreach (var route in await RoutesWithIdsAsync())
        {
            foreach (var (name, type) in route.Ids)
            {
                // Its own in every other place of the path, so that this one id is what is refused.
                var foreign = await CallAsync(globex, route, route.Path(globex, name, acme.ValueOf(name, type)));
                var absent = await CallAsync(globex, route, route.Path(globex, name, TypeId.Format(ApiRoute.Prefix(type), Guid.CreateVersion7())));
                failures.Unless(foreign.Status == 404, route, foreign);
                failures.Unless(Told(foreign) == Told(absent), route, foreign, "tells it from an absent one");
            }
            var all = await CallAsync(globex, route, route.Path(n => acme.ValueOf(n, route.PathParameters.Single(p => p.Name == n).Type)));
            failures.Unless(all.Status == 404, route, all);
        }
        failures.MustBeNone();
        Assert.Equal(before, (await acme.RowsAsync(), await globex.RowsAsync()));
    }

    [Fact]
    public async Task An_id_of_another_kind_or_no_id_at_all_is_404()
    {
        var org = await Furnished.NewAsync();
        var before = await org.RowsAsync();
        var failures = new Failures();
        foreach (var route in await RoutesWithIdsAsync())
        {
            foreach (var (name, type) in route.Ids)
            {
                foreach (var garbage in Garbage(org.ValueOf(name, type)))
                {
                    var answer = await CallAsync(org, route, route.Path(org, name, garbage));
                    failures.Unless(answer is { Status: 404, Code: "not_found" }, route, answer, $"for {garbage}");
                }
            }
        }
        failures.MustBeNone();
        Assert.Equal(before, await org.RowsAsync());
    }

    [Fact]
    public async Task An_id_of_another_organization_in_a_body_is_refused_like_an_absent_one()
    {
        var acme = await Furnished.NewAsync();
        var globex = await Furnished.NewAsync();
        var failures = new Failures();
        var tried = 0;
        foreach (var route in RouteTable.Of(acme.Org.World).Where(r => r.Body is not null && !r.IsForOperator && r.Name is not ("Tickets_Bulk" or "AppInstalls_Create")))
        {
            // Apps of every publisher can be installed.
            var own = Encode(Bodies.For(route, globex)!);
            foreach (var (pointer, id) in IdsIn(own, ""))
            {
                var foreign = TypeId.Format(id[..3], ForeignOf(acme, id));
                var body = own.DeepClone();
                Replace(body, pointer, foreign);
                var answer = await globex.Api.SendAsync(route.Method, route.Path(globex), Json.Content(body));
                failures.Unless(answer is { Status: 422, Code: "validation_failed" } && Points(answer, pointer), route, answer, $"for {pointer}");
                tried++;
            }
        }
        failures.MustBeNone();
        Assert.True(tried >= 15, $"Only {tried} members were tried.");
    }

    [Fact]
    public async Task Filters_by_another_organizations_ids_find_nothing()
    {
        var acme = await Furnished.NewAsync();
        var globex = await Furnished.NewAsync();
        foreach (var route in RouteTable.Of(acme.Org.World).Where(r => r.IsList && !r.IsForOperator && !r.Ids.Any()))
        {
            foreach (var filter in route.Query!.GetProperties())
            {
                var type = Nullable.GetUnderlyingType(filter.PropertyType) ?? filter.PropertyType;
                if (!type.IsAssignableTo(typeof(IId)))
                    continue;
                var name = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(filter.Name);
                Assert.Empty((await globex.Api.GetAsync($"{route.Template}?{name}={acme.ValueOf(name, type)}")).Items());
            }
        }
    }

    private static async Task<List<ApiRoute>> RoutesWithIdsAsync()
    {
        var routes = RouteTable.Of(await World.GetAsync()).Where(r => r.Ids.Any()).ToList();
        Assert.Equal(ForTheOperator, routes.Where(r => r.IsForOperator).Select(r => r.Name));
        return [.. routes.Where(r => !r.IsForOperator)];
    }

    private static Task<Answer> CallAsync(Furnished org, ApiRoute route, string path)
    {
        if (route.TakesUpload)
            return org.Api.UploadAsync("Hello."u8.ToArray(), "hello.txt");
        var api = route.IsForOperator ? org.Org.World.Operator : org.Api;
        return api.SendAsync(route.Method, path, Json.Content(Bodies.For(route, org)));
    }

    private static string Told(Answer answer) => $"{answer.Status} {answer.Text("title")} {answer.Text("detail")}";

    private static string[] Garbage(string id) =>
    [
        "zzz" + id[3..], id[..4], id[..^1], id + "0", id.ToUpperInvariant(), id[..4] + "8" + id[5..], id[..4] + "u" + id[5..], id.Replace('_', '-'),
        "1", "null", "undefined", "%20", "%2F", "%FF", "%25", "*", "'", new('9', 300), Guid.Empty.ToString(), "%E2%82%AC",
    ];

    private static JsonNode Encode(object body) => System.Text.Json.JsonSerializer.SerializeToNode(body)!;

    private static IEnumerable<(string Pointer, string Id)> IdsIn(JsonNode? node, string pointer) => node switch
    {
        JsonObject members => members.SelectMany(m => IdsIn(m.Value, $"{pointer}/{m.Key}")),
        JsonArray items => items.SelectMany((item, i) => IdsIn(item, $"{pointer}/{i}")),
        JsonValue value when value.TryGetValue<string>(out var text) && text.Length == 30 && text[3] == '_' => [(pointer, text)],
        _ => [],
    };

    private static Guid ForeignOf(Furnished org, string id)
    {
        foreach (var value in (string[])[org.Id<User>(), org.Id<Company>(), org.Id<Team>(), org.Id<Inbox>(), org.Id<Role>(), org.Id<Ticket>(), org.Id<Comment>(), org.FreeAttachment])
        {
            if (TypeId.TryParse(value, id[..3], out var found))
                return found;
        }
        throw new InvalidOperationException($"There is nothing foreign for {id}.");
    }

    private static void Replace(JsonNode body, string pointer, string value)
    {
        var steps = pointer[1..].Split('/');
        var parent = steps[..^1].Aggregate(body, (node, step) => node is JsonArray items ? items[int.Parse(step)]! : node[step]!);
        if (parent is JsonArray array)
            array[int.Parse(steps[^1])] = value;
        else
            parent[steps[^1]] = value;
    }

    private static bool Points(Answer answer, string pointer) =>
        answer.Json.GetProperty("errors") is { ValueKind: System.Text.Json.JsonValueKind.Object } errors && errors.TryGetProperty(pointer, out _);
}
