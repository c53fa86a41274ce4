using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HeadlessSupport.Sdk.Tests;

/// <summary>A server that answers as it is told, request by request: with anything, half of it, late, or not at all.</summary>
public sealed class HostileServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentQueue<Func<Stream, CancellationToken, Task>> script = new();
    private readonly ConcurrentQueue<Request> requests = new();
    private readonly Task accepting;

    public HostileServer()
    {
        listener.Start();
        accepting = AcceptAsync();
    }

    public sealed record Request(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
    {
        public string Text => Encoding.UTF8.GetString(Body);
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

    public IReadOnlyList<Request> Requests => [.. requests];

    public HeadlessSupportClient Client(Action<HeadlessSupportOptions>? configure = null)
    {
        var options = new HeadlessSupportOptions { BaseAddress = Url, ApiKey = "hs_test_SECRETKEY" };
        configure?.Invoke(options);
        return new HeadlessSupportClient(options);
    }

    public HostileServer Answers(int status, string body = "", string type = "application/json", params string[] headers) => Does((stream, ct) =>
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = new StringBuilder($"HTTP/1.1 {status} X\r\nConnection: close\r\n");
        if (status != 204)
            head.Append($"Content-Type: {type}\r\nContent-Length: {bytes.Length}\r\n");
        foreach (var header in headers)
            head.Append(header).Append("\r\n");
        return stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()).Concat(status == 204 ? [] : bytes).ToArray(), ct).AsTask();
    });

    public HostileServer Refuses(int status, string code, params string[] headers) =>
        Answers(status, $$"""{"type":"http://x/errors/{{code}}","title":"T","status":{{status}},"detail":"It is so.","instance":"/x","code":"{{code}}","trace_id":"t","errors":null}""", "application/problem+json", headers);

    /// <summary>Reads the request and closes without a word.</summary>
    public HostileServer HangsUp() => Does((_, _) => Task.CompletedTask);

    /// <summary>Reads the request and says nothing.</summary>
    public HostileServer SaysNothing() => Does((_, ct) => Task.Delay(Timeout.Infinite, ct));

    public HostileServer Does(Func<Stream, CancellationToken, Task> answer)
    {
        script.Enqueue(answer);
        return this;
    }

    public HostileServer Says(string raw) => Does((stream, ct) => stream.WriteAsync(Encoding.UTF8.GetBytes(raw), ct).AsTask());

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                if (await ReadAsync(stream, stop.Token) is not { } request)
                    return;
                requests.Enqueue(request);
                if (script.TryDequeue(out var answer))
                    await answer(stream, stop.Token);
                client.Client.Shutdown(SocketShutdown.Send);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The client went.
            }
        }
    }

    private static async Task<Request?> ReadAsync(NetworkStream stream, CancellationToken ct)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, ct) == 0)
                return null;
            head.Append((char)one[0]);
        }
        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(p => p[0], p => p[1], StringComparer.OrdinalIgnoreCase);
        var body = new MemoryStream();
        if (headers.TryGetValue("Content-Length", out var length))
        {
            var rest = new byte[int.Parse(length)];
            await stream.ReadExactlyAsync(rest, ct);
            body.Write(rest);
        }
        else if (headers.ContainsKey("Transfer-Encoding"))
        {
            while (true)
            {
                var line = "";
                while (!line.EndsWith("\r\n", StringComparison.Ordinal))
                {
                    await stream.ReadExactlyAsync(one, ct);
                    line += (char)one[0];
                }
                var chunk = new byte[Convert.ToInt32(line.Trim(), 16) + 2];
                await stream.ReadExactlyAsync(chunk, ct);
                if (chunk.Length == 2)
                    break;
                body.Write(chunk, 0, chunk.Length - 2);
            }
        }
        var start = lines[0].Split(' ');
        return new Request(start[0], start[1], headers, body.ToArray());
    }
}
