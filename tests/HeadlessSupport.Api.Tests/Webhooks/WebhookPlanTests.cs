using System.Diagnostics;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Webhooks;
using Npgsql;
using Xunit.Abstractions;

namespace HeadlessSupport.Api.Tests.Webhooks;

/// <summary>How PostgreSQL finds what is due, with much waiting.</summary>
[Collection(nameof(Alone))]
public sealed class WebhookPlanTests(ITestOutputHelper output)
{
    [Fact]
    public async Task What_is_due_is_found_by_an_index_however_much_waits()
    {
        var org = await World.NewOrganizationAsync();
        var hook = await org.HookAsync("http://127.0.0.1:9/");
        (await org.Api.PostAsync($"webhook-endpoints/{hook.Id()}/disable")).MustBe(200);
        var organization = Id<Tenant>.Parse(org.Id, null).Value;
        await using var connection = await Cluster.OpenAsSuperuserAsync(org.World.DataDirectory);
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, $"""
            insert into webhook_deliveries (organization_id, id, endpoint_id, event_id, replay_id, event_type, sequence, ticket_id, ordered, status, attempts, tries, next_attempt_at, created_at)
            select '{organization}', gen_random_uuid(), '{Hooks.IdOf(hook).Value}', gen_random_uuid(), '{Guid.Empty}', 'ticket.created', n, md5((n / 10)::text)::uuid, n % 2 = 0, 'pending', 0, 0, now() - n * interval '1 millisecond', now()
            from generate_series(1, 100000) n;
            analyze webhook_deliveries;
            """);
        await ExecuteAsync(connection, "set local role support_system");
        foreach (var (sql, values) in new (string, object[])[]
        {
            (WebhookClaims.DueSql, [DateTimeOffset.UtcNow]),
            (WebhookClaims.ClaimSql, [organization, Hooks.IdOf(hook).Value, DateTimeOffset.UtcNow, 100, DateTimeOffset.UtcNow.AddMinutes(1)]),
        })
        {
            var plan = await ExplainAsync(connection, sql, values);
            output.WriteLine(plan);
            Assert.DoesNotContain("Seq Scan on webhook_deliveries", plan, StringComparison.Ordinal);
            Assert.Contains("ix_webhook_deliveries_due", plan, StringComparison.Ordinal);
            Assert.DoesNotContain("Sort Key: d.next_attempt_at", plan, StringComparison.Ordinal);
        }
        await transaction.RollbackAsync();
    }

    private static async Task<string> ExplainAsync(NpgsqlConnection connection, string sql, object[] values)
    {
        await using var command = new NpgsqlCommand("explain (analyze, costs off) " + sql, connection);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return string.Join('\n', lines);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync();
    }

    [Fact, Trait("Run", "long")]
    public async Task A_backlog_drains()
    {
        var org = await World.NewOrganizationAsync();
        await using var receiver = await Receiver.StartAsync();
        var hook = await org.HookAsync(receiver.Url, new { max_concurrency = 50 }, "tag.created");
        (await org.Api.PostAsync("tags", new { name = "one" })).MustBe(201);
        await receiver.UntilAsync(1);
        const int Count = 20_000;
        var started = Stopwatch.StartNew();
        // The same event again and again, as replays would.
        await using (var connection = new NpgsqlConnection(org.World.AppConnectionString))
        {
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await ExecuteAsync(connection, $"""
                select set_config('app.organization_id', '{Id<Tenant>.Parse(org.Id, null).Value}', true);
                insert into webhook_deliveries (organization_id, id, endpoint_id, event_id, replay_id, event_type, sequence, ticket_id, ordered, status, attempts, tries, next_attempt_at, created_at)
                select organization_id, gen_random_uuid(), endpoint_id, event_id, gen_random_uuid(), event_type, sequence, null, false, 'pending', 0, 0, now(), now()
                from webhook_deliveries, generate_series(1, {Count}) n
                """);
            await transaction.CommitAsync();
        }
        output.WriteLine($"inserted after {started.Elapsed}");
        started.Restart();
        var last = 0;
        while (receiver.All.Count <= Count)
        {
            await Task.Delay(1000);
            output.WriteLine($"{started.Elapsed}: {receiver.All.Count - last}/s");
            last = receiver.All.Count;
        }
        output.WriteLine($"{Count / started.Elapsed.TotalSeconds} deliveries a second");
        Assert.NotEqual("", hook.Id());
    }
}
