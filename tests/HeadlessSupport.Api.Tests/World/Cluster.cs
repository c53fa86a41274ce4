using HeadlessSupport.Api.Platform.Database;
using Npgsql;

namespace HeadlessSupport.Api.Tests;

/// <summary>A PostgreSQL of a test's own with nothing in it, which can be stopped and started again.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private readonly string directory = Directory.CreateTempSubdirectory("headless-support-cluster-").FullName;
    private EmbeddedPostgres? postgres;

    public string OwnerConnectionString => postgres!.OwnerConnectionString;

    /// <summary>What a node is to be started with, so that it works here.</summary>
    public (string Name, string? Value)[] Settings =>
    [
        ("ConnectionStrings__Support", postgres!.AppLoginConnectionString),
        ("ConnectionStrings__SupportSystem", postgres.SystemLoginConnectionString),
        ("ConnectionStrings__SupportOwner", postgres.OwnerConnectionString),
    ];

    public Task InitializeAsync()
    {
        // PostgreSQL may run as another user, who must be able to come here.
        File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return StartAsync();
    }

    /// <summary>Starts it, on the same port where it ran before.</summary>
    public async Task StartAsync() => postgres = await EmbeddedPostgres.StartAsync(new(directory, Fsync: false), _ => { }, CancellationToken.None);

    public ValueTask StopAsync() => postgres!.DisposeAsync();

    /// <summary>Makes an empty database and answers the settings of a node that works in it.</summary>
    public async Task<(string Name, string? Value)[]> NewDatabaseAsync()
    {
        var name = "d" + Guid.CreateVersion7().ToString("N");
        var (superuser, passwords) = await SuperuserOfAsync(directory);
        await SupportLogins.EnsureAsync(superuser, name, passwords, CancellationToken.None);
        return [.. Settings.Select(s => (s.Name, (string?)new NpgsqlConnectionStringBuilder(s.Value) { Database = name }.ConnectionString))];
    }

    /// <summary>A connection that nothing holds back, to the database of a cluster in this folder.</summary>
    internal static async Task<NpgsqlConnection> OpenAsSuperuserAsync(string dataDirectory, string database = "support")
    {
        var (superuser, _) = await SuperuserOfAsync(dataDirectory);
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(superuser) { Database = database }.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public async Task<NpgsqlConnection> OpenAsSuperuserAsync() => await OpenAsSuperuserAsync(directory);

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    private static async Task<(string ConnectionString, ClusterPasswords Passwords)> SuperuserOfAsync(string dataDirectory)
    {
        var note = (await ClusterNote.ReadAsync(dataDirectory, CancellationToken.None))!;
        return (ServerPlan.ConnectionString(note.Port, "postgres", "postgres", note.Passwords.Superuser, pooled: false), note.Passwords);
    }
}
