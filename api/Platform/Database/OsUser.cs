using System.Globalization;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>
/// The operating-system user that PostgreSQL runs as. PostgreSQL refuses root, so root steps down
/// to <c>postgres</c>, to a user of our own, or to whoever owns the cluster already.
/// </summary>
internal sealed class OsUser
{
    private const string OwnUser = "headless-support";
    private readonly string[] stepDown;
    private readonly string[] ownership;

    private OsUser(string[] stepDown, string[] ownership)
    {
        this.stepDown = stepDown;
        this.ownership = ownership;
    }

    public static async Task<OsUser> ChooseAsync(Action<string> progress, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
            return new OsUser([], []);
        if (!OperatingSystem.IsLinux())
            throw new InvalidOperationException("PostgreSQL does not run as root: start this as a normal user.");

        return await FindAsync("postgres", ct) ?? await FindAsync(OwnUser, ct) ?? await CreateAsync(progress, ct);
    }

    /// <summary>The user that made a cluster: only that user may serve it, whoever starts us today.</summary>
    public static async Task<OsUser> OwnerOfAsync(string cluster, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
            return new OsUser([], []);

        var owner = await Command.RunAsync(["stat", "-c", "%u:%g", cluster], ct);
        var ids = owner.Output.Split(':');
        if (!owner.Succeeded || ids is not [var uid, var gid] || uid == "0")
            throw new InvalidOperationException($"The owner of {cluster} cannot serve it ({owner.Output}): PostgreSQL needs a folder of a user other than root.");
        return StepDownTo(uid, gid);
    }

    public Task<CommandResult> RunAsync(IReadOnlyList<string> line, CancellationToken ct, string input = "") =>
        Command.RunAsync(As(line), ct, input, cleanEnvironment: true);

    /// <summary>The command line that runs <paramref name="line"/> as this user.</summary>
    public IReadOnlyList<string> As(IReadOnlyList<string> line) => [.. stepDown, .. line];

    /// <summary>Whether this user may pass through every parent of a folder and the folder itself.</summary>
    public async Task<bool> CanReachAsync(string folder, CancellationToken ct) =>
        (await RunAsync(["sh", "-c", "test -x \"$0\"", folder], ct)).Succeeded;

    public async Task<bool> CanWriteAsync(string folder, CancellationToken ct) =>
        (await RunAsync(["sh", "-c", "test -x \"$0\" && test -w \"$0\"", folder], ct)).Succeeded;

    /// <summary>Makes a folder that belongs to this user alone. Parents stay as they are.</summary>
    public async Task MakePrivateFolderAsync(string folder, CancellationToken ct)
    {
        var made = await Command.RunAsync(["install", "-d", "-m", "700", .. ownership, folder], ct);
        if (!made.Succeeded)
            throw new InvalidOperationException($"The folder {folder} for PostgreSQL could not be made: {made.Output}");
    }

    public async Task WritePrivateFileAsync(string path, string content, CancellationToken ct)
    {
        var written = await RunAsync(["sh", "-c", "umask 077 && cat > \"$0\"", path], ct, content);
        if (!written.Succeeded)
            throw new InvalidOperationException($"{path} could not be written: {written.Output}");
    }

    private static async Task<OsUser?> FindAsync(string name, CancellationToken ct)
    {
        // name:password:uid:gid:…
        var entry = await Command.RunAsync(["getent", "passwd", name], ct);
        return entry.Succeeded && entry.Output.Split(':') is [_, _, var uid, var gid, ..] ? StepDownTo(uid, gid) : null;
    }

    private static async Task<OsUser> CreateAsync(Action<string> progress, CancellationToken ct)
    {
        progress($"Creating the system user {OwnUser}, because PostgreSQL does not run as root");
        var created = await Command.RunAsync(
            ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", OwnUser], ct);
        return await FindAsync(OwnUser, ct)
            ?? throw new InvalidOperationException(
                $"PostgreSQL does not run as root and the system user {OwnUser} could not be created ({created.Output}): create it, or start this as a normal user.");
    }

    private static OsUser StepDownTo(string uid, string gid)
    {
        if (Command.Find("setpriv") is null)
            throw new InvalidOperationException("PostgreSQL does not run as root and setpriv is missing: install util-linux, or start this as a normal user.");
        _ = uint.Parse(uid, CultureInfo.InvariantCulture);
        return new OsUser(["setpriv", $"--reuid={uid}", $"--regid={gid}", "--clear-groups"], ["-o", uid, "-g", gid]);
    }
}
