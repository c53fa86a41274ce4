using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeadlessSupport.Sdk.Tests.AspNetCore;

/// <summary>A customer's site on a socket of this machine, with all that it logs.</summary>
internal sealed class Site : ILoggerProvider, IAsyncDisposable
{
    private readonly ConcurrentQueue<string> logged = new();
    private WebApplication? app;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { AllowAutoRedirect = false });

    public string Url => app!.Urls.Single();

    public string Logged => string.Join('\n', logged);

    public static async Task<Site> StartAsync(Action<WebApplicationBuilder>? build, Action<WebApplication> map)
    {
        var site = new Site();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(site).SetMinimumLevel(LogLevel.Trace);
        build?.Invoke(builder);
        site.app = builder.Build();
        map(site.app);
        await site.app.StartAsync();
        site.Http.BaseAddress = new Uri(site.Url);
        return site;
    }

    /// <summary>Sends a body as the API would.</summary>
    public Task<HttpResponseMessage> SendAsync(string body, string secret, DateTimeOffset? sentAt = null, string path = "/hooks/support") =>
        SendAsync(body, Webhooks.Sign(Encoding.UTF8.GetBytes(body), "evt_1", secret, sentAt ?? TimeProvider.System.GetUtcNow()), path);

    public async Task<HttpResponseMessage> SendAsync(string body, IReadOnlyDictionary<string, string> headers, string path = "/hooks/support")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await Http.SendAsync(request);
    }

    public ILogger CreateLogger(string categoryName) => new Logger(logged);

    public void Dispose()
    {
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (app is not null)
            await app.DisposeAsync();
    }

    private sealed class Logger(ConcurrentQueue<string> logged) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logged.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
    }
}

/// <summary>The API as a client sees it that is answered by a function.</summary>
internal sealed class Answering(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
}
