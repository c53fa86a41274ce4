using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;
using Npgsql;

namespace HeadlessSupport.Api.Tests.Tickets;

/// <summary>Many tickets of one organization, of every kind, by COPY; the same for the same seed.</summary>
internal sealed class TicketCrowd
{
    public static readonly DateTimeOffset Now = new(2026, 3, 15, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Subjects =
    [
        "Card declined", "card DECLINED again", "My card was declined, twice", "declined card", "Discard it", "Über Größe", "über größe\nund mehr", "ПРИВЕТ мир", "привет",
        "İstanbul ΟΔΟΣ", "100% off_sale", "a'b\"c\\d", "Printer (3rd floor) jams!", "日本語 テスト", "emoji 🙂 here", "x", "Refund #17: please", "refunds",
    ];

    private static readonly string[] Customs =
    [
        "{}", """{"plan":"gold","seats":5}""", """{"plan":"Gold","seats":5.0,"vip":true}""", """{"plan":["gold","silver"],"vip":false}""", """{"seats":50e-1,"a b":"x"}""", """{"seats":"5","vip":"true"}""",
        """{"plan":[],"seats":-0}""", """{"plan":"[\"gold\"]","seats":123456789012345678901234567890.5}""",
    ];

    private static readonly string[] Metadatas = ["{}", """{"order":"17"}""", """{"order":"17.0","a \"b\"":"y"}""", """{"order":""}""", """{"Order":"17"}"""];

    private readonly Random random;

    private TicketCrowd(Random random) => this.random = random;

    public List<Id<User>> People { get; } = [];
    public List<Guid> Teams { get; } = [];
    public List<Guid> Companies { get; } = [];

    /// <summary>Makes them: the first <paramref name="tags"/> tag names are t0, t1, … of which t0 is on half of the tickets, and t1 on a quarter.</summary>
    public static async Task<TicketCrowd> ComeAsync(World world, Org org, int tickets, int people = 6, int tags = 6, int seed = 1)
    {
        var crowd = new TicketCrowd(new Random(seed));
        await using var connection = new NpgsqlConnection(world.OwnerConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var organization = Id<Tenant>.Parse(org.Id, null).Value;
        await RunAsync(connection, $"select set_config('app.organization_id', '{organization}', true)");
        await crowd.CopyPeopleAsync(connection, organization, people);
        var names = await CopyNamedAsync(connection, "tags", organization, tags, n => $"t{n}");
        crowd.Teams.AddRange(await CopyNamedAsync(connection, "teams", organization, 3, n => $"Team {n}"));
        crowd.Companies.AddRange(await CopyNamedAsync(connection, "companies", organization, 3, n => $"Company {n}"));
        await crowd.CopyTicketsAsync(connection, organization, tickets, names);
        await transaction.CommitAsync();
        await RunAsync(connection, "analyze users, tags, tickets, ticket_tags");
        return crowd;
    }

    private async Task CopyPeopleAsync(NpgsqlConnection connection, Guid organization, int count)
    {
        var lines = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var id = Id<User>.New();
            People.Add(id);
            lines.Add(Line(organization, id.Value, "customer", i == 0 ? null : $"p{i}@acme.test", "active", false, "{}", "{}", 1, Now, Now));
        }
        await CopyAsync(connection, "users", "organization_id, id, role, email, status, is_machine, custom_fields, metadata, version, created_at, updated_at", lines);
    }

    private static async Task<List<Guid>> CopyNamedAsync(NpgsqlConnection connection, string table, Guid organization, int count, Func<int, string> name)
    {
        List<Guid> ids = [.. Enumerable.Range(0, count).Select(_ => Guid.CreateVersion7())];
        var (columns, more) = table switch
        {
            "companies" => (", domains, custom_fields, metadata", new object?[] { "{}", "{}", "{}" }),
            "teams" => (", metadata", ["{}"]),
            _ => ("", []),
        };
        await CopyAsync(connection, table, $"organization_id, id, name, version, created_at, updated_at{columns}", ids.Select((id, i) => Line([organization, id, name(i), 1, Now, Now, .. more])));
        return ids;
    }

    private async Task CopyTicketsAsync(NpgsqlConnection connection, Guid organization, int count, List<Guid> tags)
    {
        var marks = new List<(Guid Ticket, Guid Tag)>();
        await CopyAsync(connection, "tickets", """
            organization_id, id, number, subject, status, priority, type, channel, requester_id, company_id, assignee_id, team_id, language, external_id, custom_fields, metadata,
                reopen_count, first_response_at, solved_at, closed_at, version, created_at, updated_at
            """, Enumerable.Range(1, count).Select(i => Ticket(organization, i, tags, marks)));
        await CopyAsync(connection, "ticket_tags", "organization_id, ticket_id, tag_id", marks.Select(m => Line(organization, m.Ticket, m.Tag)));
    }

    private string Ticket(Guid organization, int number, List<Guid> tags, List<(Guid Ticket, Guid Tag)> marks)
    {
        var id = Guid.CreateVersion7();
        var created = Now.AddSeconds(-random.NextInt64(0, 400L * 24 * 3600)).AddMicroseconds(random.Next(1_000_000));
        for (var t = 0; t < tags.Count; t++)
        {
            if (random.Next(2 << Math.Min(t, 16)) == 0)
                marks.Add((id, tags[t]));
        }
        return Line(
            organization, id, number, Pick(Subjects), EnumText<TicketStatus>.Write(Pick(Enum.GetValues<TicketStatus>())), (int)Pick(Enum.GetValues<TicketPriority>()),
            Maybe(() => EnumText<TicketType>.Write(Pick(Enum.GetValues<TicketType>()))), "api", Pick(People).Value, Maybe(() => (object)Pick(Companies)), Maybe(() => (object)Pick(People).Value), Maybe(() => (object)Pick(Teams)),
            Maybe(() => Pick<string>(["en", "de", "pt-BR"])), number % 3 == 0 ? $"X-{number}" : null, Pick(Customs), Pick(Metadatas), random.Next(4),
            Maybe(() => (object)created.AddHours(2)), Maybe(() => (object)created.AddDays(random.Next(30))), Maybe(() => (object)created.AddDays(40)), 1, created, created.AddDays(random.Next(3)));
    }

    private TItem Pick<TItem>(IReadOnlyList<TItem> items) => items[random.Next(items.Count)];

    private TItem? Maybe<TItem>(Func<TItem> make) where TItem : class => random.Next(3) == 0 ? null : make();

    private static string Line(params object?[] values) => string.Join('\t', values.Select(v => v switch
    {
        null => "\\N",
        DateTimeOffset time => time.UtcDateTime.ToString("O"),
        string text => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal),
        _ => v.ToString(),
    }));

    // COPY does not go where row security stands, so it goes beside and is taken over.
    private static async Task CopyAsync(NpgsqlConnection connection, string table, string columns, IEnumerable<string> lines)
    {
        await RunAsync(connection, $"create temporary table beside on commit drop as select {columns} from {table} with no data");
        await using (var copy = await connection.BeginTextImportAsync("copy beside from stdin"))
        {
            foreach (var line in lines)
                await copy.WriteAsync(line + "\n");
        }
        // Foreign keys to these rows are checked next: only who knows how many there are takes the right index for that.
        await RunAsync(connection, $"insert into {table} ({columns}) select * from beside; drop table beside; analyze {table}");
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync();
    }
}
