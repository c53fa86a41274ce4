using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace HeadlessSupport.Benchmarks;

/// <summary>How soon those who follow hear of what was written, and what it costs to let them listen.</summary>
/// <param name="Live">From the event's own timestamp, taken before its commit, to a live client: microseconds.</param>
/// <param name="Webhooks">The same to a webhook's receiver.</param>
/// <param name="KibPerConnection">Resident memory that an idle live connection took.</param>
/// <param name="DrainedPerSecond">Deliveries a second of a backlog.</param>
internal sealed record Followed(List<int> Live, List<int> Webhooks, double KibPerConnection, double DrainedPerSecond, int Backlog);

/// <summary>Clients over bare WebSockets in SignalR's JSON protocol, and a receiver that does nothing but look at the clock.</summary>
internal static class Following
{
    private const int Clients = 1000;
    private const int WritesPerSecond = 100;
    private const int Endpoints = 10;
    private static readonly byte[] Separator = [0x1e];

    public static async Task<Followed> RunAsync(Installation installation, TimeSpan duration, int backlog, CancellationToken stop)
    {
        Console.WriteLine($"{Clients} live connections listen");
        var before = 0.0;
        var live = new ConcurrentBag<int>();
        using var listening = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var clients = new List<ClientWebSocket>();
        for (var i = 0; i < Clients; i++)
        {
            // The first hundred bring what is there once for all: an organization's feed, compiled code.
            if (i == installation.Seeded.Length)
            {
                await Task.Delay(TimeSpan.FromSeconds(5), stop);
                before = installation.Api.Memory.Now;
            }
            clients.Add(await ConnectAsync(installation.Api, installation.Seeded[i % installation.Seeded.Length].Key, stop));
        }
        await Task.Delay(TimeSpan.FromSeconds(5), stop);
        var perConnection = (installation.Api.Memory.Now - before) * 1024 / (Clients - installation.Seeded.Length);
        var hearing = clients.ConvertAll(c => HearAsync(c, live, listening.Token));

        // Until the runtime has compiled what is run often.
        await WriteAsync(installation, installation.Seeded, TimeSpan.FromSeconds(10), stop);
        await Task.Delay(TimeSpan.FromSeconds(1), stop);
        live.Clear();
        await WriteAsync(installation, installation.Seeded, duration, stop);
        await Task.Delay(TimeSpan.FromSeconds(2), stop);
        await listening.CancelAsync();
        await Task.WhenAll(hearing);
        foreach (var client in clients)
            client.Dispose();

        Console.WriteLine($"{Endpoints} webhook endpoints listen");
        await using var receiver = await Receiver.StartAsync();
        var owners = installation.Seeded[..Endpoints];
        foreach (var owner in owners)
            await PostAsync(installation.Api, owner.Key, "webhook-endpoints", new { url = receiver.Url, event_types = new[] { "*" }, max_concurrency = 50 });
        await WriteAsync(installation, owners, TimeSpan.FromSeconds(5), stop);
        await Task.Delay(TimeSpan.FromSeconds(1), stop);
        receiver.Take();
        await WriteAsync(installation, owners, duration, stop);
        await Task.Delay(TimeSpan.FromSeconds(3), stop);
        var webhooks = receiver.Take();

        var drained = await DrainAsync(installation, owners[0], receiver, backlog, stop);
        return new([.. live.Order()], [.. webhooks.Order()], perConnection, drained, backlog);
    }

