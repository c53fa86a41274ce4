using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using HeadlessSupport.Api.Platform.Database;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Platform;

[UnsupportedOSPlatform("windows")]
public sealed class EmbeddedPostgresTests : IAsyncLifetime
{
    private readonly List<string> folders = [];
    private readonly List<string> said = [];
    private string data = "";

    public Task InitializeAsync()
    {
        data = NewFolder(Path.GetTempPath());
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var folder in folders.Where(Directory.Exists))
        {
            // A failed test leaves a server behind. Only one that works in this folder is ours to end.
            foreach (var cluster in Directory.GetFiles(folder, "postmaster.pid", SearchOption.AllDirectories))
            {
                if (new FileInfo($"/proc/{ProcessIn(cluster)}/cwd").LinkTarget == Path.GetDirectoryName(cluster))
                    await KillAsync(ProcessIn(cluster));
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_second_start_finds_the_data_the_port_and_the_passwords_of_the_first()
    {
        string owner;
        await using (var first = await StartAsync())
        {
            owner = first.OwnerConnectionString;
            await RunAsync(owner, "create table kept (id int); insert into kept values (1)");
        }

        await using var second = await StartAsync();

        Assert.Equal(owner, second.OwnerConnectionString);
        Assert.Equal(1L, await RunAsync(owner, "select count(*) from kept"));
        Assert.Contains(said, line => line.StartsWith("Creating a database cluster in", StringComparison.Ordinal));
        Assert.Contains(said, line => line.EndsWith($"is ready on port {second.Port}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Three_logins_have_what_they_need_and_no_more()
    {
        await using var postgres = await StartAsync();
        await RunAsync(postgres.OwnerConnectionString, """
            create extension pg_trgm;
            create table tickets (id int);
            create role support_search nologin;
            alter role support_app connection limit 50;
            alter role support_system connection limit 50;
            """);

        foreach (var login in new[] { postgres.AppLoginConnectionString, postgres.SystemLoginConnectionString })
        {
            await RunAsync(login, "select 1");
            foreach (var forbidden in new[]
            {
                "select * from tickets", "create table mine (id int)", "create role mine", "create database mine", "alter system set fsync = off",
                "select pg_read_file('postgresql.conf')", "alter role support_owner password 'x'", "set role support_owner", "copy (select 1) to program 'true'",
            })
                await RefusedAsync(login, forbidden, PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.WrongObjectType);
            await RefusedAsync(login.Replace("Database=support", "Database=postgres"), "select 1", PostgresErrorCodes.InsufficientPrivilege);
            await RefusedAsync(new NpgsqlConnectionStringBuilder(login) { Password = "guess" }.ConnectionString, "select 1", PostgresErrorCodes.InvalidPassword);
        }

        await RefusedAsync(postgres.OwnerConnectionString, "create role boss superuser", PostgresErrorCodes.InsufficientPrivilege);
        Assert.Equal(0L, await RunAsync(postgres.OwnerConnectionString, "select count(*) from pg_roles where rolname like 'support%' and (rolsuper or rolbypassrls or rolcreatedb)"));
        Assert.False((bool?)await RunAsync(postgres.OwnerConnectionString, "select pg_has_role('support_owner', 'support_system', 'usage')"));
    }

    [Fact]
    public async Task The_server_listens_on_loopback_only_and_keeps_its_secrets_private()
    {
        await using var postgres = await StartAsync();

        Assert.Equal("127.0.0.1|UTC|UTF8|on|C", await RunAsync(postgres.OwnerConnectionString, """
            select concat_ws('|', current_setting('listen_addresses'), current_setting('timezone'),
                current_setting('server_encoding'), current_setting('data_checksums'),
                (select datcollate from pg_database where datname = 'support'))
            """));
        Assert.Equal(["", "127.0.0.1"], File.ReadLines(Path.Combine(postgres.ClusterDirectory, "postmaster.pid")).Skip(4).Take(2));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(data, "postgres.json")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(postgres.ClusterDirectory)!));
        Assert.Equal("host all all 127.0.0.1/32 scram-sha-256\n", await File.ReadAllTextAsync(Path.Combine(postgres.ClusterDirectory, "pg_hba.conf")));
        Assert.Empty(Directory.GetFiles(data, "password", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Fsync_is_on_unless_a_test_turns_it_off()
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(new(data, DatabaseName: "other \"one\""), said.Add, CancellationToken.None);

        Assert.Equal("on|on|other \"one\"", await RunAsync(postgres.OwnerConnectionString, "select concat_ws('|', current_setting('fsync'), current_setting('full_page_writes'), current_database())"));
    }

    [Fact]
    public async Task A_kill_of_everything_loses_nothing_committed()
    {
        var first = await StartAsync();
        var owner = first.OwnerConnectionString;
        await RunAsync(owner, "create table kept (id int)");
        await using var open = new NpgsqlConnection(owner);
        await open.OpenAsync();
        await using var transaction = await open.BeginTransactionAsync();
        await new NpgsqlCommand("insert into kept values (-1)", open).ExecuteNonQueryAsync();
        for (var i = 0; i < 100; i++)
            await RunAsync(owner, $"insert into kept values ({i})");

        var backends = (await File.ReadAllTextAsync($"/proc/{first.ProcessId}/task/{first.ProcessId}/children")).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var id in backends.Select(id => int.Parse(id, CultureInfo.InvariantCulture)).Prepend(first.ProcessId))
            await KillAsync(id);
        await first.DisposeAsync();
        await using var second = await StartAsync();

        Assert.NotEqual(first.ProcessId, second.ProcessId);
        Assert.Equal(100L, await RunAsync(owner, "select count(*) from kept where id >= 0"));
        Assert.Equal(0L, await RunAsync(owner, "select count(*) from kept where id < 0"));
    }

    [Fact]
    public async Task A_backend_that_outlives_its_killed_server_is_waited_for()
    {
        var first = await StartAsync();
        // Busy in a way that does not look up: PostgreSQL refuses a new server until it ends.
        var busy = RunAsync(first.OwnerConnectionString, "select count(*) from generate_series(1, 20000000)");
        while ((long)(await RunAsync(first.OwnerConnectionString, "select count(*) from pg_stat_activity where query like '%generate_series%' and state = 'active' and pid <> pg_backend_pid()"))! == 0)
            await Task.Delay(20);

        await KillAsync(first.ProcessId);
        await first.DisposeAsync();
        await using var second = await StartAsync();

        Assert.Equal(1, await RunAsync(second.OwnerConnectionString, "select 1"));
        Assert.Contains("pre-existing shared memory", await File.ReadAllTextAsync(Path.Combine(data, "postgres", "postgres.log")));
        Assert.Equal(20_000_000L, await busy);
    }

    [Fact]
    public async Task A_server_left_by_a_killed_program_is_taken_over_and_then_stopped()
    {
        using var program = EmbeddedPostgresProgram.Start(data);
        await program.WaitUntilReadyAsync();
        var file = Path.Combine(data, "postgres", "cluster", "postmaster.pid");
        await KillAsync(program.Id);
        var orphan = File.ReadLines(file).First();

        var postgres = await StartAsync();
        Assert.Equal(orphan, postgres.ProcessId.ToString(CultureInfo.InvariantCulture));
        Assert.Contains($"Taking over PostgreSQL, which still runs as process {orphan}", said);
        Assert.Equal(1, await RunAsync(postgres.AppLoginConnectionString, "select 1"));

        await postgres.DisposeAsync();
        Assert.False(File.Exists(file));
        Assert.False(IsRunning(postgres.ProcessId));
    }

    [Fact]
    public async Task A_server_is_in_a_session_of_its_own_so_that_ctrl_c_does_not_reach_it()
    {
        await using var postgres = await StartAsync();

        // pid (name) state parent group session …
        var fields = (await File.ReadAllTextAsync($"/proc/{postgres.ProcessId}/stat")).Split(") ")[1].Split(' ');
        Assert.Equal(postgres.ProcessId.ToString(CultureInfo.InvariantCulture), fields[3]);
    }

    [Fact]
    public async Task A_first_start_killed_at_any_moment_is_finished_by_the_next()
    {
        // The whole first start takes one to two seconds, so that these moments fall before, into and after each of its steps.
        for (var moment = 100; moment <= 1900; moment += 300)
        {
            data = NewFolder(Path.GetTempPath());
            using (var program = EmbeddedPostgresProgram.Start(data))
            {
                await Task.Delay(moment);
                await KillAsync(program.Id);
            }

            await using var postgres = await StartAsync();
            Assert.Equal(1, await RunAsync(postgres.OwnerConnectionString, "create table kept (id int); select 1"));
            Assert.Equal(1, await RunAsync(postgres.SystemLoginConnectionString, "select 1"));
        }
    }

    [Fact]
    [Trait("Run", "long")]
    public async Task A_kill_between_the_server_and_its_logins_is_finished_by_the_next_start()
    {
        // The statements run within a fifth of a second, and one may still run in the server when the next start begins.
        for (var moment = 0; moment <= 200; moment += 5)
        {
            data = NewFolder(Path.GetTempPath());
            var file = Path.Combine(data, "postgres", "cluster", "postmaster.pid");
            using (var program = EmbeddedPostgresProgram.Start(data))
            {
                while (!File.Exists(file))
                    await Task.Delay(5);
                await Task.Delay(moment);
                await KillAsync(program.Id);
            }

            await using var postgres = await StartAsync();
            Assert.Equal(1, await RunAsync(postgres.AppLoginConnectionString, "select 1"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no number\n")]
    [InlineData("999999\n/nowhere\n1\n1\n")]
    public async Task A_stale_pid_file_does_not_keep_the_server_from_starting(string content)
    {
        await (await StartAsync()).DisposeAsync();
        await WriteAsOwnerAsync(content);

        await using var postgres = await StartAsync();
        Assert.Equal(1, await RunAsync(postgres.OwnerConnectionString, "select 1"));
    }

    [Fact]
    public async Task A_pid_file_whose_number_went_to_another_process_does_not_keep_the_server_from_starting()
    {
        var first = await StartAsync();
        await first.DisposeAsync();
        // PostgreSQL looks only at processes of its own user.
        using var other = Process.Start(new ProcessStartInfo("sh", ["-c", """
            owner=$(stat -c %u "$0"); [ "$owner" = "$(id -u)" ] && exec sleep 60
            exec setpriv --reuid="$owner" --clear-groups sleep 60
            """, first.ClusterDirectory]))!;
        await WriteAsOwnerAsync($"{other.Id}\n{first.ClusterDirectory}\n1\n{first.Port}\n");

        await using (var postgres = await StartAsync())
            Assert.Equal(1, await RunAsync(postgres.OwnerConnectionString, "select 1"));
        Assert.False(other.HasExited);
        other.Kill();
    }

    [Fact]
    public async Task A_second_start_on_the_same_folder_is_refused_with_a_sentence()
    {
        await using (await StartAsync())
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(StartAsync);
            Assert.Equal($"Another process is using {data}: stop it, or set DATA_DIR to another folder.", refused.Message);

            using var program = EmbeddedPostgresProgram.Start(data);
            Assert.Equal(refused.Message, await program.StandardOutput.ReadLineAsync());
            await program.WaitForExitAsync();
            Assert.Equal(1, program.ExitCode);
        }

        await (await StartAsync()).DisposeAsync();
    }

    [Fact]
    public async Task A_taken_port_is_replaced()
    {
        var first = await StartAsync();
        await first.DisposeAsync();
        using var taker = new TcpListener(IPAddress.Loopback, first.Port);
        taker.Start();

        await using var second = await StartAsync();

        Assert.NotEqual(first.Port, second.Port);
        Assert.Contains($"Port {first.Port} is taken, so PostgreSQL moves to {second.Port}", said);
        Assert.Equal(1, await RunAsync(second.OwnerConnectionString, "select 1"));
    }

    [Fact]
    public async Task A_start_that_is_cancelled_leaves_nothing_running()
    {
        using var cancel = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EmbeddedPostgres.StartAsync(
            new(data, Fsync: false), line => cancel.CancelAfter(line.StartsWith("Creating", StringComparison.Ordinal) ? 300 : Timeout.Infinite), cancel.Token));

        foreach (var file in Directory.GetFiles(data, "postmaster.pid", SearchOption.AllDirectories))
            await EndedAsync(ProcessIn(file));

        await using var postgres = await StartAsync();
        Assert.Single(Directory.GetDirectories(Path.GetDirectoryName(postgres.ClusterDirectory)!));
    }

    [Fact]
    public async Task A_folder_that_was_moved_takes_its_cluster_along()
    {
        await using (var first = await StartAsync())
            await RunAsync(first.OwnerConnectionString, "create table kept (id int)");
        var moved = NewFolder(Path.GetTempPath());
        Directory.Delete(moved);
        Directory.Move(data, moved);
        data = moved;

        await using var second = await StartAsync();
        Assert.Equal(0L, await RunAsync(second.OwnerConnectionString, "select count(*) from kept"));
    }

    [Fact]
    public async Task A_path_of_more_than_150_characters_with_spaces_and_quotes_works()
    {
        data = NewFolder(Path.Combine(data, string.Join('/', Enumerable.Repeat("a long folder's \"name\" é", 6))));
        Assert.True(data.Length > 150);

        await using var postgres = await StartAsync();

        Assert.StartsWith(data, postgres.ClusterDirectory, StringComparison.Ordinal);
        Assert.Equal(1, await RunAsync(postgres.OwnerConnectionString, "select 1"));
    }

    [RootFact]
    public async Task A_folder_that_the_database_user_cannot_reach_keeps_its_cluster_in_var_lib()
    {
        var home = NewFolder("/root");
        var mode = File.GetUnixFileMode("/root");
        data = Path.Combine(home, "clone", ".data");
        var hash = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(data)))[..16];
        folders.Add($"/var/lib/headless-support/{hash}");

        await using (var postgres = await StartAsync())
        {
            Assert.Equal($"/var/lib/headless-support/{hash}/cluster", postgres.ClusterDirectory);
            Assert.Contains($"/var/lib/headless-support/{hash}", await File.ReadAllTextAsync(Path.Combine(data, "postgres.json")));
            await RunAsync(postgres.OwnerConnectionString, "create table kept (id int)");

            // A copy of the folder names the same cluster.
            var copy = NewFolder("/root");
            File.Copy(Path.Combine(data, "postgres.json"), Path.Combine(copy, "postgres.json"));
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => EmbeddedPostgres.StartAsync(new(copy), said.Add, CancellationToken.None));
            Assert.StartsWith($"Another process is using /var/lib/headless-support/{hash}", refused.Message, StringComparison.Ordinal);
        }

        await using var second = await StartAsync();
        Assert.Equal(0L, await RunAsync(second.OwnerConnectionString, "select count(*) from kept"));
        Assert.Equal(mode, File.GetUnixFileMode("/root"));
        Assert.False(Directory.Exists(Path.Combine(data, "postgres")));
    }

    [Fact]
    public async Task A_machine_without_postgres_gets_it_from_npm()
    {
        string version;
        await using (var first = await EmbeddedPostgres.StartAsync(new(data, Fsync: false, Binaries: "npm"), said.Add, CancellationToken.None))
        {
            version = (string)(await RunAsync(first.OwnerConnectionString, "create extension pg_trgm; select current_setting('server_version')"))!;
            Assert.StartsWith("17.", version, StringComparison.Ordinal);
            await RunAsync(first.OwnerConnectionString, "alter role support_app connection limit 50; create role support_search nologin");
            Assert.False((bool?)await RunAsync(first.OwnerConnectionString, "select pg_has_role('support_owner', 'support_system', 'usage')"));
            await RefusedAsync(first.AppLoginConnectionString, "alter system set fsync = off", PostgresErrorCodes.InsufficientPrivilege);
        }

        said.Clear();
        await using (var second = await EmbeddedPostgres.StartAsync(new(data, Fsync: false, Binaries: "npm"), said.Add, CancellationToken.None))
            Assert.Equal(version, await RunAsync(second.OwnerConnectionString, "select current_setting('server_version')"));
        Assert.Single(said);

        var npm = Path.Combine(data, "postgres", "npm-17");
        Directory.Move(npm, npm + "-elsewhere");
        var programs = Path.GetDirectoryName(Directory.GetFiles(npm + "-elsewhere", "initdb", SearchOption.AllDirectories)[0])!;
        await using (var third = await EmbeddedPostgres.StartAsync(new(data, Fsync: false, Binaries: programs), said.Add, CancellationToken.None))
            Assert.Equal(version, await RunAsync(third.OwnerConnectionString, "select current_setting('server_version')"));
    }

    [Fact]
    public async Task A_folder_without_programs_is_refused_with_a_sentence()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => EmbeddedPostgres.StartAsync(new(data, Binaries: "/usr/share"), said.Add, CancellationToken.None));
        Assert.Equal("/usr/share holds no initdb and postgres of PostgreSQL 15 or newer that the database's user can run: name another folder, or unset SUPPORT_POSTGRES_BINARIES.", refused.Message);
    }

    [Theory]
    [InlineData("14.9", "holds no initdb and postgres of PostgreSQL 15 or newer")]
    [InlineData("15.1", "could not create the cluster: no space left")]
    public async Task Programs_that_do_not_serve_are_named_in_a_sentence(string version, string sentence)
    {
        var programs = NewFolder(data);
        await WriteScriptAsync("postgres", $"echo 'postgres (PostgreSQL) {version}'");
        await WriteScriptAsync("initdb", "echo no space left; exit 1");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => EmbeddedPostgres.StartAsync(new(data, Binaries: programs), said.Add, CancellationToken.None));
        Assert.Contains(programs, refused.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);

        async Task WriteScriptAsync(string name, string content)
        {
            await File.WriteAllTextAsync(Path.Combine(programs, name), $"#!/bin/sh\n{content}\n");
            File.SetUnixFileMode(Path.Combine(programs, name), (UnixFileMode)0b111_101_101);
        }
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_made_is_refused_with_a_sentence()
    {
        await File.WriteAllTextAsync(Path.Combine(data, "file"), "");
        data = Path.Combine(data, "file", ".data");

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(StartAsync);
        Assert.EndsWith("set DATA_DIR to a folder that can.", refused.Message, StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_parent_folder_that_was_closed_since_is_named_and_not_opened()
    {
        var parent = data;
        data = Path.Combine(parent, ".data");
        await (await StartAsync()).DisposeAsync();
        const UnixFileMode Closed = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        File.SetUnixFileMode(parent, Closed);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(StartAsync);
        Assert.StartsWith($"{data}/postgres cannot be reached", refused.Message, StringComparison.Ordinal);
        Assert.Equal(Closed, File.GetUnixFileMode(parent));
    }

    [Fact]
    public async Task A_server_that_cannot_start_says_why()
    {
        var first = await StartAsync();
        await first.DisposeAsync();
        File.Delete(Path.Combine(first.ClusterDirectory, "global", "pg_control"));

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(StartAsync);

        Assert.StartsWith($"PostgreSQL did not start; {data}/postgres/postgres.log ends with:\n", refused.Message, StringComparison.Ordinal);
        Assert.Contains("could not find the database system", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_postgres_json_that_is_lost_or_broken_is_asked_for()
    {
        await (await StartAsync()).DisposeAsync();
        var json = Path.Combine(data, "postgres.json");
        var content = await File.ReadAllTextAsync(json);

        await File.WriteAllTextAsync(json, content[..40]);
        Assert.Contains("restore it", (await Assert.ThrowsAsync<InvalidOperationException>(StartAsync)).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(json, "{}");
        Assert.Contains("restore it", (await Assert.ThrowsAsync<InvalidOperationException>(StartAsync)).Message, StringComparison.Ordinal);
        File.Delete(json);
        Assert.Contains("restore postgres.json", (await Assert.ThrowsAsync<InvalidOperationException>(StartAsync)).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(json, content.Replace("\"superuser\": \"", "\"superuser\": \"0"));
        Assert.Contains("refuses the password", (await Assert.ThrowsAsync<InvalidOperationException>(StartAsync)).Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(json, content);
        await (await StartAsync()).DisposeAsync();
    }

    private Task<EmbeddedPostgres> StartAsync() =>
        EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(data, Fsync: false), said.Add, CancellationToken.None);

    private string NewFolder(string parent)
    {
        var folder = Path.Combine(parent, $"headless-support-{RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        Directory.CreateDirectory(folder);
        folders.Add(folder);
        return folder;
    }

    private static async Task<object?> RunAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    private static async Task RefusedAsync(string connectionString, string sql, params string[] states)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(connectionString, sql));
        Assert.Contains(refused.SqlState, states);
    }

    // As the cluster's owner, since PostgreSQL refuses to read what it does not own.
    private async Task WriteAsOwnerAsync(string content)
    {
        var file = Path.Combine(data, "postgres", "cluster", "postmaster.pid");
        await File.WriteAllTextAsync(file, content);
        using var chown = Process.Start("chown", [$"--reference={Path.GetDirectoryName(file)}", file]);
        await chown.WaitForExitAsync();
    }

    private static async Task KillAsync(int id)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -9 {id} 2>/dev/null; while [ -r /proc/{id}/cwd ] && readlink /proc/{id}/cwd >/dev/null; do sleep 0.02; done"]);
        await kill.WaitForExitAsync();
    }

    // initdb notes its servers with a minus sign.
    private static int ProcessIn(string pidFile) => int.TryParse(File.ReadLines(pidFile).FirstOrDefault(), CultureInfo.InvariantCulture, out var id) ? Math.Abs(id) : 0;

    // A killed process needs a moment to be gone.
    private static async Task EndedAsync(int id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (IsRunning(id))
            await Task.Delay(20, patience.Token);
    }

    private static bool IsRunning(int id) => Directory.Exists($"/proc/{id}") && new FileInfo($"/proc/{id}/cwd").LinkTarget is not null;
}
