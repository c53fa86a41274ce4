using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Architecture;

/// <summary>
/// Every list is an index scan from where its cursor points, also among 200,000 tickets: the SQL that the API really
/// sends is explained as the app's login, under row security.
/// </summary>
[Collection(nameof(Alone))]
public sealed class PlanTests
{
    private const int Tickets = 200_000;

    // The few thousand that one filter lets through may be sorted where no index leads to it in that order; a list may not.
    private const int MostSorted = 5000;

    // Rows that are read and not shown: with more than these no index leads there.
    private const int MostPassedOver = 5000;

    private static readonly string[] Filters =
    [
        "", "status=open", "status=new,open", "priority=urgent", "status=open&priority=high", "type=incident", "assignee=me", "assignee=none", "assignee={agent}", "team={team}", "team=none",
        "requester={customer}", "company={company}", "inbox={inbox}", "tag=t1", "tag=t1&status=open", "tag=rare", "tag=common", "tag=none-such", "company={large}", "requester={busy}", "external_id=e77", "number=4711", "created_after=2026-06-01T00:00:00Z",
        "created_before=2026-02-01T00:00:00Z", "updated_after=2026-06-01T00:00:00Z", "updated_before=2026-02-01T00:00:00Z", "assignee={agent}&status=open",
    ];

