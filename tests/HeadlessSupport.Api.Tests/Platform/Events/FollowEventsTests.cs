using System.Collections.Concurrent;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Platform.Events;

public sealed class FollowEventsTests
{
    [Fact]
    public async Task A_reader_who_follows_misses_nothing_while_three_nodes_write()
    {
        var org = await World.NewOrganizationAsync();
        await using var second = await Node.StartAsync(org.World);
        await using var third = await Node.StartAsync(org.World);
        var apis = new[] { org.Api, new Api(second.Url, org.Secret), new Api(third.Url, org.Secret) };
        var tickets = new List<string>();
        for (var i = 0; i < 4; i++)
            tickets.Add((await org.TicketAsync()).Id());
        using var over = new CancellationTokenSource();
        // One reader at each node: each must see the same, whoever numbered the events.
        var readers = apis.Select(api => FollowAsync(api, over.Token)).ToList();

        var written = new ConcurrentBag<string>();
        await Task.WhenAll(Enumerable.Range(0, 9).Select(async writer =>
        {
            var api = apis[writer % 3];
            for (var i = 0; i < 25; i++)
            {
                var path = $"tickets/{tickets[Random.Shared.Next(tickets.Count)]}";
                var mark = $"{writer}.{i}";
                if (i % 5 == 0)
                    (await api.PatchAsync(path, new { subject = mark })).MustBe(200);
                else if (i % 5 == 1)
                    (await api.PostAsync("tickets", new { subject = mark, requester = new { id = org.AdminId } })).MustBe(201);
                else
                    (await api.PostAsync($"{path}/comments", new { body = mark })).MustBe(201);
                written.Add(mark);
            }
        }));
        await UntilSequencedAsync(org);
        await over.CancelAsync();

        var seen = await Task.WhenAll(readers);
        foreach (var events in seen)
        {
            MustBeInOrder(events);
            Assert.Equal(seen[0].Select(e => (e.Sequence(), e.Id())), events.Select(e => (e.Sequence(), e.Id())));
            Assert.Equal(written.Order(StringComparer.Ordinal), events.Select(MarkOf).Where(m => m.Contains('.', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        }
        // What was seen while it happened is what stands there now, and nothing came in between afterwards.
        var stored = await StoredAsync(org);
        Assert.Equal(stored, seen[0].Select(e => e.Sequence()));
        Assert.Equal(Enumerable.Range(1, stored.Count).Select(n => (long)n), stored);
    }

    [Fact]
    public async Task Each_ticket_is_told_in_the_order_of_its_versions()
    {
        var org = await World.NewOrganizationAsync();
        await using var second = await Node.StartAsync(org.World);
        var other = new Api(second.Url, org.Secret);
        var ids = new[] { (await org.TicketAsync()).Id(), (await org.TicketAsync()).Id() };

        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? org.Api : other).PatchAsync($"tickets/{ids[i / 2 % 2]}", new { subject = $"Subject {i}" })));
        await UntilSequencedAsync(org);

        foreach (var id in ids)
        {
            var events = await org.Api.AllAsync($"tickets/{id}/events?types=ticket.updated");
            Assert.Equal(20, events.Count);
            Assert.Equal(events.Select(e => e.Int("data/version")).Order(), events.Select(e => e.Int("data/version")));
            Assert.Equal(events.SkipLast(1).Select(e => e.Text("changes/subject/to")), events.Skip(1).Select(e => e.Text("changes/subject/from")));
            Assert.Equal((await org.Api.GetAsync($"tickets/{id}")).Text("subject"), events[^1].Text("changes/subject/to"));
        }
    }

    [Fact]
    public async Task A_transaction_that_commits_late_is_numbered_late_and_not_missed()
    {
        var org = await World.NewOrganizationAsync();
        await UntilSequencedAsync(org);
        await using var slow = new NpgsqlConnection(org.World.AppConnectionString);
        await slow.OpenAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        // Its place in the order of inserting is taken before the next event's, its commit comes after.
        await InsertAsync(slow, org, "test.slow");
        (await org.Api.PostAsync("tags", new { name = "quick" })).MustBe(201);
        var quick = Assert.Single(await org.EventsAsync("events?types=tag.created,test.slow"));

        await transaction.CommitAsync();

        var late = Assert.Single(await org.EventsAsync($"events?after={quick.Sequence()}"));
        Assert.Equal("test.slow", late.Text("type"));
        Assert.Equal(quick.Sequence() + 1, late.Sequence());
    }

