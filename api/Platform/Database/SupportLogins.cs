using System.Globalization;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>
/// The database and its three logins: the owner migrates, the app serves one organization at a time,
/// the system login crosses organizations by policy. Safe to run on every start.
/// </summary>
internal static class SupportLogins
{
    public const string Owner = "support_owner";
    public const string App = "support_app";
    public const string System = "support_system";

    public static async Task EnsureAsync(string superuserConnectionString, string database, ClusterPasswords passwords, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(superuserConnectionString);
        await connection.OpenAsync(ct);
        await RunAsync(connection, OneAtATimeSql, ct);
        await RunAsync(connection, RolesSql(passwords), ct);
        if (connection.PostgreSqlVersion.Major >= 16)
            await RunAsync(connection, ManageRolesSql, ct);
        if (!await ExistsAsync(connection, database, ct))
            await RunAsync(connection, $"create database {Quoted(database)} owner {Owner}", ct);
        await RunAsync(connection, AccessSql(Quoted(database)), ct);
    }

    // In a server that was taken over, the statement of the killed process may still be running: its session
    // holds this lock until that statement ends. CREATE DATABASE rules out a transaction, hence the session's lock.
    private const string OneAtATimeSql = "select pg_advisory_lock(727831)";

    private static string RolesSql(ClusterPasswords passwords) => $"""
        do $$
        declare
            login text;
        begin
            foreach login in array array['{Owner}', '{App}', '{System}'] loop
                if not exists (select from pg_roles where rolname = login) then
                    execute format('create role %I', login);
                end if;
            end loop;
        end $$;
        alter role {Owner} login nosuperuser createrole nocreatedb nobypassrls noreplication password '{passwords.SupportOwner}';
        alter role {App} login nosuperuser nocreaterole nocreatedb nobypassrls noreplication noinherit password '{passwords.SupportApp}';
        alter role {System} login nosuperuser nocreaterole nocreatedb nobypassrls noreplication noinherit password '{passwords.SupportSystem}';
        """;

    // From 16 on CREATEROLE reaches only roles it was given. Without INHERIT and SET the owner stays as outside
    // the policies of the other two as it is on 15.
    private const string ManageRolesSql = $"""
        grant {App}, {System} to {Owner} with admin true, inherit false, set false;
        """;

    private static string AccessSql(string database) => $"""
        alter database {database} owner to {Owner};
        revoke connect on database {database}, postgres, template1 from public;
        grant connect on database {database} to {Owner}, {App}, {System};
        """;

    private static async Task<bool> ExistsAsync(NpgsqlConnection connection, string database, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select exists (select from pg_database where datname = $1)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = database });
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static string Quoted(string identifier) => $"\"{identifier.Replace("\"", "\"\"")}\"";
}
