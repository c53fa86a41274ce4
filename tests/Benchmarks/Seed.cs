using System.Diagnostics;
using HeadlessSupport.Api.Platform.Data;
using Npgsql;
using NpgsqlTypes;

namespace HeadlessSupport.Benchmarks;

/// <summary>
/// Fills a database by COPY: tickets of the last year, spread evenly over the organizations, with one or two comments
/// each, one or two tags on two of three, a customer for every ten, and the events that tell of them.
/// </summary>
internal static class Seed
{
    private const int Tags = 20;
    private const int Agents = 10;
    private static readonly string[] Statuses = ["closed", "closed", "closed", "closed", "solved", "open", "pending", "on_hold", "new", "solved"];
    private static readonly string[] Types = ["question", "incident", "problem", "task"];

    public static async Task<Seeded[]> FillAsync(string superuser, List<(Guid Organization, string Key, Guid User)> founded, int tickets)
    {
        var watch = Stopwatch.StartNew();
        var random = new Random(4711);
        var organizations = founded.ConvertAll(f => new Filling(f.Organization, f.Key, f.User, Math.Max(10, tickets / founded.Count / 10)));
        await using var connection = new NpgsqlConnection(superuser);
        await connection.OpenAsync();
        // As a superuser, since COPY knows no row security; without the checks of foreign keys, which hold by construction.
        await RunAsync(connection, "set session_replication_role = replica");
        await RunAsync(connection, "grant insert (sequence) on events to support_app");
        var now = TimeProvider.System.GetUtcNow();
        var rows = Enumerable.Range(0, tickets).Select(i => Row.Of(organizations[i % organizations.Count], i, tickets, now, random)).ToList();

        await PeopleAsync(connection, organizations, now.AddYears(-1));
        await CopyAsync(connection, "tickets (organization_id, id, number, subject, status, priority, type, channel, requester_id, assignee_id, language, custom_fields, metadata, reopen_count, first_response_at, solved_at, closed_at, version, created_at, updated_at)", rows,
            async (to, row) =>
            {
                await to.WriteAsync(row.Owner.Organization, NpgsqlDbType.Uuid);
                await to.WriteAsync(row.Id, NpgsqlDbType.Uuid);
                await to.WriteAsync((long)row.Number, NpgsqlDbType.Bigint);
                await to.WriteAsync(row.Subject, NpgsqlDbType.Text);
                await to.WriteAsync(row.Status, NpgsqlDbType.Text);
                await to.WriteAsync((short)(1 + (row.Number % 4)), NpgsqlDbType.Smallint);
                await to.WriteAsync(Types[row.Number % 4], NpgsqlDbType.Text);
                await to.WriteAsync("api", NpgsqlDbType.Text);
                await to.WriteAsync(row.Requester, NpgsqlDbType.Uuid);
                await WriteOrNullAsync<Guid>(to, row.Status == "new" ? null : row.Owner.Agents[row.Number % Agents], NpgsqlDbType.Uuid);
                await to.WriteAsync("en", NpgsqlDbType.Text);
                await to.WriteAsync("{}", NpgsqlDbType.Jsonb);
                await to.WriteAsync("{}", NpgsqlDbType.Jsonb);
                await to.WriteAsync(0, NpgsqlDbType.Integer);
                await WriteOrNullAsync<DateTimeOffset>(to, row.Status == "new" ? null : row.Answered, NpgsqlDbType.TimestampTz);
                await WriteOrNullAsync<DateTimeOffset>(to, row.Status is "solved" or "closed" ? row.Answered : null, NpgsqlDbType.TimestampTz);
                await WriteOrNullAsync<DateTimeOffset>(to, row.Status == "closed" ? row.Answered : null, NpgsqlDbType.TimestampTz);
                await to.WriteAsync(row.Comments, NpgsqlDbType.Integer);
                await to.WriteAsync(row.At, NpgsqlDbType.TimestampTz);
                await to.WriteAsync(row.Answered, NpgsqlDbType.TimestampTz);
            });
        await CopyAsync(connection, "ticket_tags (organization_id, ticket_id, tag_id)",
            rows.SelectMany(r => Enumerable.Range(0, r.Number % 3).Select(n => (r.Owner, r.Id, Tag: r.Owner.Tags[(r.Number + (n * 7)) % Tags]))),
            async (to, row) =>
            {
                await to.WriteAsync(row.Owner.Organization, NpgsqlDbType.Uuid);
                await to.WriteAsync(row.Id, NpgsqlDbType.Uuid);
                await to.WriteAsync(row.Tag, NpgsqlDbType.Uuid);
            });
        await CopyAsync(connection, "comments (organization_id, id, ticket_id, author_id, author_kind, visibility, channel, body, body_format, html, text, version, created_at, updated_at)",
            rows.SelectMany(r => Enumerable.Range(0, r.Comments).Select(n => (Row: r, IsAnswer: n == 1))),
            async (to, comment) =>
            {
                var (row, body) = (comment.Row, Words.Body(random).Replace("\\n", "\n", StringComparison.Ordinal));
                var at = comment.IsAnswer ? row.Answered : row.At;
                await to.WriteAsync(row.Owner.Organization, NpgsqlDbType.Uuid);
                await to.WriteAsync(Guid.CreateVersion7(at), NpgsqlDbType.Uuid);
                await to.WriteAsync(row.Id, NpgsqlDbType.Uuid);
                await to.WriteAsync(comment.IsAnswer ? row.Owner.Agents[row.Number % Agents] : row.Requester, NpgsqlDbType.Uuid);
                await to.WriteAsync(comment.IsAnswer ? "agent" : "customer", NpgsqlDbType.Text);
                foreach (var text in (string[])["public", "api", body, "markdown", $"<p>{body.Replace("\n\n", "</p>\n<p>", StringComparison.Ordinal)}</p>", body])
                    await to.WriteAsync(text, NpgsqlDbType.Text);
                await to.WriteAsync(1, NpgsqlDbType.Integer);
                await to.WriteAsync(at, NpgsqlDbType.TimestampTz);
                await to.WriteAsync(at, NpgsqlDbType.TimestampTz);
            });
        await EventsAsync(connection, rows);
        foreach (var owner in organizations)
        {
            await RunAsync(connection, $"insert into counters (organization_id, name, value) values ('{owner.Organization}', 'ticket_number', {owner.Rows.Count})");
            await RunAsync(connection, $"insert into event_cursors (organization_id, sequence) values ('{owner.Organization}', {2 * owner.Rows.Count}) on conflict (organization_id) do update set sequence = excluded.sequence");
            // What is seeded is not to be indexed while something else is measured; `tests/bench search` asks for it.
            await RunAsync(connection, $"insert into search_cursors (organization_id, sequence, newest) values ('{owner.Organization}', {2 * owner.Rows.Count}, {owner.Rows.Count}) on conflict (organization_id) do update set sequence = excluded.sequence, newest = excluded.newest");
        }
        await RunAsync(connection, "vacuum analyze");
        await RunAsync(connection, "checkpoint");
        Console.WriteLine($"Seeded {tickets:N0} tickets in {organizations.Count} organizations in {watch.Elapsed.TotalSeconds:0} s");
        return [.. organizations.Select(o => new Seeded(o.Organization, o.Key, o.User, o.Customers.Length, [.. o.Rows.Select(r => r.Id)], [.. o.Rows.Where(r => r.Status is not ("closed" or "new")).Select(r => r.Id)]))];
    }

