using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;

namespace HeadlessSupport.Api.Tests.Realtime;

/// <summary>One who is connected to <c>/live</c> and keeps what they hear.</summary>
internal sealed class LiveClient : IAsyncDisposable
{
    private readonly List<(string What, JsonElement Value)> heard = [];

    private LiveClient(Uri url, string secret, bool inQuery)
    {
        var live = new Uri(url, inQuery ? $"/live?access_token={secret}" : "/live");
        Connection = new HubConnectionBuilder().WithUrl(live, o => o.AccessTokenProvider = inQuery ? null : () => Task.FromResult<string?>(secret)).Build();
        foreach (var what in (string[])["event", "presence", "typing"])
        {
            Connection.On<JsonElement>(what, value =>
            {
                lock (heard)
                    heard.Add((what, value));
            });
        }
        Connection.Closed += _ =>
        {
            Ended.TrySetResult();
            return Task.CompletedTask;
        };
    }

    public HubConnection Connection { get; }

    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="inQuery">As browsers must: their WebSockets carry no header.</param>
    public static async Task<LiveClient> StartAsync(Uri url, string secret, bool inQuery = false)
    {
        var client = new LiveClient(url, secret, inQuery);
        await client.Connection.StartAsync();
        return client;
    }

    public async Task<long> FollowAsync(long? after = null) => (await Connection.InvokeAsync<JsonElement>("follow", after)).GetProperty("sequence").GetInt64();

    public Task<JsonElement> WatchAsync(string ticket) => Connection.InvokeAsync<JsonElement>("watch", ticket);

    public List<JsonElement> Heard(string what)
    {
        lock (heard)
            return [.. heard.Where(h => h.What == what).Select(h => h.Value)];
    }

    /// <summary>Waits until it has heard one that is so.</summary>
    public async Task<JsonElement> UntilAsync(string what, Func<JsonElement, bool> isSo)
    {
        for (var i = 0; i < 1200; i++)
        {
            var found = Heard(what).Find(v => isSo(v));
            if (found.ValueKind != JsonValueKind.Undefined)
                return found;
            await Task.Delay(25);
        }
        Assert.Fail($"No such {what} was heard, only: {string.Join('\n', Heard(what))}");
        return default;
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();
}
