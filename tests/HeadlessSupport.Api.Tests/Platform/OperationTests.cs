using System.Text;
using HeadlessSupport.Api.Platform.Database;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Platform;

/// <summary>How it runs: probes, metrics, the log, a database that goes away, several nodes and their logins.</summary>
public sealed class OperationTests
{
    [Fact]
    public async Task The_probes_say_what_is_ready_and_need_no_credential()
    {
        var world = await World.GetAsync();
        (await world.Anonymous.GetAsync("/health/live")).MustBe(200);
        var ready = (await world.Anonymous.GetAsync("/health/ready")).MustBe(200).Json;
        Assert.Equal(["ok", "ok", "ok"], ((string[])["checks/database", "checks/migrations", "checks/files"]).Select(c => ready.Text(c)));
    }

    [Fact]
    public async Task Metrics_are_served_where_the_setting_says()
    {
        var world = await World.GetAsync();
        await world.Anonymous.GetAsync("/health/live");
        var metrics = Encoding.UTF8.GetString((await world.Anonymous.GetAsync("/metrics")).MustBe(200).Body);
        Assert.Contains("http_server_request_duration", metrics, StringComparison.Ordinal);
        Assert.Contains("support_events_sequenced", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_is_one_structured_line_without_secrets_queries_or_bodies()
    {
        var org = await World.NewOrganizationAsync();
        await using var node = await Node.StartAsync(org.World, ("Profile", "production"));
        var answer = await new Api(node.Url, org.Secret).GetAsync("users?email=someone%40private.test");
        var requestId = answer.MustBe(200).Header("Request-Id")!;
        var line = await LineAsync(node, requestId);
        foreach (var part in (string[])["GET", "api/v{version:apiVersion}/users", "200", org.Id])
            Assert.Contains(part, line, StringComparison.Ordinal);
        Assert.DoesNotContain("private.test", node.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(org.Secret, node.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_one_node_revokes_is_refused_by_the_other_within_five_seconds()
    {
        var org = await World.NewOrganizationAsync();
        await using var node = await Node.StartAsync(org.World);
        var key = (await org.Api.PostAsync("api-keys", new { name = "Short", scopes = new[] { "tickets.read" } })).MustBe(201);
        var there = new Api(node.Url, key.Text("secret"));
        (await there.GetAsync("tickets")).MustBe(200);
        (await org.Api.PostAsync($"api-keys/{key.Text("id")}/revoke")).MustBe(200);
        var until = DateTime.UtcNow.AddSeconds(5);
        while ((await there.GetAsync("tickets")).Status != 401)
            Assert.True(DateTime.UtcNow < until, "The other node still takes the key.");
    }

    [Fact]
    public async Task While_the_database_is_away_it_answers_503_and_recovers_by_itself()
    {
        await using var own = await OwnAsync();
        await using var node = await Node.StartAsync(await World.GetAsync(), [.. own.Logins]);
        var @operator = new Api(node.Url, World.OperatorKey);
        var secret = (await @operator.PostAsync("organizations", new { slug = "acme", name = "Acme", admin = new { email = "a@acme.test" } })).MustBe(201).Json.Text("api_key/secret");
        var api = new Api(node.Url, secret);
        (await api.GetAsync("tickets")).MustBe(200);

        await own.StopAsync();
        var refused = await api.GetAsync("tickets");
        refused.MustRefuse(503, "unavailable");
        Assert.NotNull(refused.Header("Retry-After"));
        Assert.Equal(503, (await api.GetAsync("/health/ready")).Status);
        Assert.Equal(200, (await api.GetAsync("/health/live")).Status);

        await own.StartAsync();
        for (var i = 0; (await api.GetAsync("tickets")).Status != 200; i++)
        {
            Assert.True(i < 200, "It does not recover.");
            await Task.Delay(50);
        }
    }

    [Fact]
    public async Task Nodes_that_start_together_on_an_empty_database_all_start()
    {
        await using var own = await OwnAsync();
        var world = await World.GetAsync();
        var nodes = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Node.StartAsync(world, [.. own.Logins])));
        foreach (var node in nodes)
        {
            (await new Api(node.Url, World.OperatorKey).GetAsync("organizations")).MustBe(200);
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_node_without_the_owners_login_refuses_until_someone_has_migrated()
    {
        await using var own = await OwnAsync();
        var world = await World.GetAsync();
        var without = own.Logins.Append(("ConnectionStrings__SupportOwner", "")).ToArray();
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => Node.StartAsync(world, without));
        Assert.Contains("./run migrate", refused.Message, StringComparison.Ordinal);
        await (await Node.StartAsync(world, [.. own.Logins])).DisposeAsync();
        await using var node = await Node.StartAsync(world, without);
        (await new Api(node.Url, World.OperatorKey).GetAsync("organizations")).MustBe(200);
    }

    [Fact]
    public async Task With_only_the_owners_login_the_other_two_follow_its_password()
    {
        await using var own = await OwnAsync();
        var world = await World.GetAsync();
        (string, string)[] OnlyOwner(string owner) => [("ConnectionStrings__Support", ""), ("ConnectionStrings__SupportSystem", ""), ("ConnectionStrings__SupportOwner", owner)];
        await using (var node = await Node.StartAsync(world, OnlyOwner(own.Owner)))
            (await new Api(node.Url, World.OperatorKey).GetAsync("organizations")).MustBe(200);

        var changed = new NpgsqlConnectionStringBuilder(own.Owner) { Password = "another-password" }.ConnectionString;
        await using (var source = NpgsqlDataSource.Create(own.Owner))
        await using (var command = source.CreateCommand("alter role support_owner password 'another-password'"))
            await command.ExecuteNonQueryAsync();
        await using var again = await Node.StartAsync(world, OnlyOwner(changed));
        (await new Api(again.Url, World.OperatorKey).GetAsync("organizations")).MustBe(200);
    }

    private static async Task<string> LineAsync(Node node, string requestId)
    {
        for (var i = 0; i < 200; i++)
        {
            if (node.Log.Split('\n').FirstOrDefault(l => l.Contains(requestId, StringComparison.Ordinal)) is { } line)
                return line;
            await Task.Delay(25);
        }
        return "";
    }

    private static async Task<OwnPostgres> OwnAsync()
    {
        var own = new OwnPostgres();
        await own.StartAsync();
        return own;
    }

    /// <summary>A PostgreSQL that a test may stop.</summary>
    private sealed class OwnPostgres : IAsyncDisposable
    {
        private readonly string directory = Directory.CreateTempSubdirectory("headless-support-own-").FullName;
        private EmbeddedPostgres? postgres;

        public string Owner { get; private set; } = "";

        public List<(string, string)> Logins { get; } = [];

        public async Task StartAsync()
        {
            File.SetUnixFileMode(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            postgres = await EmbeddedPostgres.StartAsync(new(directory, Fsync: false), _ => { }, CancellationToken.None);
            Owner = postgres.OwnerConnectionString;
            Logins.Clear();
            Logins.AddRange([("ConnectionStrings__Support", postgres.AppLoginConnectionString), ("ConnectionStrings__SupportSystem", postgres.SystemLoginConnectionString), ("ConnectionStrings__SupportOwner", Owner)]);
        }

        public async Task StopAsync()
        {
            if (postgres is not null)
                await postgres.DisposeAsync();
            postgres = null;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            Directory.Delete(directory, recursive: true);
        }
    }
}
