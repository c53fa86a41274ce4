using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Webhooks;

public sealed class WebhookUpkeepTests
{
    [Fact]
    public async Task A_replay_that_nobody_works_on_any_more_is_gone_on_with_and_repeats_nothing()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync();
        var before = DateTimeOffset.UtcNow.AddSeconds(-1);
        await org.TicketAsync();
        await org.EventsAsync("events?types=ticket.created");
        var hook = await org.HookAsync(receiver.Url);
        var replay = (await org.Api.PostAsync($"webhook-endpoints/{hook.Id()}/replay", new { from = before, to = DateTimeOffset.UtcNow.AddMinutes(1) })).MustBe(202).Text("id");
        await FinishedAsync(org, hook.Id(), replay);
        await receiver.UntilAsync(1);
        // As a kill between two pages leaves it.
        await ChangeAsync(org, "update webhook_replays set finished_at = null, touched_at = now() - interval '2 minutes', after = '00000000-0000-0000-0000-000000000000' where organization_id = $1");
        await using (var scope = org.World.Services.CreateAsyncScope())
            await ActivatorUtilities.CreateInstance<SweepWebhooksJob>(scope.ServiceProvider).ContinueReplaysAsync(CancellationToken.None);
        await FinishedAsync(org, hook.Id(), replay);
        Assert.Single(await org.DeliveriesAsync(hook));
        Assert.Single(receiver.All);
    }

    [Fact]
    public async Task Deliveries_past_their_time_and_of_deleted_endpoints_are_removed()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync();
        await using var broken = await Receiver.AnsweringAsync(500);
        var hook = await org.HookAsync(receiver.Url);
        var doomed = await org.HookAsync(broken.Url);
        await org.TicketAsync();
        await org.TriedAsync(hook);
        await org.TriedAsync(doomed);
        await ChangeAsync(org, $"update webhook_deliveries set created_at = created_at - interval '31 days' where organization_id = $1 and endpoint_id = '{Hooks.IdOf(hook).Value}'");
        await ChangeAsync(org, $"update webhook_attempts set at = at - interval '31 days' where organization_id = $1 and endpoint_id = '{Hooks.IdOf(hook).Value}'");
        (await org.Api.DeleteAsync($"webhook-endpoints/{doomed.Id()}")).MustBe(204);
        await org.TicketAsync();
        var kept = (await org.DeliveriesUntilAsync(hook, 1, d => d.Text("status") == "succeeded" && d.At("created_at").GetDateTimeOffset() > DateTimeOffset.UtcNow.AddDays(-1))).Single();
        await using (var scope = org.World.Services.CreateAsyncScope())
            await ActivatorUtilities.CreateInstance<SweepWebhooksJob>(scope.ServiceProvider).RunAsync(CancellationToken.None);
        Assert.Equal(kept.Id(), Assert.Single(await org.DeliveriesAsync(hook)).Id());
        Assert.Equal(1, await ChangeAsync(org, "update webhook_attempts set answer = answer where organization_id = $1 and at > now() - interval '1 day' and error is null"));
        Assert.Equal(0, await ChangeAsync(org, $"update webhook_deliveries set tries = tries where organization_id = $1 and endpoint_id = '{Hooks.IdOf(doomed).Value}'"));
    }

    [Fact]
    public async Task How_it_keeps_up_can_be_measured()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync();
        var hook = await org.HookAsync(receiver.Url);
        await org.TicketAsync();
        await org.TriedAsync(hook);
        var metrics = System.Text.Encoding.UTF8.GetString((await org.World.Anonymous.GetAsync("/metrics")).MustBe(200).Body);
        foreach (var name in (string[])["support_webhooks_queued", "support_webhooks_pending", "support_webhooks_lag", "outcome=\"success\""])
            Assert.Contains(name, metrics, StringComparison.Ordinal);
    }

    private static async Task FinishedAsync(Org org, string hook, string replay) => await Try.UntilAsync(async () =>
    {
        var now = (await org.Api.GetAsync($"webhook-endpoints/{hook}/replays/{replay}")).MustBe(200);
        return now.Json.IsNull("finished_at") ? null : now;
    });

    private static async Task<int> ChangeAsync(Org org, string sql)
    {
        await using var connection = await Cluster.OpenAsSuperuserAsync(org.World.DataDirectory);
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = Id<Tenant>.Parse(org.Id, null).Value } } };
        return await command.ExecuteNonQueryAsync();
    }
}
