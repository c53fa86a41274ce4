using System.Diagnostics;

namespace HeadlessSupport.Api.Tests;

/// <summary>
/// One more copy of the API over the world's PostgreSQL, as a process of its own: to be killed, stopped and started
/// again, or to work beside others. Its port and data directory are its own and stay the same over restarts.
/// </summary>
public sealed class Node : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly World world;
    private readonly int port = World.FreePort();
    private readonly string directory = Directory.CreateTempSubdirectory("headless-support-node-").FullName;
    private readonly (string Name, string? Value)[] settings;
    private readonly List<string> log = [];
    private Process? process;

    private Node(World world, (string, string?)[] settings)
    {
        this.world = world;
        this.settings = settings;
        Url = new Uri($"http://127.0.0.1:{port}");
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Where it keeps its files.</summary>
    public string DataDirectory => directory;

    public int ProcessId => process?.Id ?? throw new InvalidOperationException("The node does not run.");

    /// <summary>What it printed.</summary>
    public string Log
    {
        get
        {
            lock (log)
                return string.Join('\n', log);
        }
    }

    /// <summary>Starts one and waits until it is ready.</summary>
    /// <param name="settings">Environment variables beyond or instead of the usual ones, with <c>{port}</c> for its port; null leaves one out.</param>
    public static async Task<Node> StartAsync(World world, params (string Name, string? Value)[] settings)
    {
        var node = new Node(world, settings);
        try
        {
            await node.StartAsync();
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a command, or a start that is to be refused, to its end; answers the exit code and what it printed.</summary>
    public static async Task<(int ExitCode, string Log)> RunAsync(World world, string[] arguments, params (string Name, string? Value)[] settings)
    {
        await using var node = new Node(world, settings);
        node.StartProcess(arguments);
        using var patience = new CancellationTokenSource(Patience);
        await node.process!.WaitForExitAsync(patience.Token);
        return (node.process.ExitCode, node.Log);
    }

    /// <summary>Starts it again after <see cref="KillAsync"/> or <see cref="StopAsync"/>.</summary>
    public async Task StartAsync()
    {
        StartProcess([]);
        await WaitUntilReadyAsync();
    }

    /// <summary>kill -9: it cannot finish anything.</summary>
    public async Task KillAsync()
    {
        if (process is null)
            return;
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>SIGTERM, and waits for its end; answers its exit code.</summary>
    public async Task<int> StopAsync()
    {
        // The shell's own kill, since .NET can send no other signal than 9.
        using (var kill = Process.Start("sh", ["-c", $"kill -TERM {ProcessId}"]))
            await kill.WaitForExitAsync();
        using var patience = new CancellationTokenSource(Patience);
        await process!.WaitForExitAsync(patience.Token);
        var code = process.ExitCode;
        process.Dispose();
        process = null;
        return code;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(directory, recursive: true);
    }

    private void StartProcess(string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(Program).Assembly.Location, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in (IEnumerable<(string, string?)>)[.. Usual(), .. settings])
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value.Replace("{port}", port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private (string, string?)[] Usual() =>
    [
        ("ConnectionStrings__Support", world.AppConnectionString),
        ("ConnectionStrings__SupportSystem", world.SystemConnectionString),
        ("ConnectionStrings__SupportOwner", world.OwnerConnectionString),
        ("Operator__Key", World.OperatorKey),
        ("PORT", port.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ("DATA_DIR", directory),
        ("Metrics__Url", $"http://127.0.0.1:{port}"),
        // Or it would take other tests' deliveries into its hands, may not send them here, and is killed with them.
        ("Webhooks__Send", "false"),
        ("Mail__Send", "false"),
    ];

    private async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient();
        var waited = Stopwatch.StartNew();
        while (true)
        {
            if (process!.HasExited)
                Assert.Fail($"The node ended with {process.ExitCode} before it was ready:\n{Log}");
            try
            {
                using var answer = await http.GetAsync(new Uri(Url, "/health/ready"));
                if (answer.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Does not listen yet.
            }
            if (waited.Elapsed > Patience)
                Assert.Fail($"The node is not ready after {Patience}:\n{Log}");
            await Task.Delay(50);
        }
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (log)
            log.Add(line);
    }
}
