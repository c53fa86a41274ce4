using HeadlessSupport.Api.Platform.Database;

namespace HeadlessSupport.Benchmarks;

/// <summary>How much is measured, and for how long.</summary>
/// <param name="IsWhole">Whether all is measured, so that it is worth writing down.</param>
internal sealed record Plan(bool IsShort, int Tickets, int Rounds, double Seconds, int[] Connections, Scenario[] Scenarios, bool IsWhole)
{
    /// <summary>Events that are to be delivered at once.</summary>
    public int Backlog => IsShort ? 10_000 : 100_000;

    /// <summary>Size of the small installation that the large one is compared with.</summary>
    public const int SmallTickets = 10_000;

    /// <summary>Whether it is only about searching.</summary>
    public bool OnlySearch { get; init; }

    /// <summary>Whether it is only about those who follow what happens.</summary>
    public bool OnlyFollowing { get; init; }

    /// <summary>Whether it is only about what the SDK costs.</summary>
    public bool OnlySdk { get; init; }

    public TimeSpan Duration => TimeSpan.FromSeconds(Seconds);

    /// <summary>What the command line asks for; null where it cannot be read.</summary>
    public static Plan? Read(string[] args)
    {
        var isShort = args is ["short", ..];
        var plan = isShort
            ? new Plan(true, 50_000, 1, 2, [1, 16, 64], Scenario.All, true)
            : new Plan(false, 1_000_000, 4, 10, [1, 16, 64], Scenario.All, true);
        for (var i = isShort ? 1 : 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            var number = int.TryParse(value, out var n) ? n : 0;
            var next = (args[i], number) switch
            {
                ("--tickets", >= 1000) => plan with { Tickets = number },
                ("--seconds", >= 1) => plan with { Seconds = number },
                ("--rounds", >= 1) => plan with { Rounds = number },
                ("--connections", >= 1) => plan with { Connections = [number], IsWhole = false },
                ("--only", _) when value == "sdk" => plan with { IsWhole = false, OnlySdk = true },
                ("--only", _) when value == "search" => plan with { IsWhole = false, OnlySearch = true },
                ("--only", _) when value == "following" => plan with { Scenarios = [Scenario.All[0]], Connections = [1], Rounds = 1, IsWhole = false, OnlyFollowing = true },
                ("--only", _) => plan with { Scenarios = [.. Scenario.All.Where(s => s.Name.StartsWith(value, StringComparison.Ordinal))], IsWhole = false },
                _ => null,
            };
            if (next is not { Scenarios.Length: > 0 })
                return null;
            plan = next;
        }
        return plan;
    }
}

/// <summary>What one target did with one scenario.</summary>
internal sealed record Measured(string Scenario, int Connections, double PerSecond, double P50, double P99, double CpuMilliseconds, double PostgresMilliseconds, double AllocatedKb);

/// <summary>One scenario at one number of connections: the API beside the ceiling.</summary>
internal sealed record Pair(Measured Api, Measured Ceiling)
{
    public double Share => Api.PerSecond / Ceiling.PerSecond;
}

/// <summary>Runs the plan. API and ceiling take turns in short rounds, so that whatever else the machine does hits both.</summary>
internal static class Runs
{
    // Until the runtime has compiled for good what is run often; of the ceiling that is little.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan WarmUpOfCeiling = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(Plan plan, EmbeddedPostgres postgres, string folder, CancellationToken stop)
    {
        if (plan.OnlySearch)
        {
            await Searching.RunAsync(plan, folder, stop);
            return;
        }
        await using var large = await Installation.MakeAsync(folder, "large", plan.Tickets);
        await CheckSameAsync(large, plan.Scenarios);
        var report = new Report(plan, Report.Machine(postgres));
        foreach (var scenario in plan.Scenarios)
        {
            await WarmUpAsync(large, scenario);
            foreach (var connections in plan.Connections)
            {
                stop.ThrowIfCancellationRequested();
                var taken = await TakeTurnsAsync(plan, postgres, scenario, connections, (large, large.Api), (large, large.Ceiling));
                report.Add(new Pair(taken[0], taken[1]));
            }
        }
        report.Memory = large.Api.Memory;
        if (plan.OnlyFollowing)
        {
            report.Followed = await Following.RunAsync(large, plan.Duration * 3, plan.Backlog, stop);
            report.Print(report.FollowedLines());
            return;
        }
        if (!plan.IsWhole)
            return;
        report.Open = await Load.OpenAsync(Mixed, large.Api, large.Seeded, connections: 1000, perSecond: 500, plan.Duration * 5);
        report.Print(report.OpenLines());
        await large.SettleAsync();
        report.Followed = await Following.RunAsync(large, plan.Duration * 3, plan.Backlog, stop);
        report.Print(report.FollowedLines());
        await using (var small = await Installation.MakeAsync(folder, "small", Plan.SmallTickets))
        {
            foreach (var scenario in Scenario.All.Where(s => !s.Writes))
            {
                stop.ThrowIfCancellationRequested();
                await WarmUpAsync(small, scenario);
                var taken = await TakeTurnsAsync(plan, postgres, scenario, 16, (small, small.Api), (large, large.Api), (small, small.Ceiling), (large, large.Ceiling));
                report.Add(scenario, new Pair(taken[0], taken[2]), new Pair(taken[1], taken[3]));
            }
        }
        await report.WriteAsync();
    }

