using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Webhooks;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Webhooks;

/// <summary>What tests of webhooks share.</summary>
internal static class Hooks
{
    /// <summary>A new endpoint of the organization, as the API answers it.</summary>
    public static async Task<JsonElement> HookAsync(this Org org, string url, params string[] types) => await org.HookAsync(url, null, types);

    public static async Task<JsonElement> HookAsync(this Org org, string url, object? more, params string[] types) =>
        (await org.Api.PostAsync("webhook-endpoints", Json.Merge(new { url, event_types = types.Length == 0 ? ["ticket.created"] : types }, more))).MustBe(201).Json;

    public static Task<List<JsonElement>> DeliveriesAsync(this Org org, JsonElement endpoint, string query = "") => org.Api.AllAsync($"webhook-endpoints/{endpoint.Id()}/deliveries{query}");

    /// <summary>Waits until the endpoint has so many deliveries of which this holds.</summary>
    public static async Task<List<JsonElement>> DeliveriesUntilAsync(this Org org, JsonElement endpoint, int count, Func<JsonElement, bool> which)
    {
        for (var i = 0; ; i++)
        {
            var all = await org.DeliveriesAsync(endpoint);
            var found = all.Where(which).ToList();
            if (found.Count >= count)
                return found;
            Assert.True(i < 600, $"Only {found.Count} of {count} deliveries come to be so: {string.Join("\n", all)}");
            await Task.Delay(50);
        }
    }

    /// <summary>Waits for the endpoint's one delivery to have been tried so often, and answers it with its attempts.</summary>
    public static async Task<JsonElement> TriedAsync(this Org org, JsonElement endpoint, int attempts = 1)
    {
        var delivery = (await org.DeliveriesUntilAsync(endpoint, 1, d => d.Int("attempt_count") >= attempts)).Single();
        return (await org.Api.GetAsync($"webhook-endpoints/{endpoint.Id()}/deliveries/{delivery.Id()}")).MustBe(200).Json;
    }

    /// <summary>Lets the time until the next attempts pass, by moving what waits.</summary>
    public static Task HastenAsync(this Org org) => org.ChangeAsync("update webhook_deliveries set next_attempt_at = now() - interval '1 second' where organization_id = $1 and status = 'pending' and locked_until is null");

    public static async Task<int> ChangeAsync(this Org org, string sql)
    {
        await using var connection = new NpgsqlConnection(org.World.SystemConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = Id<Tenant>.Parse(org.Id, null).Value } } };
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>Whether one of the request's signatures is of this secret.</summary>
    public static bool IsSignedBy(this Received request, string secret)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var expected = "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{request.Id}.{request.Headers["webhook-timestamp"]}.{request.Body}")));
        return request.Signatures.Contains(expected);
    }

    public static Id<WebhookEndpoint> IdOf(JsonElement endpoint) => Id<WebhookEndpoint>.Parse(endpoint.Id(), null);
}
