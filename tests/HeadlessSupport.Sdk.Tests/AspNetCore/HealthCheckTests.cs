using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HeadlessSupport.Sdk.Tests.AspNetCore;

public sealed class HealthCheckTests
{
    private const string Key = "hs_live_key_that_nobody_may_see";

    [Fact]
    public async Task It_is_healthy_when_the_API_says_who_the_key_stands_for()
    {
        HttpRequestMessage? asked = null;

        var entry = await CheckAsync(request =>
        {
            asked = request;
            return Json(HttpStatusCode.OK, """{"user":{"id":"usr_1"},"organization_id":"org_1","permissions":[]}""");
        });

        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal("GET https://support.example/api/v1/me", $"{asked!.Method} {asked.RequestUri}");
    }

    [Theory]
    [InlineData(401, """{"status":401,"code":"unauthenticated","detail":"No."}""", HealthStatus.Unhealthy, "The API refuses the key: it is wrong, expired or revoked.")]
    [InlineData(403, """{"status":403,"code":"organization_suspended","detail":"The organization is suspended."}""", HealthStatus.Unhealthy, "The API refuses the call: The organization is suspended. (organization_suspended, 403)")]
    [InlineData(429, """{"status":429,"code":"rate_limited","detail":"Slowly."}""", HealthStatus.Degraded, "The API limits the calls: wait, or make fewer.")]
    [InlineData(503, "<html>", HealthStatus.Unhealthy, "The API answers 503.")]
    public async Task A_sentence_says_what_is_wrong(int status, string body, HealthStatus expected, string sentence)
    {
        var calls = 0;

        var entry = await CheckAsync(_ =>
        {
            calls++;
            return Json((HttpStatusCode)status, body);
        });

        Assert.Equal((expected, sentence), (entry.Status, entry.Description));
        Assert.Equal(1, calls);
        Assert.DoesNotContain(Key, $"{entry.Description} {entry.Exception}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_API_that_cannot_be_reached_is_unhealthy()
    {
        var entry = await CheckAsync(_ => throw new HttpRequestException("Connection refused"));

        Assert.Equal((HealthStatus.Unhealthy, "The API cannot be reached."), (entry.Status, entry.Description));
    }

    [Fact]
    public async Task What_a_failure_counts_as_can_be_set()
    {
        var entry = await CheckAsync(_ => throw new HttpRequestException("Connection refused"), checks => checks.AddHeadlessSupport(failureStatus: HealthStatus.Degraded, tags: ["ready"]));

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Equal(["ready"], entry.Tags);
    }

    [Fact]
    public async Task An_API_that_says_nothing_is_not_waited_for()
    {
        await using var services = Services(
            new Silent(),
            checks => checks.AddHeadlessSupport(timeout: TimeSpan.FromMilliseconds(50)));

        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal("The API did not answer in time.", report.Entries["headlesssupport"].Description);
    }

    [Fact]
    public async Task Each_named_client_has_a_check_of_its_own()
    {
        await using var services = Services(
            new Answering(_ => Json(HttpStatusCode.OK, """{"user":{"id":"usr_1"},"organization_id":"org_1","permissions":[]}""")),
            checks => checks.AddHeadlessSupport().AddHeadlessSupport("acme"));

        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync();

        Assert.Equal(["headlesssupport", "headlesssupport-acme"], report.Entries.Keys.Order());
        Assert.Equal(HealthStatus.Healthy, report.Status);
    }

    private static async Task<HealthReportEntry> CheckAsync(Func<HttpRequestMessage, HttpResponseMessage> api, Action<IHealthChecksBuilder>? add = null)
    {
        await using var services = Services(new Answering(api), add ?? (checks => checks.AddHeadlessSupport()));
        return (await services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["headlesssupport"];
    }

    private static ServiceProvider Services(HttpMessageHandler api, Action<IHealthChecksBuilder> add)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddHeadlessSupport(o => (o.ApiKey, o.BaseAddress) = (Key, new Uri("https://support.example"))).ConfigurePrimaryHttpMessageHandler(() => api);
        services.AddHeadlessSupport("acme", o => (o.ApiKey, o.BaseAddress) = (Key, new Uri("https://support.example"))).ConfigurePrimaryHttpMessageHandler(() => api);
        add(services.AddHealthChecks());
        return services.BuildServiceProvider();
    }

    private static HttpResponseMessage Json(HttpStatusCode status, string body) => new(status)
    {
        Content = new StringContent(body, Encoding.UTF8, body.StartsWith('{') ? status >= HttpStatusCode.BadRequest ? "application/problem+json" : "application/json" : "text/html"),
    };

    private sealed class Silent : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException();
        }
    }
}