    [Fact]
    public async Task Every_list_is_an_index_scan_among_200000_tickets()
    {
        var org = await World.NewOrganizationAsync();
        var ids = await SeedAsync(org);
        using var sent = new SentCommands(Uuid(org));
        var wrong = new List<string>();
        var explained = 0;
        foreach (var path in Paths(ids))
        {
            var page = (await org.Api.GetAsync(path)).MustBe(200);
            explained += await ExplainAsync(org, path, sent, wrong);
            if (page.Json.GetProperty("next_cursor").GetString() is not { } cursor)
                continue;
            (await org.Api.GetAsync($"{path}&cursor={cursor}")).MustBe(200);
            await ExplainAsync(org, path + " (next page)", sent, wrong);
        }
        Assert.True(explained > 70, $"Only {explained} queries were explained.");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<string> Paths(Dictionary<string, string> ids)
    {
        foreach (var filter in Filters)
        {
            var filled = ids.Aggregate(filter, (f, id) => f.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal));
            foreach (var sort in (string[])["-created_at", "created_at", "-updated_at", "updated_at", "-priority", "priority"])
                yield return $"tickets?limit=50&sort={sort}&{filled}".TrimEnd('&');
        }
        foreach (var list in (string[])["users?limit=50", "users?limit=50&sort=updated_at", "users?limit=50&role=customer", "users?limit=50&company_id={company}", "users?limit=50&email=c7@c.test", "companies?limit=50", "companies?limit=50&sort=name",
            "events?limit=50", "events?limit=50&after=1000", "tickets/{ticket}/events?limit=50", "tickets/{ticket}/comments?limit=50", "tickets/{ticket}/comments?limit=50&sort=-created_at", "tickets/{ticket}/followers?limit=50",
            "tickets/{ticket}/links?limit=50", "tickets/{ticket}/attachments?limit=50", "tags?limit=5", "inboxes?limit=50", "teams?limit=50", "teams/{team}/members?limit=50", "api-keys?limit=50", "roles?limit=50",
            "audit-log?limit=50", "audit-log?limit=50&action=role.created", "audit-log?limit=50&actor=key_01h455vb4pex5vsknk084sn02q", "audit-log?limit=50&target=rol_01h455vb4pex5vsknk084sn02q"])
            yield return ids.Aggregate(list, (f, id) => f.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal));
    }

    private static async Task<int> ExplainAsync(Org org, string path, SentCommands sent, List<string> wrong)
    {
        var count = 0;
        foreach (var (text, parameters) in sent.Take().Where(c => c.Text.Contains("LIMIT", StringComparison.Ordinal)))
        {
            await using var connection = new NpgsqlConnection(org.World.AppConnectionString);
            await connection.OpenAsync();
            await using var transaction = await connection.BeginTransactionAsync();
            await using (var tenant = new NpgsqlCommand("select set_config('app.organization_id', $1, true)", connection) { Parameters = { new() { Value = Uuid(org).ToString() } } })
                await tenant.ExecuteNonQueryAsync();
            await using var command = new NpgsqlCommand("explain (analyze, format json) " + text, connection);
            command.Parameters.AddRange(parameters.ToArray());
            var plan = JsonSerializer.Deserialize<JsonElement>((string)(await command.ExecuteScalarAsync())!)[0].GetProperty("Plan");
            Look(plan, path, wrong);
            count++;
        }
        return count;
    }

    private static void Look(JsonElement node, string path, List<string> wrong)
    {
        var kind = node.Text("Node Type")!;
        var rows = node.GetProperty("Actual Rows").GetDouble() * node.GetProperty("Actual Loops").GetDouble();
        var removed = node.TryGetProperty("Rows Removed by Filter", out var r) ? r.GetDouble() : 0;
        if (HasItsIndex(path) && (removed * node.GetProperty("Actual Loops").GetDouble() > MostPassedOver || (kind.Contains("Scan", StringComparison.Ordinal) && rows > MostPassedOver)))
            wrong.Add($"{path}: {kind} reads {rows} rows and passes over {removed}");
        if (kind == "Seq Scan" && rows + removed > 1000)
            wrong.Add($"{path}: reads all of {node.Text("Relation Name")}, {rows + removed} rows");
        var children = node.TryGetProperty("Plans", out var plans) ? plans.EnumerateArray().ToList() : [];
        if (kind is "Sort" or "Incremental Sort" && children[0].GetProperty("Actual Rows").GetDouble() > MostSorted)
            wrong.Add($"{path}: sorts {children[0].GetProperty("Actual Rows")} rows");
        foreach (var child in children)
            Look(child, path, wrong);
    }

    // One index leads to one filter in one order of time; in the order of priority only to a status or an assignee. A second
    // filter passes over what the first let through.
    private static bool HasItsIndex(string path) =>
        (!path.Contains("priority", StringComparison.Ordinal) || path.Contains("priority&status=open", StringComparison.Ordinal) || path.Contains("priority&assignee=", StringComparison.Ordinal) || path.TrimEnd('&').EndsWith("sort=priority", StringComparison.Ordinal)) && path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&', ' ').Count(p => p.Length > 0 && !p.StartsWith("limit=", StringComparison.Ordinal) && !p.StartsWith("sort=", StringComparison.Ordinal) && p.Contains('=', StringComparison.Ordinal)) <= 1;

    private static async Task<Dictionary<string, string>> SeedAsync(Org org)
    {
        var team = (await org.Api.PostAsync("teams", new { name = "First line" })).MustBe(201).Text("id");
        var inbox = (await org.Api.PostAsync("inboxes", new { name = "Shop", team_id = team })).MustBe(201).Text("id");
        var agent = await org.AgentAsync();
        (await org.Api.PutAsync($"teams/{team}/members/{agent}", new { })).MustBe(200);
        await using var owner = new NpgsqlConnection(org.World.OwnerConnectionString);
        await owner.OpenAsync();
        await using var transaction = await owner.BeginTransactionAsync();
        var o = Uuid(org);
        string Raw(string id) => new Guid(Convert.FromHexString(Hex(id)), bigEndian: true).ToString();
        // Ids made from numbers, so that each row finds its others without a look-up.
        foreach (var sql in (string[])[
            $"select set_config('app.organization_id', '{o}', true)",
            $"insert into companies (organization_id, id, name, domains, custom_fields, metadata, version, created_at, updated_at) select '{o}', ('1' || lpad(to_hex(i), 31, '0'))::uuid, 'Company ' || i, '{{}}', '{{}}', '{{}}', 1, now() - i * interval '1 minute', now() from generate_series(1, 2000) i",
            $"insert into users (organization_id, id, role, name, email, status, company_id, is_machine, custom_fields, metadata, version, created_at, updated_at) select '{o}', ('2' || lpad(to_hex(i), 31, '0'))::uuid, 'customer', 'Customer ' || i, 'c' || i || '@c.test', 'active', ('1' || lpad(to_hex(1 + i % 2000), 31, '0'))::uuid, false, '{{}}', '{{}}', 1, now() - i * interval '1 minute', now() - i * interval '1 second' from generate_series(1, 20000) i",
            $"insert into users (organization_id, id, role, name, email, status, is_machine, custom_fields, metadata, version, created_at, updated_at) select '{o}', ('3' || lpad(to_hex(i), 31, '0'))::uuid, 'agent', 'Agent ' || i, 'a' || i || '@a.test', 'active', false, '{{}}', '{{}}', 1, now() - i * interval '1 minute', now() from generate_series(1, 50) i",
            $"insert into tags (organization_id, id, name, version, created_at, updated_at) select '{o}', ('4' || lpad(to_hex(i), 31, '0'))::uuid, 't' || i, 1, now(), now() from generate_series(1, 900) i",
            $$"""
            insert into tickets (organization_id, id, number, subject, status, priority, type, channel, inbox_id, requester_id, company_id, assignee_id, team_id, external_id, custom_fields, metadata, reopen_count, version, created_at, updated_at)
            select '{{o}}', ('5' || lpad(to_hex(i), 31, '0'))::uuid, 100 + i, 'Ticket ' || i, (array['closed','closed','closed','closed','solved','open','pending','on_hold','new','closed'])[1 + i % 10], 1 + i % 4,
                (array['question','incident','problem','task'])[1 + i % 4], 'api', '{{Raw(inbox)}}', ('2' || lpad(to_hex(1 + i % 20000), 31, '0'))::uuid, ('1' || lpad(to_hex(1 + i % 2000), 31, '0'))::uuid,
                case when i % 10 = 8 then null else ('3' || lpad(to_hex(1 + i % 50), 31, '0'))::uuid end, case when i % 3 = 0 then null else '{{Raw(team)}}'::uuid end, 'e' || i, '{}', '{}', 0, 1,
                timestamptz '2026-10-01' - i * interval '2 minutes', timestamptz '2026-10-01' - (i * 7919 % {{Tickets}}) * interval '2 minutes' from generate_series(1, {{Tickets}}) i
            """,
            $"insert into ticket_tags (organization_id, ticket_id, tag_id) select '{o}', ('5' || lpad(to_hex(i), 31, '0'))::uuid, ('4' || lpad(to_hex(1 + i % 40), 31, '0'))::uuid from generate_series(1, {Tickets}) i",
            // The usual spread is even; these are the cases at its ends.
            $"insert into tags (organization_id, id, name, version, created_at, updated_at) select '{o}', ('4' || lpad(to_hex(i), 31, '0'))::uuid, (array['rare', 'common'])[i - 1000], 1, now(), now() from generate_series(1001, 1002) i",
            $"insert into ticket_tags (organization_id, ticket_id, tag_id) select '{o}', ('5' || lpad(to_hex(i), 31, '0'))::uuid, ('4' || lpad(to_hex(1001), 31, '0'))::uuid from generate_series(1, {Tickets}, {Tickets / 3}) i",
            $"insert into ticket_tags (organization_id, ticket_id, tag_id) select '{o}', ('5' || lpad(to_hex(i), 31, '0'))::uuid, ('4' || lpad(to_hex(1002), 31, '0'))::uuid from generate_series(1, {Tickets}, 3) i",
            $"update tickets set company_id = ('1' || lpad(to_hex(1), 31, '0'))::uuid, requester_id = ('2' || lpad(to_hex(1), 31, '0'))::uuid where number % 50 = 0",
            $"insert into comments (organization_id, id, ticket_id, author_id, author_kind, visibility, channel, body, body_format, html, text, version, created_at, updated_at) select '{o}', ('6' || lpad(to_hex(i), 31, '0'))::uuid, ('5' || lpad(to_hex(1 + i % 200), 31, '0'))::uuid, ('2' || lpad('1', 31, '0'))::uuid, 'customer', 'public', 'api', 'b', 'text', 'b', 'b', 1, now() - i * interval '1 second', now() from generate_series(1, 50000) i",
            $"insert into events (organization_id, id, sequence, type, occurred_at, ticket_id, resource_id, resource_version, actor_kind, api_version, data, audience) select '{o}', gen_random_uuid(), 100000 + i, 'ticket.created', now(), ('5' || lpad(to_hex(1 + i % 200), 31, '0'))::uuid, gen_random_uuid(), 1, 'system', 'v1', '{{}}', 'staff' from generate_series(1, 50000) i",
            $"insert into audit_entries (organization_id, id, at, action, actor_kind, actor_id, target_id) select '{o}', gen_random_uuid(), now() - i * interval '1 second', (array['team.created', 'role.created'])[1 + (i % 1000 = 0)::integer], 'api_key', 'key_' || i % 1000, 'rol_' || i from generate_series(1, 50000) i",
        ])
        {
            await using var command = new NpgsqlCommand(sql, owner) { CommandTimeout = 1200 };
            await command.ExecuteNonQueryAsync();
        }
        await transaction.CommitAsync();
        await using (var analyze = new NpgsqlCommand("analyze tickets, ticket_tags, comments, events, audit_entries, users, companies, tags", owner) { CommandTimeout = 1200 })
            await analyze.ExecuteNonQueryAsync();
        string Id(string prefix, int i, char fill) => TypeId.Format(prefix, Guid.Parse(fill + i.ToString("x").PadLeft(31, '0')));
        return new(StringComparer.Ordinal) { ["agent"] = Id("usr", 7, '3'), ["customer"] = Id("usr", 77, '2'), ["company"] = Id("com", 7, '1'), ["large"] = Id("com", 1, '1'), ["busy"] = Id("usr", 1, '2'), ["ticket"] = Id("tkt", 7, '5'), ["team"] = team, ["inbox"] = inbox };
    }

    private static string Hex(string id)
    {
        Assert.True(TypeId.TryParse(id, id[..3], out var value));
        return value.ToString("N");
    }

    private static Guid Uuid(Org org) => Id<Tenant>.Parse(org.Id, null).Value;

    /// <summary>The commands that EF sends in one organization's name.</summary>
    private sealed class SentCommands : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly ConcurrentQueue<(string Text, List<NpgsqlParameter> Parameters)> commands = new();
        private readonly List<IDisposable> subscriptions = [];
        private readonly string organization;

        public SentCommands(Guid organization)
        {
            this.organization = organization.ToString();
            subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
        }

        public List<(string Text, List<NpgsqlParameter> Parameters)> Take()
        {
            var taken = new List<(string, List<NpgsqlParameter>)>();
            while (commands.TryDequeue(out var command))
                taken.Add(command);
            return taken;
        }

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.EntityFrameworkCore")
                subscriptions.Add(value.Subscribe(this));
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Value is not CommandExecutedEventData { Command: NpgsqlCommand command } || !command.Parameters.Any(p => p.ParameterName == TenantInterceptor.Parameter && organization.Equals(p.Value)))
                return;
            var text = command.CommandText[TenantInterceptor.Prefix.Length..];
            commands.Enqueue((text, [.. command.Parameters.Where(p => p.ParameterName != TenantInterceptor.Parameter).Select(p => p.Clone())]));
        }

        public void OnCompleted() { }

        public void OnError(Exception error) { }

        public void Dispose() => subscriptions.ForEach(s => s.Dispose());
    }
}