    [Fact]
    public async Task Sequencers_at_once_give_each_number_once()
    {
        var org = await World.NewOrganizationAsync();
        const int rows = 3000;
        await using (var connection = new NpgsqlConnection(org.World.AppConnectionString))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await InsertAsync(connection, org, "test.many", rows);
            await transaction.CommitAsync();
        }
        var sequencer = org.World.Services.GetRequiredService<EventSequencer>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => sequencer.SequenceAsync(CancellationToken.None))));
        await UntilSequencedAsync(org);

        var numbers = await StoredAsync(org);
        Assert.True(numbers.Count >= rows);
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(n => (long)n), numbers);
    }

    private static async Task<List<JsonElement>> FollowAsync(Api api, CancellationToken over)
    {
        var seen = new List<JsonElement>();
        long after = 0;
        while (true)
        {
            // Asked before reading: what was written by then must be in what is read after.
            var last = over.IsCancellationRequested;
            var page = (await api.GetAsync($"events?after={after}&limit=7")).Items();
            seen.AddRange(page);
            if (page.Count > 0)
                after = page[^1].Sequence();
            else if (last)
                return seen;
        }
    }

    private static void MustBeInOrder(List<JsonElement> events)
    {
        for (var i = 1; i < events.Count; i++)
            Assert.True(events[i].Sequence() > events[i - 1].Sequence(), $"{events[i].Sequence()} follows {events[i - 1].Sequence()}.");
        foreach (var ticket in events.Where(e => e.Text("type")!.StartsWith("ticket.", StringComparison.Ordinal)).GroupBy(e => e.Text("ticket_id"), StringComparer.Ordinal))
        {
            Assert.Equal("ticket.created", ticket.First().Text("type"));
            var versions = ticket.Where(e => e.At("data").TryGetProperty("number", out _)).Select(e => e.Int("data/version")).ToList();
            Assert.Equal(versions.Order(), versions);
        }
    }

    private static string MarkOf(JsonElement e) => e.Text("type") switch
    {
        "ticket.updated" or "ticket.created" => e.Text("data/subject")!,
        "ticket.replied" => e.Text("data/body")!.Contains('*', StringComparison.Ordinal) ? "" : e.Text("data/body")!,
        _ => "",
    };

    private static async Task InsertAsync(NpgsqlConnection connection, Org org, string type, int rows = 1)
    {
        var organization = Organization(org);
        await using var tell = new NpgsqlCommand("select set_config('app.organization_id', $1, true)", connection) { Parameters = { new() { Value = organization.ToString() } } };
        await tell.ExecuteNonQueryAsync();
        await using var insert = new NpgsqlCommand(
            """
            insert into events (organization_id, id, type, occurred_at, resource_id, resource_version, actor_kind, api_version, data, audience)
            select $1, gen_random_uuid(), $2, now(), $1, 1, 'system', 'v1', '{}', 'staff' from generate_series(1, $3)
            """, connection)
        { Parameters = { new() { Value = organization }, new() { Value = type }, new() { Value = rows } } };
        await insert.ExecuteNonQueryAsync();
    }

    private static Guid Organization(Org org) => Id<Tenant>.Parse(org.Id, null).Value;

    private static async Task<List<long>> StoredAsync(Org org)
    {
        await using var source = NpgsqlDataSource.Create(org.World.SystemConnectionString);
        await using var command = source.CreateCommand("select sequence from events where organization_id = $1 and sequence is not null order by sequence");
        command.Parameters.AddWithValue(Organization(org));
        await using var reader = await command.ExecuteReaderAsync();
        var numbers = new List<long>();
        while (await reader.ReadAsync())
            numbers.Add(reader.GetInt64(0));
        return numbers;
    }

    private static async Task UntilSequencedAsync(Org org)
    {
        await using var source = NpgsqlDataSource.Create(org.World.SystemConnectionString);
        for (var i = 0; ; i++)
        {
            await using var command = source.CreateCommand("select count(*) from events where organization_id = $1 and sequence is null");
            command.Parameters.AddWithValue(Organization(org));
            if ((long)(await command.ExecuteScalarAsync())! == 0)
                return;
            Assert.True(i < 1000, "Events stay without a number.");
            await Task.Delay(20);
        }
    }
}
