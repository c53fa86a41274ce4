using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using HeadlessSupport.Api.Platform.Storage;

namespace HeadlessSupport.Api.Tests;

/// <summary>
/// A real S3-compatible service (s3rver, from npm) as a process of its own, with one bucket. Its port and what it holds
/// stay the same over restarts. It ends with the process that started it, however that ends.
/// </summary>
public sealed class S3Server : IAsyncLifetime, IAsyncDisposable
{
    public const string Bucket = "files";
    private const string Key = "S3RVER";

    private readonly int port = World.FreePort();
    private readonly string directory = Directory.CreateTempSubdirectory("headless-support-s3-").FullName;
    private Process? process;

    /// <summary>The API's settings for it, as environment variables.</summary>
    public (string Name, string? Value)[] Settings =>
    [
        ("Files__S3__Endpoint", $"http://127.0.0.1:{port}"),
        ("Files__S3__Bucket", Bucket),
        ("Files__S3__AccessKey", Key),
        ("Files__S3__SecretKey", Key),
    ];

    internal S3Options Options(string prefix = "") => new(new Uri($"http://127.0.0.1:{port}"), "us-east-1", Bucket, Key, Key, prefix.Length == 0 ? "" : prefix + "/", true);

    public static async Task<S3Server> NewAsync()
    {
        var server = new S3Server();
        await server.StartAsync();
        return server;
    }

    public async Task StartAsync()
    {
        var tools = Path.Combine(Repository.Root, ".tools", "s3");
        Assert.True(Directory.Exists(Path.Combine(tools, "node_modules", "s3rver")), "s3rver is not installed: ./test api installs it.");
        var start = new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests", "s3", "server.js"), tools, directory, port.ToString(CultureInfo.InvariantCulture), Bucket])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line == "ready")
                return;
        }
        Assert.Fail("s3rver ended before it was ready.");
    }

    /// <summary>kill -9. What it holds is there again after <see cref="StartAsync"/>.</summary>
    public async Task KillAsync()
    {
        if (process is null)
            return;
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
        // Connections that are still open must not make the next caller believe that it lives.
        await Try.UntilAsync(async () => await AnswersAsync() ? null : "");
    }

    /// <summary>Breaks it on purpose in a way that <c>tests/s3/server.js</c> knows; null mends it.</summary>
    public void Break(string? fault)
    {
        var file = Path.Combine(directory, "fault");
        if (fault is null)
            File.Delete(file);
        else
            File.WriteAllText(file, fault);
    }

    /// <summary>The objects whose name begins so, and where it keeps their bytes.</summary>
    public IReadOnlyDictionary<string, string> Objects(string prefix = "")
    {
        const string suffix = "._S3rver_object";
        var bucket = Path.Combine(directory, Bucket);
        return Directory.EnumerateFiles(bucket, "*" + suffix, SearchOption.AllDirectories)
            .ToDictionary(f => Path.GetRelativePath(bucket, f)[..^suffix.Length], f => f)
            .Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary();
    }

    /// <summary>Names of uploads that were begun and neither finished nor given up.</summary>
    public IReadOnlyList<string> Unfinished(string prefix = "")
    {
        var uploads = Path.Combine(directory, Bucket, "._S3rver_uploads");
        return Directory.Exists(uploads)
            ? [.. Directory.EnumerateDirectories(uploads).Select(u => File.ReadAllText(Path.Combine(u, "key"))).Where(k => k.StartsWith(prefix, StringComparison.Ordinal))]
            : [];
    }

    Task IAsyncLifetime.InitializeAsync() => StartAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
