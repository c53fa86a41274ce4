using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Search;
using HeadlessSupport.Api.Tickets;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Search;

/// <summary>The index follows what happens.</summary>
public sealed class TicketIndexTests
{
    [Fact]
    public async Task A_deleted_ticket_vanishes_at_once_and_a_restored_one_returns()
    {
        var org = await World.NewOrganizationAsync();
        var id = await org.TicketAsync("Lighthouse", "It is dark.");
        await org.Api.SearchAsync("lighthouse", 1);

        (await org.Api.DeleteAsync($"tickets/{id}")).MustBe(204);
        Assert.Empty((await org.Api.GetAsync("tickets?q=lighthouse")).MustBe(200).Json.GetProperty("data").EnumerateArray());
        await org.Api.SearchAsync("lighthouse dark", 1, more: "&deleted=true");

        (await org.Api.PostAsync($"tickets/{id}/restore")).MustBe(200);
        await org.Api.SearchAsync("lighthouse", 1);
        await org.Api.SearchAsync("lighthouse", 0, more: "&deleted=true");
    }

    [Fact]
    public async Task A_new_subject_replaces_the_old_one()
    {
        var org = await World.NewOrganizationAsync();
        var id = await org.TicketAsync("Walrus", "x");
        await org.Api.SearchAsync("walrus", 1);
        (await org.Api.PatchAsync($"tickets/{id}", new { subject = "Narwhal" })).MustBe(200);
        await org.Api.SearchAsync("narwhal", 1);
        await org.Api.SearchAsync("walrus", 0);
    }

    [Fact]
    public async Task Tags_are_followed_when_added_taken_off_renamed_and_deleted()
    {
        var org = await World.NewOrganizationAsync();
        var first = await org.TicketAsync("One", "x", new { tags = new[] { "alpha" } });
        await org.TicketAsync("Two", "Says alpha itself.", new { tags = new[] { "alpha" } });
        await org.Api.SearchAsync("alpha", 2);
        (await org.Api.PostAsync($"tickets/{first}/tags", new { tags = new[] { "beta gamma" } })).MustBe(200);
        Assert.Equal(["One"], await org.Api.SubjectsAsync("beta", 1));

        var tags = (await org.Api.GetAsync("tags")).Json.GetProperty("data").EnumerateArray().ToDictionary(t => t.GetProperty("name").GetString()!, t => t.GetProperty("id").GetString()!);
        (await org.Api.PatchAsync($"tags/{tags["alpha"]}", new { name = "delta" })).MustBe(200);
        await org.Api.SearchAsync("delta", 2);
        Assert.Equal(["Two"], await org.Api.SubjectsAsync("alpha", 1));

        (await org.Api.DeleteAsync($"tags/{tags["alpha"]}")).MustBe(204);
        await org.Api.SearchAsync("delta", 0);
        (await org.Api.DeleteAsync($"tickets/{first}/tags/beta%20gamma")).MustBe(200);
        await org.Api.SearchAsync("gamma", 0);
    }

    [Fact]
    public async Task A_requester_who_changes_is_found_by_what_they_are_called_now()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = await org.TicketAsync(new { requester = new { email = "old@maiden.test", name = "Petra Maiden" } });
        await org.TicketAsync(new { requester = new { email = "old@maiden.test" } });
        await org.Api.SearchAsync("maiden", 2);

