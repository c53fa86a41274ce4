using System.Text;

namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class InternalNotesTests
{
    [Fact]
    public async Task A_note_is_nowhere_for_who_may_not_read_notes()
    {
        var org = await World.NewOrganizationAsync();
        var file = (await org.Api.UploadAsync(Encoding.UTF8.GetBytes("The secret plan."), "secret-plan.txt")).MustBe(201).Text("id");
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        var note = (await org.Api.PostAsync($"{path}/comments", new { body = "Between us.", visibility = "internal", attachment_ids = new[] { file } })).MustBe(201).Text("id");
        (await org.Api.PostAsync($"{path}/comments", new { body = "Aloud." })).MustBe(201);
        var all = await org.AllEventsAsync("events");
        var outsider = await org.WithScopesAsync("tickets.read", "attachments.read", "events.read");
        var insider = await org.WithScopesAsync("tickets.read", "attachments.read", "events.read", "tickets.internal.read");

        async Task<List<string>> SeenAsync(Api api, string list) => [.. (await api.AllAsync(list)).Select(i => i.Id())];

        foreach (var list in (string[])[$"{path}/comments", $"{path}/comments?sort=-created_at", $"{path}/attachments", $"{path}/comments?visibility=internal"])
        {
            Assert.DoesNotContain(await SeenAsync(outsider, list), id => id == note || id == file);
            Assert.Contains(await SeenAsync(insider, list), id => id == note || id == file);
        }
        Assert.Equal(2, (await SeenAsync(outsider, $"{path}/comments")).Count);
        Assert.Equal(2, (await outsider.GetAsync($"{path}/comments?include=total")).Json.Int("total"));
        (await outsider.GetAsync($"{path}/comments/{note}")).MustRefuse(404, "not_found");
        (await outsider.GetAsync($"attachments/{file}")).MustRefuse(404, "not_found");
        (await insider.GetAsync($"{path}/comments/{note}")).MustBe(200);
        (await insider.GetAsync($"attachments/{file}")).MustBe(200);
        foreach (var list in (string[])["events", $"{path}/events", "events?types=ticket.note_added", $"{path}/events?types=ticket.*"])
        {
            Assert.DoesNotContain(await outsider.AllAsync(list), e => e.Text("type") == "ticket.note_added" || e.GetRawText().Contains("Between us", StringComparison.Ordinal));
            Assert.Single(await insider.AllAsync(list), e => e.Text("type") == "ticket.note_added");
        }
        Assert.Equal(note, Assert.Single(all, e => e.Text("type") == "ticket.note_added").Text("data/id"));
        Assert.Equal((await insider.AllAsync($"{path}/events")).Count - 1, (await outsider.GetAsync($"{path}/events?include=total")).Json.Int("total"));
    }

    [Fact]
    public async Task A_note_is_written_only_with_its_own_permission()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync()).Id()}";
        var writer = await org.WithScopesAsync("tickets.read", "tickets.write");
        var noter = await org.WithScopesAsync("tickets.read", "tickets.write", "tickets.internal.write");
        var note = new { body = "Psst.", visibility = "internal" };

        (await writer.PostAsync($"{path}/comments", note)).MustRefuse(403, "forbidden", "/visibility");
        (await writer.PostAsync("tickets", new { subject = "x", requester = new { id = org.AdminId }, comment = note })).MustRefuse(403, "forbidden", "/comment/visibility");
        var bulk = (await writer.PostAsync("tickets/bulk", new { items = new[] { new { create = new { subject = "x", requester = new { id = org.AdminId }, comment = note } } } })).MustBe(200);
        Assert.Equal(403, bulk.Json.Int("results/0/status"));
        (await writer.PostAsync($"{path}/comments", new { body = "Aloud." })).MustBe(201);
        (await noter.PostAsync($"{path}/comments", note)).MustBe(201);

        Assert.Single((await org.Api.GetAsync("tickets")).Items());
        Assert.Single((await org.Api.GetAsync($"{path}/comments?visibility=internal")).Items());
    }

    [Fact]
    public async Task What_customers_see_of_a_ticket_has_no_note_and_no_address_of_staff()
    {
        var org = await World.NewOrganizationAsync();
        var path = $"tickets/{(await org.TicketAsync(new { tags = new[] { "difficult" }, metadata = new { mood = "bad" } })).Id()}";
        (await org.Api.PostAsync($"{path}/comments", new { body = "Between us.", visibility = "internal" })).MustBe(201);
        (await org.Api.PostAsync($"{path}/comments", new { body = "Dear Bob", author = new { id = org.AdminId } })).MustBe(201);
        await org.AllEventsAsync("events");

        await using var source = Npgsql.NpgsqlDataSource.Create(org.World.SystemConnectionString);
        await using var command = source.CreateCommand("select type, audience, customer_data::text from events where organization_id = $1 and ticket_id is not null order by sequence");
        command.Parameters.AddWithValue(HeadlessSupport.Api.Platform.Data.Id<HeadlessSupport.Api.Platform.Tenancy.Tenant>.Parse(org.Id, null).Value);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<(string Type, string Audience, string? Data)>();
        while (await reader.ReadAsync())
            rows.Add((reader.GetString(0), reader.GetString(1), await reader.IsDBNullAsync(2) ? null : reader.GetString(2)));

        Assert.Equal([("ticket.created", "customer"), ("ticket.replied", "customer"), ("ticket.note_added", "internal"), ("ticket.replied", "customer"), ("ticket.status_changed", "customer")],
            rows.Select(r => (r.Type, r.Audience)));
        Assert.All(rows, r => Assert.Equal(r.Audience == "customer", r.Data is not null));
        foreach (var hidden in (string[])["difficult", "mood", "Between us", "admin@acme.test"])
            Assert.DoesNotContain(rows, r => r.Data?.Contains(hidden, StringComparison.Ordinal) == true);
        Assert.Contains("Dear Bob", rows[3].Data, StringComparison.Ordinal);
    }
}
