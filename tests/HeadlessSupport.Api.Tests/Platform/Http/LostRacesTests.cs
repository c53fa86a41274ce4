namespace HeadlessSupport.Api.Tests.Platform.Http;

public sealed class LostRacesTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    public async Task Simultaneous_replies_all_succeed(int writers)
    {
        var org = await World.NewOrganizationAsync();
        var id = (await org.TicketAsync(new { comment = (object?)null })).Id();

        var replies = await Task.WhenAll(Enumerable.Range(0, writers).Select(i => org.Api.PostAsync($"tickets/{id}/comments", new { body = $"Reply {i}." })));

        Assert.All(replies, r => r.MustBe(201));
        var comments = await org.Api.AllAsync($"tickets/{id}/comments");
        Assert.Equal(Enumerable.Range(0, writers).Select(i => $"Reply {i}.").Order(StringComparer.Ordinal), comments.Select(c => c.Text("body")!).Order(StringComparer.Ordinal));
        // Each reply is a version, so whoever read before knows that something was said since.
        Assert.Equal(1 + writers, (await org.Api.GetAsync($"tickets/{id}")).Json.Int("version"));
    }

    [Fact]
    public async Task Simultaneous_changes_give_each_version_once_and_events_in_the_order_of_versions()
    {
        var org = await World.NewOrganizationAsync();
        var id = (await org.TicketAsync()).Id();

        var changes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => i % 2 == 0
            ? org.Api.PatchAsync($"tickets/{id}", new { subject = $"Subject {i}" })
            : org.Api.PostAsync($"tickets/{id}/tags", new { tags = new[] { $"tag-{i}" } })));

        Assert.Equal(Enumerable.Range(2, 20), changes.Select(c => c.MustBe(200).Json.Int("version")).Order());
        var events = await org.AllEventsAsync($"tickets/{id}/events?types=ticket.updated,ticket.tagged");
        Assert.Equal(Enumerable.Range(2, 20), events.Select(e => e.Int("data/version")));
        // What one event says it began with is what the one before left: nothing was overwritten unseen.
        var subjects = events.Where(e => e.Text("type") == "ticket.updated").ToList();
        Assert.Equal(subjects.SkipLast(1).Select(e => e.Text("changes/subject/to")), subjects.Skip(1).Select(e => e.Text("changes/subject/from")));
        var tags = events.Where(e => e.Text("type") == "ticket.tagged").ToList();
        Assert.Equal(tags.SkipLast(1).SelectMany(e => e.Texts("changes/tags/to")), tags.Skip(1).SelectMany(e => e.Texts("changes/tags/from")));
        Assert.Equal(10, (await org.Api.GetAsync($"tickets/{id}")).Json.Texts("tags").Count);
    }

    [Fact]
    public async Task With_If_Match_exactly_one_of_many_wins()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = await org.TicketAsync();
        var path = $"tickets/{ticket.Id()}";
        var etag = (await org.Api.GetAsync(path)).ETag!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => org.Api.PatchAsync(path, new { subject = $"Mine {i}" }, ("If-Match", etag))));

        var won = Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a != won), a => a.MustRefuse(412, "precondition_failed", "/subject"));
        Assert.Equal(won.Text("subject"), (await org.Api.GetAsync(path)).Text("subject"));
        Assert.Equal(ticket.Int("version") + 1, (await org.Api.GetAsync(path)).Json.Int("version"));
        Assert.Single(await org.AllEventsAsync($"{path}/events?types=ticket.updated"));
    }

    [Fact]
    public async Task A_stale_If_Match_is_told_what_changed_since()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        var etag = (await org.Api.GetAsync(path)).ETag!;
        (await org.Api.PatchAsync(path, new { priority = "high", subject = "Other" })).MustBe(200);

        var stale = await org.Api.PatchAsync(path, new { priority = "low", language = "de" }, ("If-Match", etag));

        stale.MustRefuse(412, "precondition_failed", "/priority");
        Assert.Equal(["/priority"], stale.Json.At("errors").EnumerateObject().Select(p => p.Name));
        Assert.Contains("subject", stale.Text("detail"), StringComparison.Ordinal);
        Assert.Equal((await org.Api.GetAsync(path)).ETag, stale.ETag);
        (await org.Api.PatchAsync(path, new { priority = "low" }, ("If-Match", stale.ETag!))).MustBe(200);
    }

    [Fact]
    public async Task A_new_comment_makes_the_ticket_stale()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        var etag = (await org.Api.GetAsync(path)).ETag!;
        (await org.Api.PostAsync($"{path}/comments", new { body = "A note.", visibility = "internal" }, ("If-Match", etag))).MustBe(201);

        (await org.Api.PostAsync($"{path}/comments", new { body = "Too late." }, ("If-Match", etag))).MustRefuse(412, "precondition_failed");
        (await org.Api.PutAsync($"{path}/status", new { status = "solved" }, ("If-Match", etag))).MustRefuse(412, "precondition_failed");
    }

    [Fact]
    public async Task Simultaneous_tickets_of_a_new_requester_with_new_tags_make_one_user_and_each_tag_once()
    {
        var org = await World.NewOrganizationAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => org.Api.PostAsync("tickets", new
        {
            subject = $"Ticket {i}",
            requester = new { email = "new@customer.test" },
            // In two orders, so that writers meet crosswise.
            tags = i % 2 == 0 ? new[] { "one", "two", "three" } : ["three", "two", "one"],
        })));

        Assert.All(answers, a => a.MustBe(201));
        Assert.Single(answers.Select(a => a.Json.Text("requester/id")).Distinct(StringComparer.Ordinal));
        Assert.All(answers, a => Assert.Equal(["one", "three", "two"], a.Json.Texts("tags")));
        Assert.Single((await org.Api.GetAsync("users?email=new@customer.test")).Items());
        Assert.Equal(["one", "three", "two"], (await org.Api.GetAsync("tags")).Items().Select(t => t.Text("name")));
        Assert.Equal(12, answers.Select(a => a.Json.Int("number")).Distinct().Count());
        var events = await org.AllEventsAsync("events?types=ticket.created");
        Assert.Equal(12, events.Count);
        var made = await org.AllEventsAsync("events?types=tag.created,user.created");
        Assert.Equal(4, made.Count(e => e.Text("type") == "tag.created" ? e.Text("data/name") is "one" or "two" or "three" : e.Text("data/email") == "new@customer.test"));
    }

    [Fact]
    public async Task Simultaneous_tickets_with_one_external_id_make_one()
    {
        var org = await World.NewOrganizationAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            org.Api.PostAsync("tickets", new { subject = "Once", requester = new { id = org.AdminId }, external_id = "order-1" })));

        var created = Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a != created), a => a.MustRefuse(409, "already_exists", "/external_id"));
        Assert.Single((await org.Api.GetAsync("tickets")).Items());
    }

    [Fact]
    public async Task Simultaneous_bulk_changes_of_the_same_tickets_all_succeed()
    {
        var org = await World.NewOrganizationAsync();
        var ids = new List<string>();
        for (var i = 0; i < 6; i++)
            ids.Add((await org.TicketAsync()).Id());

        // Half of them backwards: writers that lock in another order than each other.
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(w => org.Api.PostAsync("tickets/bulk", new
        {
            items = (w % 2 == 0 ? ids : Enumerable.Reverse(ids)).Select(id => new { update = new { id, patch = new { metadata = new Dictionary<string, string> { [$"writer{w}"] = "was here" } } } }),
        })));

        Assert.All(answers, a => Assert.All(a.MustBe(200).Json.At("results").EnumerateArray(), r => Assert.Equal(200, r.Int("status"))));
        foreach (var id in ids)
        {
            var ticket = (await org.Api.GetAsync($"tickets/{id}")).Json;
            Assert.Equal(6, ticket.At("metadata").EnumerateObject().Count());
            Assert.Equal(7, ticket.Int("version"));
        }
    }

    [Fact]
    public async Task A_tag_taken_off_twice_at_once_is_taken_off_once()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync(new { tags = new[] { "gone" } })).Id()}";

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => org.Api.DeleteAsync($"{path}/tags/gone")));

        var done = Assert.Single(answers, a => a.Status == 200);
        Assert.All(answers.Where(a => a != done), a => a.MustRefuse(404, "not_found"));
        Assert.Single(await org.AllEventsAsync($"{path}/events?types=ticket.tagged"));
    }

    [Fact]
    public async Task A_retried_delete_answers_204_once_and_404_after()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => org.Api.DeleteAsync(path)));

        var done = Assert.Single(answers, a => a.Status == 204);
        Assert.All(answers.Where(a => a != done), a => a.MustRefuse(404, "not_found"));
    }
}