    /// <summary>Six in ten read a ticket, two list, one opens one and one replies.</summary>
    private static Scenario Mixed(int i) => Scenario.All[(i % 10) switch { < 6 => 0, < 8 => 1, 8 => 2, _ => 3 }];

    private static async Task WarmUpAsync(Installation installation, Scenario scenario)
    {
        foreach (var target in (Target[])[installation.Api, installation.Ceiling])
        {
            await Load.CloseAsync(scenario, target, installation.Seeded, 16, target == installation.Api ? WarmUp : WarmUpOfCeiling);
            await installation.SettleAsync();
        }
    }

    private static async Task<List<Measured>> TakeTurnsAsync(Plan plan, EmbeddedPostgres postgres, Scenario scenario, int connections, params (Installation Installation, Target Target)[] turns)
    {
        var sums = turns.Select(_ => new Sum()).ToList();
        for (var round = 0; round < plan.Rounds; round++)
        {
            for (var i = 0; i < turns.Length; i++)
            {
                var (installation, target) = turns[i];
                var before = (Cpu: target.CpuMilliseconds(), Postgres: Target.CpuOfPostgres(postgres.ProcessId), Allocated: await target.AllocatedAsync());
                var sample = await Load.CloseAsync(scenario, target, installation.Seeded, connections, plan.Duration);
                sums[i].Add(sample, target.CpuMilliseconds() - before.Cpu, Target.CpuOfPostgres(postgres.ProcessId) - before.Postgres, await target.AllocatedAsync() - before.Allocated);
                if (scenario.Writes)
                    await installation.SettleAsync();
            }
        }
        return sums.ConvertAll(s => s.Measured(scenario, connections));
    }

    // The ceiling must do the same work, or a share of it says nothing.
    private static async Task CheckSameAsync(Installation installation, Scenario[] scenarios)
    {
        foreach (var scenario in scenarios)
        {
            var api = await Load.AskAsync(scenario, installation.Api, installation.Seeded[7], seed: 1);
            var ceiling = await Load.AskAsync(scenario, installation.Ceiling, installation.Seeded[7], seed: 1);
            // Cursors and new ids differ; a number or a fraction of a second may have a digit more.
            var same = scenario.Name == "get" ? api == ceiling : Math.Abs(api.Length - ceiling.Length) <= 64;
            if (!same)
                throw new InvalidOperationException($"The ceiling answers {scenario.Name} otherwise than the API:\n{api}\n{ceiling}");
        }
        await installation.SettleAsync();
    }

    private sealed class Sum
    {
        private readonly List<int> latencies = [];
        private double seconds;
        private double cpu;
        private double postgres;
        private double allocated;

        public void Add(Sample sample, double cpuMilliseconds, double postgresMilliseconds, long bytes)
        {
            latencies.AddRange(sample.Latencies);
            seconds += sample.Elapsed.TotalSeconds;
            cpu += cpuMilliseconds;
            postgres += postgresMilliseconds;
            allocated += bytes;
        }

        public Measured Measured(Scenario scenario, int connections)
        {
            latencies.Sort();
            return new(scenario.Name, connections, latencies.Count / seconds, Report.Percentile(latencies, 50), Report.Percentile(latencies, 99),
                cpu / latencies.Count, postgres / latencies.Count, allocated / latencies.Count / 1024);
        }
    }
}
