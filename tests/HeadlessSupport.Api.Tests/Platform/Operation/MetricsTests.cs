using System.Text;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Api.Tests.Platform.Operation;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task Metrics_are_served_on_their_own_port_only_and_nothing_else_is()
    {
        var world = await World.GetAsync();
        var metrics = new Uri($"http://127.0.0.1:{World.FreePort()}");
        await using var node = await Node.StartAsync(world, ("Metrics__Url", metrics.ToString()));
        var org = await world.FoundAsync();
        (await new Api(node.Url, org.Secret).GetAsync("tickets")).MustBe(200);

        var scraped = (await new Api(metrics, null).GetAsync("/metrics")).MustBe(200);
        Assert.StartsWith("text/plain", scraped.Header("Content-Type"), StringComparison.Ordinal);
        var lines = Encoding.UTF8.GetString(scraped.Body).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.True(Line().IsMatch(line), line));
        Assert.Contains(lines, l => l.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal) && l.Contains("http_route=\"api/v{version:apiVersion}/tickets\"", StringComparison.Ordinal) && l.Contains("http_response_status_code=\"200\"", StringComparison.Ordinal));
        foreach (var name in (string[])["db_client_", "dotnet_gc_", "kestrel_"])
            Assert.Contains(lines, l => l.StartsWith(name, StringComparison.Ordinal));
        // Labels name routes and numbers, never an organization or who called.
        Assert.DoesNotContain(lines, l => l.Contains(org.Id, StringComparison.Ordinal) || l.Contains(org.Slug, StringComparison.Ordinal));

        (await new Api(node.Url, null).GetAsync("/metrics")).MustRefuse(404, "not_found");
        // The port of the metrics may be open to others than the API's, so it is no second way into the API.
        (await new Api(metrics, org.Secret).GetAsync("tickets")).MustRefuse(404, "not_found");
        // Nor does a header make one port the other.
        (await new Api(node.Url, null).GetAsync("/metrics", ("Host", metrics.Authority))).MustRefuse(404, "not_found");
    }

    [Fact]
    public async Task Metrics_share_the_apis_port_where_the_setting_names_it()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        await org.EventsAsync();
        var metrics = Encoding.UTF8.GetString((await world.Anonymous.GetAsync("/metrics")).MustBe(200).Body);
        Assert.Matches("(?m)^support_events_sequenced_total.* [1-9]", metrics);
    }

    [Fact]
    public async Task Without_the_setting_there_are_no_metrics()
    {
        await using var node = await Node.StartAsync(await World.GetAsync(), ("Metrics__Url", null));
        (await new Api(node.Url, null).GetAsync("/metrics")).MustRefuse(404, "not_found");
    }

    // Prometheus' text format: a comment, or a name with labels, a value and a time.
    [GeneratedRegex("""^(# (TYPE|HELP|UNIT|EOF).*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? [-+]?([0-9.eE+-]+|NaN|Inf)( [0-9.]+)?)$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line();
}