    /// <summary>Writes straight into the table of events, as the API's own inserts do, and waits until all were delivered.</summary>
    private static async Task<double> DrainAsync(Installation installation, Seeded owner, Receiver receiver, int backlog, CancellationToken stop)
    {
        Console.WriteLine($"{backlog} events are to be delivered");
        await using var source = NpgsqlDataSource.Create(installation.Superuser);
        await using var insert = source.CreateCommand("""
            insert into events (organization_id, id, type, occurred_at, resource_id, resource_version, actor_kind, api_version, data, audience)
            select $1, (lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n), 3, '0') || '8' || substr(md5(random()::text), 1, 15))::uuid,
                'tag.updated', now(), gen_random_uuid(), 1, 'system', 'v1', '{"name":"backlog","description":"A tag that stands for a believable body of some hundred bytes in this measurement."}', 'staff'
            from (select i, i % 4096 as n from generate_series(1, $2) i) x
            """);
        insert.Parameters.AddWithValue(owner.Organization);
        insert.Parameters.AddWithValue(backlog);
        insert.CommandTimeout = 600;
        var from = receiver.Count;
        await insert.ExecuteNonQueryAsync(stop);
        var started = Stopwatch.GetTimestamp();
        while (receiver.Count < from + backlog && Stopwatch.GetElapsedTime(started) < TimeSpan.FromMinutes(10))
            await Task.Delay(20, stop);
        return (receiver.Count - from) / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task WriteAsync(Installation installation, Seeded[] seeded, TimeSpan duration, CancellationToken stop)
    {
        var create = Scenario.All.First(s => s.Name == "create");
        await Load.OpenAsync(_ => create, installation.Api, seeded, connections: 50, WritesPerSecond, duration);
        stop.ThrowIfCancellationRequested();
        await installation.SettleAsync();
    }

    private static async Task<ClientWebSocket> ConnectAsync(Target api, string key, CancellationToken stop)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", "Bearer " + key);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{api.Port}/live"), stop);
        foreach (var message in (string[])["""{"protocol":"json","version":1}""", """{"type":1,"invocationId":"1","target":"follow","arguments":[null]}"""])
            await socket.SendAsync((byte[])[.. Encoding.UTF8.GetBytes(message), .. Separator], WebSocketMessageType.Text, true, stop);
        return socket;
    }

    private static async Task HearAsync(ClientWebSocket socket, ConcurrentBag<int> latencies, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult read;
                do
                {
                    read = await socket.ReceiveAsync(buffer.AsMemory(length), stop);
                    length += read.Count;
                }
                while (!read.EndOfMessage && length < buffer.Length);
                Note(buffer.AsSpan(0, length), latencies);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            // It was told to stop.
        }
    }

    // The envelope's timestamp, wherever it stands; messages without one are not events.
    private static void Note(ReadOnlySpan<byte> text, ConcurrentBag<int> latencies)
    {
        var now = TimeProvider.System.GetUtcNow();
        while (text.IndexOf("\"timestamp\":\""u8) is >= 0 and var at)
        {
            text = text[(at + 13)..];
            // A message longer than the buffer may end here.
            if (text.IndexOf((byte)'"') < 0)
                return;
            if (DateTimeOffset.TryParse(Encoding.ASCII.GetString(text[..text.IndexOf((byte)'"')]), null, System.Globalization.DateTimeStyles.RoundtripKind, out var when))
                latencies.Add((int)(now - when).TotalMicroseconds);
        }
    }

    private static async Task PostAsync(Target api, string key, string path, object body)
    {
        using var http = new HttpClient { BaseAddress = api.Url, DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
        using var answer = await http.PostAsJsonAsync("/api/v1/" + path, body);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{path} was refused: {await answer.Content.ReadAsStringAsync()}");
    }

    private sealed class Receiver : IAsyncDisposable
    {
        private readonly WebApplication app;
        private ConcurrentBag<int> latencies = [];
        private int count;

        private Receiver(WebApplication app) => this.app = app;

        public int Count => Volatile.Read(ref count);

        public string Url => app.Urls.First();

        public static async Task<Receiver> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var receiver = new Receiver(app);
            app.Run(async context =>
            {
                var buffer = new byte[32 * 1024];
                var length = await context.Request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false);
                Note(buffer.AsSpan(0, length), receiver.latencies);
                Interlocked.Increment(ref receiver.count);
            });
            await app.StartAsync();
            return receiver;
        }

        public List<int> Take() => [.. Interlocked.Exchange(ref latencies, [])];

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
