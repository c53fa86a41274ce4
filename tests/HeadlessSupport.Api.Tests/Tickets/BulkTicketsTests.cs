namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class BulkTicketsTests
{
    [Fact]
    public async Task Each_item_succeeds_or_fails_on_its_own()
    {
        var org = await World.NewOrganizationAsync();
        var one = await org.TicketAsync();
        var taken = await org.TicketAsync(new { external_id = "taken" });
        var closed = (await org.TicketAsync()).Id();
        (await org.Api.PutAsync($"tickets/{closed}/status", new { status = "closed" })).MustBe(200);
        var requester = new { email = "bulk@customer.test" };

        var answer = (await org.Api.PostAsync("tickets/bulk", new
        {
            items = new object?[]
            {
                new { create = new { subject = "First", requester, tags = new[] { "fresh" }, comment = new { body = "Hi." } } },
                new { create = new { subject = "", requester } },
                new { create = new { subject = "Unknown member", requester, colour = "red" } },
                new { create = new { subject = "Taken", requester, external_id = "taken" } },
                new { create = new { subject = "Nobody", requester = new { email = "nobody.else@customer.test" }, assignee_id = "usr_01h455vb4pex5vsknk084sn02q" } },
                new { update = new { id = one.Id(), patch = new { priority = "high", tags = new[] { "fresh" } } } },
                new { update = new { id = one.Id(), patch = new { subject = "Stale" }, if_version = 1 } },
                new { update = new { id = one.Id(), patch = new { subject = "Current" }, if_version = 2 } },
                new { update = new { id = closed, patch = new { status = "solved" } } },
                new { update = new { id = "tkt_01h455vb4pex5vsknk084sn02q", patch = new { subject = "x" } } },
                new { update = new { id = one.Id() } },
                new { },
                new { create = new { subject = "x", requester }, update = new { id = one.Id(), patch = new { } } },
                null,
                new { create = new { subject = "Last", requester, tags = new[] { "fresh" } } },
            },
        })).MustBe(200);

        var results = answer.Json.At("results").EnumerateArray().ToList();
        Assert.Equal(Enumerable.Range(0, 15), results.Select(r => r.Int("index")));
        Assert.Equal([201, 422, 400, 409, 422, 200, 412, 200, 409, 404, 422, 422, 422, 422, 201], results.Select(r => r.Int("status")));
        Assert.All(results, r => Assert.Equal(r.Int("status") < 300, r.IsNull("problem")));
        Assert.All(results, r => Assert.Equal(r.Int("status") >= 300, r.IsNull("ticket")));
        Assert.All(results.Where(r => r.Int("status") >= 300), r => Assert.Equal(r.Int("status"), r.Int("problem/status")));
        Assert.True(results[1].At("problem/errors").TryGetProperty("/subject", out _));
        Assert.True(results[2].At("problem/errors").TryGetProperty("/colour", out _));
        Assert.True(results[4].At("problem/errors").TryGetProperty("/assignee_id", out _));
        Assert.True(results[10].At("problem/errors").TryGetProperty("/patch", out _));
        Assert.Equal(("Current", "high", 3), (results[7].Text("ticket/subject"), results[7].Text("ticket/priority"), results[7].Int("ticket/version")));
        // Who and what two items name is made once, and for the failed one not at all.
        Assert.Equal(results[0].Text("ticket/requester/id"), results[14].Text("ticket/requester/id"));
        Assert.Single((await org.Api.GetAsync("tags")).Items());
        Assert.Empty((await org.Api.GetAsync("users?email=nobody.else@customer.test")).Items());
        Assert.Equal(results[14].At("ticket").GetRawText(), (await org.Api.GetAsync($"tickets/{results[14].Text("ticket/id")}")).Json.GetRawText());
        Assert.Equal(5, (await org.Api.GetAsync("tickets")).Items().Count);
        Assert.Single((await org.Api.GetAsync("tickets?external_id=taken")).Ids(), taken.Id());
    }

    [Fact]
    public async Task Each_success_records_its_events_and_each_failure_none()
    {
        var org = await World.NewOrganizationAsync();
        var id = (await org.TicketAsync()).Id();

        var answer = (await org.Api.PostAsync("tickets/bulk", new
        {
            items = new object[]
            {
                new { update = new { id, patch = new { subject = "One" } } },
                new { update = new { id, patch = new { subject = "Two", status = "new", team_id = "tem_01h455vb4pex5vsknk084sn02q" } } },
                new { update = new { id, patch = new { subject = "One" } } },
                new { update = new { id, patch = new { subject = "Three" } } },
            },
        })).MustBe(200);

        Assert.Equal([200, 422, 200, 200], answer.Json.At("results").EnumerateArray().Select(r => r.Int("status")));
        var events = await org.AllEventsAsync($"tickets/{id}/events?types=ticket.updated");
        Assert.Equal([("One", 2), ("Three", 3)], events.Select(e => (e.Text("changes/subject/to"), e.Int("data/version"))));
        Assert.All(events, e => Assert.Equal(answer.Header("Request-Id"), e.Text("correlation_id")));
    }

    [Fact]
    public async Task A_hundred_items_are_taken_and_one_more_is_refused()
    {
        var org = await World.NewOrganizationAsync();
        object Items(int count) => new { items = Enumerable.Range(0, count).Select(i => new { create = new { subject = $"Ticket {i}", requester = new { id = org.AdminId } } }) };

        (await org.Api.PostAsync("tickets/bulk", Items(101))).MustRefuse(422, "validation_failed", "/items");
        (await org.Api.PostAsync("tickets/bulk", Items(0))).MustRefuse(422, "validation_failed", "/items");
        (await org.Api.PostAsync("tickets/bulk", new { })).MustRefuse(422, "validation_failed", "/items");
        Assert.Empty((await org.Api.GetAsync("tickets")).Items());
        var answer = (await org.Api.PostAsync("tickets/bulk", Items(100))).MustBe(200);

        Assert.All(answer.Json.At("results").EnumerateArray(), r => Assert.Equal(201, r.Int("status")));
        var tickets = await org.Api.AllAsync("tickets", limit: 30);
        Assert.Equal(100, tickets.Select(t => t.Int("number")).Distinct().Count());
        Assert.Equal(100, (await org.AllEventsAsync("events?types=ticket.created")).Count);
    }

    [Fact]
    public async Task Bulks_at_once_that_make_the_same_people_and_tags_all_succeed()
    {
        var org = await World.NewOrganizationAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(w => org.Api.PostAsync("tickets/bulk", new
        {
            items = Enumerable.Range(0, 4).Select(i => new { create = new { subject = $"{w}.{i}", requester = new { email = $"person{(w + i) % 4}@customer.test" }, tags = new[] { $"tag{(w + i) % 4}" } } }),
        })));

        Assert.All(answers, a => Assert.All(a.MustBe(200).Json.At("results").EnumerateArray(), r => Assert.Equal(201, r.Int("status"))));
        Assert.Equal(4, (await org.Api.GetAsync("users?role=customer")).Items().Count);
        Assert.Equal(4, (await org.Api.GetAsync("tags")).Items().Count);
        Assert.Equal(20, (await org.Api.GetAsync("tickets")).Items().Count);
    }
}
