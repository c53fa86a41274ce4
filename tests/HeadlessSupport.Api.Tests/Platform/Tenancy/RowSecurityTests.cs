using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Tests.Search;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Platform.Tenancy;

/// <summary>What PostgreSQL itself keeps apart, asked below the API.</summary>
public sealed class RowSecurityTests
{
    // Tables of no organization, each with its reason. All others must be under their forced policy.
    private static readonly string[] Global =
    [
        "__ef_migrations_history", // What was migrated.
        "data_protection_keys", // The installation's key ring; only support_system may read it.
        // People who sign in, in however many organizations, and what is signed for them; only support_system may read it.
        "logins", "login_claims", "login_passkeys", "login_providers", "login_recovery_codes", "login_tokens",
        "oauth_applications", "oauth_authorizations", "oauth_scopes", "oauth_tokens", "signing_keys",
    ];

    [Fact]
    public async Task Every_table_is_under_its_forced_policy_or_on_the_list()
    {
        var tables = await RowsAsync((await World.GetAsync()).OwnerConnectionString, """
            select c.relname, c.relrowsecurity and c.relforcerowsecurity, c.relispartition, exists (select from pg_policy p where p.polrelid = c.oid)
            from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind in ('r', 'p')
            """);
        Assert.True(tables.Count > 18, "The catalog shows too few tables.");
        foreach (var table in tables)
        {
            var (name, isForced, isPartition, hasPolicy) = ((string)table[0], (bool)table[1], (bool)table[2], (bool)table[3]);
            if (Global.Contains(name))
                continue;
            Assert.True(isForced, $"{name} is not under forced row security.");
            // A partition has no policy of its own: asked by its own name it shows nothing.
            Assert.True(hasPolicy || isPartition, $"{name} has no policy.");
        }
    }

    [Fact]
    public async Task The_two_logins_own_nothing_and_pass_nothing()
    {
        var world = await World.GetAsync();
        var roles = await RowsAsync(world.OwnerConnectionString, "select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, (select count(*) from pg_class where relowner = r.oid) from pg_roles r where rolname in ('support_app', 'support_system')");
        Assert.Equal(2, roles.Count);
        Assert.All(roles, r => Assert.Equal([false, false, false, false, 0L], r[1..]));
    }

    [Fact]
    public async Task Keys_between_tables_of_organizations_begin_with_the_organization()
    {
        // Some mails are the installation's own, and of no organization.
        var keys = await RowsAsync((await World.GetAsync()).OwnerConnectionString, """
            select c.conname, c.contype::text, a.attname::text
            from pg_constraint c join pg_class t on t.oid = c.conrelid join pg_namespace n on n.oid = t.relnamespace
            join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
            where n.nspname = 'public' and c.contype in ('p', 'f') and c.conname <> 'pk_outgoing_mails' and exists (select from pg_attribute o where o.attrelid = t.oid and o.attname = 'organization_id')
            """);
        Assert.True(keys.Count > 30);
        Assert.All(keys, k => Assert.True((string)k[2] == "organization_id", $"{k[0]} begins with {k[2]}."));
    }

    [Fact]
    public async Task Without_a_tenant_the_app_sees_no_row_and_with_one_only_its_own()
    {
        var (mine, theirs) = ((await Furnished.NewAsync()).Org, (await Furnished.NewAsync()).Org);
        await theirs.Api.PostAsync("tags", new { name = "once" }, ("Idempotency-Key", "once"));
        await theirs.SettleAsync();
        // Of mails it may only add some; MailOutboxTests looks at those.
        foreach (var table in (await TenantTablesAsync()).Where(t => t != "outgoing_mails"))
        {
            await using var connection = await OpenAsync(mine.World.AppConnectionString);
            Assert.Equal(0L, await ScalarAsync(connection, $"select count(*) from {table}"));
            // Of these nobody else leaves a row: made and seen in one transaction.
            var made = table switch
            {
                "search_tasks" => $"insert into search_tasks (organization_id, kind, subject) values ('{Uuid(theirs)}', 'everything', '') on conflict do nothing; ",
                "presences" => $"insert into presences (organization_id, ticket_id, connection, user_id, since, seen_until) values ('{Uuid(theirs)}', gen_random_uuid(), 'c', 'u', now(), now()); ",
                _ => "",
            };
            Assert.True((long)(await ScalarAsync(connection, $"{As(theirs)}; {made}select count(*) from {table}"))! > 0, $"{table} has no row of the organization that should see one.");
            Assert.Equal(0L, await ScalarAsync(connection, $"{As(mine)}; select count(*) from {table} where organization_id = '{Uuid(theirs)}'"));
            // The setting went with its transaction: the next user of the connection starts with none.
            Assert.Equal(0L, await ScalarAsync(connection, $"select count(*) from {table}"));
        }
    }

