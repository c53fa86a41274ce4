using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Platform.Tenancy;

/// <summary>Rights that would go round the policies: nobody has them.</summary>
public sealed class GrantTests
{
    [Fact]
    public async Task No_login_may_truncate_a_table_or_hang_something_on_it()
    {
        // TRUNCATE asks no policy, and neither do foreign keys and triggers.
        Assert.Empty(await RowsAsync("""
            select grantee || ' ' || privilege_type || ' ' || table_name from information_schema.role_table_grants
            where table_schema = 'public' and grantee in ('support_app', 'support_system', 'PUBLIC') and privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')
            """));
        Assert.Empty(await RowsAsync("select r.rolname::text from pg_roles r where r.rolname in ('support_app', 'support_system') and (has_schema_privilege(r.oid, 'public', 'CREATE') or has_database_privilege(r.oid, current_database(), 'CREATE, TEMPORARY'))"));
        // Nor become someone who may.
        Assert.Empty(await RowsAsync("select m.roleid::regrole::text from pg_auth_members m where m.member in ('support_app'::regrole, 'support_system'::regrole)"));
    }

    [Fact]
    public async Task The_system_login_reads_what_it_must_and_nothing_that_people_wrote()
    {
        var granted = await RowsAsync("""
            select c.relname || ': ' || string_agg(p, ', ' order by p) from pg_class c, unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege('support_system', c.oid, p) group by c.relname
            """);
        Assert.Equal(
        [
            "__ef_migrations_history: SELECT", "api_keys: SELECT", "app_installs: SELECT", "audit_entries: DELETE", "data_protection_keys: INSERT, SELECT", "event_cursors: INSERT, SELECT, UPDATE", "events: SELECT",
            "idempotency_records: DELETE, SELECT", "invitations: SELECT",
            // Logins and tokens belong to no organization.
            "login_claims: DELETE, INSERT, SELECT, UPDATE", "login_passkeys: DELETE, INSERT, SELECT, UPDATE", "login_providers: DELETE, INSERT, SELECT, UPDATE", "login_recovery_codes: DELETE, INSERT, SELECT, UPDATE",
            "login_tokens: DELETE, INSERT, SELECT, UPDATE", "logins: DELETE, INSERT, SELECT, UPDATE", "oauth_applications: DELETE, INSERT, SELECT, UPDATE", "oauth_apps: SELECT",
            "oauth_authorizations: DELETE, INSERT, SELECT, UPDATE", "oauth_scopes: DELETE, INSERT, SELECT, UPDATE", "oauth_tokens: DELETE, INSERT, SELECT, UPDATE",
            "organizations: SELECT", "outgoing_mails: DELETE, INSERT, SELECT", "presences: DELETE, SELECT", "roles: SELECT", "search_cursors: SELECT", "search_tasks: INSERT, SELECT",
            "sessions: DELETE, SELECT", "signing_keys: DELETE, INSERT, SELECT, UPDATE", "sso_connections: SELECT", "users: SELECT", "verified_domains: SELECT",
            // Of endpoints it must know where to send, and secrets are sealed.
            "webhook_attempts: DELETE, INSERT, SELECT", "webhook_cursors: SELECT", "webhook_deliveries: DELETE, SELECT", "webhook_endpoints: SELECT", "webhook_healths: INSERT, SELECT, UPDATE", "webhook_replays: SELECT", "webhook_secrets: SELECT",
        ], granted.Order(StringComparer.Ordinal));
        Assert.Equal(
        [
            "api_keys.last_used_at", "data_protection_keys.xml", "events.sequence",
            "outgoing_mails.attempts", "outgoing_mails.content", "outgoing_mails.last_error", "outgoing_mails.locked_until", "outgoing_mails.next_attempt_at", "outgoing_mails.sent_at",
            "presences.seen_until", "sessions.last_seen_at", "webhook_deliveries.attempts", "webhook_deliveries.finished_at", "webhook_deliveries.last_error",
            "webhook_deliveries.last_status", "webhook_deliveries.locked_until", "webhook_deliveries.next_attempt_at", "webhook_deliveries.status", "webhook_deliveries.tries",
        ], (await RowsAsync("""
            select table_name || '.' || column_name from information_schema.column_privileges
            where grantee = 'support_system' and privilege_type = 'UPDATE' and table_schema = 'public' and table_name not in ('event_cursors', 'webhook_healths', 'signing_keys') and table_name !~ '^(login|oauth_[^a]|oauth_a[^p]|oauth_applications)'
            """)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Functions_that_run_as_the_owner_are_lent_by_name_and_look_nowhere_else()
    {
        var functions = await RowsAsync("select p.proname::text from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef");
        Assert.NotEmpty(functions);
        Assert.Empty(await RowsAsync("""
            select p.proname::text from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
            and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0) or not exists (select from unnest(p.proconfig) s where s ~ '^search_path=.*pg_temp$'))
            """));
    }

    [Fact]
    public async Task A_partition_is_no_way_round_the_policy_of_its_table()
    {
        var org = await World.NewOrganizationAsync();
        await org.EventsAsync();
        var partitions = await RowsAsync("select inhrelid::regclass::text from pg_inherits where inhparent = 'events'::regclass");
        Assert.True(partitions.Count >= 5);
        foreach (var login in (string[])[org.World.AppConnectionString, org.World.SystemConnectionString])
        {
            foreach (var partition in partitions)
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => RowsAsync($"select id::text from {partition}", login))).SqlState);
        }
    }

