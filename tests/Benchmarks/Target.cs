using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HeadlessSupport.Benchmarks;

/// <summary>A server under load, as a process of its own, and what the system and the server itself tell of it.</summary>
internal sealed class Target : IAsyncDisposable
{
    private const double TicksPerSecond = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly HttpClient Http = new();
    private readonly Process process;
    private readonly string log;
    private readonly string countsAt;

    private Target(string name, int port, string countsAt, Process process, string log)
    {
        Name = name;
        Port = port;
        this.countsAt = countsAt;
        this.process = process;
        this.log = log;
    }

    public string Name { get; }
    public int Port { get; }
    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>Resident memory now and at its most, in MiB.</summary>
    public (double Now, double Most) Memory => (Status("VmRSS:"), Status("VmHWM:"));

    /// <param name="countsAt">Path whose answer has the allocated bytes: the whole of it, or in Prometheus' format.</param>
    public static async Task<Target> StartAsync(string name, string folder, int port, string countsAt, string[] command, params (string Name, string Value)[] settings)
    {
        var log = Path.Combine(folder, $"{name}-{port}.log");
        // Into a file, as a service manager would have it: nobody here has time to read along.
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$@\" >\"$0\" 2>&1", log, Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", .. command]);
        foreach (var (setting, value) in settings)
            start.Environment[setting] = value;
        var target = new Target(name, port, countsAt, Process.Start(start)!, log);
        try
        {
            await target.WaitUntilReadyAsync();
            return target;
        }
        catch
        {
            await target.DisposeAsync();
            throw;
        }
    }

    public async Task<long> AllocatedAsync()
    {
        var text = await Http.GetStringAsync(new Uri(Url, countsAt));
        var number = text.Split('\n').FirstOrDefault(l => l.StartsWith("dotnet_gc_heap_total_allocated_bytes_total", StringComparison.Ordinal))?.Split(' ')[1] ?? text;
        return (long)double.Parse(number, CultureInfo.InvariantCulture);
    }

    public double CpuMilliseconds() => Cpu(process.Id, children: false);

    /// <summary>Processor time of a PostgreSQL server: its own, and that of every session.</summary>
    public static double CpuOfPostgres(int postmaster) =>
        Cpu(postmaster, children: true) + Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(n => int.TryParse(n, out _))
            .Where(n => Stat(n!) is { } stat && stat[1] == postmaster.ToString(CultureInfo.InvariantCulture)).Sum(n => Cpu(int.Parse(n!, CultureInfo.InvariantCulture), children: false));

    /// <summary>A port on 127.0.0.1 that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task WaitUntilReadyAsync()
    {
        var waited = Stopwatch.StartNew();
        while (waited.Elapsed < Patience && !process.HasExited)
        {
            try
            {
                await AllocatedAsync();
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }
        throw new InvalidOperationException($"The {Name} did not start: {await File.ReadAllTextAsync(log)}");
    }

    private static double Cpu(int process, bool children) =>
        Stat(process.ToString(CultureInfo.InvariantCulture)) is { } stat ? stat[11..(children ? 15 : 13)].Sum(t => double.Parse(t, CultureInfo.InvariantCulture)) * 1000 / TicksPerSecond : 0;

    // What follows the name, which may have spaces: state, parent, … (proc_pid_stat(5)). Null where the process has gone.
    private static string[]? Stat(string process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private double Status(string line) =>
        double.Parse(File.ReadLines($"/proc/{process.Id}/status").First(l => l.StartsWith(line, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
