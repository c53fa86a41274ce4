using System.Diagnostics;
using Npgsql;

namespace HeadlessSupport.Benchmarks;

/// <summary>How long a search takes in one large organization and in a hundred small ones, and what the index costs those who write.</summary>
internal static class Searching
{
    private static readonly Scenario[] Searches =
    [
        new("a word that one ticket has", 200, Writes: false, (seeded, random) => ($"GET /api/v1/tickets?q={1 + random.Next(seeded.Tickets.Length)}", null)),
        new("such a word beside two common ones", 200, Writes: false, (seeded, random) => ($"GET /api/v1/tickets?q=order+refund+{1 + random.Next(seeded.Tickets.Length)}", null)),
        new("an address", 200, Writes: false, (seeded, random) => ($"GET /api/v1/tickets?q=customer-{random.Next(seeded.Customers)}@shop.example", null)),
        new("a word with a typo", 200, Writes: false, (_, _) => ("GET /api/v1/tickets?q=pasword", null)),
        new("two words that most tickets have", 200, Writes: false, (_, _) => ("GET /api/v1/tickets?q=order+refund", null)),
        new("a phrase of common words", 200, Writes: false, (_, _) => ("GET /api/v1/tickets?q=%22card+was+declined%22", null)),
    ];

    public static async Task RunAsync(Plan plan, string folder, CancellationToken stop)
    {
        Console.WriteLine("| organizations | tickets | search, 4 connections | searches | p50 ms | p99 ms | most ms |");
        foreach (var organizations in (int[])[1, Installation.Organizations])
        {
            await using var installation = await Installation.MakeAsync(folder, $"search{organizations}", plan.Tickets, organizations);
            await IndexAsync(installation, stop);
            foreach (var search in Searches)
            {
                await Load.CloseAsync(search, installation.Api, installation.Seeded, 4, TimeSpan.FromSeconds(3));
                var sample = await Load.CloseAsync(search, installation.Api, installation.Seeded, 4, plan.Duration);
                var sorted = sample.Latencies.Order().ToList();
                Console.WriteLine($"| {organizations} | {plan.Tickets:N0} | {search.Name} | {sorted.Count} | {Report.Percentile(sorted, 50):0.0} | {Report.Percentile(sorted, 99):0.0} | {sorted[^1] / 1000.0:0.0} |");
            }
            if (organizations > 1)
                await CompareWritesAsync(plan, installation, stop);
        }
    }

    private static async Task IndexAsync(Installation installation, CancellationToken stop)
    {
        var started = Stopwatch.StartNew();
        await using var source = NpgsqlDataSource.Create(installation.Superuser);
        await installation.RunAsync("reindex", stop);
        Console.WriteLine($"Everything was indexed in {started.Elapsed.TotalSeconds:0} s");
        await using var analyze = source.CreateCommand("vacuum analyze search_entries");
        analyze.CommandTimeout = 1800;
        await analyze.ExecuteNonQueryAsync(stop);
    }

    // Whoever holds the cursors keeps the indexer away, as it would be without an index.
    private static async Task CompareWritesAsync(Plan plan, Installation installation, CancellationToken stop)
    {
        var create = Scenario.All.First(s => s.Name == "create");
        await using var source = NpgsqlDataSource.Create(installation.Superuser);
        var (with, without) = (0, 0);
        for (var round = 0; round < plan.Rounds * 2; round++)
        {
            with += (await Load.CloseAsync(create, installation.Api, installation.Seeded, 16, plan.Duration)).Latencies.Count;
            await installation.SettleAsync();
            await using (var connection = await source.OpenConnectionAsync(stop))
            {
                await using var transaction = await connection.BeginTransactionAsync(stop);
                await using var hold = new NpgsqlCommand("select from search_cursors for update", connection, transaction);
                await hold.ExecuteNonQueryAsync(stop);
                without += (await Load.CloseAsync(create, installation.Api, installation.Seeded, 16, plan.Duration)).Latencies.Count;
            }
            await installation.SettleAsync();
        }
        Console.WriteLine($"create, 16 connections: {with / (plan.Rounds * 2 * plan.Seconds):0} a second while they are indexed, {without / (plan.Rounds * 2 * plan.Seconds):0} while they are not: {1 - ((double)with / without):0%} less");
    }
}
