using System.Diagnostics;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Access;

/// <summary>What is taken away on one node is gone on all, soon with the notice and within five seconds without.</summary>
public sealed class RevocationTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_key_revoked_on_one_node_is_refused_on_another_within_five_seconds()
    {
        var org = await World.NewOrganizationAsync();
        await using var node = await Node.StartAsync(org.World);
        var made = (await org.Api.PostAsync("api-keys", new { name = "Soon gone", scopes = new[] { "tickets.read" } })).MustBe(201);
        var elsewhere = new Api(node.Url, made.Text("secret"));
        (await elsewhere.GetAsync("tickets")).MustBe(200);

        (await org.Api.PostAsync($"api-keys/{made.Text("id")}/revoke")).MustBe(200);

        await MustBeRefusedInTimeAsync(elsewhere);
        (await new Api(org.World.Url, made.Text("secret")).GetAsync("tickets")).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_key_is_refused_within_five_seconds_even_where_the_notice_is_lost()
    {
        var org = await World.NewOrganizationAsync();
        await using var node = await Node.StartAsync(org.World);
        var made = (await org.Api.PostAsync("api-keys", new { name = "Soon gone", scopes = new[] { "tickets.read" } })).MustBe(201);
        var elsewhere = new Api(node.Url, made.Text("secret"));
        (await elsewhere.GetAsync("tickets")).MustBe(200);

        // As a replica would apply it: no trigger, so no notice.
        await using (var superuser = await Cluster.OpenAsSuperuserAsync(org.World.DataDirectory))
        {
            await using var quietly = new NpgsqlCommand($"set session_replication_role = replica; update api_keys set revoked_at = now() where id = '{Id<ApiKey>.Parse(made.Text("id"), null).Value}'", superuser);
            Assert.Equal(1, await quietly.ExecuteNonQueryAsync());
        }

        await MustBeRefusedInTimeAsync(elsewhere);
    }

    [Theory]
    [InlineData("revoke the key")]
    [InlineData("deactivate its user")]
    [InlineData("suspend the organization")]
    public async Task The_notice_alone_is_enough(string how)
    {
        var org = await World.NewOrganizationAsync();
        var made = (await org.Api.PostAsync("api-keys", new { name = "Soon gone", scopes = new[] { "tickets.read" } })).MustBe(201);
        using var node = await QuietNode.StartAsync(org.World, made.Text("secret"));
        var before = await node.FindAsync();

        (await (how switch
        {
            "revoke the key" => org.Api.PostAsync($"api-keys/{made.Text("id")}/revoke"),
            "deactivate its user" => org.Api.PostAsync($"users/{made.Text("user_id")}/deactivate"),
            _ => org.World.Operator.PostAsync($"organizations/{org.Id}/suspend"),
        })).MustBe(200);

        await Try.UntilAsync(async () => await node.FindAsync() is var now && (now.RevokedAt, now.User, now.Organization) != (before.RevokedAt, before.User, before.Organization) ? "" : null);
    }

    [Fact]
    public async Task A_listener_whose_connection_is_cut_listens_again()
    {
        var org = await World.NewOrganizationAsync();
        var made = (await org.Api.PostAsync("api-keys", new { name = "Soon gone", scopes = new[] { "tickets.read" } })).MustBe(201);
        using var node = await QuietNode.StartAsync(org.World, made.Text("secret"));
        var before = await node.FindAsync();
        await using (var superuser = await Cluster.OpenAsSuperuserAsync(org.World.DataDirectory))
        {
            await using var cut = new NpgsqlCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where query = 'listen credentials_changed' and usename = 'support_system'", superuser);
            Assert.True((long)(await cut.ExecuteScalarAsync())! > 0);
        }
        await node.UntilListeningAsync(before);

        (await org.Api.PostAsync($"api-keys/{made.Text("id")}/revoke")).MustBe(200);

        await Try.UntilAsync(async () => (await node.FindAsync()).RevokedAt is not null ? "" : null);
    }

    // What was asked more than five seconds after the revocation must be refused; what was asked before may be.
    private static async Task MustBeRefusedInTimeAsync(Api api)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var asked = since.Elapsed;
            var answer = await api.GetAsync("tickets");
            if (answer.Status == 401)
                return;
            answer.MustBe(200);
            Assert.True(asked < Promised, $"It was still let in when asked {asked} after the revocation.");
            await Task.Delay(50);
        }
    }

    /// <summary>What a node keeps of keys, for which no time passes: without a notice it would believe in them for ever.</summary>
    private sealed class QuietNode(CredentialCache cache, CredentialListener listener, string secret) : IDisposable
    {
        public static async Task<QuietNode> StartAsync(World world, string secret)
        {
            var system = world.Services.GetRequiredService<SystemDb>();
            var cache = new CredentialCache(system, new StoppedClock());
            var node = new QuietNode(cache, new CredentialListener(system, cache, NullLogger<CredentialListener>.Instance), secret);
            var before = await node.FindAsync();
            Assert.Same(before, await node.FindAsync());
            await node.Listener.StartAsync(CancellationToken.None);
            await node.UntilListeningAsync(before);
            return node;
        }

        private CredentialListener Listener => listener;

        public async Task<Credential> FindAsync() => (await cache.FindAsync(secret, CancellationToken.None))!;

        /// <summary>It forgets all it knew once it listens, so then it looks again.</summary>
        public Task UntilListeningAsync(Credential before) => Try.UntilAsync(async () => ReferenceEquals(await FindAsync(), before) ? null : "");

        public void Dispose() => listener.Dispose();
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
