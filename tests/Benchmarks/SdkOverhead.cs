using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HeadlessSupport.Benchmarks;

/// <summary>
/// What the SDK costs beside a bare HttpClient that sends the same bytes and reads the answer into the same model: time
/// and allocations of one call after another. The server is a process of its own that always says the same.
/// </summary>
internal static class SdkOverhead
{
    private const int CallsAtOnce = 2000;
    private const int Turns = 9;
    private const string Key = "hs_test_4fGqs0mZ1nE2xAmPl3oNlYnOtArEaLkEyAtAlL00Xy1Zab3dQ";

    // As the API answers a ticket.
    private static readonly byte[] Answer = """{"id":"tkt_01h455vb4pex5vsknk084sn02q","number":4711,"subject":"Printer on fire","status":"open","priority":"high","type":null,"channel":"api","inbox_id":"inb_01h455vb4pex5vsknk084sn02q","requester":{"id":"usr_01h455vb4pex5vsknk084sn02q","name":"Mia","email":"mia@example.com","external_id":null},"company_id":null,"assignee_id":"usr_01h455vb4pex5vsknk084sn02q","team_id":null,"language":null,"tags":["billing","hardware"],"custom_fields":{"floor":3},"metadata":{"order":"4711"},"external_id":null,"reopen_count":0,"first_response_at":null,"solved_at":null,"closed_at":null,"deleted_at":null,"created_at":"2026-01-31T09:30:00.000000Z","updated_at":"2026-01-31T09:30:00.000000Z","version":3}"""u8.ToArray();

    public static async Task ServeAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(o => o.ListenLocalhost(port));
        var app = builder.Build();
        app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.StatusCode = HttpMethods.IsPost(context.Request.Method) ? 201 : 200;
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Answer.Length;
            await context.Response.Body.WriteAsync(Answer);
        });
        await app.RunAsync();
    }

    /// <summary>Measures, and answers lines for a person.</summary>
    public static async Task<IReadOnlyList<string>> MeasureAsync(CancellationToken ct)
    {
        var port = Target.FreePort();
        using var server = Process.Start(new ProcessStartInfo("dotnet", [Environment.GetCommandLineArgs()[0], "sdk-server", $"{port}"]))!;
        try
        {
            var address = new Uri($"http://127.0.0.1:{port}");
            using var bare = new HttpClient { BaseAddress = address };
            using var hs = new HeadlessSupportClient(Key, address.ToString());
            await ReadyAsync(bare, ct);

            var create = new CreateTicketRequest { Subject = "Printer on fire", Requester = new() { Email = "mia@example.com" }, Comment = new() { Body = "It burns" }, Metadata = new() { ["order"] = "4711" } };
            var lines = new List<string>
            {
                "| call | SDK: µs | bare: µs | time | SDK: KiB allocated | bare: KiB allocated | more |",
                "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
                await CompareAsync("get a ticket", () => hs.Tickets.GetAsync("tkt_01h455vb4pex5vsknk084sn02q", ct), () => BareAsync(bare, HttpMethod.Get, "/api/v1/tickets/tkt_01h455vb4pex5vsknk084sn02q", null, ct)),
                await CompareAsync("create a ticket", () => hs.Tickets.CreateAsync(create, ct), () => BareAsync(bare, HttpMethod.Post, "/api/v1/tickets", create, ct)),
            };
            return lines;
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync(CancellationToken.None);
        }
    }

    // What someone writes who has no SDK, and knows HttpClient well.
    private static async Task<Ticket> BareAsync(HttpClient http, HttpMethod method, string path, CreateTicketRequest? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
            request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, SupportJson.Default.CreateTicketRequest));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        response.EnsureSuccessStatusCode();
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        return (await JsonSerializer.DeserializeAsync(stream, SupportJson.Default.Ticket, ct))!;
    }

    // They take turns, so that whatever else the machine does hits both; the middle turn counts.
    private static async Task<string> CompareAsync(string name, Func<Task<Ticket>> sdk, Func<Task<Ticket>> bare)
    {
        var (ours, theirs) = (new List<(double Micros, double Bytes)>(), new List<(double Micros, double Bytes)>());
        await TurnAsync(sdk);
        await TurnAsync(bare);
        for (var turn = 0; turn < Turns; turn++)
        {
            ours.Add(await TurnAsync(sdk));
            theirs.Add(await TurnAsync(bare));
        }
        var (a, b) = (Middle(ours.Select(o => o.Micros)), Middle(theirs.Select(o => o.Micros)));
        var (x, y) = (Middle(ours.Select(o => o.Bytes)) / 1024, Middle(theirs.Select(o => o.Bytes)) / 1024);
        return $"| {name} | {a:0} | {b:0} | **{a / b:0.00} ×** | {x:0.0} | {y:0.0} | **{x - y:+0.0;-0.0} KiB** |";
    }

    private static async Task<(double Micros, double Bytes)> TurnAsync(Func<Task<Ticket>> call)
    {
        GC.Collect();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < CallsAtOnce; i++)
        {
            if ((await call()).Number != 4711)
                throw new InvalidOperationException("That was another ticket.");
        }
        return (Stopwatch.GetElapsedTime(began).TotalMicroseconds / CallsAtOnce, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)CallsAtOnce);
    }

    private static double Middle(IEnumerable<double> values) => values.Order().ElementAt(Turns / 2);

    private static async Task ReadyAsync(HttpClient http, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                using var response = await http.GetAsync("/", ct);
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, ct);
            }
        }
    }
}