    [Fact]
    public async Task Nobody_but_the_one_function_changes_what_an_event_says()
    {
        var org = await World.NewOrganizationAsync();
        var id = Id<Event>.Parse((await org.EventsAsync())[0].Id(), null).Value;
        // Also not by pretending to be that function.
        var pretend = $"select set_config('app.organization_id', '{Uuid(org)}', true), set_config('app.redacting', '{id}', true);";
        foreach (var login in (string[])[org.World.AppConnectionString, org.World.SystemConnectionString])
        {
            foreach (var change in (string[])[$$"""update events set data = '{}' where id = '{{id}}'""", $"delete from events where id = '{id}'"])
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => RowsAsync(pretend + change, login))).SqlState);
        }
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() =>
            RowsAsync($"select redact_event('{id}', '{{}}', null, null, now())::text", org.World.SystemConnectionString))).SqlState);
    }

    [Fact]
    public async Task The_setting_ends_with_its_transaction_also_where_the_pool_resets_nothing()
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync();
        // As behind PgBouncer, where the next user gets the connection as the last one left it.
        await using var pool = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(org.World.AppConnectionString) { NoResetOnClose = true, MaxPoolSize = 1 }.ConnectionString);
        var tell = $"select set_config('app.organization_id', '{Uuid(org)}', true)";
        var pids = new HashSet<int>();
        async Task<(long Own, long After)> UseAsync(string ending)
        {
            long own;
            await using (var connection = await pool.OpenConnectionAsync())
            {
                pids.Add(connection.ProcessID);
                await using var transaction = await connection.BeginTransactionAsync();
                own = await CountAsync(connection, $"{tell}; select count(*) from tickets");
                if (ending == "error")
                    await Assert.ThrowsAsync<PostgresException>(() => CountAsync(connection, "select 1 / 0"));
                if (ending == "commit")
                    await transaction.CommitAsync();
                else if (ending == "rollback")
                    await transaction.RollbackAsync();
            }
            await using var next = await pool.OpenConnectionAsync();
            pids.Add(next.ProcessID);
            return (own, await CountAsync(next, "select count(*) from tickets"));
        }
        foreach (var ending in (string[])["commit", "rollback", "error", "none"])
            Assert.Equal((1L, 0L), await UseAsync(ending));
        Assert.Single(pids);
    }

    private static Guid Uuid(Org org) => Id<Tenant>.Parse(org.Id, null).Value;

    private static async Task<long> CountAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        if (sql.StartsWith("select set_config", StringComparison.Ordinal))
            await reader.NextResultAsync();
        await reader.ReadAsync();
        return Convert.ToInt64(reader.GetValue(0));
    }

    private static async Task<List<string>> RowsAsync(string sql, string? login = null)
    {
        await using var connection = new NpgsqlConnection(login ?? (await World.GetAsync()).OwnerConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        do
        {
            while (await reader.ReadAsync())
                rows.Add(reader.GetString(0));
        }
        while (await reader.NextResultAsync());
        return rows;
    }
}
