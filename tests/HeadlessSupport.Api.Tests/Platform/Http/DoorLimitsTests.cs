using System.Net;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace HeadlessSupport.Api.Tests.Platform.Http;

/// <summary>The stricter limits of sign-in, tokens and widgets.</summary>
public sealed class DoorLimitsTests
{
    [Fact]
    public async Task What_is_below_sign_in_and_oauth_has_a_limit_of_its_own_whatever_credential_comes_along()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        await using var node = await Node.StartAsync(world, ("RateLimits__SignIn__Burst", "3"), ("RateLimits__SignIn__PerSecond", "1"));
        var anonymous = new Api(node.Url, null);
        var first = await anonymous.GetAsync("/sign-in/nowhere");
        Assert.Equal("\"sign_in\";q=3;w=3", first.Header("RateLimit-Policy"));

        var refused = await Try.UntilAsync(429, async () => (await Task.WhenAll(Enumerable.Range(0, 5).Select(i => (i % 2 == 0 ? anonymous : new Api(node.Url, org.Secret)).PostAsync("/oauth/nowhere", new { })))).MaxBy(a => a.Status)!);
        Assert.True(int.Parse(refused.MustRefuse(429, "rate_limited").Header("Retry-After")!) >= 1);
        // Whoever is signed in, in the same office, works on.
        Assert.StartsWith("\"credential\"", (await new Api(node.Url, org.Secret).GetAsync("tags")).MustBe(200).Header("RateLimit-Policy"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_by_a_value_of_the_route_holds_up_one_of_several_behind_an_address()
    {
        using var host = await StartAsync(new() { Widget = new() { Burst = 3, PerSecond = 1 } });
        using var client = host.GetTestClient();
        async Task<int> Ask(string widget) => (int)(await client.GetAsync($"/widgets/{widget}")).StatusCode;
        for (var i = 0; await Ask("a") == 200; i++)
            Assert.True(i < 1000);
        Assert.Equal(200, await Ask("b"));
        // Made-up values do not go on for ever: all of an address together have ten times as much.
        var n = 0;
        while (await Ask($"made-up-{n}") == 200)
            Assert.True(++n < 2000);
        Assert.True(n > 15);
    }

    [Fact]
    public async Task An_endpoint_without_the_attribute_is_left_to_the_usual_limits()
    {
        using var host = await StartAsync(new() { Token = new() { Burst = 2, PerSecond = 1 } });
        using var client = host.GetTestClient();
        for (var i = 0; i < 10; i++)
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/free")).StatusCode);
        for (var i = 0; (await client.GetAsync("/token")).StatusCode == HttpStatusCode.OK; i++)
            Assert.True(i < 1000);
    }

    private static async Task<IHost> StartAsync(RateLimitOptions options)
    {
        var host = new HostBuilder().ConfigureWebHost(web => web.UseTestServer()
            .ConfigureServices(s => s.AddRouting().AddSingleton(options).AddSingleton<RateLimitBuckets>())
            .Configure(app => app
                .Use(async (context, next) =>
                {
                    context.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.7");
                    try
                    {
                        await next(context);
                    }
                    catch (SupportException refusal)
                    {
                        context.Response.StatusCode = refusal.Code.Status;
                    }
                })
                .UseRouting().UseMiddleware<DoorLimits>()
                .UseEndpoints(e =>
                {
                    e.MapGet("/widgets/{widget_key}", () => "").WithMetadata(new LimitedAttribute(LimitedAttribute.Widget) { By = "widget_key" });
                    e.MapGet("/token", () => "").WithMetadata(new LimitedAttribute(LimitedAttribute.Token));
                    e.MapGet("/free", () => "");
                }))).Build();
        await host.StartAsync();
        return host;
    }
}
