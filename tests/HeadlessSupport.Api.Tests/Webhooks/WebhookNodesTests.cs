using Npgsql;

namespace HeadlessSupport.Api.Tests.Webhooks;

/// <summary>Nodes that are killed, and nodes that share.</summary>
[Collection(nameof(Alone))]
public sealed class WebhookNodesTests(Cluster cluster) : IClassFixture<Cluster>
{
    private static readonly (string, string?)[] Allowed = [("Outgoing__AllowLoopback", "true"), ("Outgoing__AllowHttp", "true"), ("Webhooks__Send", "true")];

    [Fact]
    public async Task A_kill_in_the_middle_loses_nothing_and_each_id_names_one_event()
    {
        var world = await World.GetAsync();
        var settings = await cluster.NewDatabaseAsync();
        await using var node = await Node.StartAsync(world, [.. settings, .. Allowed]);
        var org = await FoundAsync(node);
        await using var receiver = await Receiver.StartAsync(async (_, _) => await Task.Delay(Random.Shared.Next(5, 40)));
        (await org.PostAsync("webhook-endpoints", new { url = receiver.Url, event_types = new[] { "tag.created" }, max_concurrency = 5 })).MustBe(201);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => org.PostAsync("tags", new { name = $"tag-{i}" })));
        for (var round = 1; round <= 3; round++)
        {
            await receiver.UntilAsync(round * 40);
            await node.KillAsync();
            await EndLeasesAsync(settings);
            await node.StartAsync();
        }
        await UntilDistinctAsync(receiver, 300);
        var events = await org.AllAsync("events?types=tag.created");
        Assert.Equal(events.Select(e => e.Id()).Order(StringComparer.Ordinal), receiver.All.Select(r => r.Id).Distinct().Order(StringComparer.Ordinal));
        Assert.All(receiver.All.GroupBy(r => r.Id), g => Assert.Single(g.Select(r => r.Body).Distinct()));
    }

    [Fact]
    public async Task Two_nodes_share_and_send_nothing_twice()
    {
        var world = await World.GetAsync();
        var settings = await cluster.NewDatabaseAsync();
        await using var one = await Node.StartAsync(world, [.. settings, .. Allowed]);
        await using var two = await Node.StartAsync(world, [.. settings, .. Allowed]);
        var org = await FoundAsync(one);
        await using var receiver = await Receiver.StartAsync(async (_, _) => await Task.Delay(20));
        (await org.PostAsync("webhook-endpoints", new { url = receiver.Url, event_types = new[] { "tag.created" }, max_concurrency = 5 })).MustBe(201);
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i => org.PostAsync("tags", new { name = $"tag-{i}" })));
        await receiver.UntilAsync(300);
        await Task.Delay(1500);
        Assert.Equal(300, receiver.All.Count);
        Assert.Equal(300, receiver.All.Select(r => r.Id).Distinct().Count());
        Assert.Equal(0, await one.StopAsync());
        Assert.Equal(0, await two.StopAsync());
    }

    [Fact]
    public async Task An_outage_of_the_database_loses_nothing()
    {
        var world = await World.GetAsync();
        await using var node = await Node.StartAsync(world, [.. cluster.Settings, .. Allowed]);
        var org = await FoundAsync(node);
        await using var receiver = await Receiver.StartAsync(async (_, _) => await Task.Delay(20));
        (await org.PostAsync("webhook-endpoints", new { url = receiver.Url, event_types = new[] { "tag.created" }, max_concurrency = 3 })).MustBe(201);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => org.PostAsync("tags", new { name = $"tag-{i}" })));
        await receiver.UntilAsync(30);
        await cluster.StopAsync();
        await Task.Delay(500);
        await cluster.StartAsync();
        await UntilDistinctAsync(receiver, 200);
    }

    private static async Task UntilDistinctAsync(Receiver receiver, int count)
    {
        for (var i = 0; receiver.All.Select(r => r.Id).Distinct().Count() < count; i++)
        {
            Assert.True(i < 1800, $"Only {receiver.All.Select(r => r.Id).Distinct().Count()} of {count} came.");
            await Task.Delay(50);
        }
    }

    private static async Task<Api> FoundAsync(Node node)
    {
        var founded = (await new Api(node.Url, World.OperatorKey).PostAsync("organizations", new { slug = "acme", name = "Acme", mode = "test", admin = new { email = "a@acme.test", name = "Ada" } })).MustBe(201);
        return new Api(node.Url, founded.Json.Text("api_key/secret")!);
    }

    // As if a minute had passed: what the killed node held is free.
    private static async Task EndLeasesAsync((string Name, string? Value)[] settings)
    {
        await using var connection = new NpgsqlConnection(settings.Single(s => s.Name == "ConnectionStrings__SupportSystem").Value);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("update webhook_deliveries set locked_until = null where locked_until is not null", connection);
        await command.ExecuteNonQueryAsync();
    }
}
