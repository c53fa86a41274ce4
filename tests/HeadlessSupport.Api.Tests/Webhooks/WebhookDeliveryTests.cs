using System.Diagnostics;
using System.Text.Json;

namespace HeadlessSupport.Api.Tests.Webhooks;

public sealed class WebhookDeliveryTests
{
    [Fact]
    public async Task What_is_sent_is_the_event_as_the_list_has_it()
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync();
        await using var receiver = await Receiver.StartAsync();
        var hook = await org.HookAsync(receiver.Url);
        var ticket = await org.TicketAsync(new { subject = "Grüße, 世界 🎉" });
        var request = (await receiver.UntilAsync(1)).Single();
        var happened = (await org.AllEventsAsync("events?types=ticket.created"))[^1];
        Assert.Equal(ticket.Id(), request.Json.Text("ticket_id"));
        Assert.Equal(happened.Id(), request.Id);
        Assert.True(JsonElement.DeepEquals(happened, request.Json));
        Assert.True(request.IsSignedBy(hook.Text("secret")!));
        Assert.Equal("application/json", request.Headers["content-type"]);
        Assert.Equal("/hook", request.Path);
        Assert.DoesNotContain("traceparent", request.Headers.Keys);
        // The first ticket was there before the endpoint.
        var delivery = Assert.Single(await org.DeliveriesUntilAsync(hook, 1, d => d.Text("status") == "succeeded"));
        Assert.Equal(request.Id, delivery.Text("event_id"));
        Assert.Equal(1.0, (await org.Api.GetAsync($"webhook-endpoints/{hook.Id()}")).Json.At("health/success_rate").GetDouble());
    }

    [Fact]
    public async Task Public_libraries_verify_it()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync();
        var hook = await org.HookAsync(receiver.Url, new { signatures = new[] { "v1", "v1a" } });
        var secret = (await org.Api.PostAsync($"webhook-endpoints/{hook.Id()}/rotate-secret", new { overlap_seconds = 600 })).MustBe(200).Text("secret");
        await org.TicketAsync(new { subject = "Grüße, 世界 🎉 </script>" });
        var request = (await receiver.UntilAsync(1)).Single();
        // Two secrets are valid, and two pairs of keys.
        Assert.Equal(4, request.Signatures.Length);
        foreach (var valid in (string[])[secret, hook.Text("secret")!])
            Assert.Equal("verified", await VerifyAsync(valid, request));
    }

    [Fact]
    public async Task Ed25519_signatures_are_of_the_keys_that_are_shown()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync();
        var hook = await org.HookAsync(receiver.Url, new { signatures = new[] { "v1a" } });
        await org.TicketAsync();
        var request = (await receiver.UntilAsync(1)).Single();
        var signature = Assert.Single(request.Signatures);
        Assert.StartsWith("v1a,", signature, StringComparison.Ordinal);
        var key = Assert.Single(hook.Texts("public_keys"));
        Assert.StartsWith("whpk_", key, StringComparison.Ordinal);
        var content = $"{request.Id}.{request.Headers["webhook-timestamp"]}.{request.Body}";
        // Node's own cryptography, which is not ours.
        var script = """
            const { key, signature, content } = JSON.parse(require('fs').readFileSync(0, 'utf8'));
            const { createPublicKey, verify } = require('crypto');
            const open = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key, 'base64').toString('base64url') }, format: 'jwk' });
            console.log(verify(null, Buffer.from(content, 'utf8'), open, Buffer.from(signature, 'base64')), verify(null, Buffer.from(content + ' ', 'utf8'), open, Buffer.from(signature, 'base64')));
            """;
        Assert.Equal("true false", await NodeAsync(["-e", script], new { key = key["whpk_".Length..], signature = signature["v1a,".Length..], content }));
        var rotated = (await org.Api.PostAsync($"webhook-endpoints/{hook.Id()}/rotate-secret", new { overlap_seconds = 60 })).MustBe(200);
        Assert.Equal(2, rotated.Json.Texts("public_keys").Count);
    }

    [Fact]
    public async Task The_old_secret_signs_until_the_overlap_is_over()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync();
        var hook = await org.HookAsync(receiver.Url);
        var first = hook.Text("secret")!;
        var second = (await org.Api.PostAsync($"webhook-endpoints/{hook.Id()}/rotate-secret", new { })).MustBe(200).Text("secret");
        await org.TicketAsync();
        var request = (await receiver.UntilAsync(1)).Single();
        Assert.True(request.IsSignedBy(first) && request.IsSignedBy(second));
        var third = (await org.Api.PostAsync($"webhook-endpoints/{hook.Id()}/rotate-secret", new { overlap_seconds = 0 })).MustBe(200).Text("secret");
        await Task.Delay(1100);
        await org.TicketAsync();
        request = (await receiver.UntilAsync(2))[1];
        Assert.True(request.IsSignedBy(third));
        Assert.False(request.IsSignedBy(first) || request.IsSignedBy(second));
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_sent()
    {
        var org = await World.NewOrganizationAsync();
        await using var all = await Receiver.StartAsync();
        await using var tags = await Receiver.StartAsync();
        await using var urgent = await Receiver.StartAsync();
        await using var notes = await Receiver.StartAsync();
        await org.HookAsync(all.Url, "*");
        await org.HookAsync(tags.Url, "tag.*");
        await org.HookAsync(urgent.Url, new { filter = "priority:urgent subject:fire" }, "*");
        await org.HookAsync(notes.Url, new { include_internal = true }, "ticket.note_added");
        await org.TicketAsync(new { subject = "Fire!" });
        var ticket = await org.TicketAsync(new { subject = "Fire!", priority = "urgent" });
        (await org.Api.PostAsync($"tickets/{ticket.Id()}/comments", new { body = "Psst.", visibility = "internal" })).MustBe(201);
        (await org.Api.PostAsync("tags", new { name = "last" })).MustBe(201);
        await all.UntilAsync(1, r => r.Type == "tag.created");
        Assert.Equal(ticket.Id(), (await urgent.UntilAsync(1))[0].Json.Text("ticket_id"));
        Assert.Equal("ticket.note_added", (await notes.UntilAsync(1)).Single().Type);
        Assert.Equal("tag.created", (await tags.UntilAsync(1)).Single().Type);
        Assert.DoesNotContain(all.All, r => r.Type == "ticket.note_added");
        Assert.Equal(2, all.All.Count(r => r.Type == "ticket.created"));
        Assert.All(urgent.All, r => Assert.Equal(ticket.Id(), r.Json.Text("data/id")));
    }

    [Fact]
    public async Task A_test_event_goes_to_its_endpoint_only()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        var hook = await org.HookAsync(receiver.Url);
        var all = await org.HookAsync(other.Url, "*");
        var test = (await org.Api.PostAsync($"webhook-endpoints/{hook.Id()}/test")).MustBe(202);
        var request = (await receiver.UntilAsync(1)).Single();
        Assert.Equal("webhook_endpoint.test", request.Type);
        Assert.Equal(test.Text("event_id"), request.Id);
        Assert.Equal(hook.Id(), request.Json.Text("data/id"));
        await org.TicketAsync();
        await other.UntilAsync(1, r => r.Type == "ticket.created");
        Assert.DoesNotContain(other.All, r => r.Type == "webhook_endpoint.test");
        Assert.Single(await org.DeliveriesUntilAsync(hook, 1, d => d.Text("event_id") == test.Text("event_id")));
        Assert.NotEqual(all.Id(), hook.Id());
    }

    private static Task<string> VerifyAsync(string secret, Received request)
    {
        var tools = Path.Combine(Repository.Root, ".tools", "webhooks");
        Assert.True(Directory.Exists(Path.Combine(tools, "node_modules")), "The webhook libraries are not installed: ./test does it.");
        var script = Path.Combine(tools, "verify.js");
        File.Copy(Path.Combine(Repository.Root, "tests", "webhooks", "verify.js"), script, overwrite: true);
        return NodeAsync([script], new { secret, body = request.Body, headers = request.Headers });
    }

    private static async Task<string> NodeAsync(string[] arguments, object input)
    {
        using var node = Process.Start(new ProcessStartInfo("node", arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await node.StandardInput.WriteAsync(JsonSerializer.Serialize(input));
        node.StandardInput.Close();
        var output = node.StandardOutput.ReadToEndAsync();
        var errors = node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, await errors);
        return (await output).Trim();
    }
}
