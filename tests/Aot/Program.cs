using System.Collections.Concurrent;
using System.Text;
using HeadlessSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

// What the packages do, by native code: HeadlessSupport.Aot URL KEY prints ok.
const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
var ct = patience.Token;

var builder = WebApplication.CreateSlimBuilder();
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddHeadlessSupport(o => (o.BaseAddress, o.ApiKey) = (new Uri(args[0]), args[1]));
builder.Services.AddHealthChecks().AddHeadlessSupport();
builder.Services.AddSingleton<ConcurrentQueue<string>>();
await using var app = builder.Build();
app.MapHeadlessSupportWebhook(
    "/hook",
    (TicketCreated e, ConcurrentQueue<string> handled, CancellationToken _) =>
    {
        handled.Enqueue(e.Data.Subject);
        return Task.CompletedTask;
    },
    Secret);
app.MapHeadlessSupportEndUserToken("/token", _ => new PersonReference { ExternalId = "4711" });
await app.StartAsync(ct);
var hs = app.Services.GetRequiredService<HeadlessSupportClient>();

var ticket = await hs.Tickets.CreateAsync(new() { Subject = "Native", Requester = new() { Email = "a@b.co" }, Comment = new() { Body = "It burns" }, Priority = TicketPriority.Urgent, Metadata = new() { ["order"] = "4711" } }, ct);
ticket = await hs.Tickets.UpdateAsync(ticket.Id, new() { Status = TicketStatus.Pending, AssigneeId = null }, new RequestOptions { IfMatch = ticket.ETag }, ct);
Check(ticket.Status == TicketStatus.Pending && ticket.Metadata["order"] == "4711", "update");

var listed = 0;
await foreach (var one in hs.Tickets.ListAsync(new() { Status = [TicketStatus.Pending] }, ct))
    listed += one.Id == ticket.Id ? 1 : 0;
Check(listed == 1, "list");

Event? created = null;
await using (var live = await hs.Live.ConnectAsync(0, ct))
{
    await foreach (var e in live.EventsAsync(ct))
    {
        created = e as TicketCreated;
        if (created is not null)
            break;
    }
    Check((await live.WatchAsync(ticket.Id, ct)).TicketId == ticket.Id, "watch");
}
Check(created is TicketCreated { Data.Subject: "Native" }, "live");

await foreach (var e in hs.Events.StreamAsync(0, cancellationToken: ct))
{
    if (e is TicketUpdated or TicketStatusChanged)
        break;
}

var refused = false;
try
{
    await hs.Tickets.CreateAsync(new() { Subject = "" }, ct);
}
catch (ValidationException e)
{
    refused = e.Errors["subject"].Count > 0;
}
Check(refused, "errors");

using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
var body = Encoding.UTF8.GetBytes("""{"id":"evt_1","type":"ticket.created","sequence":1,"timestamp":"2026-01-02T03:04:05Z","data":{"id":"tkt_1","subject":"By webhook"}}""");
using var webhook = new HttpRequestMessage(HttpMethod.Post, "/hook") { Content = new ByteArrayContent(body) };
foreach (var (name, value) in Webhooks.Sign(body, "evt_1", Secret, TimeProvider.System.GetUtcNow()))
    webhook.Headers.Add(name, value);
using var taken = await http.SendAsync(webhook, ct);
Check((int)taken.StatusCode == StatusCodes.Status204NoContent && app.Services.GetRequiredService<ConcurrentQueue<string>>().SequenceEqual(["By webhook"]), "webhook");
using var unsigned = await http.PostAsync("/hook", new ByteArrayContent(body), ct);
Check((int)unsigned.StatusCode == StatusCodes.Status400BadRequest, "signature");
using var token = await http.PostAsync("/token", null, ct);
Check((await token.Content.ReadAsStringAsync(ct)).Contains("hs_eut_", StringComparison.Ordinal), "token");
Check((await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(ct)).Status == HealthStatus.Healthy, "health");

Console.WriteLine("ok");
return 0;

static void Check(bool holds, string what)
{
    if (!holds)
        throw new InvalidOperationException($"It does not work: {what}.");
}
