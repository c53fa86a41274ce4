using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text.Json;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>
/// What <c>postgres.json</c> remembers between starts. It is written before the cluster is made,
/// so that no kill leaves a cluster whose passwords nobody knows.
/// </summary>
/// <param name="Place">Where cluster, binaries and log are: a full path, or one relative to the data folder so that the folder can be moved.</param>
/// <param name="Port">The port on 127.0.0.1 that was last used.</param>
/// <param name="Passwords">A password for each login.</param>
internal sealed record ClusterNote(string Place, int Port, ClusterPasswords Passwords)
{
    private const string FileName = "postgres.json";
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task<ClusterNote?> ReadAsync(string dataDirectory, CancellationToken ct)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
            return null;

        try
        {
            await using var file = File.OpenRead(path);
            var note = await JsonSerializer.DeserializeAsync<ClusterNote>(file, Json, ct);
            return note is { Place: not null, Passwords: { Superuser: not null, SupportOwner: not null, SupportApp: not null, SupportSystem: not null } }
                ? note
                : throw new JsonException("a member is missing.");
        }
        catch (JsonException e)
        {
            throw new InvalidOperationException($"{path} cannot be read ({e.Message}): restore it, since it holds the passwords of the cluster.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InvalidOperationException($"{path} belongs to another user: start this as the user that made it.", e);
        }
    }

    [UnsupportedOSPlatform("windows")]
    public async Task WriteAsync(string dataDirectory, CancellationToken ct)
    {
        var path = Path.Combine(dataDirectory, FileName);
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using (var file = new FileStream(temporary, options))
        {
            await JsonSerializer.SerializeAsync(file, this, Json, ct);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}

/// <summary>The passwords of the cluster's superuser and of the three logins.</summary>
internal sealed record ClusterPasswords(string Superuser, string SupportOwner, string SupportApp, string SupportSystem)
{
    public static ClusterPasswords Random() => new(One(), One(), One(), One());

    // Hexadecimal, so that a password needs no quoting in SQL, in a connection string or in a shell.
    private static string One() => RandomNumberGenerator.GetHexString(32, lowercase: true);
}
