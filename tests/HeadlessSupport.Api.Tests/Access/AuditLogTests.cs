using System.Text;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Access;

/// <summary>Who changed what in administration and security, and from where.</summary>
public sealed class AuditLogTests
{
    [Fact]
    public async Task A_change_of_administration_is_written_with_who_from_where_and_what()
    {
        var org = await World.NewOrganizationAsync();
        var role = (await org.Api.PostAsync("roles", new { name = "R", permissions = new[] { "tickets.read" } })).MustBe(201).Text("id");
        var patched = (await org.Api.PatchAsync($"roles/{role}", new { permissions = new[] { "tickets.read", "users.read" } },
            ("X-Forwarded-For", "203.0.113.7"), ("User-Agent", "curl/" + new string('8', 400)))).MustBe(200);

        var line = (await org.Api.GetAsync($"audit-log?target={role}&limit=1")).Items().Single();
        Assert.StartsWith("aud_", line.Id(), StringComparison.Ordinal);
        Assert.Equal("role.updated", line.Text("action"));
        Assert.Equal(("api_key", org.KeyId), (line.Text("actor/kind"), line.Text("actor/id")));
        Assert.Equal(("role", role), (line.Text("target_type"), line.Text("target_id")));
        Assert.Equal("203.0.113.7", line.Text("ip"));
        Assert.Equal(300, line.Text("user_agent")!.Length);
        Assert.Equal(patched.Header("Request-Id"), line.Text("request_id"));
        Assert.Equal("""{"permissions":{"from":["tickets.read"],"to":["tickets.read","users.read"]}}""", line.At("changes").GetRawText());
        Assert.True(line.IsNull("details"));
        Assert.Equal(line.GetRawText(), (await org.Api.GetAsync($"audit-log/{line.Id()}")).MustBe(200).Json.GetRawText());
    }

