using System.ComponentModel;
using System.Diagnostics;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>Runs a short program to its end and keeps what it said.</summary>
internal static class Command
{
    public static async Task<CommandResult> RunAsync(
        IReadOnlyList<string> line, CancellationToken ct, string input = "", string directory = "/", bool cleanEnvironment = false)
    {
        var start = Describe(line, directory, cleanEnvironment);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            return new CommandResult(127, $"{line[0]}: {e.Message}");
        }

        using (process)
        {
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(ct);
                var errors = process.StandardError.ReadToEndAsync(ct);
                await WriteInputAsync(process, input, ct);
                var said = await Task.WhenAll(output, errors);
                await process.WaitForExitAsync(ct);
                return new CommandResult(process.ExitCode, string.Concat(said).Trim());
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
                throw;
            }
        }
    }

    public static ProcessStartInfo Describe(IReadOnlyList<string> line, string directory, bool cleanEnvironment)
    {
        // The runtime looks beside its own executable and in the current folder before PATH; only PATH is meant.
        var start = new ProcessStartInfo(Find(line[0]) ?? line[0]) { WorkingDirectory = directory, UseShellExecute = false };
        foreach (var argument in line.Skip(1))
            start.ArgumentList.Add(argument);
        if (cleanEnvironment)
            KeepOnlyWhatPostgresNeeds(start);
        return start;
    }

    /// <summary>The full path of a program on PATH, or null.</summary>
    public static string? Find(string program) =>
        program.Contains('/')
            ? program
            : SearchPath().Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    public static IEnumerable<string> SearchPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified);

    // The server may run as another user, who has no business with our connection strings and API keys;
    // and PGPORT, PGDATA or a translated message would change what we tell it and what we read back.
    private static void KeepOnlyWhatPostgresNeeds(ProcessStartInfo start)
    {
        var kept = new[] { "PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH" }
            .Select(name => (name, value: Environment.GetEnvironmentVariable(name)))
            .Where(variable => variable.value is not null)
            .ToList();
        start.Environment.Clear();
        foreach (var (name, value) in kept)
            start.Environment[name] = value;
        start.Environment["LC_ALL"] = "C";
    }

    private static async Task WriteInputAsync(Process process, string input, CancellationToken ct)
    {
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A program that ended without reading says why in its exit code and output.
        }
    }
}

/// <summary>How a program ended and what it wrote to both of its streams.</summary>
internal readonly record struct CommandResult(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;
}
