using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace HeadlessSupport.Benchmarks;

/// <summary>What a run gave: latencies in microseconds, and how long it took.</summary>
internal sealed record Sample(List<int> Latencies, TimeSpan Elapsed);

/// <summary>
/// Sends requests over bare sockets, one after the other on each connection. It shares the machine with what it
/// measures, so it does as little as it can: no HTTP client, no parsing beyond status and length.
/// </summary>
internal static class Load
{
    /// <summary>Closed loop: each connection sends its next request when it has the answer.</summary>
    public static async Task<Sample> CloseAsync(Scenario scenario, Target target, IReadOnlyList<Seeded> seeded, int connections, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var runs = await Task.WhenAll(Enumerable.Range(0, connections).Select(async n =>
        {
            var random = new Random((n * 7919) + Random.Shared.Next());
            using var connection = await Connection.OpenAsync(target.Port);
            var latencies = new List<int>(16_384);
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var sent = Stopwatch.GetTimestamp();
                await connection.SendAsync(scenario, seeded[random.Next(seeded.Count)], random);
                latencies.Add((int)Stopwatch.GetElapsedTime(sent).TotalMicroseconds);
            }
            return latencies;
        }));
        return new([.. runs.SelectMany(r => r)], Stopwatch.GetElapsedTime(started));
    }

    /// <summary>
    /// Open loop: so many requests a second, whether or not earlier ones are answered. A latency counts from when the
    /// request was due, so that waiting behind a slow one shows.
    /// </summary>
    public static async Task<Dictionary<Scenario, List<int>>> OpenAsync(Func<int, Scenario> next, Target target, IReadOnlyList<Seeded> seeded, int connections, int perSecond, TimeSpan duration)
    {
        var opened = new List<Connection>();
        for (var i = 0; i < connections; i++)
            opened.Add(await Connection.OpenAsync(target.Port));
        var total = (int)(duration.TotalSeconds * perSecond);
        var started = Stopwatch.GetTimestamp();
        var runs = await Task.WhenAll(opened.Select(async (connection, n) =>
        {
            using var own = connection;
            var random = new Random((n * 7919) + Random.Shared.Next());
            var latencies = new List<(Scenario, int)>();
            for (var i = n; i < total; i += connections)
            {
                var due = TimeSpan.FromSeconds((double)i / perSecond);
                var wait = due - Stopwatch.GetElapsedTime(started);
                if (wait > TimeSpan.Zero)
                    await Task.Delay(wait);
                // A timer comes up to a millisecond late, which is ours and not the server's.
                var late = Stopwatch.GetElapsedTime(started) - due;
                var from = wait > TimeSpan.Zero && late < TimeSpan.FromMilliseconds(2) ? Stopwatch.GetElapsedTime(started) : due;
                var scenario = next(i);
                await connection.SendAsync(scenario, seeded[random.Next(seeded.Count)], random);
                latencies.Add((scenario, (int)(Stopwatch.GetElapsedTime(started) - from).TotalMicroseconds));
            }
            return latencies;
        }));
        return runs.SelectMany(r => r).GroupBy(r => r.Item1, r => r.Item2).ToDictionary(g => g.Key, g => g.ToList());
    }

    /// <summary>One answer's body, for comparing.</summary>
    public static async Task<string> AskAsync(Scenario scenario, Target target, Seeded seeded, int seed)
    {
        using var connection = await Connection.OpenAsync(target.Port);
        return await connection.SendAsync(scenario, seeded, new Random(seed), wantsBody: true);
    }

    private sealed class Connection(Socket socket) : IDisposable
    {
        private readonly byte[] request = new byte[4096];
        private byte[] answer = new byte[16_384];

        public static async Task<Connection> OpenAsync(int port)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync("127.0.0.1", port);
            return new(socket);
        }

        public async ValueTask<string> SendAsync(Scenario scenario, Seeded seeded, Random random, bool wantsBody = false)
        {
            await socket.SendAsync(request.AsMemory(0, scenario.Write(seeded, random, request)));
            var length = 0;
            var (body, end) = (0, -1);
            while (end < 0 ? !EndsChunked(body, length) : length < end)
            {
                if (length == answer.Length)
                    Array.Resize(ref answer, answer.Length * 2);
                var read = await socket.ReceiveAsync(answer.AsMemory(length));
                if (read == 0)
                    throw new InvalidOperationException($"The server closed the connection in the middle of {scenario.Name}.");
                length += read;
                if (body == 0)
                    (body, end) = ReadHead(answer.AsSpan(0, length));
            }
            var status = ((answer[9] - '0') * 100) + ((answer[10] - '0') * 10) + answer[11] - '0';
            if (status != scenario.Status)
                throw new InvalidOperationException($"{scenario.Name} was answered {status}: {Encoding.UTF8.GetString(answer, 0, length)}");
            return wantsBody ? Body(body, end, length) : "";
        }

        public void Dispose() => socket.Dispose();

        // Where the body begins, 0 while the head is not whole; and where it ends, -1 where it comes in chunks.
        private static (int Body, int End) ReadHead(ReadOnlySpan<byte> answer)
        {
            var head = answer.IndexOf("\r\n\r\n"u8);
            if (head < 0)
                return (0, -1);
            var place = answer[..head].IndexOf("Content-Length: "u8);
            if (place < 0)
                return (head + 4, -1);
            var digits = answer[(place + "Content-Length: "u8.Length)..];
            digits = digits[..digits.IndexOf((byte)'\r')];
            return (head + 4, head + 4 + int.Parse(digits, CultureInfo.InvariantCulture));
        }

        // JSON has no bare line ends and nothing is pipelined, so these bytes can only be the last chunk.
        private bool EndsChunked(int body, int length) => body > 0 && answer.AsSpan(body, length - body).EndsWith("\r\n0\r\n\r\n"u8);

        private string Body(int body, int end, int length)
        {
            if (end >= 0)
                return Encoding.UTF8.GetString(answer, body, end - body);
            var whole = new StringBuilder();
            for (var at = body; ;)
            {
                var line = answer.AsSpan(at, length - at).IndexOf("\r\n"u8);
                var size = int.Parse(Encoding.ASCII.GetString(answer, at, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                if (size == 0)
                    return whole.ToString();
                whole.Append(Encoding.UTF8.GetString(answer, at + line + 2, size));
                at += line + 2 + size + 2;
            }
        }
    }
}