    private static async Task PeopleAsync(NpgsqlConnection connection, List<Filling> organizations, DateTimeOffset at)
    {
        await CopyAsync(connection, "users (organization_id, id, role, name, email, status, is_machine, custom_fields, metadata, version, created_at, updated_at)",
            organizations.SelectMany(o => o.Customers.Select((id, i) => (o, id, "customer", i)).Concat(o.Agents.Select((id, i) => (o, id, "agent", i)))),
            async (to, user) =>
            {
                var (owner, id, role, i) = user;
                await to.WriteAsync(owner.Organization, NpgsqlDbType.Uuid);
                await to.WriteAsync(id, NpgsqlDbType.Uuid);
                foreach (var text in (string[])[role, $"Customer {i}", $"{role}-{i}@shop.example", "active"])
                    await to.WriteAsync(text, NpgsqlDbType.Text);
                await to.WriteAsync(false, NpgsqlDbType.Boolean);
                await to.WriteAsync("{}", NpgsqlDbType.Jsonb);
                await to.WriteAsync("{}", NpgsqlDbType.Jsonb);
                await to.WriteAsync(1, NpgsqlDbType.Integer);
                await to.WriteAsync(at, NpgsqlDbType.TimestampTz);
                await to.WriteAsync(at, NpgsqlDbType.TimestampTz);
            });
        await CopyAsync(connection, "tags (organization_id, id, name, version, created_at, updated_at)", organizations.SelectMany(o => o.Tags.Select((id, i) => (o, id, i))),
            async (to, tag) =>
            {
                await to.WriteAsync(tag.o.Organization, NpgsqlDbType.Uuid);
                await to.WriteAsync(tag.id, NpgsqlDbType.Uuid);
                await to.WriteAsync($"subject-{tag.i}", NpgsqlDbType.Text);
                await to.WriteAsync(1, NpgsqlDbType.Integer);
                await to.WriteAsync(at, NpgsqlDbType.TimestampTz);
                await to.WriteAsync(at, NpgsqlDbType.TimestampTz);
            });
    }

