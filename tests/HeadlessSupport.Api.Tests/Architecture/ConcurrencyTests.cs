namespace HeadlessSupport.Api.Tests.Architecture;

/// <summary>Generated from the route table: no route that changes something overlooks <c>If-Match</c>.</summary>
public sealed class ConcurrencyTests
{
    [Theory]
    [InlineData("\"77\"", 412, "precondition_failed")]
    [InlineData("77", 400, "invalid_request")]
    public async Task Every_route_that_changes_a_resource_honours_If_Match(string etag, int status, string code)
    {
        var org = await Furnished.NewAsync();
        var before = await org.RowsAsync();
        var failures = new Failures();
        var routes = RouteTable.Of(org.Org.World).Where(r => r.Method != HttpMethod.Get && (r.PathParameters.Count > 0 || r.Name == "Organization_Update")
            // A token is made with a key, and changes nothing that has a version.
            && r.Name != "WidgetTokens_Create").ToList();
        foreach (var route in routes)
        {
            var api = route.IsForOperator ? org.Org.World.Operator : org.Api;
            var answer = await api.SendAsync(route.Method, route.Path(org), Json.Content(Bodies.For(route, org)), ("If-Match", etag));
            failures.Unless(answer.Status == status && answer.Code == code, route, answer);
        }
        failures.MustBeNone();
        Assert.True(routes.Count >= 30, $"Only {routes.Count} routes were tried.");
        Assert.Equal(before, await org.RowsAsync());
    }
}
