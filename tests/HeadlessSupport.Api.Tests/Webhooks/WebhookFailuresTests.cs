using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;

namespace HeadlessSupport.Api.Tests.Webhooks;

public sealed class WebhookFailuresTests
{
    [Fact]
    public async Task What_goes_wrong_is_recorded_by_its_name()
    {
        var org = await World.NewOrganizationAsync();
        await using var broken = await Receiver.AnsweringAsync(500);
        await using var moved = await Receiver.StartAsync((c, _) =>
        {
            c.Response.Redirect(broken.Url);
            return Task.CompletedTask;
        });
        await using var hangsUp = await Receiver.StartAsync((c, _) =>
        {
            c.Abort();
            return Task.CompletedTask;
        });
        await using var talks = await Receiver.StartAsync(async (c, _) =>
        {
            c.Response.StatusCode = 503;
            for (var i = 0; i < 20 * 16 && !c.RequestAborted.IsCancellationRequested; i++)
                await c.Response.WriteAsync(new string('x', 65_536));
        });
        using var nonsense = Raw("this is no http\r\n\r\n");
        using var tls = Tls();
        var refused = $"http://127.0.0.1:{World.FreePort()}/";
        var hooks = new Dictionary<string, System.Text.Json.JsonElement>
        {
            ["http_500"] = await org.HookAsync(broken.Url),
            ["redirect"] = await org.HookAsync(moved.Url),
            ["http_503"] = await org.HookAsync(talks.Url),
            ["connection_refused"] = await org.HookAsync(refused),
            ["tls"] = await org.HookAsync($"https://127.0.0.1:{((IPEndPoint)tls.LocalEndpoint).Port}/"),
            ["invalid_response"] = await org.HookAsync($"http://127.0.0.1:{((IPEndPoint)nonsense.LocalEndpoint).Port}/"),
        };
        var aborted = await org.HookAsync(hangsUp.Url);
        var before = DateTimeOffset.UtcNow;
        await org.TicketAsync();

        foreach (var (name, hook) in hooks)
        {
            var delivery = await org.TriedAsync(hook);
            Assert.Equal(name, delivery.Text("last_error"));
            Assert.Equal("pending", delivery.Text("status"));
            var attempt = delivery.At("attempts").EnumerateArray().First();
            Assert.Equal(name, attempt.Text("error"));
            Assert.InRange(delivery.At("next_attempt_at").GetDateTimeOffset(), before.AddSeconds(5), DateTimeOffset.UtcNow.AddSeconds(6));
        }
        Assert.Contains((await org.TriedAsync(aborted)).Text("last_error"), (string[])["connection_reset", "connection_closed"]);
        var talked = (await org.TriedAsync(hooks["http_503"])).At("attempts/0");
        Assert.Equal(1024, talked.Text("answer")!.Length);
        Assert.Equal("I say 500.", (await org.TriedAsync(hooks["http_500"])).Text("attempts/0/answer"));
        Assert.Equal(302, (await org.TriedAsync(hooks["redirect"])).Int("attempts/0/status"));
        // A redirect is not followed: only the one endpoint's request came here.
        Assert.Single(broken.All);
        var health = (await org.Api.GetAsync($"webhook-endpoints/{hooks["http_500"].Id()}")).Json.At("health");
        Assert.Equal(0.0, health.At("success_rate").GetDouble());
        Assert.False(health.IsNull("failing_since"));
    }

