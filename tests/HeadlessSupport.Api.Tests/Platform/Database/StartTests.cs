using Npgsql;

namespace HeadlessSupport.Api.Tests.Platform.Database;

/// <summary>How nodes start: many at once, with or without the right to migrate, rightly or wrongly set.</summary>
public sealed class StartTests(Cluster cluster) : IClassFixture<Cluster>
{
    private const string Owner = "ConnectionStrings__SupportOwner";

    [Fact]
    public async Task Nodes_that_start_at_the_same_moment_on_an_empty_database_all_serve_it()
    {
        var world = await World.GetAsync();
        var settings = await cluster.NewDatabaseAsync();
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Node.StartAsync(world, settings)));
        try
        {
            var founded = (await new Api(nodes[0].Url, World.OperatorKey).PostAsync("organizations", Founding())).MustBe(201).Json;
            // One key ring and one database: what one node gives out, the others take.
            var secret = founded.Text("api_key/secret")!;
            var cursor = (await new Api(nodes[1].Url, secret).GetAsync("users?limit=1")).MustBe(200).Text("next_cursor");
            (await new Api(nodes[2].Url, secret).GetAsync($"users?limit=1&cursor={cursor}")).MustBe(200);
            Assert.Equal(1L, await ScalarAsync(settings, "select count(*) from data_protection_keys"));
            // Who came first migrated; the others found it done.
            Assert.Single(nodes, n => n.Log.Contains("Migrating the database", StringComparison.Ordinal));
        }
        finally
        {
            foreach (var node in nodes)
                await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_node_that_may_not_migrate_says_what_to_do_and_starts_once_it_is_done()
    {
        var world = await World.GetAsync();
        var settings = await cluster.NewDatabaseAsync();
        var withoutOwner = settings.Select(s => s.Name == Owner ? (s.Name, null) : s).ToArray();

        var (code, log) = await Node.RunAsync(world, [], withoutOwner);
        Assert.Equal(1, code);
        Assert.Contains("The database lacks", log, StringComparison.Ordinal);
        Assert.Contains("./run migrate with ConnectionStrings__SupportOwner set", log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);

        (code, log) = await Node.RunAsync(world, ["migrate"], settings);
        Assert.True(code == 0, log);
        Assert.Contains("The database is up to date.", log, StringComparison.Ordinal);
        // The key ring begins here, where one node at a time works: nodes that each made a first key could not read each other.
        Assert.Equal(1L, await ScalarAsync(settings, "select count(*) from data_protection_keys"));

        await using var node = await Node.StartAsync(world, withoutOwner);
        (await new Api(node.Url, World.OperatorKey).PostAsync("organizations", Founding())).MustBe(201);
    }

    [Fact]
    public async Task With_the_owners_string_alone_the_two_logins_are_made()
    {
        var world = await World.GetAsync();
        var own = new Cluster();
        await own.InitializeAsync();
        try
        {
            await MakeLoginsAsync(world, own);
        }
        finally
        {
            await own.DisposeAsync();
        }
    }

    private static async Task MakeLoginsAsync(World world, Cluster own)
    {
        await using var superuser = await own.OpenAsSuperuserAsync();
        await using (var drop = new NpgsqlCommand("drop owned by support_app, support_system; drop role support_app, support_system", superuser))
            await drop.ExecuteNonQueryAsync();
        (string, string?)[] settings = [(Owner, own.OwnerConnectionString), ("ConnectionStrings__Support", null), ("ConnectionStrings__SupportSystem", null)];

        await using var node = await Node.StartAsync(world, settings);

        var founded = (await new Api(node.Url, World.OperatorKey).PostAsync("organizations", Founding())).MustBe(201).Json;
        var api = new Api(node.Url, founded.Text("api_key/secret")!);
        (await api.PostAsync("tickets", new { subject = "It works", requester = new { email = "bob@customer.test" } })).MustBe(201);
        Assert.Equal([false, false], await RowAsync(superuser, "select bool_or(rolsuper), bool_or(rolbypassrls) from pg_roles where rolname in ('support_app', 'support_system')"));
        Assert.Equal(["support_app", "support_system"], (string[])(await RowAsync(superuser, "select array_agg(distinct usename::text order by usename::text) from pg_stat_activity where usename in ('support_app', 'support_system')"))[0]);

        // A second node comes to the same passwords by itself.
        await using (var second = await Node.StartAsync(world, settings))
            (await new Api(second.Url, founded.Text("api_key/secret")!).GetAsync("tickets")).MustBe(200);

        // And with a new password of the owner, to new ones.
        await using (var change = new NpgsqlCommand("alter role support_owner password 'another-password'", superuser))
            await change.ExecuteNonQueryAsync();
        await using var third = await Node.StartAsync(world, [.. settings, (Owner, new NpgsqlConnectionStringBuilder(own.OwnerConnectionString) { Password = "another-password" }.ConnectionString)]);
        (await new Api(third.Url, founded.Text("api_key/secret")!).GetAsync("tickets")).MustBe(200);
    }

    [Theory]
    [InlineData("Profile", "staging", "The setting Profile must be demo or production; it is 'staging'.")]
    [InlineData("PORT", "many", "PORT must be a number from 0 to 65535; it is 'many'.")]
    [InlineData("PublicUrl", "ftp://x", "The setting PublicUrl must be an http or https address; it is 'ftp://x'.")]
    [InlineData("Metrics__Url", "here", "The setting Metrics:Url must be an address such as http://127.0.0.1:9464; it is 'here'.")]
    [InlineData("Proxies__Trusted__0", "home", "The setting Proxies:Trusted has 'home', which is no network such as 10.0.0.0/8.")]
    [InlineData("Operator__Key", "short", "The setting Operator:Key must have at least 32 characters.")]
    [InlineData("RateLimits__Credential__PerSecond", "0", "The setting RateLimits:Credential:PerSecond must be a whole number from 1 to 1000000; it is '0'.")]
    [InlineData("RateLimits__Anonymous__Burst", "lots", "The setting RateLimits:Anonymous:Burst must be a whole number from 1 to 1000000; it is 'lots'.")]
    [InlineData("ConnectionStrings__Support", "Host=127.0.0.1;Username=me", "The logins must be called support_app and support_system, since the row-security policies name them; me is set.")]
    public async Task A_wrong_setting_stops_the_program_with_a_sentence_that_names_it(string name, string value, string sentence)
    {
        var world = await World.GetAsync();
        var (code, log) = await Node.RunAsync(world, [], (name, value));
        Assert.Equal(1, code);
        Assert.Contains(sentence, log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", log, StringComparison.Ordinal);
    }

    private static object Founding() => new { slug = "s" + Guid.CreateVersion7().ToString("N"), name = "Acme", admin = new { email = "admin@acme.test" } };

    private static async Task<object?> ScalarAsync((string Name, string? Value)[] settings, string sql)
    {
        await using var connection = new NpgsqlConnection(settings.Single(s => s.Name == Owner).Value);
        await connection.OpenAsync();
        return (await RowAsync(connection, sql))[0];
    }

    private static async Task<object[]> RowAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        var row = new object[reader.FieldCount];
        reader.GetValues(row);
        return row;
    }
}
