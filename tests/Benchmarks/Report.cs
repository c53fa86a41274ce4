using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using HeadlessSupport.Api.Platform.Database;

namespace HeadlessSupport.Benchmarks;

/// <summary>Prints as it goes, and keeps the whole in docs/benchmarks.md, between two marks; what people wrote around them stays.</summary>
internal sealed class Report(Plan plan, string machine)
{
    private const string File = "docs/benchmarks.md";
    private const string Begin = "<!-- measured -->";
    private const string End = "<!-- /measured -->";
    private readonly List<Pair> pairs = [];
    private readonly List<(Scenario Scenario, Pair Small, Pair Large)> sizes = [];

    public (double Now, double Most) Memory { get; set; }

    public Dictionary<Scenario, List<int>> Open { get; set; } = [];

    public Followed? Followed { get; set; }

    /// <summary>The machine, and what runs on it.</summary>
    public static string Machine(EmbeddedPostgres postgres)
    {
        var processor = System.IO.File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = long.Parse(Regex.Match(System.IO.File.ReadLines("/proc/meminfo").First(), "[0-9]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value, CultureInfo.InvariantCulture) / 1024 / 1024;
        var version = System.IO.File.ReadAllText(Path.Combine(postgres.ClusterDirectory, "PG_VERSION")).Trim();
        return $"{processor}, {Environment.ProcessorCount} cores, {memory} GiB of memory; {RuntimeInformation.OSDescription}; .NET {Environment.Version}; PostgreSQL {version} with its own defaults, fsync on";
    }

    public void Add(Pair pair)
    {
        if (pairs.Count == 0)
            Print(Head);
        pairs.Add(pair);
        Print([Line(pair)]);
    }

    public void Add(Scenario scenario, Pair small, Pair large)
    {
        if (sizes.Count == 0)
            Print(SizeHead);
        sizes.Add((scenario, small, large));
        Print([Line((scenario, small, large))]);
    }

    public void Print(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Console.WriteLine(line);
    }

    public async Task WriteAsync()
    {
        string[] lines =
        [
            Begin,
            $"Measured on {TimeProvider.System.GetUtcNow():yyyy-MM-dd} with `tests/bench{(plan.IsShort ? " short" : "")} --seconds {plan.Seconds} --rounds {plan.Rounds}`: {plan.Tickets.ToString("N0", CultureInfo.InvariantCulture)} tickets in {Installation.Organizations} organizations, {plan.Seconds} s for each in each round.",
            "",
            $"Machine: {machine}. Load generator, API (or ceiling) and PostgreSQL share its cores.",
            "",
            .. Head, .. pairs.Select(Line), "",
            $"The API's process held {Memory.Now:0} MiB after this, and {Memory.Most:0} MiB at its most.", "",
            .. OpenLines(), "",
            .. FollowedLines(), "",
            .. SizeHead, .. sizes.Select(Line),
            End,
        ];
        var page = await System.IO.File.ReadAllTextAsync(File);
        var (from, to) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        if (from < 0 || to < from)
            throw new InvalidOperationException($"{File} has lost its marks {Begin} and {End}.");
        await System.IO.File.WriteAllTextAsync(File, page[..from] + string.Join('\n', lines) + page[(to + End.Length)..]);
        Console.WriteLine($"Written to {File}");
    }

    public IEnumerable<string> FollowedLines()
    {
        if (Followed is not { } f)
            yield break;
        yield return "While 100 tickets a second are created, from an event's timestamp (before its commit) until it was heard:";
        yield return "";
        yield return "| who hears | events heard | p50 ms | p99 ms | most ms |";
        yield return "| --- | ---: | ---: | ---: | ---: |";
        foreach (var (who, heard) in ((string, List<int>)[])[("1,000 live connections in 100 organizations", f.Live), ("10 webhook endpoints", f.Webhooks)])
            yield return $"| {who} | {heard.Count} | {Percentile(heard, 50):0.0} | {Percentile(heard, 99):0.0} | {(heard.Count == 0 ? 0 : heard[^1] / 1000.0):0.0} |";
        yield return "";
        yield return $"A backlog of {f.Backlog:N0} events went to one fast endpoint at {f.DrainedPerSecond:0} deliveries a second, their numbering included. An idle live connection took {f.KibPerConnection:0.0} KiB of the API's resident memory.";
    }

    public IEnumerable<string> OpenLines()
    {
        yield return "At 500 requests a second from 1,000 connections, whatever the answers do (six in ten get, two list, one creates, one replies):";
        yield return "";
        yield return "| request | requests | p50 ms | p99 ms | most ms |";
        yield return "| --- | ---: | ---: | ---: | ---: |";
        foreach (var (name, latencies) in Open.OrderBy(o => Array.IndexOf(Scenario.All, o.Key)).Select(o => (o.Key.Name, o.Value)).Append(("all", [.. Open.Values.SelectMany(l => l)])))
        {
            latencies.Sort();
            yield return $"| {name} | {latencies.Count} | {Percentile(latencies, 50):0.0} | {Percentile(latencies, 99):0.0} | {latencies[^1] / 1000.0:0.0} |";
        }
    }

    /// <summary>In milliseconds, of sorted microseconds.</summary>
    public static double Percentile(List<int> sorted, int percent) => sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, sorted.Count * percent / 100)] / 1000.0;

    private static readonly string[] Head =
    [
        "| request | connections | share of the ceiling | req/s | p50 ms | p99 ms | CPU ms | of PostgreSQL | KiB allocated | ceiling: req/s | p50 ms | p99 ms | CPU ms | of PostgreSQL | KiB allocated |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ];

    private string[] SizeHead =>
    [
        $"| request, 16 connections | req/s at {Plan.SmallTickets:N0} tickets | at {plan.Tickets:N0} | difference | p99 ms at {Plan.SmallTickets:N0} | at {plan.Tickets:N0} | the ceiling's difference |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ];

    private static string Line(Pair p) =>
        $"| {p.Api.Scenario} | {p.Api.Connections} | **{p.Share:0.00}** | {Columns(p.Api)} | {Columns(p.Ceiling)} |";

    private static string Columns(Measured m) =>
        $"{m.PerSecond:0} | {m.P50:0.0} | {m.P99:0.0} | {m.CpuMilliseconds:0.000} | {m.PostgresMilliseconds:0.000} | {m.AllocatedKb:0.0}";

    private static string Line((Scenario Scenario, Pair Small, Pair Large) s) =>
        $"| {s.Scenario.Name} | {s.Small.Api.PerSecond:0} | {s.Large.Api.PerSecond:0} | {(s.Large.Api.PerSecond / s.Small.Api.PerSecond) - 1:+0%;-0%;0%} | {s.Small.Api.P99:0.0} | {s.Large.Api.P99:0.0} | {(s.Large.Ceiling.PerSecond / s.Small.Ceiling.PerSecond) - 1:+0%;-0%;0%} |";
}