    [Fact]
    public async Task The_app_cannot_write_into_another_organization()
    {
        var (mine, theirs) = ((await Furnished.NewAsync()).Org, (await Furnished.NewAsync()).Org);
        await theirs.EventsAsync();
        foreach (var table in await TenantTablesAsync())
        {
            await using var connection = await OpenAsync(mine.World.AppConnectionString);
            // The policy's check comes before all others, and so does the grant.
            var columns = string.Join(", ", (await RowsAsync(mine.World.OwnerConnectionString, $"select attname::text from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped and attgenerated = ''")).Select(c => $"\"{c[0]}\""));
            var smuggle = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(connection, $"{As(mine)}; insert into {table} ({columns}) select {columns} from jsonb_populate_record(null::{table}, jsonb_build_object('organization_id', '{Uuid(theirs)}'))"));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, smuggle.SqlState);
            foreach (var write in (string[])[$"update {table} set organization_id = organization_id where organization_id = '{Uuid(theirs)}'", $"delete from {table} where organization_id = '{Uuid(theirs)}'"])
            {
                await using var command = new NpgsqlCommand($"{As(mine)}; {write}", connection);
                try
                {
                    Assert.Equal(0, await command.ExecuteNonQueryAsync());
                }
                catch (PostgresException error)
                {
                    Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, error.SqlState);
                }
            }
        }
    }

    [Fact]
    public async Task Events_stay_as_they_were_written_even_for_the_owner()
    {
        var org = await World.NewOrganizationAsync();
        var events = await org.EventsAsync();
        var id = Id<Event>.Parse(events[0].Id(), null).Value;
        await using var owner = await OpenAsync(org.World.OwnerConnectionString);
        foreach (var change in (string[])["delete from events", "update events set type = 'x'", "update events set data = '{}'", "update events set sequence = 99", "update events set actor_id = 'me'"])
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(owner, $"{As(org)}; {change} where id = '{id}'"));
            Assert.Contains("Events are", refused.MessageText, StringComparison.Ordinal);
        }
        await using var app = await OpenAsync(org.World.AppConnectionString);
        Assert.Equal(true, await ScalarAsync(app, $$"""{{As(org)}}; select redact_event('{{id}}', '{"redacted":true}', null, null, now())"""));
        Assert.Equal("{\"redacted\":true}", (await org.EventsAsync())[0].GetProperty("data").GetRawText());
        var other = await World.NewOrganizationAsync();
        Assert.Equal(false, await ScalarAsync(app, $"{As(other)}; select redact_event('{id}', '{{}}', null, null, now())"));
    }

    [Fact]
    public async Task Partitions_of_events_are_made_ahead_and_take_their_month()
    {
        var org = await World.NewOrganizationAsync();
        await org.EventsAsync();
        await using var owner = await OpenAsync(org.World.OwnerConnectionString);
        Assert.True((long)(await ScalarAsync(owner, "select count(*) from pg_inherits where inhparent = 'events'::regclass"))! >= 5);
        Assert.Equal("events_" + DateTime.UtcNow.ToString("yyyy_MM"), await ScalarAsync(owner, $"{As(org)}; select tableoid::regclass::text from events limit 1"));
        await using var system = await OpenAsync(org.World.SystemConnectionString);
        Assert.Equal(0, await ScalarAsync(system, "select make_event_partitions(3)"));
    }

    [Fact]
    public async Task An_event_written_ahead_of_its_months_partition_moves_into_it()
    {
        var org = await World.NewOrganizationAsync();
        var ahead = new DateTimeOffset(DateTime.UtcNow.Year, DateTime.UtcNow.Month, 15, 0, 0, 0, TimeSpan.Zero).AddMonths(7);
        var id = Guid.CreateVersion7(ahead);
        await using var app = await OpenAsync(org.World.AppConnectionString);
        await ScalarAsync(app, $$"""
            {{As(org)}}; insert into events (organization_id, id, type, occurred_at, resource_id, resource_version, actor_kind, api_version, data, audience)
            values ('{{Uuid(org)}}', '{{id}}', 'tag.created', now(), gen_random_uuid(), 1, 'system', 'v1', '{"early":true}', 'staff')
            """);
        await using var owner = await OpenAsync(org.World.OwnerConnectionString);
        var where = $"{As(org)}; select tableoid::regclass::text from events where id = '{id}'";
        Assert.Equal("events_default", await ScalarAsync(owner, where));
        await using var system = await OpenAsync(org.World.SystemConnectionString);

        // It gives way to whoever writes a long time.
        for (var tries = 0; (int)(await ScalarAsync(system, "select make_event_partitions(8)"))! == 0; tries++)
            Assert.True(tries < 100, "The partitions are never made.");

        Assert.Equal($"events_{ahead:yyyy_MM}", await ScalarAsync(owner, where));
        Assert.Equal("{\"early\":true}", await ScalarAsync(app, $"{As(org)}; select data::text from events where id = '{id}'"));
        foreach (var table in (string[])["events_default", $"events_{ahead:yyyy_MM}"])
        {
            Assert.Equal(true, await ScalarAsync(owner, $"select relrowsecurity and relforcerowsecurity from pg_class where relname = '{table}'"));
            Assert.Equal("O", await ScalarAsync(owner, $"select tgenabled::text from pg_trigger where tgrelid = '{table}'::regclass and tgname = 'keep_events'"));
            Assert.Equal(5L, await ScalarAsync(owner, $"select count(*) from pg_index i join pg_inherits h on h.inhrelid = i.indexrelid where i.indrelid = '{table}'::regclass"));
        }
        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(owner, $"{As(org)}; delete from events where id = '{id}'"));
    }

    [Fact]
    public async Task Old_months_of_events_are_dropped_whole_and_never_what_is_younger_than_90_days()
    {
        var world = await World.GetAsync();
        await using var owner = await OpenAsync(world.OwnerConnectionString);
        await ScalarAsync(owner, "create table if not exists events_2019_05 partition of events for values from (event_id_at('2019-05-01')) to (event_id_at('2019-06-01'))");
        await using var system = await OpenAsync(world.SystemConnectionString);
        Assert.Equal(PostgresErrorCodes.InvalidParameterValue, (await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(system, "select drop_event_partitions(89)"))).SqlState);
        Assert.Equal(PostgresErrorCodes.InvalidParameterValue, (await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(system, "select drop_event_partitions(null)"))).SqlState);

        // It gives way to whoever reads or writes a long time.
        for (var tries = 0; (int)(await ScalarAsync(system, "select drop_event_partitions(90)"))! == 0; tries++)
            Assert.True(tries < 100, "The month is never dropped.");

        Assert.Equal(DBNull.Value, await ScalarAsync(owner, "select to_regclass('events_2019_05')::text"));
        Assert.Equal(0, await ScalarAsync(system, "select drop_event_partitions(90)"));
    }

    [Fact]
    public async Task The_app_cannot_choose_an_events_place()
    {
        var org = await World.NewOrganizationAsync();
        await using var app = await OpenAsync(org.World.AppConnectionString);
        foreach (var column in (string[])["position", "sequence"])
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(app, $$"""
                {{As(org)}}; insert into events (organization_id, id, type, occurred_at, resource_id, resource_version, actor_kind, api_version, data, audience, {{column}})
                values ('{{Uuid(org)}}', gen_random_uuid(), 'tag.created', now(), gen_random_uuid(), 1, 'system', 'v1', '{}', 'staff', 1)
                """));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }
    }

    private static string As(Org org) => $"select set_config('app.organization_id', '{Uuid(org)}', true)";

    private static Guid Uuid(Org org) => Id<Tenant>.Parse(org.Id, null).Value;

    private static async Task<List<string>> TenantTablesAsync() => [.. (await RowsAsync((await World.GetAsync()).OwnerConnectionString, """
        select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'organization_id')
        """)).Select(r => (string)r[0])];

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        object? last = null;
        do
        {
            last = await reader.ReadAsync() ? reader.GetValue(0) : null;
        }
        while (await reader.NextResultAsync());
        return last;
    }

    private static async Task<List<object[]>> RowsAsync(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<object[]>();
        while (await reader.ReadAsync())
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add(row);
        }
        return rows;
    }
}
