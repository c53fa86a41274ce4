using System.Globalization;
using System.Security.Cryptography;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>The files of one cluster: the cluster itself, its log, and what a killed start left behind.</summary>
internal sealed class ClusterFiles(string place)
{
    private const long LogLimit = 10 << 20;

    public string Cluster { get; } = Path.Combine(place, "cluster");

    public string Log { get; } = Path.Combine(place, "postgres.log");

    /// <summary>The major version that made the cluster; null where there is none.</summary>
    public int? MajorVersion =>
        Directory.Exists(Cluster)
            ? int.Parse(File.ReadAllText(Path.Combine(Cluster, "PG_VERSION")).Trim(), CultureInfo.InvariantCulture)
            : null;

    /// <summary>
    /// Makes the cluster beside its place and moves it there when it is whole. Each try has a folder of its own name,
    /// because the initdb of a killed start goes on for a while and must not meet the next one.
    /// </summary>
    public async Task CreateAsync(
        PostgresBinaries binaries, OsUser user, string superuserPassword, bool fsync, Action<string> progress, CancellationToken ct)
    {
        progress($"Creating a database cluster in {Cluster}");
        var unfinished = Path.Combine(place, $"unfinished-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        var cluster = Path.Combine(unfinished, "cluster");
        var passwordFile = Path.Combine(unfinished, "password");
        await user.MakePrivateFolderAsync(unfinished, ct);
        await user.WritePrivateFileAsync(passwordFile, superuserPassword, ct);
        string[] line =
        [
            binaries.Initdb, "-D", cluster, "--username=postgres", $"--pwfile={passwordFile}", "--auth=scram-sha-256",
            "--locale=C", "--encoding=UTF8", "--data-checksums", .. fsync ? Array.Empty<string>() : ["--no-sync"],
        ];
        var made = await user.RunAsync(line, ct);
        if (!made.Succeeded)
            throw new InvalidOperationException($"initdb of {binaries.Folder} could not create the cluster: {made.Output}");

        await user.WritePrivateFileAsync(Path.Combine(cluster, "pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n", ct);
        Directory.Move(cluster, Cluster);
        SweepUnfinished();
    }

    /// <summary>Keeps the log of a server that runs for months from filling the disk: two files of this size at most, as of each start.</summary>
    public void RotateLog()
    {
        if (File.Exists(Log) && new FileInfo(Log).Length > LogLimit)
            File.Move(Log, Log + ".1", overwrite: true);
    }

    public void SweepUnfinished()
    {
        foreach (var folder in Directory.GetDirectories(place, "unfinished-*"))
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                // A killed start's initdb is still writing there: a later start sweeps again.
            }
        }
    }
}
