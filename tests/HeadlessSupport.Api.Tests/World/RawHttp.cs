using System.Net.Sockets;
using System.Text;

namespace HeadlessSupport.Api.Tests;

/// <summary>Sends a request line as it stands: HTTP clients repair what a hostile one would not.</summary>
internal static class RawHttp
{
    /// <returns>Status line and the rest.</returns>
    public static async Task<(int Status, string Text)> SendAsync(Uri url, string requestLine, string? credential, params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(url.Host, url.Port);
        await using var stream = client.GetStream();
        var lines = new List<string> { requestLine, $"Host: {url.Authority}", "Connection: close" };
        if (credential is not null)
            lines.Add($"Authorization: Bearer {credential}");
        lines.AddRange(headers);
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n"));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var text = await reader.ReadToEndAsync();
        return (int.Parse(text.Split(' ')[1]), text);
    }
}
