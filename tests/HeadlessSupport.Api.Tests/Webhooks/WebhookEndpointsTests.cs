namespace HeadlessSupport.Api.Tests.Webhooks;

public sealed class WebhookEndpointsTests
{
    private const string Url = "http://127.0.0.1:9/hook";

    [Fact]
    public async Task The_secret_is_shown_when_it_is_made_and_never_again()
    {
        var org = await World.NewOrganizationAsync();
        var made = (await org.Api.PostAsync("webhook-endpoints", new { url = Url, event_types = new[] { "ticket.*", "user.created" }, description = "Ours" }, ("Idempotency-Key", "one"))).MustBe(201);
        var secret = made.Text("secret");
        Assert.StartsWith("whsec_", secret, StringComparison.Ordinal);
        Assert.InRange(Convert.FromBase64String(secret[6..]).Length, 24, 32);
        Assert.Equal($"{org.World.Url.AbsoluteUri}api/v1/webhook-endpoints/{made.Text("id")}", made.Header("Location"));
        Assert.True(made.Json.At("enabled").GetBoolean());
        Assert.Equal("v1", Assert.Single(made.Json.Texts("signatures")));
        Assert.Equal(5, made.Json.Int("max_concurrency"));
        Assert.True(made.Json.IsNull("health/success_rate"));

        var again = (await org.Api.PostAsync("webhook-endpoints", new { url = Url, event_types = new[] { "ticket.*", "user.created" }, description = "Ours" }, ("Idempotency-Key", "one"))).MustBe(201);
        Assert.True(again.Json.IsNull("secret"));
        Assert.Equal(made.Text("id"), again.Text("id"));
        var got = (await org.Api.GetAsync($"webhook-endpoints/{made.Text("id")}")).MustBe(200);
        Assert.True(got.Json.IsNull("secret"));
        Assert.Equal(["ticket.*", "user.created"], got.Json.Texts("event_types"));
        Assert.Equal([made.Text("id")], (await org.Api.GetAsync("webhook-endpoints")).Ids());
        foreach (var happened in await org.AllEventsAsync("events?types=webhook_endpoint.*"))
            Assert.DoesNotContain(secret, happened.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_of_headers_are_kept_and_not_shown()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync();
        var hook = await org.HookAsync(receiver.Url, new { headers = new Dictionary<string, string> { ["X-Token"] = "s3cret", ["Authorization"] = "Bearer abc" } });
        Assert.Equal(["Authorization", "X-Token"], hook.Texts("header_names"));
        var patched = (await org.Api.PatchAsync($"webhook-endpoints/{hook.Id()}", new { headers = new Dictionary<string, string?> { ["X-Token"] = null, ["X-Other"] = "more" } })).MustBe(200);
        Assert.Equal(["Authorization", "X-Other"], patched.Json.Texts("header_names"));
        Assert.DoesNotContain("abc", patched.Json.ToString(), StringComparison.Ordinal);
        await org.TicketAsync();
        var request = (await receiver.UntilAsync(1))[0];
        Assert.Equal("Bearer abc", request.Headers["authorization"]);
        Assert.Equal("more", request.Headers["x-other"]);
        Assert.False(request.Headers.ContainsKey("x-token"));
        Assert.DoesNotContain("abc", string.Join('\n', await org.AllEventsAsync("events")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://example.com/", "/url")]
    [InlineData("nonsense", "/url")]
    [InlineData("https://10.0.0.1/hook", "/url")]
    [InlineData("https://169.254.169.254/latest/meta-data", "/url")]
    [InlineData("https://[::ffff:10.0.0.1]/", "/url")]
    [InlineData("https://[64:ff9b::a00:1]/", "/url")]
    [InlineData("https://[2002:a00:1::]/", "/url")]
    [InlineData("https://[2001:0:a00:1::]/", "/url")]
    [InlineData("https://metadata.google.internal/", "/url")]
    [InlineData("https://user:secret@example.com/", "/url")]
    [InlineData("https://no-such-host.invalid/", "/url")]
    public async Task An_address_that_is_none_or_not_public_is_refused_with_the_reason(string url, string pointer)
    {
        var org = await World.NewOrganizationAsync();
        (await org.Api.PostAsync("webhook-endpoints", new { url, event_types = new[] { "*" } })).MustRefuse(422, "validation_failed", pointer);
        var hook = await org.HookAsync(Url);
        (await org.Api.PatchAsync($"webhook-endpoints/{hook.Id()}", new { url })).MustRefuse(422, "validation_failed", pointer);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_at_its_member()
    {
        var org = await World.NewOrganizationAsync();
        async Task Refuse(object more, string pointer) =>
            (await org.Api.PostAsync("webhook-endpoints", Json.Merge(new { url = Url, event_types = new[] { "*" } }, more))).MustRefuse(422, "validation_failed", pointer);
        await Refuse(new { event_types = Array.Empty<string>() }, "/event_types");
        await Refuse(new { event_types = new[] { "Ticket" } }, "/event_types");
        await Refuse(new { event_types = new[] { "ticket.*.more" } }, "/event_types");
        await Refuse(new { max_concurrency = 51 }, "/max_concurrency");
        await Refuse(new { max_concurrency = 0 }, "/max_concurrency");
        await Refuse(new { rate_limit = 0 }, "/rate_limit");
        await Refuse(new { signatures = new[] { "v2" } }, "/signatures");
        await Refuse(new { signatures = Array.Empty<string>() }, "/signatures");
        await Refuse(new { api_version = "v2" }, "/api_version");
        await Refuse(new { api_version = (string?)null }, "/api_version");
        await Refuse(new { headers = new Dictionary<string, string> { ["webhook-id"] = "x" } }, "/headers");
        await Refuse(new { headers = new Dictionary<string, string> { ["Host"] = "x" } }, "/headers");
        await Refuse(new { headers = new Dictionary<string, string> { ["X-A"] = "a\r\nX-B: b" } }, "/headers");
        (await org.Api.PostAsync("webhook-endpoints", new { url = Url, event_types = new[] { "*" }, filter = "nonsense:1" })).MustRefuse(400, "invalid_condition", "/filter");
        (await org.Api.PostAsync("webhook-endpoints", new { url = Url, event_types = new[] { "*" }, typo = 1 })).MustBe(400);
    }

    [Fact]
    public async Task Internal_notes_need_the_right_to_read_them()
    {
        var org = await World.NewOrganizationAsync();
        var narrow = await org.WithScopesAsync("webhooks.manage", "webhooks.read");
        (await narrow.PostAsync("webhook-endpoints", new { url = Url, event_types = new[] { "*" }, include_internal = true })).MustRefuse(422, "validation_failed", "/include_internal");
        var made = (await narrow.PostAsync("webhook-endpoints", new { url = Url, event_types = new[] { "*" } })).MustBe(201);
        (await narrow.PatchAsync($"webhook-endpoints/{made.Text("id")}", new { include_internal = true })).MustRefuse(422, "validation_failed", "/include_internal");
        var reader = await org.WithScopesAsync("webhooks.read");
        (await reader.GetAsync("webhook-endpoints")).MustBe(200);
        (await reader.PostAsync("webhook-endpoints", new { url = Url, event_types = new[] { "*" } })).MustBe(403);
        (await narrow.PostAsync($"webhook-endpoints/{made.Text("id")}/replay", new { from = "2026-01-01T00:00:00Z", to = "2027-01-01T00:00:00Z" })).MustBe(403);
    }

    [Fact]
    public async Task It_is_disabled_enabled_and_deleted_and_each_is_an_event()
    {
        var org = await World.NewOrganizationAsync();
        var hook = await org.HookAsync(Url, "user.created");
        var path = $"webhook-endpoints/{hook.Id()}";
        var off = (await org.Api.PostAsync($"{path}/disable")).MustBe(200);
        Assert.False(off.Json.At("enabled").GetBoolean());
        Assert.Equal("disabled_by_request", off.Text("disabled_reason"));
        (await org.Api.PostAsync($"{path}/test")).MustBe(409, "conflict");
        var on = (await org.Api.PostAsync($"{path}/enable")).MustBe(200);
        Assert.True(on.Json.IsNull("disabled_reason"));
        (await org.Api.PatchAsync(path, new { enabled = false })).MustBe(200);
        (await org.Api.PatchAsync(path, new { enabled = true, description = "Back" }, ("If-Match", "\"1\""))).MustBe(412);
        (await org.Api.PatchAsync(path, new { enabled = true, description = "Back" })).MustBe(200);
        (await org.Api.DeleteAsync(path)).MustBe(204);
        (await org.Api.GetAsync(path)).MustBe(404);
        Assert.Equal(["webhook_endpoint.created", "webhook_endpoint.disabled", "webhook_endpoint.updated", "webhook_endpoint.disabled", "webhook_endpoint.updated", "webhook_endpoint.deleted"],
            (await org.AllEventsAsync("events?types=webhook_endpoint.*")).Select(e => e.Text("type")));
    }
}
