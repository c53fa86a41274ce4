using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;

namespace HeadlessSupport.Api.Tests.Realtime;

public sealed class TwoNodesTests
{
    [Fact]
    public async Task Two_nodes_serve_one_conversation()
    {
        await using var redis = await RedisServer.StartAsync();
        var org = await World.NewOrganizationAsync();
        await using var one = await Node.StartAsync(org.World, ("Live__Redis", $"127.0.0.1:{redis.Port}"));
        await using var two = await Node.StartAsync(org.World, ("Live__Redis", $"127.0.0.1:{redis.Port}"));
        var agent = await org.AgentAsync();
        var key = (await org.Api.PostAsync("api-keys", new { name = "Agnes", user_id = agent, scopes = new[] { "events.read", "tickets.read" } })).MustBe(201).Text("secret");
        await using var ada = await LiveClient.StartAsync(one.Url, org.Secret);
        await using var agnes = await LiveClient.StartAsync(two.Url, key);
        await ada.FollowAsync();
        await agnes.FollowAsync();

        // What is written on one is heard on both, wherever it got its number.
        var ticket = (await new Api(one.Url, org.Secret).PostAsync("tickets", new { subject = "Hello", requester = new { email = "a@b.test" } })).MustBe(201).Text("id");
        await ada.UntilAsync("event", e => e.Text("ticket_id") == ticket);
        await agnes.UntilAsync("event", e => e.Text("ticket_id") == ticket);

        await ada.WatchAsync(ticket);
        Assert.Equal(2, (await agnes.WatchAsync(ticket)).GetProperty("viewers").GetArrayLength());
        await ada.UntilAsync("presence", p => p.GetProperty("viewers").GetArrayLength() == 2);
        await agnes.Connection.InvokeAsync("typing", ticket, true);
        var typing = await ada.UntilAsync("typing", t => t.Text("user_id") == agent);
        Assert.True(typing.GetProperty("note").GetBoolean());

        // As a browser does, which can send no header: the token is let in, and written down nowhere.
        using (var socket = new ClientWebSocket())
            await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{one.Url.Port}/live?access_token={org.Secret}"), CancellationToken.None);
        await Try.UntilAsync(() => Task.FromResult(one.Log.Contains("/live", StringComparison.Ordinal) ? "" : null));
        Assert.DoesNotContain(org.Secret, one.Log, StringComparison.Ordinal);

        // A node that dies takes nobody's events along: its client goes on elsewhere.
        var seen = agnes.Heard("event")[^1].GetProperty("sequence").GetInt64();
        await two.KillAsync();
        await agnes.Ended.Task.WaitAsync(TimeSpan.FromSeconds(60));
        (await new Api(one.Url, org.Secret).PostAsync("tags", new { name = "meanwhile" })).MustBe(201);
        await using var again = await LiveClient.StartAsync(one.Url, key);
        await again.FollowAsync(seen);
        Assert.Equal("meanwhile", (await again.UntilAsync("event", e => e.Text("type") == "tag.created")).Text("data/name"));
        Assert.Equal(again.Heard("event").Count, again.Heard("event").DistinctBy(e => e.Text("id")).Count());
    }

    [Fact]
    public async Task Without_its_Redis_a_node_serves_events_and_does_not_fall()
    {
        var redis = await RedisServer.StartAsync();
        var org = await World.NewOrganizationAsync();
        await using var node = await Node.StartAsync(org.World, ("Live__Redis", $"127.0.0.1:{redis.Port}"));
        var ticket = (await org.TicketAsync()).Id();
        await org.EventsAsync($"tickets/{ticket}/events");
        await using var client = await LiveClient.StartAsync(node.Url, org.Secret);
        await client.FollowAsync();
        await client.WatchAsync(ticket);
        await redis.DisposeAsync();

        await client.Connection.InvokeAsync("typing", ticket, false);
        await Try.UntilAsync(() => Task.FromResult(node.Log.Contains("could not be told to the other nodes", StringComparison.Ordinal) ? "" : null));
        (await new Api(node.Url, org.Secret).PostAsync("tags", new { name = "all the same" })).MustBe(201);
        await client.UntilAsync("event", e => e.Text("type") == "tag.created");
        Assert.Equal(HubConnectionState.Connected, client.Connection.State);
    }
}
