using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using System.Diagnostics;

namespace HeadlessSupport.Sdk.Tests.Server;

/// <summary>A program that a test started, with all that it says. It ends with the test at the latest.</summary>
internal sealed class Running : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> said = new();
    private readonly SemaphoreSlim more = new(0);

    private Running(Process process) => this.process = process;

    public string Said => string.Join('\n', said);

    public static Running Start(string folder, IReadOnlyDictionary<string, string> settings, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        // Neither what the API of the tests was started with, nor what the builds of this test run were.
        foreach (var name in start.Environment.Keys.Where(IsOurs).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in settings)
            start.Environment[name] = value;

        var running = new Running(new Process { StartInfo = start, EnableRaisingEvents = true });
        running.process.OutputDataReceived += running.Hear;
        running.process.ErrorDataReceived += running.Hear;
        running.process.Start();
        running.process.StandardInput.Close();
        running.process.BeginOutputReadLine();
        running.process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Runs a program to its end, which must be a good one, and answers what it said.</summary>
    public static async Task<string> ToEndAsync(string folder, string[] command, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? settings = null)
    {
        await using var running = Start(folder, settings ?? ReadOnlyDictionary<string, string>.Empty, command[0], command[1..]);
        return await running.EndedAsync(cancellationToken);
    }

    /// <summary>Waits until it has said a line of which this holds.</summary>
    public async Task SaysAsync(Func<string, bool> which, CancellationToken cancellationToken)
    {
        while (!said.Any(which))
        {
            Assert.False(process.HasExited, $"It ended:\n{Said}");
            await more.WaitAsync(cancellationToken);
        }
    }

    public async Task<string> EndedAsync(CancellationToken cancellationToken)
    {
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, $"{process.StartInfo.FileName} {string.Join(' ', process.StartInfo.ArgumentList)} ended with {process.ExitCode}:\n{Said}");
        return Said;
    }

    /// <summary>Asks it to end, as the system does, and waits until it has.</summary>
    public async Task<string> StopAsync(CancellationToken cancellationToken)
    {
        using var kill = Process.Start("kill", ["-TERM", process.Id.ToString()]);
        await kill.WaitForExitAsync(cancellationToken);
        return await EndedAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }

    private static bool IsOurs(string name) => name is "PORT" or "DATA_DIR" or "Profile"
        || name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)
        || name.Contains("__", StringComparison.Ordinal);

    private void Hear(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is not null)
            said.Enqueue(e.Data);
        // The end of the output wakes who waits for more, too.
        more.Release();
    }
}
