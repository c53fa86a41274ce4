using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Tests.EndUsers;

namespace HeadlessSupport.Api.Tests.Inboxes;

public sealed class WidgetKeysTests
{
    [Fact]
    public async Task A_widget_key_is_made_read_changed_and_deleted()
    {
        var org = await World.NewOrganizationAsync();
        var key = await org.WidgetKeyAsync();
        Assert.StartsWith("wk_test_", key.Text("key"), StringComparison.Ordinal);
        Assert.StartsWith("whk_", key.Text("secret"), StringComparison.Ordinal);
        var path = $"widget-keys/{key.Text("id")}";
        var shown = (await org.Api.GetAsync(path)).MustBe(200);
        Assert.True(shown.Json.IsNull("secret"));
        Assert.Equal(key.Text("key"), shown.Text("key"));
        (await org.Api.GetAsync(path, ("If-None-Match", shown.ETag!))).MustBe(304);
        var changed = (await org.Api.PatchAsync(path, new { name = "Blog", allowed_origins = new[] { "https://BLOG.example", "https://blog.example:443" }, require_identity = true }, ("If-Match", shown.ETag!))).MustBe(200);
        Assert.Equal(["https://blog.example"], changed.Json.Texts("allowed_origins"));
        (await org.Api.PatchAsync(path, new { name = "Else" }, ("If-Match", shown.ETag!))).MustRefuse(412, "precondition_failed");
        Assert.Equal([key.Text("id")], (await org.Api.GetAsync($"inboxes/{key.Text("inbox_id")}/widget-keys")).Ids());
        (await org.Api.PostAsync($"{path}/rotate-secret", new { })).MustBe(200);
        (await org.Api.DeleteAsync(path)).MustBe(204);
        (await org.Api.GetAsync(path)).MustRefuse(404, "not_found");
        Assert.Equal(["widget_key.created", "widget_key.updated", "widget_key.secret_rotated", "widget_key.deleted"], (await org.AllEventsAsync("events?types=widget_key.*")).Select(e => e.Text("type")));
    }

    [Fact]
    public async Task Only_chat_inboxes_have_them_and_only_who_manages_inboxes_makes_them()
    {
        var org = await World.NewOrganizationAsync();
        var plain = (await org.Api.PostAsync("inboxes", new { name = "Web" })).MustBe(201).Text("id");
        (await org.Api.PostAsync($"inboxes/{plain}/widget-keys", new { name = "Shop" })).MustRefuse(409, "conflict");
        var key = await org.WidgetKeyAsync();
        var reader = await org.WithScopesAsync("inboxes.read");
        (await reader.GetAsync($"widget-keys/{key.Text("id")}")).MustBe(200);
        (await reader.PostAsync($"widget-keys/{key.Text("id")}/rotate-secret", new { })).MustRefuse(403, "forbidden");
        (await org.Api.DeleteAsync($"inboxes/{key.Text("inbox_id")}")).MustBe(204);
        (await org.Api.GetAsync($"inboxes/{key.Text("inbox_id")}/widget-keys")).MustRefuse(404, "not_found");
    }

    [Fact]
    public async Task Origins_and_addresses_that_cannot_be_are_refused()
    {
        var org = await World.NewOrganizationAsync();
        var inbox = (await org.WidgetKeyAsync()).Text("inbox_id");
        Task<Answer> MakeAsync(object more) => org.Api.PostAsync($"inboxes/{inbox}/widget-keys", Json.Merge(new { name = "Shop" }, more));
        foreach (var origin in (string[])["", "shop.example", "http://shop.example", "https://shop.example/path", "https://shop.example/", "https://*", "https://*.example", "https://*.com", "https://a.*.example.com", "https://shop.example:*", "https://*.*.shop.example",
            "https://user@shop.example", "https://shop.example?x", "https://shop.example#x", "https://shop.example.", "https://shop .example", "javascript:alert(1)", "file:///x", "null", "*", "ftp://shop.example", "https://", "http://localhost.evil.example", "https://*.127.0.0.1", "https://shop.example\\x"])
            (await MakeAsync(new { allowed_origins = new[] { origin } })).MustRefuse(422, "validation_failed", "/allowed_origins");
        (await MakeAsync(new { allowed_origins = Enumerable.Range(0, 51).Select(i => $"https://s{i}.example") })).MustRefuse(422, "validation_failed", "/allowed_origins");
        foreach (var url in (string[])["nonsense", "ftp://site.example/jwks", "https://10.0.0.1/jwks", "https://169.254.169.254/latest", "https://user:pass@site.example/"])
            (await MakeAsync(new { jwks_url = url })).MustRefuse(422, "validation_failed", "/jwks_url");
        (await org.Api.PostAsync($"widget-keys/{(await MakeAsync(new { allowed_origins = new[] { "http://127.0.0.1:*", "http://localhost", "https://bücher.example" } })).MustBe(201).Text("id")}/rotate-secret", new { overlap_seconds = 2_592_001 })).MustRefuse(422, "validation_failed", "/overlap_seconds");
    }

    [Theory]
    [InlineData("https://xn--bcher-kva.example", "https://BÜCHER.example")]
    [InlineData("https://shop.example:8443", "https://shop.example:8443")]
    [InlineData("http://localhost", "http://LOCALHOST:80")]
    [InlineData("http://[::1]:3000", "http://[::1]:3000")]
    [InlineData("https://*.shop.example", "https://*.Shop.example")]
    public void Origins_are_kept_as_browsers_write_them(string kept, string given)
    {
        Assert.True(Origins.TryNormalize(given, out var origin));
        Assert.Equal(kept, origin);
    }
}
