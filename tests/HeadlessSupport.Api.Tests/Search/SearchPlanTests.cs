using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Database;
using HeadlessSupport.Api.Platform.Tenancy;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Search;

/// <summary>
/// How PostgreSQL runs the candidate functions in an organization of 200,000 tickets: the plans of the statements inside
/// them, as auto_explain tells.
/// </summary>
[Collection(nameof(Alone))]
public sealed class SearchPlanTests : IAsyncLifetime
{
    private const int Tickets = 200_000;
    private const string Documents = "Bitmap Index Scan on ix_search_entries_document";
    private readonly List<string> plans = [];
    private NpgsqlConnection connection = null!;

    [Theory]
    [InlineData("search_tickets('{word}', '{gearbox}', '{false}', true, false, false)", Documents, "ix_search_words_stem")]
    [InlineData("search_tickets('{word,word,word}', '{gearbox,common,w77}', '{false,false,false}', false, false, false)", Documents)]
    [InlineData("search_tickets('{phrase}', '{common word}', '{false}', true, false, false)", Documents, "pk_search_words|search_words_pkey")]
    [InlineData("search_tickets('{prefix}', '{w12}', '{false}', true, false, false)", Documents, "pk_search_words|search_words_pkey")]
    [InlineData("search_tickets('{word,word}', '{common,w77}', '{false,true}', true, true, false)", Documents)]
    [InlineData("search_tickets('{word}', '{common}', '{true}', true, false, false)", Documents)]
    [InlineData("search_tickets('{word}', '{gaerbox}', '{false}', true, false, true)", Documents, "ix_search_words_alike")]
    [InlineData("search_tagged('gearbox', 3)", Documents)]
    [InlineData("search_users('{word,word}', '{wilma,test}', '{false,true}', false)", "ix_users_search")]
    [InlineData("search_users('{word}', '{wlima}', '{false}', true)", "ix_users_search")]
    [InlineData("search_users('{word}', '{w}', '{false}', false)", "ix_users_search")]
    [InlineData("search_users('{word}', '{w}', '{true}', false)", "Index")]
    [InlineData("search_companies('{word}', '{globex}', '{false}', false, false)", "ix_companies_search")]
    public async Task Only_indexes_are_read(string call, params string[] indexes)
    {
        // As often as it takes until the session would choose a plan for good.
        for (var i = 0; i < 7; i++)
        {
            plans.Clear();
            await ExecuteAsync($"select * from {call}");
        }
        var all = string.Join("\n", plans);
        Assert.True(plans.Count > 1, all);
        Assert.DoesNotContain("Seq Scan on search", all, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on users", all, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on companies", all, StringComparison.Ordinal);
        foreach (var index in indexes)
            Assert.True(index.Split('|').Any(all.Contains), $"{index} is not used:\n{all}");
        foreach (var plan in plans.Where(p => p.Contains(Documents, StringComparison.Ordinal)))
            Assert.True(plan.Contains("(drawer = ", StringComparison.Ordinal) && plan.Contains(") AND (document @@ ", StringComparison.Ordinal) != plan.Contains("(NOT (document @@ ", StringComparison.Ordinal), plan);
    }

    [Fact]
    public async Task What_was_found_is_fetched_by_its_key_under_row_security()
    {
        await ExecuteAsync("set enable_seqscan = off");
        await ExecuteAsync("select * from tickets where id = any (array[gen_random_uuid(), gen_random_uuid()]) and status = 'open'");
        Assert.True(plans.Exists(p => p.Contains("(id = ANY", StringComparison.Ordinal) && p.Contains("Index Cond", StringComparison.Ordinal)), string.Join("\n", plans));
    }

    public async Task InitializeAsync()
    {
        var world = await World.GetAsync();
        var organization = await Seeded.Value;
        var note = (await ClusterNote.ReadAsync(world.DataDirectory, CancellationToken.None))!;
        // Only a superuser may load auto_explain; then it is the app that asks.
        connection = new(new NpgsqlConnectionStringBuilder(world.OwnerConnectionString) { Username = "postgres", Password = note.Passwords.Superuser, Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        connection.Notice += (_, said) => plans.Add(said.Notice.MessageText);
        await ExecuteAsync($"""
            load 'auto_explain';
            set auto_explain.log_min_duration = 0; set auto_explain.log_nested_statements = on;
            select set_config('app.organization_id', '{organization}', false);
            set session authorization support_app;
            set client_min_messages = log;
            """);
        plans.Clear();
    }

    public async Task DisposeAsync() => await connection.DisposeAsync();

    private static readonly Lazy<Task<Guid>> Seeded = new(SeedAsync);

    private static async Task<Guid> SeedAsync()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        var organization = Id<Tenant>.Parse(org.Id, null).Value;
        await org.SettleAsync();
        await using var app = new NpgsqlConnection(world.AppConnectionString);
        await app.OpenAsync();
        await using (var seed = new NpgsqlCommand($"""
            begin;
            select set_config('app.organization_id', '{organization}', true);
            insert into search_entries (organization_id, ticket_id, scope, number, deleted, document)
            select '{organization}', gen_random_uuid(), 'everyone', n, false, ('common:1 word:2 w' || n % 1000 || ':3' || case when n % 5000 = 0 then ' gearbox:4C gearboxes:5' else '' end)::tsvector
            from generate_series(1, {Tickets}) n;
            -- Of a run far away, so that a reindexing by another test does not find these words forgotten.
            insert into search_words (organization_id, word, stem, run) select '{organization}', 'w' || n, null, 1000000 from generate_series(0, 20000) n on conflict do nothing;
            insert into search_words (organization_id, word, stem, run) values ('{organization}', 'common', null, 1000000), ('{organization}', 'word', null, 1000000), ('{organization}', 'gearbox', null, 1000000), ('{organization}', 'gearboxes', 'gearbox', 1000000) on conflict do nothing;
            insert into search_words (organization_id, word, stem, run) select distinct '{organization}'::uuid, translate(n::text, '0123456789', 'abcdefghij'), null, 1000000 from generate_series(100000, 120000) n on conflict do nothing;
            update search_cursors set newest = {Tickets};
            insert into users (organization_id, id, role, name, email, status, is_machine, custom_fields, metadata, version, created_at, updated_at)
            select '{organization}', gen_random_uuid(), 'customer', 'Person ' || translate(n::text, '0123456789', 'abcdefghij'), n || '@x.test', 'active', false, '{"{}"}', '{"{}"}', 1, now(), now() from generate_series(1, 20000) n;
            insert into companies (organization_id, id, name, domains, custom_fields, metadata, version, created_at, updated_at)
            select '{organization}', gen_random_uuid(), 'Firm ' || translate(n::text, '0123456789', 'abcdefghij'), array[n || '.test'], '{"{}"}', '{"{}"}', 1, now(), now() from generate_series(1, 10000) n;
            commit;
            """, app) { CommandTimeout = 300 })
            await seed.ExecuteNonQueryAsync();
        await using var owner = new NpgsqlConnection(world.OwnerConnectionString);
        await owner.OpenAsync();
        await using var analyze = new NpgsqlCommand("analyze search_entries, search_words, users, companies", owner);
        await analyze.ExecuteNonQueryAsync();
        return organization;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }
}
