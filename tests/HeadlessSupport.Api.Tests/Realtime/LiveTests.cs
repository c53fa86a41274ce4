using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Client;

namespace HeadlessSupport.Api.Tests.Realtime;

public sealed class LiveTests
{
    [Fact]
    public async Task What_happens_is_heard_as_it_is_told_everywhere_and_only_in_ones_own_organization()
    {
        var (org, other) = (await World.NewOrganizationAsync(), await World.NewOrganizationAsync());
        await using var mine = await LiveClient.StartAsync(org.World.Url, org.Secret);
        await using var theirs = await LiveClient.StartAsync(org.World.Url, other.Secret);
        await mine.FollowAsync();
        await theirs.FollowAsync();

        var ticket = (await org.TicketAsync()).Id();
        (await other.Api.PostAsync("tags", new { name = "theirs" })).MustBe(201);

        var heard = await mine.UntilAsync("event", e => e.Text("type") == "ticket.created");
        Assert.Equal(ticket, heard.Text("ticket_id"));
        var told = (await org.EventsAsync("events?types=ticket.created"))[0];
        Assert.Equal(told.GetRawText(), heard.GetRawText());
        await theirs.UntilAsync("event", e => e.Text("type") == "tag.created");
        Assert.All(theirs.Heard("event"), e => Assert.Equal(other.Id, e.Text("organization_id")));
        Assert.All(mine.Heard("event"), e => Assert.Equal(org.Id, e.Text("organization_id")));
    }

    [Fact]
    public async Task Who_comes_back_hears_what_they_missed_once_and_in_order()
    {
        var org = await World.NewOrganizationAsync();
        await using var first = await LiveClient.StartAsync(org.World.Url, org.Secret);
        await first.FollowAsync(0);
        (await org.Api.PostAsync("tags", new { name = "before" })).MustBe(201);
        var seen = (await first.UntilAsync("event", e => e.Text("type") == "tag.created")).GetProperty("sequence").GetInt64();
        await first.DisposeAsync();

        // More than a node keeps at hand, so that the beginning comes from the database.
        var tags = Enumerable.Range(0, 130).Select(i => $"tag {i}").ToList();
        foreach (var tag in tags)
            (await org.Api.PostAsync("tags", new { name = tag })).MustBe(201);
        await using var again = await LiveClient.StartAsync(org.World.Url, org.Secret);
        Assert.Equal(seen, await again.FollowAsync(seen));
        (await org.Api.PostAsync("tags", new { name = "after" })).MustBe(201);

        await again.UntilAsync("event", e => e.Text("data/name") == "after");
        Assert.Equal([.. tags, "after"], again.Heard("event").Select(e => e.Text("data/name")));
        Assert.Equal(Enumerable.Range(1, 131).Select(i => seen + i), again.Heard("event").Select(e => e.GetProperty("sequence").GetInt64()));
    }

    [Fact]
    public async Task Internal_notes_are_heard_only_by_those_who_may_read_them()
    {
        var org = await World.NewOrganizationAsync();
        var narrow = (await org.Api.PostAsync("api-keys", new { name = "Narrow", scopes = new[] { "events.read", "tickets.read" } })).MustBe(201).Text("secret");
        await using var all = await LiveClient.StartAsync(org.World.Url, org.Secret);
        await using var some = await LiveClient.StartAsync(org.World.Url, narrow);
        await all.FollowAsync();
        await some.FollowAsync();

        var path = $"tickets/{(await org.TicketAsync()).Id()}/comments";
        (await org.Api.PostAsync(path, new { body = "Between us.", visibility = "internal" })).MustBe(201);
        (await org.Api.PostAsync(path, new { body = "For all." })).MustBe(201);

        await all.UntilAsync("event", e => e.Text("type") == "ticket.note_added");
        await some.UntilAsync("event", e => e.Text("type") == "ticket.replied");
        Assert.DoesNotContain(some.Heard("event"), e => e.Text("type") == "ticket.note_added");
    }

    [Fact]
    public async Task Without_a_credential_that_may_read_events_there_is_no_connection()
    {
        var org = await World.NewOrganizationAsync();
        var narrow = (await org.Api.PostAsync("api-keys", new { name = "Narrow", scopes = new[] { "tickets.read" } })).MustBe(201).Text("secret");

        (await org.World.Anonymous.PostAsync("/live/negotiate?negotiateVersion=1")).MustRefuse(401, "unauthenticated");
        (await new Api(org.World.Url, narrow).PostAsync("/live/negotiate?negotiateVersion=1")).MustRefuse(403, "forbidden");
        (await org.World.Operator.PostAsync("/live/negotiate?negotiateVersion=1")).MustRefuse(403, "forbidden");
        await Assert.ThrowsAsync<HttpRequestException>(() => LiveClient.StartAsync(org.World.Url, "hs_test_made_up"));
        // The token in the address is for this address only.
        (await org.World.Anonymous.GetAsync($"tickets?access_token={org.Secret}")).MustBe(401);
    }

    [Fact]
    public async Task A_revoked_key_ends_its_connections()
    {
        var org = await World.NewOrganizationAsync();
        var key = (await org.Api.PostAsync("api-keys", new { name = "Short", scopes = new[] { "events.read" } })).MustBe(201);
        await using var client = await LiveClient.StartAsync(org.World.Url, key.Text("secret"));
        await using var other = await LiveClient.StartAsync(org.World.Url, org.Secret);
        await client.FollowAsync();

        (await org.Api.PostAsync($"api-keys/{key.Text("id")}/revoke")).MustBe(200);

        await client.Ended.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(HubConnectionState.Connected, other.Connection.State);
    }

