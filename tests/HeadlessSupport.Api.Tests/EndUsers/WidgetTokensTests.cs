using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using static HeadlessSupport.Api.Tests.EndUsers.EndUsersWorld;

namespace HeadlessSupport.Api.Tests.EndUsers;

/// <summary>Who comes in by a widget key: as whom the organization signed, or as an anonymous visitor.</summary>
public sealed class WidgetTokensTests
{
    [Fact]
    public async Task A_signed_token_makes_its_subject_a_customer_and_keeps_what_it_says()
    {
        var org = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync();
        var claims = Claims("4711", new { email = "Cara@customer.test", name = "Cara", attributes = new { plan = "pro", seats = 12, trial = false }, aud = new[] { "else", key.Text("key") }, iat = In(TimeSpan.FromSeconds(30)), nbf = In(TimeSpan.FromSeconds(30)) });
        var token = (await org.ComeAsync(key, new { jwt = Jwt.Of(key.Text("secret"), claims) }, ("Origin", Page))).MustBe(201);
        Assert.Equal(("4711", "cara@customer.test", "Cara"), (token.Json.Text("user/external_id"), token.Json.Text("user/email"), token.Json.Text("user/name")));
        Assert.True(token.Json.IsNull("visitor"));
        var user = (await org.Api.GetAsync($"users/{token.Json.Text("user/id")}")).MustBe(200);
        Assert.Equal(("customer", "pro", "12", "false"), (user.Text("role"), user.Json.Text("metadata/plan"), user.Json.Text("metadata/seats"), user.Json.Text("metadata/trial")));

        var cara = org.As(token);
        Assert.Equal(token.Json.Text("user/id"), (await cara.GetAsync("me")).MustBe(200).Json.Text("user/id"));
        Assert.Equal("chat", (await cara.PostAsync("tickets", new { subject = "Hello" }, ("Origin", Page))).MustBe(201).Text("channel"));
        // The same again changes nothing, and another name does.
        (await org.ComeAsync(key, new { jwt = Jwt.Of(key.Text("secret"), claims) })).MustBe(201);
        Assert.Equal(user.Json.Int("version"), (await org.Api.GetAsync($"users/{user.Text("id")}")).Json.Int("version"));
        (await org.ComeAsync(key, new { jwt = Jwt.Of(key.Text("secret"), Claims("4711", new { name = "Carla" })) })).MustBe(201);
        var renamed = (await org.Api.GetAsync($"users/{user.Text("id")}")).Json;
        Assert.Equal(("Carla", "cara@customer.test", "pro"), (renamed.Text("name"), renamed.Text("email"), renamed.Text("metadata/plan")));
    }

