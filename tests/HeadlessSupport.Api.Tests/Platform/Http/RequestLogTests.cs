using System.Text.Json;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HeadlessSupport.Api.Tests.Platform.Http;

/// <summary>One structured line a request, which tells everything about it but what is nobody's business.</summary>
public sealed class RequestLogTests
{
    [Fact]
    public async Task Every_request_has_one_line_with_its_route_status_organization_and_id()
    {
        var world = await World.GetAsync();
        await using var node = await Node.StartAsync(world);
        var org = await world.FoundAsync();
        var api = new Api(node.Url, org.Secret);
        var uploaded = (await api.UploadAsync("hello"u8.ToArray(), "confidential-name.txt")).MustBe(201);
        var download = new Uri(uploaded.Text("download_url")).AbsolutePath;
        (string Method, string Route, string? Organization, Answer Answer)[] made =
        [
            ("GET", "api/v{version:apiVersion}/users", org.Id, await api.GetAsync("users?email=secret-person@customer.test", ("X-Forwarded-For", "203.0.113.77"))),
            ("POST", "api/v{version:apiVersion}/tickets", org.Id, await api.PostAsync("tickets", new { subject = "secret-subject", requester = new { email = "secret-bob@customer.test" } }, ("Idempotency-Key", "secret-idempotency"))),
            ("POST", "api/v{version:apiVersion}/tickets", org.Id, await api.PostAsync("tickets", """{ "subject": "secret-broken""")),
            ("GET", "api/v{version:apiVersion}/tickets/{id}", org.Id, await api.GetAsync("tickets/tkt_01h455vb4pex5vsknk084sn02q")),
            ("GET", "api/v{version:apiVersion}/files/{token}", org.Id, await new Api(node.Url, null).GetAsync(download)),
            ("GET", "api/v{version:apiVersion}/tickets", null, await new Api(node.Url, "hs_test_secret-credential").GetAsync("tickets")),
            ("GET", "(none)", null, await new Api(node.Url, null).GetAsync("/secret-path/of-nothing")),
            ("DELETE", "(none)", org.Id, await api.DeleteAsync("secret-verb")),
            ("GET", "api/v{version:apiVersion}/organizations", null, await new Api(node.Url, World.OperatorKey).GetAsync("organizations?limit=1")),
        ];

        foreach (var (method, route, organization, answer) in made)
        {
            var id = answer.Header("Request-Id");
            // The answer is sent before its line is written.
            await Try.UntilAsync(() => Task.FromResult(Lines(node).Exists(l => l.Text("RequestId") == id) ? "" : null));
            var line = Assert.Single(Lines(node), l => l.Text("RequestId") == id);
            Assert.Equal((method, route, answer.Status), (line.Text("Method"), line.Text("Route")!.TrimStart('/'), line.Int("Status")));
            Assert.Equal(organization, line.Text("Organization"));
            Assert.True(line.GetProperty("DurationMs").GetDouble() > 0);
            Assert.Matches("^[0-9a-f]{32}$", line.Text("TraceId"));
            if (answer.Status >= 400)
                Assert.Equal(answer.Text("trace_id"), line.Text("TraceId"));
        }
        foreach (var secret in (string[])["secret-", "confidential", org.Secret, org.Secret[12..], World.OperatorKey, download[^40..], "203.0.113", "127.0.0.1:5", "@customer"])
            Assert.DoesNotContain(secret, node.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Probes_leave_no_line()
    {
        var world = await World.GetAsync();
        await using var node = await Node.StartAsync(world);
        var anonymous = new Api(node.Url, null);
        var probe = (await anonymous.GetAsync("/health/live")).MustBe(200).Header("Request-Id");
        var after = (await anonymous.GetAsync("/nothing")).MustBe(404).Header("Request-Id");
        await Try.UntilAsync(() => Task.FromResult(node.Log.Contains(after!, StringComparison.Ordinal) ? "" : null));
        Assert.DoesNotContain(probe!, node.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_breaks_off_in_the_middle_of_its_answer_has_its_line_too()
    {
        var lines = new Heard();
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddScoped<TenantContext>().AddLogging(l => l.AddProvider(lines)).BuildServiceProvider();
        var context = new DefaultHttpContext { RequestServices = services };

        await Assert.ThrowsAsync<IOException>(() => RequestLog.Write(context, _ => throw new IOException("The connection is gone.")));

        Assert.Contains(context.Response.Headers[RequestLog.Header].ToString(), Assert.Single(lines.Written), StringComparison.Ordinal);
    }

    private static List<JsonElement> Lines(Node node) =>
    [
        .. node.Log.Split('\n').Where(l => l.StartsWith('{')).Select(l => JsonSerializer.Deserialize<JsonElement>(l))
            .Where(l => l.Text("Category") == "HeadlessSupport.Requests").Select(l => l.GetProperty("State")),
    ];

    private sealed class Heard : ILoggerProvider, ILogger
    {
        public List<string> Written { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Add(formatter(state, exception));

        public void Dispose() { }
    }
}