        var user = ticket.GetProperty("requester").GetProperty("id").GetString();
        (await org.Api.PatchAsync($"users/{user}", new { name = "Petra Married", email = "new@wedded.test" })).MustBe(200);
        await org.Api.SearchAsync("married wedded", 2);
        await org.Api.SearchAsync("maiden", 0);
    }

    [Fact]
    public async Task A_long_ticket_is_found_by_its_first_and_its_newest_words()
    {
        var org = await World.NewOrganizationAsync();
        var id = await org.TicketAsync("Long", "Beginning " + Filler(0, 6000));
        for (var i = 1; i <= 4; i++)
            await org.ReplyAsync(id, Filler(i * 6000, 6000) + (i == 4 ? " terminus" : ""));
        await org.Api.SearchAsync("beginning terminus", 1);
        await org.Api.SearchAsync("\"long beginning\"", 0);

        static string Filler(int from, int count) => string.Join(' ', Enumerable.Range(from, count).Select(n => $"f{n:x}llr"));
    }

    [Fact]
    public async Task Reindexing_makes_a_lost_index_whole_again_and_forgets_words_of_no_ticket()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        var kept = await org.TicketAsync("Kestrel", "Flies.");
        await org.TicketAsync("Obsolete words", "x");
        await org.SettleAsync();
        await ExecuteAsync(world, org, "delete from search_entries; update search_words set stem = 'wrong'; insert into search_words (organization_id, word, run) select organization_id, 'ghostly', 1 from search_cursors");
        await org.Api.SearchAsync("kestrel", 0);

        var said = new List<string>();
        Assert.Contains(world.Services.GetServices<ConsoleCommand>(), c => c.Name == "reindex");
        Assert.Equal(0, await Reindex.RunAsync(world.Services, Id<Tenant>.Parse(org.Id, null).Value, said.Add, CancellationToken.None));
        Assert.Equal("The search index is complete.", said[^1]);

        Assert.Equal(kept, (await org.Api.SearchAsync("kestrel flies", 1)).GetProperty("data")[0].GetProperty("id").GetString());
        Assert.Equal(0, await CountAsync(world, org, "select count(*) from search_words where word = 'ghostly'"));
        Assert.NotEqual(0, await CountAsync(world, org, "select count(*) from search_words where word = 'kestrel'"));
    }

    [Fact]
    public async Task An_interrupted_reindexing_goes_on_where_it_was()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        var first = await org.TicketAsync("Alder", "x");
        var second = await org.TicketAsync("Birch", "x");
        await org.Api.SearchAsync("birch", 1);

        // As after a kill between two pieces: the first ticket is behind it.
        await ExecuteAsync(world, org, $"delete from search_entries; insert into search_tasks (organization_id, kind, subject, place) select organization_id, 'everything', '', '{Id<Ticket>.Parse(first, null).Value}' from search_cursors");
        world.Services.GetRequiredService<SearchIndexer>().Wake();
        Assert.Equal(second, (await org.Api.SearchAsync("birch", 1)).GetProperty("data")[0].GetProperty("id").GetString());
        Assert.Empty((await org.Api.GetAsync("tickets?q=alder")).MustBe(200).Json.GetProperty("data").EnumerateArray());
    }

    [Fact]
    public async Task Nodes_that_index_at_once_do_not_disturb_each_other()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        var indexer = world.Services.GetRequiredService<SearchIndexer>();
        using var stop = new CancellationTokenSource();
        var others = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await indexer.IndexAsync(CancellationToken.None);
                await Task.Delay(5);
            }
        })).ToList();

        var id = await org.TicketAsync("Concurrent", "x");
        for (var i = 0; i < 20; i++)
            await org.ReplyAsync(id, $"word{(char)('a' + i)}");
        await org.Api.SearchAsync(string.Join(' ', Enumerable.Range(0, 20).Select(i => $"word{(char)('a' + i)}")), 1);
        await stop.CancelAsync();
        await Task.WhenAll(others);
        Assert.Equal(1, await CountAsync(world, org, "select count(*) from search_entries"));
    }

    private static async Task ExecuteAsync(World world, Org org, string sql) => await RunAsync(world, org, sql, c => c.ExecuteNonQueryAsync());

    private static async Task<long> CountAsync(World world, Org org, string sql) => (long)(await RunAsync(world, org, sql, c => c.ExecuteScalarAsync()))!;

    private static async Task<T> RunAsync<T>(World world, Org org, string sql, Func<NpgsqlCommand, Task<T>> run)
    {
        await using var app = new NpgsqlConnection(world.AppConnectionString);
        await app.OpenAsync();
        await using var transaction = await app.BeginTransactionAsync();
        await using (var set = new NpgsqlCommand("select set_config('app.organization_id', $1, true)", app) { Parameters = { new() { Value = Id<Tenant>.Parse(org.Id, null).Value.ToString() } } })
            await set.ExecuteNonQueryAsync();
        await using var command = new NpgsqlCommand(sql, app);
        var result = await run(command);
        await transaction.CommitAsync();
        return result;
    }
}