    [Fact]
    public async Task What_is_not_signed_as_it_must_be_is_refused()
    {
        var org = await World.NewOrganizationAsync();
        var other = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync();
        var secret = key.Text("secret");
        var theirs = (await other.WidgetKeyAsync()).Text("secret");
        var good = Claims("4711");
        string Part(object of) => WebEncoders.Base64UrlEncode(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(of));
        using var rsa = RSA.Create(2048);
        var sound = Jwt.Of(secret, good).Split('.');
        var wrong = new Dictionary<string, string>
        {
            ["another organization's secret"] = Jwt.Of(theirs, good),
            ["alg none"] = $"{Part(new { alg = "none" })}.{Part(good)}.",
            ["alg None"] = $"{Part(new { alg = "None" })}.{Part(good)}.",
            ["alg none with a signature"] = Jwt.Of(secret, good, new { alg = "none" }),
            ["no signature"] = $"{sound[0]}.{sound[1]}.",
            ["no alg"] = Jwt.Of(secret, good, new { typ = "JWT" }),
            ["another alg"] = Jwt.Signed(new { alg = "HS512" }, good, i => HMACSHA512.HashData(Encoding.UTF8.GetBytes(secret), i)),
            ["RS256 without jwks_url"] = Jwt.Signed(new { alg = "RS256" }, good, i => rsa.SignData(i, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)),
            ["RS256 signed with the secret"] = Jwt.Of(secret, good, new { alg = "RS256" }),
            ["a changed payload"] = $"{sound[0]}.{Part(Claims("4712"))}.{sound[2]}",
            ["signed with the public key text"] = Jwt.Of(key.Text("key"), good),
            ["an empty secret"] = Jwt.Of("", good),
            ["no JWT"] = "nonsense",
            ["five parts"] = "a.b.c.d.e",
            ["an array as payload"] = Jwt.Of(secret, new[] { 1 }),
            ["expired"] = Jwt.Of(secret, new { sub = "a", exp = In(TimeSpan.FromSeconds(-61)) }),
            ["no exp"] = Jwt.Of(secret, new { sub = "a" }),
            ["exp too far"] = Jwt.Of(secret, new { sub = "a", exp = In(TimeSpan.FromMinutes(62)) }),
            ["exp as text"] = Jwt.Of(secret, new { sub = "a", exp = "soon" }),
            ["exp beyond all"] = Jwt.Of(secret, new { sub = "a", exp = 1e300 }),
            ["not yet"] = Jwt.Of(secret, Claims("a", new { nbf = In(TimeSpan.FromMinutes(3)) })),
            ["issued tomorrow"] = Jwt.Of(secret, Claims("a", new { iat = In(TimeSpan.FromDays(1)) })),
            ["another aud"] = Jwt.Of(secret, Claims("a", new { aud = "else" })),
            ["no sub"] = Jwt.Of(secret, new { exp = In(TimeSpan.FromMinutes(5)) }),
            ["blank sub"] = Jwt.Of(secret, Claims(" ")),
            ["long sub"] = Jwt.Of(secret, Claims(new string('a', 256))),
            ["sub with NUL"] = Jwt.Of(secret, Claims("a\0")),
            ["no address"] = Jwt.Of(secret, Claims("a", new { email = "nonsense" })),
            ["nested attributes"] = Jwt.Of(secret, Claims("a", new { attributes = new { a = new { b = 1 } } })),
            ["attributes as text"] = Jwt.Of(secret, Claims("a", new { attributes = "x" })),
            ["too many attributes"] = Jwt.Of(secret, Claims("a", new { attributes = Enumerable.Range(0, 21).ToDictionary(i => $"a{i}", i => i) })),
            ["long attribute"] = Jwt.Of(secret, Claims("a", new { attributes = new { a = new string('x', 501) } })),
        };
        var failures = new Failures();
        var users = (await org.Api.AllAsync("users")).Count;
        foreach (var (what, jwt) in wrong)
        {
            var answer = await org.ComeAsync(key, new { jwt });
            failures.Unless(answer is { Status: 401, Code: "unauthenticated" } && answer.Text("detail").StartsWith("The token was refused:", StringComparison.Ordinal), $"{what}: {answer.Status} {Encoding.UTF8.GetString(answer.Body)}");
        }
        failures.MustBeNone();
        Assert.Equal(users, (await org.Api.AllAsync("users")).Count);
        (await org.ComeAsync(key, new { jwt = Jwt.Of(secret, new { sub = "a", exp = In(TimeSpan.FromSeconds(-30)) }) })).MustBe(201);
    }

