namespace HeadlessSupport.Api.Tests.EndUsers;

/// <summary>Generated from the route table: an end user gets where end users were thought of, and nowhere else.</summary>
public sealed class CustomerRoutesTests
{
    private static readonly string[] Open =
    [
        "Attachments_Create", "Attachments_Get", "Comments_Create", "Comments_Get", "Comments_List", "Events_List", "Events_Stream", "Me_Get",
        "Tickets_Create", "Tickets_Get", "Tickets_List", "Tickets_ListAttachments", "Tickets_ListEvents", "Tickets_SetStatus",
    ];

    [Fact]
    public async Task Every_other_route_is_forbidden_and_says_why()
    {
        var org = await Furnished.NewAsync();
        var bob = new Api(org.Org.World.Url, (await org.Api.PostAsync("end-user-tokens", new { user = new { email = "bob@customer.test" } })).MustBe(201).Text("token"));
        var before = await org.RowsAsync();
        var open = new List<string>();
        var failures = new Failures();
        foreach (var route in RouteTable.Of(org.Org.World).Where(r => !r.IsAnonymous))
        {
            // What is open to them is called with nothing, which changes nothing.
            var body = Open.Contains(route.Name) ? null : Json.Content(Bodies.For(route, org));
            var answer = await bob.SendAsync(route.Method, route.Path(org), body);
            if (answer.Status != 403)
                open.Add(route.Name);
            else
                failures.Unless(answer.Code == "forbidden" && answer.Text("detail").Contains("not for end users", StringComparison.Ordinal), route, answer);
        }
        failures.MustBeNone();
        Assert.Equal(Open, open);
        Assert.Equal(before, await org.RowsAsync());
    }

    [Fact]
    public async Task What_is_anothers_is_as_if_it_were_not_there()
    {
        var org = await Furnished.NewAsync();
        var eve = await org.Org.CustomerAsync("eve");
        var failures = new Failures();
        foreach (var route in RouteTable.Of(org.Org.World).Where(r => Open.Contains(r.Name) && r.Ids.Any()))
        {
            object? body = route.Name switch { "Comments_Create" => new { body = "Hello" }, "Tickets_SetStatus" => new { status = "solved" }, _ => null };
            var answer = await eve.SendAsync(route.Method, route.Path(org), Json.Content(body));
            failures.Unless(answer is { Status: 404, Code: "not_found" }, route, answer);
        }
        failures.MustBeNone();
        Assert.Empty((await eve.GetAsync("tickets")).Items());
        await org.Org.EventsAsync("events");
        Assert.Empty((await eve.GetAsync("events")).Items());
    }
}
