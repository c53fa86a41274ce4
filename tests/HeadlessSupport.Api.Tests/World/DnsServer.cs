using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HeadlessSupport.Api.Tests;

/// <summary>A name server that knows the TXT records it was told, and no other name.</summary>
public sealed class DnsServer : IDisposable
{
    private readonly UdpClient udp = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly ConcurrentDictionary<string, string> texts = new(StringComparer.OrdinalIgnoreCase);

    private DnsServer() { }

    public string Address => udp.Client.LocalEndPoint!.ToString()!;

    public static DnsServer Start()
    {
        var server = new DnsServer();
        _ = server.ServeAsync();
        return server;
    }

    public void Say(string name, string text) => texts[name] = text;

    public void Dispose() => udp.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var asked = await udp.ReceiveAsync();
                await udp.SendAsync(Answer(asked.Buffer), asked.RemoteEndPoint);
            }
        }
        catch (Exception error) when (error is ObjectDisposedException or SocketException)
        {
            // The tests are over.
        }
    }

    private byte[] Answer(byte[] query)
    {
        var labels = new List<string>();
        var at = 12;
        while (query[at] != 0)
        {
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
            at += query[at] + 1;
        }
        var question = query[12..(at + 5)];
        var found = texts.TryGetValue(string.Join('.', labels), out var text);
        var answer = new List<byte>();
        answer.AddRange(query[..2]);
        // An answer, with recursion; 3 is "no such name".
        answer.AddRange([0x81, (byte)(found ? 0x80 : 0x83), 0, 1, 0, (byte)(found ? 1 : 0), 0, 0, 0, 0]);
        answer.AddRange(question);
        if (found)
        {
            var data = Encoding.ASCII.GetBytes(text!);
            var length = new byte[2];
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)(data.Length + 1));
            // Name by pointer, TXT, IN, a second to live.
            answer.AddRange([0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 1, .. length, (byte)data.Length, .. data]);
        }
        return [.. answer];
    }
}