    [Fact]
    public async Task A_connection_ends_when_its_key_expires()
    {
        var org = await World.NewOrganizationAsync();
        var key = (await org.Api.PostAsync("api-keys", new { name = "Brief", scopes = new[] { "events.read" }, expires_at = DateTimeOffset.UtcNow.AddSeconds(5) })).MustBe(201).Text("secret");
        await using var client = await LiveClient.StartAsync(org.World.Url, key);
        await client.FollowAsync();
        await client.Ended.Task.WaitAsync(TimeSpan.FromSeconds(60));
        // It ends with the second in which the key expires, so perhaps a moment before the key is refused.
        await Try.UntilAsync(async () => (await new Api(org.World.Url, key).GetAsync("events")).Status == 401 ? "" : null);
        await Assert.ThrowsAsync<HttpRequestException>(() => LiveClient.StartAsync(org.World.Url, key));
    }

    [Fact]
    public async Task Who_looks_at_a_ticket_and_who_replies_is_told_to_the_others()
    {
        var org = await World.NewOrganizationAsync();
        var agent = await org.AgentAsync();
        var key = (await org.Api.PostAsync("api-keys", new { name = "Agnes", user_id = agent, scopes = new[] { "events.read", "tickets.read" } })).MustBe(201).Text("secret");
        var ticket = (await org.TicketAsync()).Id();
        await org.EventsAsync($"tickets/{ticket}/events");
        await using var ada = await LiveClient.StartAsync(org.World.Url, org.Secret);
        await using var agnes = await LiveClient.StartAsync(org.World.Url, key);

        var robot = (await org.Api.GetAsync($"api-keys/{org.KeyId}")).MustBe(200).Text("user_id");
        Assert.Equal([robot], (await ada.WatchAsync(ticket)).GetProperty("viewers").EnumerateArray().Select(v => v.Text("user_id")));
        Assert.Equal([robot, agent], (await agnes.WatchAsync(ticket)).GetProperty("viewers").EnumerateArray().Select(v => v.Text("user_id")));
        await ada.UntilAsync("presence", p => p.GetProperty("viewers").GetArrayLength() == 2);

        await agnes.Connection.InvokeAsync("typing", ticket, false);
        var typing = await ada.UntilAsync("typing", t => t.Text("user_id") == agent);
        Assert.Equal((ticket, "agent", false), (typing.Text("ticket_id"), typing.Text("kind"), typing.GetProperty("note").GetBoolean()));
        await ada.UntilAsync("presence", p => p.GetProperty("viewers").EnumerateArray().Any(v => v.Text("user_id") == agent && !v.IsNull("replying_until")));
        Assert.Empty(agnes.Heard("typing"));

        await agnes.Connection.InvokeAsync("unwatch", ticket);
        await ada.UntilAsync("presence", p => p.GetProperty("viewers").GetArrayLength() == 1 && ada.Heard("presence").Count >= 4);
        await agnes.WatchAsync(ticket);
        await agnes.DisposeAsync();
        await ada.UntilAsync("presence", p => p.GetProperty("viewers").GetArrayLength() == 1 && ada.Heard("presence").Count >= 6);
    }

    [Fact]
    public async Task Nobody_watches_a_ticket_of_others_or_types_where_they_do_not_look()
    {
        var (org, other) = (await World.NewOrganizationAsync(), await World.NewOrganizationAsync());
        var theirs = (await other.TicketAsync()).Id();
        await other.EventsAsync($"tickets/{theirs}/events");
        var mine = (await org.TicketAsync()).Id();
        await using var client = await LiveClient.StartAsync(org.World.Url, org.Secret);

        foreach (var id in (string[])[theirs, "tkt_nonsense", "usr_00000000000000000000000000", ""])
            Assert.Contains("not_found", (await Assert.ThrowsAsync<HubException>(() => client.WatchAsync(id))).Message, StringComparison.Ordinal);
        Assert.Contains("Watch the ticket first", (await Assert.ThrowsAsync<HubException>(() => client.Connection.InvokeAsync("typing", mine, false))).Message, StringComparison.Ordinal);
        Assert.Contains("after", (await Assert.ThrowsAsync<HubException>(() => client.FollowAsync(-1))).Message, StringComparison.Ordinal);
        Assert.Equal(HubConnectionState.Connected, client.Connection.State);
    }

    [Fact]
    public async Task Server_sent_events_carry_it_where_web_sockets_are_forbidden()
    {
        var org = await World.NewOrganizationAsync();
        await using var connection = new HubConnectionBuilder().WithUrl(new Uri(org.World.Url, "/live"), o =>
        {
            o.Transports = HttpTransportType.ServerSentEvents;
            o.AccessTokenProvider = () => Task.FromResult<string?>(org.Secret);
        }).Build();
        var heard = new TaskCompletionSource<System.Text.Json.JsonElement>();
        connection.On<System.Text.Json.JsonElement>("event", e => heard.TrySetResult(e));
        await connection.StartAsync();
        await connection.InvokeAsync("follow", (long?)0);
        Assert.Equal(org.Id, (await heard.Task.WaitAsync(TimeSpan.FromSeconds(60))).Text("organization_id"));
    }
}
