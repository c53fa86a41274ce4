using System.Text.Json;

namespace HeadlessSupport.Api.Tests.Platform.Events;

public sealed class EventsTests
{
    [Fact]
    public async Task Types_filter_by_name_by_resource_and_not_at_all()
    {
        var org = await World.NewOrganizationAsync();
        var id = (await org.TicketAsync(new { tags = new[] { "one" } })).Id();
        (await org.Api.PatchAsync($"tickets/{id}", new { subject = "Other" })).MustBe(200);
        var all = await org.EventsAsync(atLeast: 9);

        async Task<List<string?>> TypesAsync(string types) => [.. (await org.Api.GetAsync($"events?types={types}&limit=100")).Items().Select(e => e.Text("type"))];

        Assert.Equal(["ticket.created"], await TypesAsync("ticket.created"));
        Assert.Equal(["ticket.created", "ticket.replied", "ticket.updated"], (await TypesAsync("ticket.*")).Order(StringComparer.Ordinal));
        Assert.Equal(["tag.created", "ticket.updated"], (await TypesAsync("ticket.updated,tag.*")).Order(StringComparer.Ordinal));
        Assert.Equal(all.Select(e => e.Text("type")), await TypesAsync("*"));
        Assert.Equal(all.Select(e => e.Text("type")), await TypesAsync("ticket.created,*"));
        // No pattern language: only a whole resource can be meant.
        Assert.Empty(await TypesAsync("t*"));
        Assert.Empty(await TypesAsync("tick%25.*"));
        Assert.Empty(await TypesAsync("ticket"));
        Assert.Empty(await TypesAsync("no.such"));
        Assert.Equal(["user.created"], (await TypesAsync("user.*")).Distinct());
        foreach (var unreadable in (string[])[",", string.Join(',', Enumerable.Repeat("a.b", 51))])
            (await org.Api.GetAsync($"events?types={unreadable}")).MustRefuse(400, "invalid_request", "types");
    }

