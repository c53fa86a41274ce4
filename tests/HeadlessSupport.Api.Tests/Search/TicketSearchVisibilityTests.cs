using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Search;

/// <summary>Who finds what: notes, other organizations, no organization.</summary>
public sealed class TicketSearchVisibilityTests
{
    private static readonly string[] Functions =
    [
        "select ids, cut, marks from search_tickets(array['word', 'prefix'], array['umbrella', 'umb'], array[false, false], true, false, true)",
        "select ids, cut, marks from search_tickets(array['word'], array['nothere'], array[true], true, false, false)",
        "select ids, cut, marks from search_users(array['word'], array['umbrella'], array[false], true)",
        "select ids, cut, marks from search_users(array['word'], array['nothere'], array[true], false)",
        "select ids, cut, marks from search_companies(array['word'], array['umbrella'], array[false], true, false)",
        "select ids, cut, marks from search_companies(array['word'], array['nothere'], array[true], false, false)",
        "select coalesce(array_agg(t), '{}'), false, '{}'::text[] from search_tagged('umbrella', 0) t",
    ];

    [Fact]
    public async Task Internal_notes_are_searched_only_for_those_who_may_read_them()
    {
        var org = await World.NewOrganizationAsync();
        var outsider = await org.WithScopesAsync("tickets.read");
        var id = await org.TicketAsync("Refund", "I want my money.");
        await org.NoteAsync(id, "Looks like fraudulent behaviour.");
        await org.SettleAsync();

        foreach (var q in (string[])["fraudulent", "refund fraudulent", "\"fraudulent behaviour\"", "fraud*", "fraudulnt"])
        {
            await org.Api.SearchAsync(q, 1);
            await outsider.SearchAsync(q, 0);
        }
        await org.Api.SearchAsync("refund -fraudulent", 0);
        await outsider.SearchAsync("refund -fraudulent", 1);
        await outsider.SearchAsync("refund money", 1);

        // Nor does a snippet show them.
        var seen = (await outsider.SearchAsync("looks money", 0)).ToString() + await outsider.SearchAsync("money", 1, more: "&include=highlights");
        Assert.DoesNotContain("fraudulent", seen, StringComparison.Ordinal);
        Assert.Contains("<mark>fraudulent</mark>", (await org.Api.SearchAsync("fraudulent", 1, more: "&include=highlights")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_organizations_words_find_nothing()
    {
        var acme = await World.NewOrganizationAsync();
        var globex = await World.NewOrganizationAsync();
        await FillAsync(acme);
        await globex.TicketAsync("Hello", "World");
        await globex.SettleAsync();

        foreach (var q in (string[])["umbrella", "\"umbrella stand\"", "umb*", "umbrela", "-nothere umbrella"])
            await globex.Api.SearchAsync(q, 0);
        await globex.Api.SearchAsync("umbrella", 0, "users");
        await globex.Api.SearchAsync("umbrella", 0, "companies");
        Assert.Equal(["Hello"], await globex.Api.SubjectsAsync("-umbrella", 1));
    }

    [Fact]
    public async Task The_functions_answer_only_for_the_organization_that_is_set()
    {
        var world = await World.GetAsync();
        var acme = await world.FoundAsync();
        var globex = await world.FoundAsync();
        await FillAsync(acme);
        await globex.SettleAsync();

        foreach (var function in Functions)
        {
            Assert.NotEmpty((await AskAsync(world, function, acme.Id)).Ids);
            Assert.Empty((await AskAsync(world, function, null)).Ids);
            var (ids, marks) = await AskAsync(world, function, globex.Id);
            Assert.DoesNotContain(marks, m => m.Contains("stand", StringComparison.Ordinal));
            Assert.All(ids, id => Assert.DoesNotContain(id, AskAsync(world, function, acme.Id).GetAwaiter().GetResult().Ids));
        }
    }

    [Fact]
    public async Task Only_the_app_may_ask_and_nobody_else_is_the_role_that_may_look_everywhere()
    {
        var world = await World.GetAsync();
        await using var owner = await ConnectAsync(world.OwnerConnectionString);
        await using var command = new NpgsqlCommand(
            """
            select p.proname, array(select grantee::regrole::text from aclexplode(p.proacl) a where a.privilege_type = 'EXECUTE' and a.grantee <> p.proowner),
                p.prosecdef, p.proconfig::text
            from pg_proc p where p.proowner = 'support_search'::regrole
            """, owner);
        var found = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                found.Add(reader.GetString(0));
                Assert.Equal(reader.GetBoolean(2) ? ["support_app"] : [], reader.GetFieldValue<string[]>(1));
                Assert.Contains("search_path=pg_catalog", reader.GetString(3), StringComparison.Ordinal);
            }
        }
        Assert.Equal(["search_any", "search_companies", "search_tagged", "search_tickets", "search_users", "search_variants"], found.Order(StringComparer.Ordinal));

        await using var role = new NpgsqlCommand(
            """
            select not rolcanlogin and not rolbypassrls and not rolsuper and not rolcreaterole and not rolcreatedb
                and not exists (select from pg_auth_members m join pg_roles r on r.oid = m.member where m.roleid = s.oid and r.rolname <> 'postgres' and pg_has_role(r.oid, s.oid, 'usage'))
                and not has_schema_privilege(s.oid, 'public', 'create')
                and not exists (select from pg_class where relowner = s.oid)
            from pg_roles s where rolname = 'support_search'
            """, owner);
        Assert.True((bool)(await role.ExecuteScalarAsync())!);

        await using var system = await ConnectAsync(world.SystemConnectionString);
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => new NpgsqlCommand(Functions[0], system).ExecuteNonQueryAsync());
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }

    private static async Task FillAsync(Org org)
    {
        await org.TicketAsync("Umbrella stand", "It fell over.", new { requester = new { email = "info@umbrella.test" }, tags = new[] { "umbrella" } });
        (await org.Api.PostAsync("companies", new { name = "Umbrella", domains = new[] { "umbrella.test" } })).MustBe(201);
        await org.Api.SearchAsync("umbrella", 1);
        await org.Api.SearchAsync("umbrella", 1, "users");
        await org.Api.SearchAsync("umbrella", 1, "companies");
    }

    private static async Task<(Guid[] Ids, string[] Marks)> AskAsync(World world, string function, string? organization)
    {
        await using var app = await ConnectAsync(world.AppConnectionString);
        await using var transaction = await app.BeginTransactionAsync();
        if (organization is not null)
        {
            await using var set = new NpgsqlCommand("select set_config('app.organization_id', $1, true)", app) { Parameters = { new() { Value = Id<Tenant>.Parse(organization, null).Value.ToString() } } };
            await set.ExecuteNonQueryAsync();
        }
        await using var ask = new NpgsqlCommand(function, app);
        await using var reader = await ask.ExecuteReaderAsync();
        await reader.ReadAsync();
        return (reader.GetFieldValue<Guid[]>(0), reader.GetFieldValue<string[]>(2));
    }

    private static async Task<NpgsqlConnection> ConnectAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }
}
