using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>
/// A PostgreSQL cluster of our own for first runs and tests: made on the first start, found again on the next,
/// reachable only from this machine, stopped by <see cref="DisposeAsync"/>. One process at a time may hold it.
/// Whatever moment a start or a run is killed at, the next start recovers and keeps what was committed.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string OutsidePlaces = "/var/lib/headless-support";
    private readonly Postmaster postmaster;
    private readonly List<FileStream> locks;
    private bool disposed;

    private EmbeddedPostgres(Postmaster postmaster, List<FileStream> locks, string clusterDirectory, string database, ClusterPasswords passwords)
    {
        this.postmaster = postmaster;
        this.locks = locks;
        ClusterDirectory = clusterDirectory;
        OwnerConnectionString = ServerPlan.ConnectionString(Port, database, SupportLogins.Owner, passwords.SupportOwner);
        AppLoginConnectionString = ServerPlan.ConnectionString(Port, database, SupportLogins.App, passwords.SupportApp);
        SystemLoginConnectionString = ServerPlan.ConnectionString(Port, database, SupportLogins.System, passwords.SupportSystem);
    }

    /// <summary>Login <c>support_owner</c>: owns the database, migrates, manages the other two logins.</summary>
    public string OwnerConnectionString { get; }

    /// <summary>Login <c>support_app</c>: owns nothing and cannot pass row-level security.</summary>
    public string AppLoginConnectionString { get; }

    /// <summary>Login <c>support_system</c>: crosses organizations where a policy names it.</summary>
    public string SystemLoginConnectionString { get; }

    /// <summary>The port on 127.0.0.1. It stays the same from start to start unless something else takes it.</summary>
    public int Port => postmaster.Port;

    /// <summary>The server's process id.</summary>
    public int ProcessId => postmaster.Id;

    /// <summary>PostgreSQL's data directory; <c>postgres.log</c> is beside it.</summary>
    public string ClusterDirectory { get; }

    /// <summary>
    /// Starts the cluster of a data folder, making it first where there is none.
    /// <paramref name="progress"/> gets short sentences for a person who waits.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something is missing or in the way; the message says what to do.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, Action<string> progress, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(progress);
        if (OperatingSystem.IsWindows())
            throw new InvalidOperationException("The embedded PostgreSQL does not run on Windows: set ConnectionStrings__Support to a server, or use WSL.");

        var held = new List<FileStream>();
        try
        {
            var dataDirectory = await MakeDataDirectoryAsync(options.DataDirectory, ct);
            held.Add(await FolderLock.TakeAsync(dataDirectory, ct));
            return await StartLockedAsync(options with { DataDirectory = dataDirectory }, held, progress, ct);
        }
        catch
        {
            held.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>Stops PostgreSQL, rolling back what is open and keeping what is committed, and waits for its end.</summary>
    /// <exception cref="InvalidOperationException">PostgreSQL does not stop.</exception>
    public async ValueTask DisposeAsync()
    {
        if (disposed)
            return;
        disposed = true;
        try
        {
            await postmaster.StopAsync();
        }
        finally
        {
            locks.ForEach(file => file.Dispose());
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static async Task<EmbeddedPostgres> StartLockedAsync(
        EmbeddedPostgresOptions options, List<FileStream> held, Action<string> progress, CancellationToken ct)
    {
        var data = options.DataDirectory;
        var note = await ClusterNote.ReadAsync(data, ct);
        var cluster = Path.Combine(data, note?.Place ?? "postgres", "cluster");
        if (note is null && Directory.Exists(cluster))
            throw new InvalidOperationException($"{cluster} is there but postgres.json with its passwords is not: restore postgres.json, or move the cluster away to begin anew.");

        var user = Directory.Exists(cluster) ? await OsUser.OwnerOfAsync(cluster, ct) : await OsUser.ChooseAsync(progress, ct);
        if (note is null)
        {
            note = new ClusterNote(await ChoosePlaceAsync(data, user, ct), 0, ClusterPasswords.Random());
            await note.WriteAsync(data, ct);
        }

        var place = Path.Combine(data, note.Place);
        await PreparePlaceAsync(place, user, ct);
        // A copied data folder names the same place as the original.
        if (Path.IsPathRooted(note.Place))
            held.Add(await FolderLock.TakeAsync(place, ct));

        var files = new ClusterFiles(place);
        files.SweepUnfinished();
        var binaries = await PostgresBinaries.FindAsync(options.Binaries, files.MajorVersion, user, place, progress, ct);
        if (files.MajorVersion is null)
            await files.CreateAsync(binaries, user, note.Passwords.Superuser, options.Fsync, progress, ct);
        files.RotateLog();

        var plan = new ServerPlan(user, binaries, files.Cluster, files.Log, note.Passwords.Superuser, options.Fsync);
        var server = await Postmaster.StartOrAdoptAsync(plan, note.Port, progress, ct);
        try
        {
            if (server.Port != note.Port)
                await (note with { Port = server.Port }).WriteAsync(data, ct);
            await SupportLogins.EnsureAsync(plan.SuperuserConnectionString(server.Port), options.DatabaseName, note.Passwords, ct);
            progress($"PostgreSQL {binaries.Version} is ready on port {server.Port}");
            return new EmbeddedPostgres(server, held, files.Cluster, options.DatabaseName, note.Passwords);
        }
        catch
        {
            await server.StopAsync();
            throw;
        }
    }

    private static async Task<string> MakeDataDirectoryAsync(string folder, CancellationToken ct)
    {
        try
        {
            Directory.CreateDirectory(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The data folder {folder} cannot be made ({e.Message}): set DATA_DIR to a folder that can.", e);
        }

        // A server is recognized by the folder it works in, which the kernel tells without symbolic links.
        var physical = await Command.RunAsync(["sh", "-c", "pwd -P"], ct, directory: Path.GetFullPath(folder));
        return physical.Succeeded ? physical.Output : throw new InvalidOperationException($"The data folder {folder} cannot be entered: {physical.Output}");
    }

    /// <summary>Inside the data folder where the database's user can reach it; a clone under /root it cannot.</summary>
    private static async Task<string> ChoosePlaceAsync(string data, OsUser user, CancellationToken ct)
    {
        if (await user.CanReachAsync(data, ct))
            return "postgres";
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)));
        return Path.Combine(OutsidePlaces, hash[..16]);
    }

    private static async Task PreparePlaceAsync(string place, OsUser user, CancellationToken ct)
    {
        if (Path.GetDirectoryName(place) == OutsidePlaces && !Directory.Exists(OutsidePlaces))
            await Command.RunAsync(["install", "-d", "-m", "755", OutsidePlaces], ct);
        await user.MakePrivateFolderAsync(place, ct);
        if (!await user.CanReachAsync(place, ct))
            throw new InvalidOperationException($"{place} cannot be reached by the user that owns it: open its parent folders to others again, or set DATA_DIR to another folder.");
    }
}
