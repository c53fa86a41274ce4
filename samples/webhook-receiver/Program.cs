using System.Text.RegularExpressions;
using HeadlessSupport;

var builder = WebApplication.CreateBuilder(args);
var settings = builder.Configuration;
var here = settings["ADDRESS"] ?? "http://127.0.0.1:5090";
builder.WebHost.UseUrls(here);

// In production the endpoint is made once, and its secret is a setting. Without one, this program makes an endpoint for
// as long as it runs, by the demo's key or that of HEADLESSSUPPORT_KEY.
var secret = settings["HEADLESSSUPPORT_WEBHOOK_SECRET"];
HeadlessSupportClient? hs = null;
WebhookEndpoint? endpoint = null;
if (secret is null)
{
    hs = new HeadlessSupportClient(
        settings["HEADLESSSUPPORT_KEY"] ?? Regex.Match(File.ReadAllText(".data/demo.json"), "hs_test_[0-9A-Za-z]+").Value,
        settings["HEADLESSSUPPORT_URL"] ?? "http://127.0.0.1:5080");
    endpoint = await hs.WebhookEndpoints.CreateAsync(new() { Url = $"{here}/hooks/support", EventTypes = ["*"], Description = "The sample webhook-receiver" });
    secret = endpoint.Secret!;
}

var app = builder.Build();
app.MapHeadlessSupportWebhook(
    "/hooks/support",
    hooks => hooks
        .On<TicketReplied>((e, _) => Console.Out.WriteLineAsync($"{e.Data.Author.Name ?? "Someone"} replied: {e.Data.Text.Trim()}"))
        .OnAny((e, _) => Console.Out.WriteLineAsync($"{e.Type} {e.Id} {e.TicketId}")),
    secret);

await app.StartAsync();
if (hs is not null && endpoint is not null)
{
    Console.WriteLine($"Made the webhook endpoint {endpoint.Id} for {endpoint.Url}, and has it send a test.");
    await hs.WebhookEndpoints.TestAsync(endpoint.Id);
}
await app.WaitForShutdownAsync();

if (hs is not null && endpoint is not null)
{
    await hs.WebhookEndpoints.DeleteAsync(endpoint.Id);
    Console.WriteLine($"Deleted the webhook endpoint {endpoint.Id}.");
    hs.Dispose();
}
