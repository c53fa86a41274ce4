namespace HeadlessSupport.Api.Tests.Platform.Http;

public sealed class RateLimitsTests
{
    // So slow that nothing is refilled while a test counts, on whatever machine.
    private static readonly (string, string?)[] Small =
    [
        ("RateLimits__Credential__Burst", "4"), ("RateLimits__Credential__PerSecond", "1"),
        ("RateLimits__Anonymous__Burst", "3"), ("RateLimits__Anonymous__PerSecond", "1"),
    ];

    [Fact]
    public async Task Each_credential_has_a_limit_of_its_own_says_how_much_is_left_and_is_let_in_again()
    {
        var world = await World.GetAsync();
        var (acme, globex) = (await world.FoundAsync(), await world.FoundAsync());
        await using var node = await Node.StartAsync(world, Small);
        var api = new Api(node.Url, acme.Secret);

        var first = (await api.GetAsync("tags")).MustBe(200);
        Assert.Equal("\"credential\";q=4;w=4", first.Header("RateLimit-Policy"));
        Assert.Matches("^\"credential\";r=3;t=[0-9]+$", first.Header("RateLimit"));

        var refused = await UntilRefusedAsync(() => api.GetAsync("tags"));
        Assert.True(int.Parse(refused.Header("Retry-After")!) is >= 1 and <= 4);
        Assert.Matches("^\"credential\";r=0;t=[0-9]+$", refused.Header("RateLimit"));
        Assert.NotNull(refused.Header("Request-Id"));

        // Others are not held up, nor are probes, nor is the same key on another node.
        (await new Api(node.Url, globex.Secret).GetAsync("tags")).MustBe(200);
        (await new Api(node.Url, null).GetAsync("/health/ready")).MustBe(200);
        (await acme.Api.GetAsync("tags")).MustBe(200);

        await Try.UntilAsync(200, () => api.GetAsync("tags"));
    }

    [Fact]
    public async Task Without_a_valid_credential_each_address_has_a_limit()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        await using var node = await Node.StartAsync(world, [.. Small, ("Proxies__Trusted__0", "127.0.0.1/32")]);
        var anonymous = new Api(node.Url, null);

        var first = await anonymous.GetAsync("tickets", ("X-Forwarded-For", "203.0.113.1"));
        Assert.Equal("\"anonymous\";q=3;w=3", first.MustRefuse(401, "unauthenticated").Header("RateLimit-Policy"));
        await UntilRefusedAsync(() => anonymous.GetAsync("tickets", ("X-Forwarded-For", "203.0.113.1")));
        // A made-up credential is nobody's, so it is its address that counts.
        (await new Api(node.Url, "hs_live_madeup").GetAsync("tickets", ("X-Forwarded-For", "203.0.113.1"))).MustRefuse(429, "rate_limited");
        (await anonymous.GetAsync("tickets", ("X-Forwarded-For", "203.0.113.2"))).MustRefuse(401, "unauthenticated");
        (await new Api(node.Url, org.Secret).GetAsync("tickets", ("X-Forwarded-For", "203.0.113.1"))).MustBe(200);
    }

    [Fact]
    public async Task An_IPv6_network_counts_as_one_address()
    {
        var world = await World.GetAsync();
        await using var node = await Node.StartAsync(world, [.. Small, ("Proxies__Trusted__0", "127.0.0.1/32")]);
        var anonymous = new Api(node.Url, null);
        var n = 0;
        await UntilRefusedAsync(() => anonymous.GetAsync("tickets", ("X-Forwarded-For", $"2001:db8:0:1::{Interlocked.Increment(ref n):x}")));
        (await anonymous.GetAsync("tickets", ("X-Forwarded-For", "2001:db8:0:2::1"))).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task Only_the_address_that_the_trusted_proxy_saw_counts()
    {
        var world = await World.GetAsync();
        await using var node = await Node.StartAsync(world, [.. Small, ("Proxies__Trusted__0", "127.0.0.1/32")]);
        var anonymous = new Api(node.Url, null);
        var n = 0;
        // What the client itself wrote stands before what the proxy added.
        await UntilRefusedAsync(() => anonymous.GetAsync("tickets", ("X-Forwarded-For", $"198.51.100.{n++ % 250}, 203.0.113.5")));
    }

    [Fact]
    public async Task Without_a_trusted_proxy_nobodys_word_is_taken_for_an_address()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        var restricted = (await org.Api.PostAsync("api-keys", new { name = "Office", scopes = new[] { "tickets.read" }, allowed_networks = new[] { "203.0.113.0/24" } })).MustBe(201).Text("secret");
        foreach (var proxies in (string?[])[null, "10.0.0.0/8"])
        {
            await using var node = await Node.StartAsync(world, [.. Small, ("Proxies__Trusted__0", proxies)]);
            (await new Api(node.Url, restricted).GetAsync("tickets", ("X-Forwarded-For", "203.0.113.5"))).MustRefuse(401, "unauthenticated");
            var n = 0;
            await UntilRefusedAsync(() => new Api(node.Url, null).GetAsync("tickets", ("X-Forwarded-For", $"198.51.100.{n++ % 250}")));
        }
    }

    // One is refilled each second: on a slow machine it takes some more until none is left.
    private static async Task<Answer> UntilRefusedAsync(Func<Task<Answer>> ask)
    {
        for (var i = 0; i < 200; i++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => ask()));
            if (Array.Find(answers, a => a.Status == 429) is { } refused)
                return refused.MustRefuse(429, "rate_limited");
        }
        throw new Xunit.Sdk.XunitException("A thousand requests were all let in.");
    }
}
