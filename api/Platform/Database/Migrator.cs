using Hangfire.PostgreSql;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>Brings the database to what this program needs; any number of nodes may try at once.</summary>
internal sealed class Migrator(DatabaseSettings settings, IKeyManager keys, TimeProvider time)
{
    private static readonly TimeSpan FirstKeyLifetime = TimeSpan.FromDays(90);

    // Any number of ours: it only has to be the same on every node.
    private const long Lock = 0x48454144_4C455353;

    /// <summary>Migrates as the owner, or without the owner's login makes sure that nothing is missing.</summary>
    /// <exception cref="InvalidOperationException">Migrations are missing and this node may not apply them.</exception>
    public async Task PrepareAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        if (settings.Owner is null)
            await CheckAsync(cancellationToken);
        else
            await MigrateAsync(settings.Owner, progress, cancellationToken);
    }

    /// <summary>Names of migrations that the database lacks, as the system login sees it.</summary>
    public async Task<IReadOnlyList<string>> MissingAsync(CancellationToken cancellationToken)
    {
        await using var db = new SupportDb(Options(settings.System));
        var known = db.GetService<IMigrationsAssembly>().Migrations.Keys;
        await using var source = NpgsqlDataSource.Create(settings.System);
        await using var command = source.CreateCommand("select migration_id from __ef_migrations_history");
        var applied = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
                applied.Add(reader.GetString(0));
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InsufficientPrivilege)
        {
            // Never migrated.
        }
        return [.. known.Where(m => !applied.Contains(m))];
    }

    internal static DbContextOptions<SupportDb> Options(string connectionString) => new DbContextOptionsBuilder<SupportDb>()
        .UseNpgsql(connectionString, npgsql => npgsql.MigrationsHistoryTable("__ef_migrations_history"))
        .UseSnakeCaseNamingConvention().Options;

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        var missing = await MissingAsync(cancellationToken);
        if (missing.Count > 0)
            throw new InvalidOperationException($"The database lacks {missing.Count} migrations ({missing[0]} …): run ./run migrate with ConnectionStrings__SupportOwner set.");
    }

    private async Task MigrateAsync(string owner, Action<string> progress, CancellationToken cancellationToken)
    {
        // Without a pool, which would keep the session and its lock when the connection is closed: then closing gives the
        // lock back, however this ends, and the owner's login stays nowhere.
        owner = new NpgsqlConnectionStringBuilder(owner) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(owner);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_lock({Lock})", cancellationToken);
        await EnsureLoginAsync(connection, settings.App, settings.IsDerived(SupportLogins.App), cancellationToken);
        await EnsureLoginAsync(connection, settings.System, settings.IsDerived(SupportLogins.System), cancellationToken);
        await using var db = new SupportDb(Options(owner));
        db.Database.SetCommandTimeout(TimeSpan.FromHours(1));
        var pending = (await db.Database.GetPendingMigrationsAsync(cancellationToken)).ToList();
        if (pending.Count > 0)
            progress($"Migrating the database ({pending.Count} to apply)");
        await db.Database.MigrateAsync(cancellationToken);
        await InstallHangfireAsync(connection, cancellationToken);
        await ExecuteAsync(connection, "grant select on __ef_migrations_history to support_app, support_system; select make_event_partitions(3)", cancellationToken);
        // While nobody else can: nodes that each made a first key of their own would not know the others' for a day.
        if (keys.GetAllKeys().Count == 0)
            keys.CreateNewKey(time.GetUtcNow(), time.GetUtcNow() + FirstKeyLifetime);
    }

    // As a non-owner Hangfire's own preparation fails silently, so the owner does it, and grants what the app needs.
    private static async Task InstallHangfireAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        PostgreSqlObjectsInstaller.Install(connection, "hangfire");
        await ExecuteAsync(connection, """
            grant usage on schema hangfire to support_app;
            grant select, insert, update, delete on all tables in schema hangfire to support_app;
            grant usage, select on all sequences in schema hangfire to support_app;
            """, cancellationToken);
    }

    private static async Task EnsureLoginAsync(NpgsqlConnection connection, string connectionString, bool derived, CancellationToken cancellationToken)
    {
        var wanted = new NpgsqlConnectionStringBuilder(connectionString);
        if (wanted.Username is not (SupportLogins.App or SupportLogins.System))
            throw new InvalidOperationException($"The logins must be called {SupportLogins.App} and {SupportLogins.System}, since the row-security policies name them; {wanted.Username} is set.");
        await using var exists = new NpgsqlCommand("select 1 from pg_roles where rolname = $1", connection) { Parameters = { new() { Value = wanted.Username } } };
        var isThere = await exists.ExecuteScalarAsync(cancellationToken) is not null;
        // A login that exists keeps its password, unless that is made from the owner's, which may be a new one.
        if (isThere && !derived)
            return;
        var statement = isThere ? "alter role %I password %L" : "create role %I login nosuperuser nobypassrls nocreatedb nocreaterole password %L";
        // DDL takes no parameters: the server quotes the password itself.
        await using var quote = new NpgsqlCommand($"select format('{statement}', $1, $2)", connection)
        {
            Parameters = { new() { Value = wanted.Username }, new() { Value = wanted.Password ?? "" } },
        };
        var create = (string)(await quote.ExecuteScalarAsync(cancellationToken))!;
        await ExecuteAsync(connection, create, cancellationToken);
        await ExecuteAsync(connection, $"grant connect on database \"{connection.Database.Replace("\"", "\"\"", StringComparison.Ordinal)}\" to {wanted.Username}", cancellationToken);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>For <c>dotnet ef migrations add</c>, which needs the model and no database.</summary>
internal sealed class DesignTimeDb : Microsoft.EntityFrameworkCore.Design.IDesignTimeDbContextFactory<SupportDb>
{
    public SupportDb CreateDbContext(string[] args) => new(Migrator.Options("Host=127.0.0.1;Database=none"));
}