    [Fact]
    public async Task A_failed_delivery_is_tried_ten_times_as_the_table_says_and_then_it_has_failed()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.AnsweringAsync(500);
        var hook = await org.HookAsync(receiver.Url);
        await org.TicketAsync();
        double[] table = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];
        for (var i = 1; i <= 10; i++)
        {
            var delivery = await org.TriedAsync(hook, i);
            Assert.Equal(i, delivery.Int("attempt_count"));
            if (i == 10)
            {
                Assert.Equal("failed", delivery.Text("status"));
                Assert.True(delivery.IsNull("next_attempt_at"));
                break;
            }
            var waits = (delivery.At("next_attempt_at").GetDateTimeOffset() - delivery.At($"attempts/{i - 1}/at").GetDateTimeOffset()).TotalSeconds;
            Assert.InRange(waits, table[i - 1], (table[i - 1] * 1.1) + 20);
            await org.HastenAsync();
        }
        Assert.Equal(10, receiver.All.Count);
        Assert.Single(receiver.All.Select(r => r.Id).Distinct());
    }

    [Fact]
    public async Task Retry_After_is_honoured_up_to_a_day()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync((c, _) =>
        {
            c.Response.StatusCode = 429;
            c.Response.Headers.RetryAfter = "3600";
            return Task.CompletedTask;
        });
        await using var greedy = await Receiver.StartAsync((c, _) =>
        {
            c.Response.StatusCode = 503;
            c.Response.Headers.RetryAfter = "99999999";
            return Task.CompletedTask;
        });
        var hook = await org.HookAsync(receiver.Url);
        var longer = await org.HookAsync(greedy.Url);
        await org.TicketAsync();
        var now = DateTimeOffset.UtcNow;
        Assert.InRange((await org.TriedAsync(hook)).At("next_attempt_at").GetDateTimeOffset(), now.AddMinutes(58), now.AddMinutes(62));
        Assert.InRange((await org.TriedAsync(longer)).At("next_attempt_at").GetDateTimeOffset(), now.AddHours(23), now.AddHours(25));
    }

    [Fact]
    public async Task Gone_disables_the_endpoint()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.AnsweringAsync(410);
        var hook = await org.HookAsync(receiver.Url);
        await org.TicketAsync();
        Assert.Equal("failed", (await org.TriedAsync(hook)).Text("status"));
        await DisabledAsync(org, hook, "gone");
        var told = (await org.AllEventsAsync("events?types=webhook_endpoint.disabled")).Single();
        Assert.Equal("system", told.Text("actor/kind"));
        Assert.Equal("gone", told.Text("data/disabled_reason"));
    }

    [Fact]
    public async Task Five_days_of_failing_disable_it_and_enabling_begins_anew()
    {
        var org = await World.NewOrganizationAsync();
        var status = 500;
        await using var receiver = await Receiver.StartAsync((c, _) =>
        {
            c.Response.StatusCode = Volatile.Read(ref status);
            return Task.CompletedTask;
        });
        var hook = await org.HookAsync(receiver.Url);
        await org.TicketAsync();
        await org.TriedAsync(hook);
        await org.ChangeAsync("update webhook_healths set failing_since = now() - interval '121 hours' where organization_id = $1");
        await org.HastenAsync();
        await DisabledAsync(org, hook, "failing");
        // Nothing is sent meanwhile, and what waited is sent afterwards.
        var sent = receiver.All.Count;
        Volatile.Write(ref status, 200);
        await org.HastenAsync();
        await org.TicketAsync();
        var enabled = (await org.Api.PostAsync($"webhook-endpoints/{hook.Id()}/enable")).MustBe(200);
        Assert.True(enabled.Json.IsNull("health/failing_since"));
        await receiver.UntilAsync(sent + 1);
        Assert.Equal("succeeded", (await org.DeliveriesUntilAsync(hook, 1, d => d.Text("status") == "succeeded"))[0].Text("status"));
    }

    [Theory]
    [InlineData("http://10.1.2.3/", "forbidden_address")]
    [InlineData("http://[::ffff:169.254.169.254]/", "forbidden_address")]
    [InlineData("http://no-such-host.invalid/", "dns")]
    public async Task An_address_is_judged_again_at_delivery(string url, string error)
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync();
        var hook = await org.HookAsync(receiver.Url);
        // As if its name led elsewhere now: the check at creation is past.
        await using (var connection = new Npgsql.NpgsqlConnection(org.World.AppConnectionString))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using var move = new Npgsql.NpgsqlCommand($"select set_config('app.organization_id', '{HeadlessSupport.Api.Platform.Data.Id<HeadlessSupport.Api.Platform.Tenancy.Tenant>.Parse(org.Id, null).Value}', true); update webhook_endpoints set url = '{url}'", connection, transaction);
            await move.ExecuteNonQueryAsync();
            await transaction.CommitAsync();
        }
        await org.TicketAsync();
        var delivery = await org.TriedAsync(hook);
        Assert.Equal(error, delivery.Text("last_error"));
        Assert.Equal("pending", delivery.Text("status"));
    }

    [Fact, Trait("Run", "long")]
    public async Task Who_does_not_answer_within_fifteen_seconds_has_timed_out()
    {
        var org = await World.NewOrganizationAsync();
        using var over = new CancellationTokenSource();
        await using var receiver = await Receiver.StartAsync((c, _) => Task.Delay(Timeout.Infinite, over.Token).ContinueWith(_ => { }, TaskScheduler.Default));
        var hook = await org.HookAsync(receiver.Url);
        await org.TicketAsync();
        await receiver.UntilAsync(1);
        var delivery = await org.TriedAsync(hook);
        Assert.Equal("timeout", delivery.Text("last_error"));
        Assert.InRange(delivery.Int("attempts/0/latency_ms"), 14_900, 25_000);
        await over.CancelAsync();
    }

    private static async Task DisabledAsync(Org org, System.Text.Json.JsonElement hook, string reason)
    {
        for (var i = 0; ; i++)
        {
            var now = (await org.Api.GetAsync($"webhook-endpoints/{hook.Id()}")).MustBe(200).Json;
            if (!now.At("enabled").GetBoolean())
            {
                Assert.Equal(reason, now.Text("disabled_reason"));
                return;
            }
            Assert.True(i < 400, "It is not disabled.");
            await Task.Delay(50);
        }
    }

    // Answers each connection with this and closes it.
    private static TcpListener Raw(string answer)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                _ = await client.GetStream().ReadAtLeastAsync(new byte[65_536], 1);
                await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));
            }
        });
        return listener;
    }

    // With a certificate that nobody has reason to trust.
    private static TcpListener Tls()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var certificate = X509CertificateLoader.LoadPkcs12(request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1)).Export(X509ContentType.Pkcs12), null);
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                await using var stream = new SslStream(client.GetStream());
                try
                {
                    await stream.AuthenticateAsServerAsync(certificate);
                }
                catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
                {
                    // As it should be.
                }
            }
        });
        return listener;
    }
}
