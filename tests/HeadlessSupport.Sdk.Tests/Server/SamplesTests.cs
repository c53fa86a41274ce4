using HeadlessSupport.Api.Tests;

namespace HeadlessSupport.Sdk.Tests.Server;

[Collection(nameof(Checkout)), Trait("Run", "long")]
public sealed class SamplesTests(Checkout checkout)
{
    [Fact]
    public async Task The_samples_do_what_their_READMEs_say_with_the_packages_as_they_are_packed()
    {
        var org = await World.NewOrganizationAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var ct = patience.Token;
        var quickstart = await BuildAsync("quickstart", ct);
        var webhookReceiver = await BuildAsync("webhook-receiver", ct);
        var settings = new Dictionary<string, string>
        {
            ["HEADLESSSUPPORT_URL"] = org.World.Url.ToString(),
            ["HEADLESSSUPPORT_KEY"] = org.Secret,
            ["ADDRESS"] = $"http://127.0.0.1:{World.FreePort()}",
        };

        await using var receiver = Running.Start(checkout.Folder, settings, "dotnet", webhookReceiver);
        await receiver.SaysAsync(line => line.StartsWith("webhook_endpoint.test evt_", StringComparison.Ordinal), ct);
        await using var console = Running.Start(checkout.Folder, settings, "dotnet", quickstart);
        foreach (var beginning in (string[])["Created tkt_", "Replied \"Please try again now.\"; the ticket is pending", "  #1 Card declined", "Following what happens."])
            await console.SaysAsync(line => line.StartsWith(beginning, StringComparison.Ordinal), ct);
        await console.SaysAsync(line => line.EndsWith(" ticket.created", StringComparison.Ordinal), ct);
        await console.SaysAsync(line => line.EndsWith(" ticket.replied: Please try again now.", StringComparison.Ordinal), ct);
        await receiver.SaysAsync(line => line.StartsWith("ticket.created evt_", StringComparison.Ordinal), ct);
        await receiver.SaysAsync(line => line.EndsWith(" replied: Please try again now.", StringComparison.Ordinal), ct);

        await receiver.StopAsync(ct);
        Assert.Contains("Deleted the webhook endpoint", receiver.Said, StringComparison.Ordinal);
        using var hs = new HeadlessSupportClient(org.Secret, org.World.Url.ToString());
        await foreach (var left in hs.WebhookEndpoints.ListAsync(cancellationToken: ct))
            Assert.Fail($"{left.Id} is still there.");
    }

    private async Task<string> BuildAsync(string sample, CancellationToken ct)
    {
        await Running.ToEndAsync(checkout.Folder, ["dotnet", "build", $"samples/{sample}", "-c", "Release", "--disable-build-servers", "-v", "quiet"], ct);
        return Path.Combine(checkout.Folder, "artifacts", "samples", "bin", sample, "release", $"{sample}.dll");
    }
}