    [Fact]
    public async Task Two_secrets_are_good_until_the_next_rotation_or_the_overlap_is_over()
    {
        var org = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync();
        async Task<int> TryAsync(string secret) => (await org.ComeAsync(key, new { jwt = Jwt.Of(secret, Claims("a")) })).Status;
        async Task<string> RotateAsync(object how) => (await org.Api.PostAsync($"widget-keys/{key.Text("id")}/rotate-secret", how)).MustBe(200).Text("secret");
        var first = key.Text("secret");
        var second = await RotateAsync(new { });
        Assert.Equal((201, 201), (await TryAsync(first), await TryAsync(second)));
        var third = await RotateAsync(new { overlap_seconds = 3600 });
        Assert.Equal((401, 201, 201), (await TryAsync(first), await TryAsync(second), await TryAsync(third)));
        var fourth = await RotateAsync(new { overlap_seconds = 0 });
        Assert.Equal((401, 401, 201), (await TryAsync(second), await TryAsync(third), await TryAsync(fourth)));
        Assert.True((await org.Api.GetAsync($"widget-keys/{key.Text("id")}")).MustBe(200).Json.IsNull("secret"));
        foreach (var secret in (string[])[first, second, third, fourth])
            Assert.DoesNotContain(secret, string.Concat((await org.EventsAsync("events?types=widget_key.*", 4)).Select(e => e.GetRawText())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Published_keys_sign_too_each_in_its_own_way()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = RSA.Create(2048);
        var (r, e) = (rsa.ExportParameters(false), ec.ExportParameters(false));
        string B64(byte[] bytes) => WebEncoders.Base64UrlEncode(bytes);
        var shared = "a-secret-that-stands-in-a-public-place";
        await using var site = new JwksSite(new
        {
            keys = new object[]
            {
                new { kty = "RSA", kid = "r1", use = "sig", alg = "RS256", n = B64(r.Modulus!), e = B64(r.Exponent!) },
                new { kty = "EC", kid = "e1", crv = "P-256", x = B64(e.Q.X!), y = B64(e.Q.Y!) },
                new { kty = "oct", kid = "o1", k = B64(Encoding.UTF8.GetBytes(shared)) },
            },
        });
        var org = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync(new { jwks_url = site.Url });
        byte[] Rsa(byte[] input) => rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        async Task<int> TryAsync(object header, Func<byte[], byte[]> sign) => (await org.ComeAsync(key, new { jwt = Jwt.Signed(header, Claims("4711"), sign) })).Status;
        Assert.Equal(201, await TryAsync(new { alg = "RS256", kid = "r1" }, Rsa));
        Assert.Equal(201, await TryAsync(new { alg = "RS256" }, Rsa));
        Assert.Equal(201, await TryAsync(new { alg = "ES256", kid = "e1" }, i => ec.SignData(i, HashAlgorithmName.SHA256)));
        Assert.Equal(201, (await org.ComeAsync(key, new { jwt = Jwt.Of(key.Text("secret"), Claims("4711")) })).Status);
        var pem = rsa.ExportSubjectPublicKeyInfoPem();
        Assert.Equal(401, await TryAsync(new { alg = "HS256", kid = "r1" }, i => HMACSHA256.HashData(Encoding.UTF8.GetBytes(pem), i)));
        Assert.Equal(401, await TryAsync(new { alg = "HS256", kid = "r1" }, i => HMACSHA256.HashData(r.Modulus!, i)));
        Assert.Equal(401, await TryAsync(new { alg = "HS256", kid = "o1" }, i => HMACSHA256.HashData(Encoding.UTF8.GetBytes(shared), i)));
        Assert.Equal(401, await TryAsync(new { alg = "ES256", kid = "r1" }, Rsa));
        Assert.Equal(401, await TryAsync(new { alg = "RS256", kid = "r1" }, i => stranger.SignData(i, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
        for (var i = 0; i < 5; i++)
            Assert.Equal(401, await TryAsync(new { alg = "RS256", kid = $"made-up-{i}" }, Rsa));
        Assert.Equal(1, site.Asked);
    }

    [Fact]
    public async Task Keys_that_cannot_be_had_refuse_and_are_not_asked_for_all_the_time()
    {
        await using var huge = new JwksSite(new { keys = new[] { new { kty = "RSA", x = new string('a', 70_000) } } });
        await using var nonsense = new JwksSite("[]");
        using var rsa = RSA.Create(2048);
        var org = await World.NewOrganizationAsync();
        foreach (var site in (JwksSite[])[huge, nonsense])
        {
            var key = await org.WidgetKeyAsync(new { jwks_url = site.Url });
            for (var i = 0; i < 3; i++)
                (await org.ComeAsync(key, new { jwt = Jwt.Signed(new { alg = "RS256" }, Claims("4711"), input => rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)) })).MustRefuse(401, "unauthenticated");
            Assert.Equal(1, site.Asked);
        }
    }

    [Fact]
    public async Task An_address_that_is_anothers_takes_nobody_over()
    {
        var org = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync();
        var ticket = await org.TicketAsync();
        await org.AgentAsync("agnes@acme.test");
        var staff = (await org.Api.PostAsync("users", new { email = "boss@acme.test", role = "admin", external_id = "boss" })).MustBe(201).Text("id");
        Task<Answer> ComeAsync(string sub, object more) => org.ComeAsync(key, new { jwt = Jwt.Of(key.Text("secret"), Claims(sub, more)) });

        foreach (var taken in (string[])["bob@customer.test", "agnes@acme.test", "boss@acme.test"])
        {
            var token = (await ComeAsync("mallory", new { email = taken })).MustBe(201);
            Assert.True(token.Json.IsNull("user/email"));
            Assert.Equal("mallory", token.Json.Text("user/external_id"));
            Assert.Empty((await org.As(token).GetAsync("tickets")).Items());
            (await org.As(token).GetAsync($"tickets/{ticket.Id()}")).MustRefuse(404, "not_found");
        }
        (await ComeAsync("boss", new { name = "Evil" })).MustRefuse(401, "unauthenticated");
        Assert.True((await org.Api.GetAsync($"users/{staff}")).Json.IsNull("name"));
        var gone = (await ComeAsync("gone", new { })).MustBe(201);
        (await org.Api.PostAsync($"users/{gone.Json.Text("user/id")}/deactivate")).MustBe(200);
        (await ComeAsync("gone", new { })).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_visitor_leaves_no_row_before_they_write_and_stays_the_same_one()
    {
        var org = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync();
        var users = (await org.Api.AllAsync("users")).Count;
        var first = (await org.ComeAsync(key, new { })).MustBe(201);
        var again = (await org.ComeAsync(key, new { visitor = first.Text("visitor") })).MustBe(201);
        Assert.Equal(first.Json.Text("user/id"), again.Json.Text("user/id"));
        Assert.Empty((await org.As(again).GetAsync("tickets")).Items());
        Assert.Equal(first.Json.Text("user/id"), (await org.As(again).GetAsync("me")).MustBe(200).Json.Text("user/id"));
        Assert.Equal(users, (await org.Api.AllAsync("users")).Count);

        // Several first words at once make one customer.
        var made = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => org.As(again).PostAsync("tickets", new { subject = $"Hello {i}", comment = new { body = "Anybody there?" } })));
        Assert.All(made, m => m.MustBe(201));
        Assert.Equal(users + 1, (await org.Api.AllAsync("users")).Count);
        Assert.Equal(5, (await org.As((await org.ComeAsync(key, new { visitor = again.Text("visitor") })).MustBe(201)).GetAsync("tickets")).Items().Count);
        Assert.Empty((await org.As((await org.ComeAsync(key, new { })).MustBe(201)).GetAsync("tickets")).Items());
        Assert.Equal("customer", (await org.Api.GetAsync($"users/{first.Json.Text("user/id")}")).MustBe(200).Text("role"));

        (await org.Api.PatchAsync($"users/{first.Json.Text("user/id")}", new { role = "agent" })).MustBe(200);
        (await org.ComeAsync(key, new { visitor = first.Text("visitor") })).MustRefuse(401, "unauthenticated");
    }

    [Fact]
    public async Task A_visitor_is_of_one_key_and_may_be_unwanted()
    {
        var (org, other) = (await World.NewOrganizationAsync(), await World.NewOrganizationAsync());
        var key = await org.WidgetKeyAsync();
        var visitor = (await org.ComeAsync(key, new { })).MustBe(201);
        foreach (var elsewhere in (Answer[])[await org.WidgetKeyAsync(), await other.WidgetKeyAsync()])
            (await org.ComeAsync(elsewhere, new { visitor = visitor.Text("visitor") })).MustRefuse(401, "unauthenticated");
        foreach (var made in (string[])["nonsense", "!!", visitor.Text("visitor")[..^2], visitor.Text("token")["hs_eut_".Length..]])
            (await org.ComeAsync(key, new { visitor = made })).MustRefuse(401, "unauthenticated");
        // Nor is what the page keeps a token.
        (await new Api(org.World.Url, "hs_eut_" + visitor.Text("visitor")).GetAsync("me")).MustRefuse(401, "unauthenticated");
        (await org.Api.PatchAsync($"widget-keys/{key.Text("id")}", new { require_identity = true })).MustBe(200);
        (await org.ComeAsync(key, new { })).MustRefuse(401, "unauthenticated");
        (await org.ComeAsync(key, new { visitor = visitor.Text("visitor") })).MustRefuse(401, "unauthenticated");
        await Try.UntilAsync(async () => (await org.As(visitor).GetAsync("me")).Status == 401 ? "" : null);
        (await org.ComeAsync(key, new { jwt = Jwt.Of(key.Text("secret"), Claims("a")) })).MustBe(201);
    }

    [Fact]
    public async Task What_a_visitor_asked_becomes_the_customers_only_where_the_token_says_so()
    {
        var org = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync();
        var visitor = (await org.ComeAsync(key, new { })).MustBe(201);
        var ticket = (await org.As(visitor).PostAsync("tickets", new { subject = "Hello", comment = new { body = "Anybody there?" } })).MustBe(201).Text("id");
        Task<Answer> ComeAsync(object more) => org.ComeAsync(key, new { jwt = Jwt.Of(key.Text("secret"), Claims("cara", more)), visitor = visitor.Text("visitor") });
        Assert.Empty((await org.As(await ComeAsync(new { })).GetAsync("tickets")).Items());
        Assert.Empty((await org.As(await ComeAsync(new { merge_visitor = "true" })).GetAsync("tickets")).Items());
        var cara = org.As(await ComeAsync(new { merge_visitor = true }));
        Assert.Equal([ticket], (await cara.GetAsync("tickets")).Ids());
        Assert.Single((await cara.GetAsync($"tickets/{ticket}/comments")).Items());
        Assert.Empty((await org.As(visitor).GetAsync("tickets")).Items());
        var moved = (await org.AllEventsAsync("events?types=ticket.updated")).Single();
        Assert.Equal(("cara", "customer"), (moved.Text("changes/requester/to/external_id"), moved.Text("actor/kind")));
        (await ComeAsync(new { merge_visitor = true })).MustBe(201);
        Assert.Single(await org.AllEventsAsync("events?types=ticket.updated"));
    }

    [Fact]
    public async Task A_key_that_is_not_there_disabled_deleted_or_of_a_deleted_inbox_is_404()
    {
        var org = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync();
        foreach (var text in (string[])["wk_test_x", key.Text("key")[..^1] + (key.Text("key")[^1] == 'x' ? "y" : "x"), key.Text("secret"), key.Text("id"), "%20", org.Secret])
            (await org.World.Anonymous.PostAsync($"widget/{text}/tokens", new { })).MustRefuse(404, "not_found");
        (await org.Api.PatchAsync($"widget-keys/{key.Text("id")}", new { enabled = false })).MustBe(200);
        (await org.ComeAsync(key, new { })).MustRefuse(404, "not_found");
        (await org.Api.PatchAsync($"widget-keys/{key.Text("id")}", new { enabled = true })).MustBe(200);
        (await org.ComeAsync(key, new { })).MustBe(201);
        (await org.Api.DeleteAsync($"inboxes/{key.Text("inbox_id")}")).MustBe(204);
        (await org.ComeAsync(key, new { })).MustRefuse(404, "not_found");
        (await org.Api.DeleteAsync($"widget-keys/{key.Text("id")}")).MustBe(204);
        (await org.ComeAsync(key, new { })).MustRefuse(404, "not_found");
        (await org.World.Operator.PostAsync($"organizations/{org.Id}/suspend")).MustBe(200);
    }

    /// <summary>A site that publishes keys.</summary>
    private sealed class JwksSite : IAsyncDisposable
    {
        private readonly HttpListener listener = new();
        private readonly Task serving;
        private int asked;

        public JwksSite(object document)
        {
            Url = $"http://127.0.0.1:{World.FreePort()}/";
            listener.Prefixes.Add(Url);
            listener.Start();
            serving = ServeAsync(document as string ?? System.Text.Json.JsonSerializer.Serialize(document));
        }

        public string Url { get; }
        public int Asked => asked;

        public async ValueTask DisposeAsync()
        {
            listener.Stop();
            await serving;
        }

        private async Task ServeAsync(string document)
        {
            while (listener.IsListening)
            {
                try
                {
                    var context = await listener.GetContextAsync();
                    Interlocked.Increment(ref asked);
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(document));
                    context.Response.Close();
                }
                catch (Exception error) when (error is HttpListenerException or ObjectDisposedException or IOException)
                {
                    // It closes, or the caller read no further.
                }
            }
        }
    }
}
