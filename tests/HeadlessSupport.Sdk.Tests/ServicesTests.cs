using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HeadlessSupport.Sdk.Tests;

public sealed class ServicesTests
{
    [Theory]
    [InlineData(null, "hs_test_1", "BaseAddress must be where the API is")]
    [InlineData("ftp://x.example", "hs_test_1", "BaseAddress must be where the API is")]
    [InlineData("http://support.example.com", "hs_test_1", "BaseAddress must be HTTPS")]
    [InlineData("https://support.example.com", null, "Either ApiKey or AccessToken must be set.")]
    [InlineData("https://support.example.com", "hs_test_1\n", "ApiKey must be a key as the API showed it")]
    public async Task Mistakes_in_the_options_end_the_start_with_a_sentence(string? address, string? key, string sentence)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddHeadlessSupport(o => (o.BaseAddress, o.ApiKey) = (address is null ? null : new Uri(address), key));
        using var host = builder.Build();

        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());

        Assert.Contains(sentence, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_host_mistakes_are_said_by_the_constructor()
    {
        Assert.Contains("BaseAddress", Assert.Throws<ArgumentException>(() => new HeadlessSupportClient("hs_test_1", "support.example.com")).Message, StringComparison.Ordinal);
        Assert.Contains("ApiKey", Assert.Throws<ArgumentException>(() => new HeadlessSupportClient("", "https://support.example.com")).Message, StringComparison.Ordinal);
        using var fine = new HeadlessSupportClient(new HeadlessSupportOptions { BaseAddress = new Uri("http://api.internal"), AllowHttp = true, ApiKey = "k" });
    }

    [Fact]
    public async Task Each_name_has_a_client_of_its_own()
    {
        await using var one = new HostileServer();
        await using var two = new HostileServer();
        one.Answers(200, """{"id":"tkt_1"}""");
        two.Answers(200, """{"id":"tkt_2"}""");
        var services = new ServiceCollection();
        services.AddHeadlessSupport(o => (o.BaseAddress, o.ApiKey) = (one.Url, "hs_test_1"));
        services.AddHeadlessSupport("two", o => (o.BaseAddress, o.ApiKey) = (two.Url, "hs_test_2"));
        await using var provider = services.BuildServiceProvider();

        Assert.Equal("tkt_1", (await provider.GetRequiredService<HeadlessSupportClient>().Tickets.GetAsync("x")).Id);
        Assert.Equal("tkt_2", (await provider.GetRequiredKeyedService<HeadlessSupportClient>("two").Tickets.GetAsync("x")).Id);
        Assert.Equal("Bearer hs_test_2", two.Requests[0].Headers["Authorization"]);
        Assert.Same(provider.GetRequiredService<HeadlessSupportClient>(), provider.GetRequiredService<HeadlessSupportClient>());
    }

    [Fact]
    public async Task A_token_is_asked_for_at_each_try()
    {
        await using var server = new HostileServer();
        server.Answers(503, "", "text/plain", "Retry-After: 0").Answers(200, """{"id":"tkt_1"}""");
        var asked = 0;
        using var hs = server.Client(o => (o.ApiKey, o.AccessToken) = (null, _ => ValueTask.FromResult($"token-{++asked}")));

        await hs.Tickets.GetAsync("x");

        Assert.Equal(["Bearer token-1", "Bearer token-2"], server.Requests.Select(r => r.Headers["Authorization"]));
    }

    [Fact]
    public async Task A_call_is_a_span_and_a_measurement_by_operation_without_ids_or_keys()
    {
        await using var server = new HostileServer();
        server.Answers(503, "", "text/plain", "Retry-After: 0").Refuses(404, "not_found");
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "HeadlessSupport",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        var measured = new List<string>();
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, m) =>
        {
            if (instrument.Meter.Name == "HeadlessSupport")
                m.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => measured.Add($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => measured.Add($"{instrument.Name} {string.Join(' ', tags.ToArray())}"));
        meters.Start();
        using var hs = server.Client();

        await Assert.ThrowsAsync<NotFoundException>(() => hs.Sessions.GetAsync("ses_secret"));

        // Other tests make calls at the same time.
        var span = Assert.Single(spans, s => s.DisplayName == "Sessions_Get");
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal(404, span.GetTagItem("http.response.status_code"));
        Assert.Equal(1, span.GetTagItem("http.request.resend_count"));
        Assert.Equal("not_found", span.GetTagItem("error.type"));
        Assert.DoesNotContain("secret", string.Join(' ', span.TagObjects), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("headless_support.client.operation.duration [operation, Sessions_Get] [http.response.status_code, 404] [error.type, not_found]", measured);
        Assert.Contains("headless_support.client.retries [operation, Sessions_Get]", measured);
    }

    [Fact]
    public async Task Logs_show_no_key_and_no_query()
    {
        await using var server = new HostileServer();
        server.Answers(200, """{"data":[]}""");
        var log = new Log();
        var services = new ServiceCollection();
        services.AddLogging(b => b.AddProvider(log).SetMinimumLevel(LogLevel.Trace));
        services.AddHeadlessSupport(o => (o.BaseAddress, o.ApiKey) = (server.Url, "hs_test_SECRETKEY"));
        await using var provider = services.BuildServiceProvider();

        await foreach (var _ in provider.GetRequiredService<HeadlessSupportClient>().Users.ListAsync(new() { Email = "mia@customer.test" }))
            Assert.Fail("There is none.");

        var text = string.Join('\n', log.Lines);
        Assert.Contains("/api/v1/users", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRETKEY", text, StringComparison.Ordinal);
        Assert.DoesNotContain("customer.test", text, StringComparison.Ordinal);
    }

    private sealed class Log : ILoggerProvider, ILogger
    {
        public List<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull
        {
            Lines.Add(state.ToString()!);
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Add(formatter(state, exception) + exception);

        public void Dispose()
        {
        }
    }
}
