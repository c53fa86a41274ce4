using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Mail;
using MimeKit;

namespace HeadlessSupport.Api.Tests;

/// <summary>A real mail server (smtp-server, from npm) as a process of its own; <c>tests/mail/server.js</c> says what its receivers do.</summary>
public sealed class MailServer : IAsyncDisposable
{
    public const string User = "support";
    public const string Password = "p4ssw0rd-of-the-mail-server";

    private readonly int port = World.FreePort();
    private readonly ConcurrentQueue<ReceivedMail> received = new();
    private Process? process;
    private Task reading = Task.CompletedTask;

    private MailServer() { }

    /// <summary>What it took, and what it holds unanswered, in that order.</summary>
    public IReadOnlyList<ReceivedMail> Received => [.. received];

    internal SmtpOptions Options(MailSecurity security = MailSecurity.None, string? user = null, string? password = null) =>
        new("127.0.0.1", port, security, user, password, TimeSpan.FromSeconds(30));

    /// <summary>The API's settings for it, as environment variables.</summary>
    public (string Name, string? Value)[] Settings =>
    [
        ("Mail__Smtp__Host", "127.0.0.1"),
        ("Mail__Smtp__Port", port.ToString(CultureInfo.InvariantCulture)),
        ("Mail__Smtp__Security", "none"),
        ("Mail__From", "Support <support@acme.test>"),
    ];

    public static async Task<MailServer> StartAsync(bool wantsUser = false, bool starttls = false)
    {
        var server = new MailServer();
        var tools = Path.Combine(Repository.Root, ".tools", "mail");
        Assert.True(Directory.Exists(Path.Combine(tools, "node_modules", "smtp-server")), "smtp-server is not installed: ./test api installs it.");
        var options = JsonSerializer.Serialize(new { user = wantsUser ? User : null, pass = Password, starttls });
        server.process = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests", "mail", "server.js"), tools, server.port.ToString(CultureInfo.InvariantCulture), options])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("ready", await server.process.StandardOutput.ReadLineAsync());
        server.reading = server.ReadAsync(server.process.StandardOutput);
        return server;
    }

    /// <summary>Waits until it has so many.</summary>
    public Task<IReadOnlyList<ReceivedMail>> UntilAsync(int count) => Try.UntilAsync(() => Task.FromResult(Received.Count >= count ? Received : null));

    public async ValueTask DisposeAsync()
    {
        if (process is null)
            return;
        process.Kill();
        await process.WaitForExitAsync();
        await reading;
        process.Dispose();
        process = null;
    }

    private async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
            received.Enqueue(JsonSerializer.Deserialize<ReceivedMail>(line, JsonSerializerOptions.Web)!);
    }
}

/// <summary>A message as the server got it.</summary>
public sealed record ReceivedMail(string From, string[] To, string? User, bool Secure, string Raw, bool Answered)
{
    public MimeMessage Read() => MimeMessage.Load(new MemoryStream(Encoding.Latin1.GetBytes(Raw)));
}