    [Fact]
    public async Task What_matters_to_security_is_written_and_what_is_daily_work_is_not()
    {
        var org = await World.NewOrganizationAsync();
        var customer = (await org.Api.PostAsync("users", new { name = "Bob", email = "bob@customer.test" })).MustBe(201).Text("id");
        await org.TicketAsync();
        (await org.Api.PatchAsync($"users/{customer}", new { name = "Bob B." })).MustBe(200);
        (await org.Api.PatchAsync($"users/{customer}", new { role = "agent" })).MustBe(200);
        (await org.Api.PatchAsync($"users/{customer}", new { name = "Bob C." })).MustBe(200);
        (await org.Api.PostAsync($"users/{customer}/deactivate")).MustBe(200);
        var key = (await org.Api.PostAsync("api-keys", new { name = "K", scopes = new[] { "tickets.read" } })).MustBe(201);
        (await org.Api.PatchAsync("organization", new { security = new { require_mfa_roles = new[] { "admin" } } })).MustBe(200);
        (await org.Api.PostAsync("teams", new { name = "T" })).MustBe(201);
        // Changes nothing, so it is nothing.
        (await org.Api.PatchAsync($"users/{customer}", new { name = "Bob C." })).MustBe(200);
        (await org.Api.PostAsync("roles", new { name = "R", permissions = new[] { "nothing" } })).MustRefuse(422, "validation_failed");

        var lines = (await org.Api.AllAsync("audit-log", limit: 2)).ConvertAll(l => l.Text("action")!);
        lines.Reverse();
        Assert.Equal(["api_key.created", "organization.created", "user.created", "user.updated", "user.updated", "user.deactivated", "api_key.created", "organization.updated", "team.created"],
            [.. lines[..3].Order(StringComparer.Ordinal), .. lines[3..]]);
        var everything = Encoding.UTF8.GetString((await org.Api.GetAsync("audit-log?limit=100")).Body);
        Assert.DoesNotContain(key.Text("secret"), everything, StringComparison.Ordinal);
        Assert.Contains("\"require_mfa_roles\":[\"admin\"]", everything, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_filtered_and_those_who_may_not_read_it_are_refused()
    {
        var org = await World.NewOrganizationAsync();
        var role = (await org.Api.PostAsync("roles", new { name = "R", permissions = new[] { "tickets.read" } }, ("X-Forwarded-For", "2001:db8::7"))).MustBe(201).Text("id");
        (await org.Api.DeleteAsync($"roles/{role}")).MustBe(204);
        async Task<string[]> Actions(string query) => [.. (await org.Api.GetAsync($"audit-log?{query}")).Items().Select(l => l.Text("action")!)];

        Assert.Equal(["role.deleted", "role.created"], await Actions("action=role.*"));
        Assert.Equal(["role.created"], await Actions("action=role.created"));
        Assert.Equal(["role.deleted", "role.created", "api_key.created"], await Actions("action=api_key.created,role.*"));
        Assert.Equal(["role.deleted", "role.created"], await Actions($"actor={org.KeyId}"));
        Assert.Equal(["api_key.created", "organization.created", "user.created"], (await Actions("actor=operator")).Order(StringComparer.Ordinal));
        Assert.Equal(["role.deleted", "role.created"], await Actions($"target={role}"));
        Assert.Equal(["role.created"], await Actions("ip=2001:db8::7"));
        Assert.Empty(await Actions($"after={DateTimeOffset.UtcNow.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}"));
        Assert.Empty(await Actions($"before={DateTimeOffset.UtcNow.AddHours(-1):yyyy-MM-ddTHH:mm:ssZ}"));
        (await org.Api.GetAsync("audit-log?action=,")).MustRefuse(400, "invalid_request", "action");
        (await (await org.WithScopesAsync("events.read")).GetAsync("audit-log")).MustRefuse(403, "forbidden");
    }

    [Theory]
    [InlineData("csv", "text/csv; charset=utf-8")]
    [InlineData("jsonl", "application/jsonl; charset=utf-8")]
    public async Task An_export_has_every_line_is_safe_to_open_and_is_a_line_itself(string format, string type)
    {
        var org = await World.NewOrganizationAsync();
        await SeedAsync(org, 1_200);
        var role = (await org.Api.PostAsync("roles", new { name = "R", permissions = new[] { "tickets.read" } }, ("User-Agent", "=HYPERLINK(\"http://evil.test\",\"a,b\")"))).MustBe(201).Text("id");

        var answer = (await org.Api.GetAsync($"audit-log/export?format={format}")).MustBe(200);
        Assert.Equal(type, answer.Header("Content-Type"));
        Assert.Equal($"attachment; filename=\"audit-log.{format}\"", answer.Header("Content-Disposition"));
        var lines = Encoding.UTF8.GetString(answer.Body).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        // 3 of the founding, the seeded, the role, and the export.
        Assert.Equal(3 + 1_200 + 1 + 1 + (format == "csv" ? 1 : 0), lines.Length);
        var made = Assert.Single(lines, l => l.Contains(role, StringComparison.Ordinal));
        if (format == "csv")
            Assert.Contains(",\"'=HYPERLINK(\"\"http://evil.test\"\",\"\"a,b\"\")\",", made, StringComparison.Ordinal);
        else
            Assert.Equal("role.created", JsonSerializer.Deserialize<JsonElement>(made).Text("action"));
        var exported = (await org.Api.GetAsync("audit-log?limit=1")).Items().Single();
        Assert.Equal("audit_log.exported", exported.Text("action"));
        Assert.Equal(format, exported.Text("details/format"));

        var some = (await org.Api.GetAsync($"audit-log/export?format={format}&action=role.created")).MustBe(200);
        Assert.Contains(role, Encoding.UTF8.GetString(some.Body), StringComparison.Ordinal);
        Assert.DoesNotContain("seeded", Encoding.UTF8.GetString(some.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_was_revoked_or_comes_from_elsewhere_is_noted_once_a_minute()
    {
        var org = await World.NewOrganizationAsync();
        var office = (await org.Api.PostAsync("api-keys", new { name = "Office", scopes = new[] { "tickets.read" }, allowed_networks = new[] { "203.0.113.0/24" } })).MustBe(201);
        var gone = (await org.Api.PostAsync("api-keys", new { name = "Gone", scopes = new[] { "tickets.read" } })).MustBe(201);
        (await org.Api.PostAsync($"api-keys/{gone.Text("id")}/revoke")).MustBe(200);
        for (var i = 0; i < 5; i++)
        {
            (await new Api(org.World.Url, office.Text("secret")).GetAsync("tickets", ("X-Forwarded-For", "198.51.100.9"))).MustRefuse(401, "unauthenticated");
            (await new Api(org.World.Url, gone.Text("secret")).GetAsync("tickets")).MustRefuse(401, "unauthenticated");
        }

        var lines = await Try.UntilAsync(async () => (await org.Api.GetAsync("audit-log?action=credential.refused")).Items() is { Count: >= 2 } found ? found : null);
        Assert.Equal(2, lines.Count);
        var refused = lines.Single(l => l.Text("target_id") == office.Text("id"));
        Assert.Equal("api_key", refused.Text("target_type"));
        Assert.Equal(("network", "198.51.100.9"), (refused.Text("details/reason"), refused.Text("ip")));
        Assert.Equal("revoked", lines.Single(l => l.Text("target_id") == gone.Text("id")).Text("details/reason"));
    }

    [Fact]
    public async Task What_is_noted_by_itself_stays_where_the_request_is_rolled_back()
    {
        var org = await World.NewOrganizationAsync();
        await using var scope = org.World.Enter(org.Id);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var audit = scope.ServiceProvider.GetRequiredService<AuditLog>();
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            audit.Note(new("refresh_token.reused"));
            await db.SaveChangesAsync();
            await audit.NoteAsync(new("sign_in.failed", Details: new { Why = "password" }), CancellationToken.None);
            await transaction.RollbackAsync();
        }
        Assert.Empty((await org.Api.GetAsync("audit-log?action=refresh_token.reused")).Items());
        Assert.Equal("password", (await org.Api.GetAsync("audit-log?action=sign_in.failed")).Items().Single().Text("details/why"));
    }

    [Fact]
    public async Task Nobody_changes_a_line_and_only_the_sweep_removes_one_that_is_past_its_time()
    {
        var org = await World.NewOrganizationAsync();
        var globex = await World.NewOrganizationAsync();
        (await globex.Api.PatchAsync("organization", new { security = new { audit_retention_days = 30 } })).MustBe(200);
        await SeedAsync(org, 10);
        await SeedAsync(globex, 10);
        await using (var app = NpgsqlDataSource.Create(org.World.AppConnectionString))
        {
            foreach (var change in (string[])["update audit_entries set action = 'x'", "delete from audit_entries"])
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(app, change))).SqlState);
        }
        await using (var system = NpgsqlDataSource.Create(org.World.SystemConnectionString))
        {
            foreach (var change in (string[])["update audit_entries set action = 'x'", "select action from audit_entries"])
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(system, change))).SqlState);
        }

        await using (var scope = org.World.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<SweepAuditJob>().RunAsync(CancellationToken.None);

        // 100 days old: kept for 400 days here, for 30 there.
        Assert.Equal(10, (await org.Api.GetAsync("audit-log?action=seeded.*&limit=100")).Items().Count);
        Assert.Empty((await globex.Api.GetAsync("audit-log?action=seeded.*")).Items());
        Assert.Single((await globex.Api.GetAsync("audit-log?action=organization.updated")).Items());
    }

    private static async Task<int> ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteNonQueryAsync();
    }

    private static async Task SeedAsync(Org org, int count)
    {
        await using var connection = new NpgsqlConnection(org.World.AppConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var id = Id<Tenant>.Parse(org.Id, null).Value;
        foreach (var sql in (string[])[$"select set_config('app.organization_id', '{id}', true)",
            $"insert into audit_entries (organization_id, id, at, action, actor_kind) select '{id}', gen_random_uuid(), now() - interval '100 days', 'seeded.line', 'system' from generate_series(1, {count})"])
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            await command.ExecuteNonQueryAsync();
        }
        await transaction.CommitAsync();
    }
}
