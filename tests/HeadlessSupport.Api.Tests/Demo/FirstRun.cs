using System.Diagnostics;
using System.Text.Json;

namespace HeadlessSupport.Api.Tests.Demo;

/// <summary>The program as <c>./run</c> starts it, with a data folder and a PostgreSQL of its own.</summary>
internal sealed class FirstRun : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly int port = World.FreePort();
    private readonly List<string> lines = [];
    private Process? process;

    public FirstRun()
    {
        // PostgreSQL may run as another user, who must be able to come here.
        File.SetUnixFileMode(Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public string Data { get; } = Directory.CreateTempSubdirectory("headless-support-demo-").FullName;

    public Uri Url => new($"http://127.0.0.1:{port}");

    public string DemoFile => Path.Combine(Data, "demo.json");

    public JsonElement Demo => JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(DemoFile));

    public string Printed
    {
        get
        {
            lock (lines)
                return string.Join('\n', lines);
        }
    }

    /// <summary>Whether a PostgreSQL still works in the data folder.</summary>
    public bool LeftPostgres => Directory.GetFiles(Data, "postmaster.pid", SearchOption.AllDirectories).Length > 0;

    /// <summary>A client with the key of one of the demo's organizations.</summary>
    public Api Api(int organization, string key = "api_key") => new(Url, Demo.GetProperty("organizations")[organization].Text(key));

    public void Start(string profile, params string[] arguments)
    {
        lock (lines)
            lines.Clear();
        // A shell that runs the tests in the background has them ignore SIGINT, and so would this.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", typeof(Program).Assembly.Location, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The world's settings are in this process's environment, and this one is to have none of them.
        foreach (var name in start.Environment.Keys.Where(k => k.Contains("__", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["Profile"] = profile;
        start.Environment["PORT"] = port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        start.Environment["DATA_DIR"] = Data;
        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public async Task WaitForAsync(string text)
    {
        for (var waited = Stopwatch.StartNew(); !Printed.Contains(text, StringComparison.Ordinal); await Task.Delay(5))
        {
            if (waited.Elapsed > Patience || process!.HasExited)
                Assert.Fail($"'{text}' was not printed:\n{Printed}");
        }
    }

    public async Task WaitUntilLiveAsync()
    {
        using var http = new HttpClient();
        for (var waited = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
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
            if (waited.Elapsed > Patience || process!.HasExited)
                Assert.Fail($"It is not ready:\n{Printed}");
        }
    }

    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Tells it to stop; answers the exit code.</summary>
    public async Task<int> StopAsync(string signal = "TERM")
    {
        using (var kill = Process.Start("sh", ["-c", $"kill -{signal} {process!.Id}"]))
            await kill.WaitForExitAsync();
        return await WaitForEndAsync();
    }

    /// <summary>Waits for its end; answers the exit code.</summary>
    public async Task<int> WaitForEndAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        await process!.WaitForExitAsync(patience.Token);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
            await StopAsync();
        process?.Dispose();
        EndPostgres();
        Directory.Delete(Data, recursive: true);
    }

    // A failed test may leave a server behind. Only one that works in this folder is ours to end.
    private void EndPostgres()
    {
        foreach (var file in Directory.GetFiles(Data, "postmaster.pid", SearchOption.AllDirectories))
        {
            var id = File.ReadLines(file).First();
            if (new FileInfo($"/proc/{id}/cwd").LinkTarget != Path.GetDirectoryName(file))
                continue;
            using var server = Process.GetProcessById(int.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
            server.Kill();
            server.WaitForExit();
        }
    }

    private void Note(string? line)
    {
        if (line is null)
            return;
        lock (lines)
            lines.Add(line);
    }
}
