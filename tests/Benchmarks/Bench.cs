using System.Runtime.InteropServices;
using HeadlessSupport.Api.Platform.Database;

namespace HeadlessSupport.Benchmarks;

/// <summary>Starts what is to be measured, and takes it away again. With the argument <c>ceiling</c> it is that process.</summary>
internal static class Bench
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["ceiling", var port])
        {
            await Ceiling.RunAsync(Environment.GetEnvironmentVariable("CEILING_DATABASE")!, int.Parse(port));
            return 0;
        }
        if (args is ["sdk-server", var sdkPort])
        {
            await SdkOverhead.ServeAsync(int.Parse(sdkPort));
            return 0;
        }
        if (!OperatingSystem.IsLinux())
        {
            Console.Error.WriteLine("The benchmark reads what it measures from /proc, so it runs on Linux only.");
            return 1;
        }
        if (Plan.Read(args) is not { } plan)
        {
            Console.Error.WriteLine("Usage: tests/bench [short] [--tickets N] [--seconds S] [--rounds R] [--only NAME] [--connections N]");
            return 1;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var folder = Directory.CreateTempSubdirectory("headless-support-bench-").FullName;
        // PostgreSQL may run as another user, who must be able to come here.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        try
        {
            if (plan.OnlySdk)
            {
                foreach (var line in await SdkOverhead.MeasureAsync(stop.Token))
                    Console.WriteLine(line);
                return 0;
            }
            await using var postgres = await EmbeddedPostgres.StartAsync(new(folder), Console.WriteLine, stop.Token);
            await Runs.RunAsync(plan, postgres, folder, stop.Token);
            return 0;
        }
        catch
        {
            // What the servers said about it goes with the folder.
            foreach (var line in Directory.GetFiles(folder, "*.log").SelectMany(File.ReadLines).Where(l => l.Contains("Exception", StringComparison.Ordinal)).TakeLast(5))
                Console.Error.WriteLine(line);
            throw;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
