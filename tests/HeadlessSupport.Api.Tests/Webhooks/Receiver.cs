using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HeadlessSupport.Api.Tests.Webhooks;

/// <summary>A partner's server: keeps what it is sent and answers as it is told.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Received> all = new();

    private Receiver(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single() + "/hook";

    public IReadOnlyList<Received> All => [.. all];

    /// <param name="answer">What to do with a request; 204 if not given.</param>
    public static async Task<Receiver> StartAsync(Func<HttpContext, Received, Task>? answer = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body, new UTF8Encoding(false));
            var received = new Received(context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString(), StringComparer.Ordinal), await reader.ReadToEndAsync(), context.Request.Path);
            receiver.all.Enqueue(received);
            context.Response.StatusCode = 204;
            if (answer is not null)
                await answer(context, received);
        });
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Answers every request with this status.</summary>
    public static Task<Receiver> AnsweringAsync(int status) => StartAsync((context, _) =>
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync($"I say {status}.");
    });

    /// <summary>Waits until so many requests have come of which this holds.</summary>
    public async Task<List<Received>> UntilAsync(int count, Func<Received, bool>? which = null)
    {
        for (var i = 0; ; i++)
        {
            var found = All.Where(which ?? (_ => true)).ToList();
            if (found.Count >= count)
                return found;
            Assert.True(i < 1200, $"Only {found.Count} of {count} requests came: {string.Join(", ", All.Select(r => r.Type))}");
            await Task.Delay(25);
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>A request that a receiver got.</summary>
internal sealed record Received(Dictionary<string, string> Headers, string Body, string Path)
{
    private readonly Lazy<JsonElement> json = new(() => JsonSerializer.Deserialize<JsonElement>(Body));

    public JsonElement Json => json.Value;
    public string Id => Headers["webhook-id"];
    public string Type => Json.Text("type")!;
    public string[] Signatures => Headers["webhook-signature"].Split(' ');
}