    [Fact]
    public async Task A_walk_by_cursor_and_one_by_after_see_the_same()
    {
        var org = await World.NewOrganizationAsync();
        for (var i = 0; i < 6; i++)
            await org.TicketAsync();
        var all = (await org.EventsAsync(atLeast: 17)).Select(e => e.Id()).ToList();

        Assert.Equal(all, (await org.Api.AllAsync("events", limit: 4)).Select(e => e.Id()));
        var followed = new List<string>();
        long after = 0;
        while ((await org.Api.GetAsync($"events?after={after}&limit=4")).Items() is { Count: > 0 } page)
        {
            followed.AddRange(page.Select(e => e.Id()));
            after = page[^1].Sequence();
        }
        Assert.Equal(all, followed);
        Assert.Equal(all.Count, all.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(all.Count, (await org.Api.GetAsync("events?include=total&limit=1")).Json.Int("total"));
        var page1 = await org.Api.GetAsync("events?limit=4");
        Assert.Contains("rel=\"next\"", page1.Header("Link"), StringComparison.Ordinal);
        Assert.True(page1.Json.At("has_more").GetBoolean());
        (await org.Api.GetAsync($"events?types=tag.*&cursor={page1.Text("next_cursor")}")).MustRefuse(400, "invalid_cursor", "cursor");
        (await org.Api.GetAsync("events?after=-1")).MustRefuse(400, "invalid_request", "after");
        (await org.Api.GetAsync("events?after=soon")).MustRefuse(400, "invalid_request", "after");
    }

    [Fact]
    public async Task An_envelope_says_who_did_what_in_which_request()
    {
        var org = await World.NewOrganizationAsync();
        var created = (await org.Api.PostAsync("tickets", new { subject = "One", requester = new { id = org.AdminId } })).MustBe(201);

        var e = Assert.Single(await org.AllEventsAsync("events?types=ticket.created"));

        Assert.StartsWith("evt_", e.Id(), StringComparison.Ordinal);
        Assert.Equal(org.Id, e.Text("organization_id"));
        Assert.Equal(created.Text("id"), e.Text("ticket_id"));
        Assert.Equal("api_key", e.Text("actor/kind"));
        Assert.Equal(org.KeyId, e.Text("actor/id"));
        Assert.Equal(created.Header("Request-Id"), e.Text("correlation_id"));
        Assert.True(e.IsNull("causation_id"));
        Assert.Equal("v1", e.Text("api_version"));
        Assert.True(e.IsNull("changes"));
        Assert.Equal(created.Json.GetRawText(), e.At("data").GetRawText());
        Assert.Equal(created.Json.At("created_at").GetDateTimeOffset(), e.At("timestamp").GetDateTimeOffset(), TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Another_organizations_events_are_not_there()
    {
        var org = await World.NewOrganizationAsync();
        var other = await World.NewOrganizationAsync();
        await org.TicketAsync();
        await org.EventsAsync("events?types=ticket.*", atLeast: 2);

        Assert.All(await other.EventsAsync(), e => Assert.Equal(other.Id, e.Text("organization_id")));
        Assert.Empty((await other.Api.GetAsync("events?types=ticket.*")).Items());
        (await (await org.WithScopesAsync("tickets.read")).GetAsync("events")).MustRefuse(403, "forbidden");
    }

    [Fact]
    public async Task What_changes_nothing_is_no_event_and_no_version()
    {
        var org = await World.NewOrganizationAsync();
        var paths = new Dictionary<string, (string Path, object Same)>
        {
            ["company"] = ("companies", new { name = "Globex", metadata = new { b = "1", a = "2" }, custom_fields = new { z = 1.50, plan = "gold" } }),
            ["tag"] = ("tags", new { name = "one", color = "#aabbcc" }),
            ["team"] = ("teams", new { name = "Tier 1", metadata = new { b = "1", a = "2" } }),
            ["inbox"] = ("inboxes", new { name = "Web" }),
            ["user"] = ("users", new { email = "a@acme.test", role = "agent", name = "A", custom_fields = new { z = true, a = "x" } }),
        };
        foreach (var (kind, (path, body)) in paths)
        {
            var created = (await org.Api.PostAsync(path, body)).MustBe(201);
            var one = $"{path}/{created.Text("id")}";
            Assert.Equal((kind, created.ETag), (kind, (await org.Api.PatchAsync(one, body)).MustBe(200).ETag));
            Assert.Equal((kind, created.ETag), (kind, (await org.Api.PatchAsync(one, new { })).MustBe(200).ETag));
            Assert.True(JsonElement.DeepEquals(created.Json, (await org.Api.GetAsync(one)).Json), kind);
        }
        var name = (await org.Api.GetAsync("organization")).Text("name");
        var before = (await org.Api.GetAsync("organization")).ETag;
        Assert.Equal(before, (await org.Api.PatchAsync("organization", new { name })).MustBe(200).ETag);

        Assert.DoesNotContain(await org.AllEventsAsync("events"), e => e.Text("type")!.EndsWith(".updated", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_replacement_in_another_order_of_members_changes_nothing()
    {
        var org = await World.NewOrganizationAsync();
        var first = (await org.Api.PutAsync("companies/by-external-id/c1", """{"name":"Globex","metadata":{"bb":"1","a":"2","c":"3"},"custom_fields":{"x":1.0,"list":["b","a"]}}""")).MustBe(200);

        var again = (await org.Api.PutAsync("companies/by-external-id/c1", """{"custom_fields":{"list":["b","a"],"x":1.0},"metadata":{"c":"3","a":"2","bb":"1"},"name":"Globex"}""")).MustBe(200);
        Assert.Equal(first.ETag, again.ETag);

        var other = (await org.Api.PutAsync("companies/by-external-id/c1", """{"name":"Globex","metadata":{"bb":"1","a":"2","c":"3"},"custom_fields":{"x":1.0,"list":["a","b"]}}""")).MustBe(200);
        Assert.NotEqual(first.ETag, other.ETag);
        var e = Assert.Single(await org.AllEventsAsync("events?types=company.updated"));
        Assert.Equal(["custom_fields"], e.At("changes").EnumerateObject().Select(p => p.Name));
    }
}
