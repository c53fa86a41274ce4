using Microsoft.AspNetCore.Http;

namespace HeadlessSupport.Api.Tests.Webhooks;

public sealed class WebhookOrderTests
{
    [Fact]
    public async Task A_ticket_waits_for_its_own_earlier_events_and_for_no_others()
    {
        var org = await World.NewOrganizationAsync();
        var stuck = "";
        var works = 0;
        await using var receiver = await Receiver.StartAsync((c, r) =>
        {
            if (r.Json.Text("ticket_id") == Volatile.Read(ref stuck) && Volatile.Read(ref works) == 0)
                c.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        var one = await org.TicketAsync();
        var two = await org.TicketAsync();
        Volatile.Write(ref stuck, one.Id());
        var hook = await org.HookAsync(receiver.Url, new { ordered = true, max_concurrency = 10 }, "ticket.*");
        for (var i = 0; i < 5; i++)
        {
            foreach (var ticket in new[] { one, two })
                (await org.Api.PostAsync($"tickets/{ticket.Id()}/comments", new { body = $"Number {i}" })).MustBe(201);
        }
        await org.DeliveriesUntilAsync(hook, 5, d => d.Text("ticket_id") == two.Id() && d.Text("status") == "succeeded");
        var waiting = (await org.DeliveriesAsync(hook, $"?ticket={one.Id()}")).OrderBy(d => d.Sequence()).ToList();
        Assert.Equal("pending", waiting[0].Text("status"));
        Assert.All(waiting.Skip(1), d => Assert.Equal(0, d.Int("attempt_count")));

        Volatile.Write(ref works, 1);
        await org.HastenAsync();
        await org.DeliveriesUntilAsync(hook, waiting.Count, d => d.Text("ticket_id") == one.Id() && d.Text("status") == "succeeded");
        foreach (var ticket in new[] { one, two })
        {
            var sequences = receiver.All.Where(r => r.Json.Text("ticket_id") == ticket.Id()).Select(r => r.Json.Sequence()).ToList();
            Assert.Equal(sequences.Order(), sequences);
        }
    }

    [Fact]
    public async Task A_delivery_is_sent_again_with_its_id()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync();
        var hook = await org.HookAsync(receiver.Url);
        await org.TicketAsync();
        var delivery = (await org.DeliveriesUntilAsync(hook, 1, d => d.Text("status") == "succeeded"))[0];
        var path = $"webhook-endpoints/{hook.Id()}/deliveries/{delivery.Id()}";
        Assert.Equal("pending", (await org.Api.PostAsync($"{path}/resend")).MustBe(202).Text("status"));
        var requests = await receiver.UntilAsync(2);
        Assert.Equal(requests[0].Id, requests[1].Id);
        Assert.Equal(requests[0].Body, requests[1].Body);
        await org.DeliveriesUntilAsync(hook, 1, d => d.Int("attempt_count") == 2 && d.Text("status") == "succeeded");
        Assert.Equal(2, (await org.Api.GetAsync(path)).Json.At("attempts").GetArrayLength());
        (await org.Api.PostAsync($"webhook-endpoints/{hook.Id()}/disable")).MustBe(200);
        (await org.Api.PostAsync($"{path}/resend")).MustBe(409, "conflict");
    }

    [Fact]
    public async Task A_time_range_is_sent_again_also_what_was_before_the_endpoint()
    {
        var org = await World.NewOrganizationAsync();
        var before = DateTimeOffset.UtcNow;
        var old = await org.TicketAsync();
        await org.EventsAsync("events?types=ticket.created");
        await using var receiver = await Receiver.StartAsync();
        var hook = await org.HookAsync(receiver.Url, "ticket.created");
        var late = await org.TicketAsync();
        await receiver.UntilAsync(1);
        var started = (await org.Api.PostAsync($"webhook-endpoints/{hook.Id()}/replay", new { from = before.AddSeconds(-1), to = DateTimeOffset.UtcNow.AddMinutes(1), event_types = new[] { "ticket.created" } }, ("Idempotency-Key", "replay"))).MustBe(202);
        var requests = await receiver.UntilAsync(3);
        Assert.Equal([old.Id(), late.Id()], requests.Skip(1).Select(r => r.Json.Text("ticket_id")).Order(StringComparer.Ordinal));
        Assert.Equal(2, requests.Select(r => r.Id).Distinct().Count());
        var replay = await Try.UntilAsync(async () =>
        {
            var now = (await org.Api.GetAsync($"webhook-endpoints/{hook.Id()}/replays/{started.Text("id")}")).MustBe(200);
            return now.Json.IsNull("finished_at") ? null : now;
        });
        Assert.Equal(2, replay.Json.Int("queued"));
        Assert.Equal(2, (await org.DeliveriesAsync(hook)).Count(d => d.At("replay").GetBoolean()));
        (await org.Api.PostAsync($"webhook-endpoints/{hook.Id()}/replay", new { from = "2026-01-02T00:00:00Z", to = "2026-01-01T00:00:00Z" })).MustRefuse(422, "validation_failed", "/to");
    }

    [Fact]
    public async Task One_dead_among_fifty_delays_no_other()
    {
        var org = await World.NewOrganizationAsync();
        using var over = new CancellationTokenSource();
        await using var dead = await Receiver.StartAsync((c, _) => Task.Delay(Timeout.Infinite, CancellationTokenSource.CreateLinkedTokenSource(over.Token, c.RequestAborted).Token).ContinueWith(_ => { }, TaskScheduler.Default));
        await using var alive = await Receiver.StartAsync();
        var stuck = await org.HookAsync(dead.Url);
        for (var i = 0; i < 49; i++)
            await org.HookAsync(alive.Url + i);
        for (var i = 0; i < 20; i++)
            await org.TicketAsync();
        // All of them, while not one request to the dead one has ended yet: its own limit is 15 seconds.
        var requests = await alive.UntilAsync(49 * 20);
        Assert.Equal(49 * 20, requests.Select(r => (r.Path, r.Id)).Distinct().Count());
        Assert.InRange(dead.All.Count, 1, 5);
        Assert.Equal(20, (await org.DeliveriesAsync(stuck, "?status=pending")).Count);
        await over.CancelAsync();
    }

    [Fact]
    public async Task So_many_at_once_and_no_more()
    {
        var org = await World.NewOrganizationAsync();
        var (now, most) = (0, 0);
        await using var receiver = await Receiver.StartAsync(async (_, _) =>
        {
            var mine = Interlocked.Increment(ref now);
            lock (org)
                most = Math.Max(most, mine);
            await Task.Delay(50);
            Interlocked.Decrement(ref now);
        });
        await org.HookAsync(receiver.Url, new { max_concurrency = 3 });
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => org.TicketAsync()));
        await receiver.UntilAsync(20);
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task Deliveries_are_found_by_what_they_are()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync((c, r) =>
        {
            c.Response.StatusCode = r.Type == "ticket.created" ? 410 : 200;
            return Task.CompletedTask;
        });
        await using var fine = await Receiver.StartAsync();
        var hook = await org.HookAsync(fine.Url, "*");
        var ticket = await org.TicketAsync();
        (await org.Api.PostAsync("tags", new { name = "a" })).MustBe(201);
        await org.DeliveriesUntilAsync(hook, 1, d => d.Text("event_type") == "tag.created" && d.Text("status") == "succeeded");
        Assert.All(await org.DeliveriesAsync(hook, $"?ticket={ticket.Id()}"), d => Assert.Equal(ticket.Id(), d.Text("ticket_id")));
        var tag = Assert.Single(await org.DeliveriesAsync(hook, "?event_type=tag.created"));
        Assert.Equal(tag.Id(), Assert.Single(await org.DeliveriesAsync(hook, $"?event={tag.Text("event_id")}")).Id());
        Assert.Empty(await org.DeliveriesAsync(hook, "?status=failed"));
        (await org.Api.GetAsync($"webhook-endpoints/{hook.Id()}/deliveries?status=nonsense")).MustBe(400);
        (await org.Api.GetAsync($"webhook-endpoints/{hook.Id()}/deliveries?ticket=usr_1")).MustBe(400);
        var all = await org.Api.AllAsync($"webhook-endpoints/{hook.Id()}/deliveries", limit: 1);
        Assert.Equal(all.Select(d => d.Id()).Distinct(), all.Select(d => d.Id()));
        Assert.True(all.Count >= 2);
    }
}