    // One tells of the ticket and one of its first comment. Their ids are of today, since there are partitions from this month on only.
    private static Task EventsAsync(NpgsqlConnection connection, List<Row> rows) =>
        CopyAsync(connection, "events (organization_id, id, sequence, type, occurred_at, ticket_id, resource_id, resource_version, actor_kind, api_version, data, audience, requester_id, customer_data)",
            rows.SelectMany(r => (IEnumerable<(Row, bool)>)[(r, true), (r, false)]),
            async (to, told) =>
            {
                var (row, isOpening) = told;
                await to.WriteAsync(row.Owner.Organization, NpgsqlDbType.Uuid);
                await to.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid);
                await to.WriteAsync((2L * row.Number) - (isOpening ? 1 : 0), NpgsqlDbType.Bigint);
                await to.WriteAsync(isOpening ? "ticket.created" : "ticket.replied", NpgsqlDbType.Text);
                await to.WriteAsync(row.At, NpgsqlDbType.TimestampTz);
                await to.WriteAsync(row.Id, NpgsqlDbType.Uuid);
                await to.WriteAsync(isOpening ? row.Id : Guid.CreateVersion7(row.At), NpgsqlDbType.Uuid);
                await to.WriteAsync(1, NpgsqlDbType.Integer);
                await to.WriteAsync("system", NpgsqlDbType.Text);
                await to.WriteAsync("v1", NpgsqlDbType.Text);
                await to.WriteAsync($$"""{"id":"{{TypeId.Format("tkt", row.Id)}}","subject":"{{row.Subject}}","more":"{{new string('x', 700)}}"}""", NpgsqlDbType.Json);
                await to.WriteAsync("customer", NpgsqlDbType.Text);
                await to.WriteAsync(row.Requester, NpgsqlDbType.Uuid);
                await to.WriteAsync($$"""{"id":"{{TypeId.Format("tkt", row.Id)}}","subject":"{{row.Subject}}"}""", NpgsqlDbType.Json);
            });

    private static async Task CopyAsync<T>(NpgsqlConnection connection, string table, IEnumerable<T> rows, Func<NpgsqlBinaryImporter, T, Task> write)
    {
        var watch = Stopwatch.StartNew();
        await using var importer = await connection.BeginBinaryImportAsync($"copy {table} from stdin (format binary)");
        importer.Timeout = TimeSpan.FromMinutes(30);
        foreach (var row in rows)
        {
            await importer.StartRowAsync();
            await write(importer, row);
        }
        var count = await importer.CompleteAsync();
        Console.WriteLine($"  {count,9:N0} {table[..table.IndexOf(' ', StringComparison.Ordinal)]} in {watch.Elapsed.TotalSeconds:0.0} s");
    }

    private static Task WriteOrNullAsync<T>(NpgsqlBinaryImporter to, T? value, NpgsqlDbType type) where T : struct =>
        value is { } given ? to.WriteAsync(given, type) : to.WriteNullAsync();

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 1800 };
        await command.ExecuteNonQueryAsync();
    }

    private sealed class Filling(Guid organization, string key, Guid user, int customers)
    {
        public Guid Organization => organization;
        public string Key => key;
        public Guid User => user;
        public Guid[] Customers { get; } = Ids(customers);
        public Guid[] Agents { get; } = Ids(Seed.Agents);
        public Guid[] Tags { get; } = Ids(Seed.Tags);
        public List<Row> Rows { get; } = [];

        private static Guid[] Ids(int count) => [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7())];
    }

    private sealed record Row(Filling Owner, Guid Id, int Number, string Subject, string Status, Guid Requester, int Comments, DateTimeOffset At, DateTimeOffset Answered)
    {
        public static Row Of(Filling owner, int index, int total, DateTimeOffset now, Random random)
        {
            var at = now - (TimeSpan.FromDays(365) * (1 - (index / (double)total))) - TimeSpan.FromDays(1);
            at = at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond));
            var row = new Row(owner, Guid.CreateVersion7(at), owner.Rows.Count + 1, Words.Subject(random), Statuses[random.Next(Statuses.Length)],
                owner.Customers[random.Next(owner.Customers.Length)], 1 + random.Next(2), at, at.AddHours(random.Next(1, 20)));
            owner.Rows.Add(row);
            return row;
        }
    }
}
