using System.Collections.Concurrent;

namespace HeadlessSupport.Api.Tests.Platform.Http;

public sealed class KilledNodeTests
{
    [Fact]
    public async Task A_kill_at_any_moment_never_leads_to_two_tickets_of_one_key()
    {
        var org = await World.NewOrganizationAsync();
        await using var node = await Node.StartAsync(org.World);
        var answered = new ConcurrentDictionary<string, string>();
        using var over = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 6).Select(client => KeepPostingAsync(node.Url, org.Secret, client, answered, over.Token)).ToList();

        var unlucky = 0;
        for (var round = 0; round < 3; round++)
        {
            await UntilAsync(() => answered.Count >= (round + 1) * 15);
            await Task.Delay(Random.Shared.Next(0, 120));
            await node.KillAsync();
            await node.StartAsync();
        }
        await UntilAsync(() => answered.Count >= 60);
        await over.CancelAsync();
        foreach (var client in clients)
            unlucky += await client;

        Assert.True(unlucky > 0, "No request was under way at any kill: the test has shown nothing.");
        var tickets = await org.Api.AllAsync("tickets");
        Assert.Equal(answered.Keys.Order(StringComparer.Ordinal), tickets.Select(t => t.Text("subject")!).Order(StringComparer.Ordinal));
        Assert.Equal(answered.Values.Order(StringComparer.Ordinal), tickets.Select(t => t.Id()).Order(StringComparer.Ordinal));
        var events = await org.AllEventsAsync("events?types=ticket.created");
        Assert.Equal(events.Count, events.Select(e => e.Text("ticket_id")).Distinct(StringComparer.Ordinal).Count());
        foreach (var ticket in tickets)
            Assert.Single(await org.Api.AllAsync($"tickets/{ticket.Id()}/comments"));
    }

    // One client: a new key for each ticket, and each asked for until it is answered. Answers how often it had to ask again.
    private static async Task<int> KeepPostingAsync(Uri url, string secret, int client, ConcurrentDictionary<string, string> answered, CancellationToken over)
    {
        var api = new Api(url, secret);
        var again = 0;
        for (var i = 0; !over.IsCancellationRequested; i++)
        {
            var key = $"client-{client}-ticket-{i:000}";
            var body = new { subject = key, requester = new { email = $"client-{client}@customer.test" }, comment = new { body = "Once." }, tags = new[] { key } };
            while (true)
            {
                try
                {
                    var answer = await api.PostAsync("tickets", body, ("Idempotency-Key", key));
                    if (answer.Status == 201)
                    {
                        answered[key] = answer.Text("id");
                        break;
                    }
                    // The killed process's transaction may still stand for a moment; nothing else may be in the way.
                    answer.MustBe(409, "request_in_progress");
                }
                catch (HttpRequestException)
                {
                    again++;
                }
                await Task.Delay(20, CancellationToken.None);
            }
        }
        return again;
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var i = 0; !holds(); i++)
        {
            Assert.True(i < 3000, "It does not come to hold within a minute.");
            await Task.Delay(20);
        }
    }
}
