using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Api.Tests.Docs;

/// <summary>The commands of a page, pasted into one shell from the top as its reader would.</summary>
internal sealed partial class Pasted
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private Pasted(string output, int exitCode, IReadOnlyList<int> statuses)
    {
        Output = output;
        ExitCode = exitCode;
        Statuses = statuses;
    }

    /// <summary>What the commands printed, and what they said of errors.</summary>
    public string Output { get; }

    public int ExitCode { get; }

    /// <summary>What the API answered, in order: curl itself succeeds whatever the answer is.</summary>
    public IReadOnlyList<int> Statuses { get; }

    /// <summary>Runs the <c>sh</c> blocks of a page in a folder whose <c>.data</c> is the data folder, with only the port exchanged.</summary>
    public static async Task<Pasted> RunAsync(string page, string data, Uri url)
    {
        var commands = string.Join('\n', Blocks().Matches(Repository.Read(page)).Select(m => m.Groups["commands"].Value));
        Assert.Contains("http://127.0.0.1:5080", commands, StringComparison.Ordinal);
        var folder = Directory.CreateTempSubdirectory("headless-support-docs-").FullName;
        try
        {
            File.CreateSymbolicLink(Path.Combine(folder, ".data"), data);
            var script = "set -euo pipefail\ncurl() { command curl -w '%{stderr}\\nstatus %{http_code}\\n' \"$@\" 2>> statuses; }\n"
                + commands.Replace("127.0.0.1:5080", url.Authority, StringComparison.Ordinal);
            var start = new ProcessStartInfo("bash", ["-c", script])
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var shell = Process.Start(start)!;
            using var patience = new CancellationTokenSource(Patience);
            var error = shell.StandardError.ReadToEndAsync(patience.Token);
            var output = await shell.StandardOutput.ReadToEndAsync(patience.Token);
            await shell.WaitForExitAsync(patience.Token);
            var said = Path.Combine(folder, "statuses");
            var statuses = File.Exists(said) ? await File.ReadAllTextAsync(said, patience.Token) : "";
            return new(output + await error + statuses, shell.ExitCode, [.. Status().Matches(statuses).Select(m => int.Parse(m.Groups["code"].Value, CultureInfo.InvariantCulture))]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex("^```sh\n(?<commands>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blocks();

    [GeneratedRegex("^status (?<code>[0-9]{3})$", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Status();
}
