using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HeadlessSupport.Api.Tests.Platform.Http;

public sealed class PublicAddressGuardTests
{
    private static readonly OutgoingOptions Production = new();
    private static readonly OutgoingOptions Lenient = new() { AllowHttp = true };
    private static readonly OutgoingOptions Development = new() { AllowHttp = true, AllowLoopback = true };

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("100.100.100.200")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("168.63.129.16")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.7")]
    [InlineData("203.0.113.7")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::8.8.8.8")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:0:8.8.8.8")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::169.254.169.254")]
    [InlineData("64:ff9b:1::808:808")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:0:4136:e378:8000:63bf:3fff:fdd2")]
    [InlineData("2001:10::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("2002:808:808::")]
    [InlineData("3fff::1")]
    [InlineData("5f00::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fdff:ffff::1")]
    [InlineData("fe80::1")]
    [InlineData("febf::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public async Task An_address_that_is_not_public_is_refused_as_literal_and_behind_a_name(string address)
    {
        var parsed = IPAddress.Parse(address);
        var literal = parsed.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address;

        Assert.NotNull(await new PublicAddressGuard(Production).CheckAsync(new Uri($"https://{literal}/"), default));
        Assert.NotNull(await Resolving(Production, address).CheckAsync(new Uri("https://hooks.example.com/"), default));
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("9.255.255.255")]
    [InlineData("11.0.0.0")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("126.255.255.255")]
    [InlineData("128.0.0.1")]
    [InlineData("168.63.129.17")]
    [InlineData("169.253.255.255")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.167.255.255")]
    [InlineData("192.169.0.0")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2001:200::1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    public async Task A_public_address_is_accepted(string address)
    {
        Assert.True(PublicAddresses.IsPublic(IPAddress.Parse(address)));
        Assert.Null(await Resolving(Production, address).CheckAsync(new Uri("https://hooks.example.com/x?y=1"), default));
    }

    [Theory]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://0/")]
    [InlineData("http://127.0.0.0x1/")]
    [InlineData("http://127.0.0.1./")]
    [InlineData("http://0x7f.1./")]
    [InlineData("http://1.2.3.4.5/")]
    [InlineData("http://999.1.1.1/")]
    [InlineData("http://256.0.0.1/")]
    [InlineData("http://4294967296/")]
    [InlineData("http://example.0x7f/")]
    [InlineData("http://127。0。0。1/")]
    [InlineData("http://１２７.0.0.1/")]
    [InlineData("http://①②⑦.0.0.1/")]
    [InlineData("http://[::ffff:7f00:1]/")]
    [InlineData("http://[0:0:0:0:0:ffff:127.0.0.1]/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("http://[2606:4700::1%25eth0]/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://metadata.google.internal/")]
    [InlineData("http://metadata.google.internal./")]
    [InlineData("http://METADATA.GOOGLE.INTERNAL/")]
    [InlineData("http://db.internal/")]
    [InlineData("http://internal/")]
    [InlineData("http://printer.local/")]
    [InlineData("http://printer.local./")]
    [InlineData("http://localhost/")]
    [InlineData("http://LOCALHOST/")]
    [InlineData("http://localhost./")]
    [InlineData("http://app.localhost/")]
    [InlineData("http://user@example.com/")]
    [InlineData("http://user:secret@example.com/")]
    [InlineData("http://example.com%2f@example.com/")]
    [InlineData("http://example.com:25/")]
    [InlineData("http://example.com:6379/")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://example.com/")]
    [InlineData("unix:/var/run/docker.sock")]
    [InlineData("data:text/plain,x")]
    public async Task A_url_of_a_refused_shape_is_refused_whatever_its_name_resolves_to(string url)
    {
        var refusal = await Resolving(Lenient, "8.8.8.8").CheckAsync(new Uri(url), default);

        Assert.NotNull(refusal);
        Assert.EndsWith(".", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://example.com/")]
    [InlineData("https://example.com:443/hook")]
    [InlineData("https://example.com./hook")]
    [InlineData("https://a_b.example.com/")]
    [InlineData("https://bücher.example/")]
    [InlineData("https://4chan.example/")]
    [InlineData("https://example.1and1/")]
    [InlineData("https://localhost.example.com/")]
    [InlineData("https://internal.example.com/")]
    [InlineData("https://8.8.8.8/")]
    [InlineData("https://[2606:4700:4700::1111]/")]
    public async Task A_usual_url_is_accepted(string url) =>
        Assert.Null(await Resolving(Production, "8.8.8.8").CheckAsync(new Uri(url), default));

    [Fact]
    public async Task A_relative_url_is_refused() =>
        Assert.NotNull(await Resolving(Production, "8.8.8.8").CheckAsync(new Uri("/hook", UriKind.Relative), default));

    [Fact]
    public async Task Http_and_other_ports_are_accepted_only_when_the_operator_says_so()
    {
        var guard = Resolving(new OutgoingOptions { AllowHttp = true, Ports = [8443] }, "8.8.8.8");

        Assert.NotNull(await Resolving(Production, "8.8.8.8").CheckAsync(new Uri("http://example.com/"), default));
        Assert.Null(await guard.CheckAsync(new Uri("http://example.com/"), default));
        Assert.Null(await guard.CheckAsync(new Uri("https://example.com:8443/"), default));
        Assert.NotNull(await guard.CheckAsync(new Uri("https://example.com:8444/"), default));
    }

    [Fact]
    public async Task Loopback_allowed_opens_any_port_here_and_no_port_elsewhere()
    {
        Assert.Null(await Resolving(Development, "127.0.0.1", "::1").CheckAsync(new Uri("http://localhost:5005/"), default));
        Assert.Null(await Resolving(Development, "::ffff:127.0.0.1").CheckAsync(new Uri("http://x.example:5005/"), default));
        Assert.NotNull(await Resolving(Development, "8.8.8.8").CheckAsync(new Uri("http://x.example:5005/"), default));
        Assert.NotNull(await Resolving(Development, "8.8.8.8", "::1").CheckAsync(new Uri("http://x.example:5005/"), default));
        Assert.NotNull(await Resolving(Development, "10.0.0.1").CheckAsync(new Uri("http://localhost/"), default));
        Assert.NotNull(await Resolving(Development, "0.0.0.0").CheckAsync(new Uri("http://x.example/"), default));
    }

    [Fact]
    public async Task A_name_with_one_public_and_one_private_address_is_refused()
    {
        var guard = Resolving(Lenient, "8.8.8.8", "10.0.0.1");

        Assert.NotNull(await guard.CheckAsync(new Uri("http://mixed.example/"), default));
        await Assert.ThrowsAsync<ForbiddenAddressException>(() => Get(guard, "http://mixed.example/"));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_refused_at_creation_and_may_be_tried_again_later()
    {
        var guard = new PublicAddressGuard(Lenient, (_, _) => throw new SocketException((int)SocketError.HostNotFound));

        Assert.Contains("resolved", await guard.CheckAsync(new Uri("http://nowhere.example/"), default), StringComparison.Ordinal);
        var failure = await Assert.ThrowsAnyAsync<HttpRequestException>(() => Get(guard, "http://nowhere.example/"));
        Assert.IsNotType<ForbiddenAddressException>(failure);
    }

    [Fact]
    public async Task A_name_without_addresses_is_refused() =>
        Assert.NotNull(await Resolving(Lenient).CheckAsync(new Uri("http://empty.example/"), default));

    [Fact]
    public async Task A_local_listener_hears_nothing_unless_loopback_is_allowed()
    {
        await using var server = new Listener(_ => "HTTP/1.1 204 No Content\r\n\r\n");

        await Assert.ThrowsAsync<ForbiddenAddressException>(
            () => Get(new PublicAddressGuard(Lenient with { Ports = [server.Port] }), server.Url));
        Assert.Empty(server.Requests);

        using var answer = await Get(new PublicAddressGuard(Development), server.Url);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_name_that_leads_to_loopback_is_refused_at_the_connection()
    {
        await using var server = new Listener(_ => "HTTP/1.1 204 No Content\r\n\r\n");
        var guard = Resolving(Lenient with { Ports = [server.Port] }, "127.0.0.1");

        var refused = await Assert.ThrowsAsync<ForbiddenAddressException>(
            () => Get(guard, $"http://evil.example:{server.Port}/"));

        Assert.DoesNotContain("127", refused.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_name_that_turns_private_after_the_check_is_refused_at_the_connection()
    {
        await using var server = new Listener(_ => "HTTP/1.1 204 No Content\r\n\r\n");
        var answers = new Queue<string>(["8.8.8.8", "127.0.0.1"]);
        var guard = new PublicAddressGuard(
            Lenient with { Ports = [server.Port] },
            (_, _) => Task.FromResult(new[] { IPAddress.Parse(answers.Dequeue()) }));
        var url = $"http://rebinding.example:{server.Port}/";

        Assert.Null(await guard.CheckAsync(new Uri(url), default));
        await Assert.ThrowsAsync<ForbiddenAddressException>(() => Get(guard, url));

        Assert.Empty(answers);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_connection_goes_to_the_judged_address_and_asks_no_second_time()
    {
        await using var server = new Listener(_ => "HTTP/1.1 204 No Content\r\n\r\n");
        var asked = 0;
        var guard = new PublicAddressGuard(Development, (_, _) =>
        {
            // A second question would be answered with an address where nobody listens.
            var address = Interlocked.Increment(ref asked) == 1 ? IPAddress.Loopback : IPAddress.Parse("127.0.0.9");
            return Task.FromResult(new[] { address });
        });

        using var answer = await Get(guard, $"http://once.example:{server.Port}/");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Equal(1, asked);
        Assert.Contains($"Host: once.example:{server.Port}", server.Requests.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dead_address_does_not_hide_a_living_one()
    {
        await using var server = new Listener(_ => "HTTP/1.1 204 No Content\r\n\r\n");

        using var answer = await Get(Resolving(Development, "::1", "127.0.0.1"), $"http://two.example:{server.Port}/");

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task A_redirect_is_answered_not_followed_and_cookies_and_traces_stay_here()
    {
        await using var server = new Listener(_ =>
            "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n");
        using var client = new HttpClient(new PublicAddressGuard(Development).CreateHandler());
        using var activity = new System.Diagnostics.Activity("request").AddBaggage("tenant", "acme").Start();

        using var first = await client.GetAsync(new Uri(server.Url));
        using var second = await client.GetAsync(new Uri(server.Url));

        Assert.Equal(HttpStatusCode.Found, first.StatusCode);
        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, request =>
        {
            Assert.DoesNotContain("Cookie", request, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("traceparent", request, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("acme", request, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Each_request_on_an_open_connection_is_judged_too()
    {
        await using var server = new Listener(_ => "HTTP/1.1 204 No Content\r\n\r\n");
        using var client = new HttpClient(new PublicAddressGuard(Development).CreateHandler());
        using var answer = await client.GetAsync(new Uri(server.Url));

        await Assert.ThrowsAsync<ForbiddenAddressException>(
            () => client.GetAsync(new Uri($"http://user:secret@127.0.0.1:{server.Port}/")));
        Assert.Throws<NotSupportedException>(() => client.Send(new HttpRequestMessage(HttpMethod.Get, server.Url)));

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task The_registered_client_is_guarded_and_reads_its_settings()
    {
        await using var server = new Listener(_ => "HTTP/1.1 204 No Content\r\n\r\n");
        await using var strict = Services([]);
        await using var open = Services(new() { ["Outgoing:AllowLoopback"] = "true", ["Outgoing:AllowHttp"] = "true" });

        await Assert.ThrowsAsync<ForbiddenAddressException>(() => Client(strict).GetAsync(new Uri(server.Url)));
        using var answer = await Client(open).GetAsync(new Uri(server.Url));

        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    [Fact]
    public async Task A_port_that_cannot_exist_stops_the_program()
    {
        await using var services = Services(new() { ["Outgoing:Ports:0"] = "70000" });

        var failure = Assert.Throws<OptionsValidationException>(() => services.GetRequiredService<PublicAddressGuard>());

        Assert.Contains("Outgoing:Ports", failure.Message, StringComparison.Ordinal);
    }

    private static PublicAddressGuard Resolving(OutgoingOptions options, params string[] addresses) =>
        new(options, (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()));

    private static async Task<HttpResponseMessage> Get(PublicAddressGuard guard, string url)
    {
        using var client = new HttpClient(guard.CreateHandler());
        return await client.GetAsync(new Uri(url));
    }

    private static ServiceProvider Services(Dictionary<string, string?> settings) =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddPublicAddressGuard()
            .BuildServiceProvider();

    private static HttpClient Client(ServiceProvider services) =>
        services.GetRequiredService<IHttpClientFactory>().CreateClient(PublicAddressGuardSetup.ClientName);

    /// <summary>An HTTP/1.1 server on 127.0.0.1 that keeps each request's head and answers a fixed text.</summary>
    private sealed class Listener : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource stop = new();
        private readonly Task loop;

        public Listener(Func<string, string> answer)
        {
            listener.Start();
            loop = Task.Run(() => Accept(answer));
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public string Url => $"http://127.0.0.1:{Port}/hook";

        public ConcurrentQueue<string> Requests { get; } = [];

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            listener.Stop();
            await loop;
            stop.Dispose();
        }

        private async Task Accept(Func<string, string> answer)
        {
            try
            {
                while (true)
                {
                    var client = await listener.AcceptTcpClientAsync(stop.Token);
                    _ = Task.Run(() => Serve(client, answer));
                }
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException)
            {
                // The test is over.
            }
        }

        private async Task Serve(TcpClient client, Func<string, string> answer)
        {
            using (client)
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
                var head = new StringBuilder();
                while (await reader.ReadLineAsync() is { } line)
                {
                    head.AppendLine(line);
                    if (line.Length > 0)
                        continue;
                    Requests.Enqueue(head.ToString());
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer(head.ToString())));
                    head.Clear();
                }
            }
        }
    }
}
