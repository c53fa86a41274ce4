using System.Diagnostics;
using HeadlessSupport.Api.Platform.Database;

namespace HeadlessSupport.Api.Tests.Platform;

/// <summary>Stands in for the API where a test needs a process to kill: it starts a cluster, says so, and waits.</summary>
internal static class EmbeddedPostgresProgram
{
    private const string Ready = "ready";

    public static async Task<int> Main(string[] args)
    {
        try
        {
            await using var postgres = await EmbeddedPostgres.StartAsync(
                new EmbeddedPostgresOptions(args[0], Fsync: false), Console.WriteLine, CancellationToken.None);
            Console.WriteLine(Ready);
            await Console.In.ReadLineAsync();
            return 0;
        }
        catch (InvalidOperationException e)
        {
            Console.WriteLine(e.Message);
            return 1;
        }
    }

    public static Process Start(string dataDirectory)
    {
        var dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        var start = new ProcessStartInfo(dotnet, [typeof(EmbeddedPostgresProgram).Assembly.Location, dataDirectory])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        return Process.Start(start)!;
    }

    public static async Task WaitUntilReadyAsync(this Process program)
    {
        while (await program.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == Ready)
                return;
        }

        throw new InvalidOperationException("The program ended before its cluster was ready.");
    }
}
