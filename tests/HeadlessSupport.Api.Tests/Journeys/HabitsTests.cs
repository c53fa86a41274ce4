namespace HeadlessSupport.Api.Tests.Journeys;

/// <summary>What every resource does alike. Whoever has used one can guess the others.</summary>
public sealed class HabitsTests
{
    private static readonly Dictionary<string, Habit> All = new(StringComparer.Ordinal)
    {
        ["user"] = new("users", _ => new { name = "Una", role = "agent" }, "name", "Ulla", "time_zone", "Europe/Berlin"),
        ["company"] = new("companies", _ => new { name = "Hooli" }, "name", "Hooli Inc.", "tier", "gold", "company.deleted"),
        ["team"] = new("teams", _ => new { name = "Sales" }, "name", "Sellers", "description", "They sell", "team.deleted"),
        ["inbox"] = new("inboxes", _ => new { name = "Web" }, "name", "Site", "external_id", "ext-2", "inbox.deleted"),
        ["tag"] = new("tags", _ => new { name = "refund" }, "name", "refunds", "description", "Money back", "tag.deleted"),
        ["ticket"] = new("tickets", _ => new { subject = "Hello", requester = new { email = "a@b.test" } }, "subject", "Hello?", "priority", "high", "ticket.deleted"),
        ["api_key"] = new("api-keys", _ => new { name = "Robot", scopes = new[] { "tickets.read" } }),
        ["comment"] = new($"tickets/{{ticket}}/comments", _ => new { body = "Hello." }),
    };

    public static TheoryData<string> Created => [.. All.Keys];

    public static TheoryData<string> Patched => [.. All.Where(h => h.Value.Member is not null).Select(h => h.Key)];

    public static TheoryData<string> Deleted => [.. All.Where(h => h.Value.DeletedEvent is not null).Select(h => h.Key)];

    [Theory]
    [MemberData(nameof(Created))]
    public async Task A_new_one_is_answered_with_201_where_it_is_and_its_ETag(string resource)
    {
        var (org, created, path) = await CreateAsync(resource);

        Assert.Equal("\"1\"", created.ETag);
        var found = (await org.Api.GetAsync(new Uri(created.Header("Location")!).AbsolutePath)).MustBe(200);
        Assert.Equal(created.ETag, found.ETag);
        Assert.Equal(created.Text("id"), found.Text("id"));
        Assert.Equal(path, new Uri(created.Header("Location")!).AbsolutePath["/api/v1/".Length..]);
        Assert.StartsWith(org.World.Url.AbsoluteUri, created.Header("Location"), StringComparison.Ordinal);
        Assert.Equal("application/json; charset=utf-8", found.Header("Content-Type"));
        Assert.Equal("1.0", found.Header("api-supported-versions"));
        Assert.StartsWith("req_", found.Header("Request-Id"), StringComparison.Ordinal);
        // But for what is shown once, what was answered is what is there.
        if (resource != "api_key")
            Assert.Equal(created.Json.GetRawText(), found.Json.GetRawText());
    }

    [Theory]
    [MemberData(nameof(Created))]
    public async Task Whoever_has_this_version_is_told_304(string resource)
    {
        var (org, created, path) = await CreateAsync(resource);
        foreach (var known in (string[])[created.ETag!, $"W/{created.ETag}", $"\"77\", {created.ETag}", "*"])
        {
            var answer = (await org.Api.GetAsync(path, ("If-None-Match", known))).MustBe(304);
            Assert.Empty(answer.Body);
            Assert.Equal(created.ETag, answer.ETag);
        }
        foreach (var other in (string[])["\"2\"", "1", "nonsense"])
            (await org.Api.GetAsync(path, ("If-None-Match", other))).MustBe(200);
    }

    [Theory]
    [MemberData(nameof(Patched))]
    public async Task A_stale_change_is_refused_with_the_members_that_clash(string resource)
    {
        var (org, created, path) = await CreateAsync(resource);
        var habit = All[resource];
        var changed = (await org.Api.PatchAsync(path, Patch(habit.Member!, habit.Value!), ("If-Match", created.ETag!))).MustBe(200);
        Assert.Equal("\"2\"", changed.ETag);
        Assert.Equal(2, changed.Json.Int("version"));

        // It knows what changed since from the events, and they are there as soon as the change is.
        var clash = await org.Api.PatchAsync(path, Patch(habit.Member!, habit.Value + "!"), ("If-Match", created.ETag!));
        clash.MustRefuse(412, "precondition_failed", "/" + habit.Member);
        Assert.Equal(changed.ETag, clash.ETag);
        Assert.Contains(habit.Member!, clash.Text("detail"), StringComparison.Ordinal);
        var other = await org.Api.PatchAsync(path, Patch(habit.OtherMember!, habit.OtherValue!), ("If-Match", created.ETag!));
        other.MustRefuse(412, "precondition_failed");
        Assert.True(other.Json.IsNull("errors"), "Nobody else changed that member.");

        Assert.Equal(changed.Json.GetRawText(), (await org.Api.GetAsync(path)).Json.GetRawText());
        (await org.Api.PatchAsync(path, Patch(habit.OtherMember!, habit.OtherValue!), ("If-Match", "*"))).MustBe(200);
        (await org.Api.PatchAsync(path, Patch(habit.Member!, habit.Value + "?"), ("If-Match", "\"1\", \"3\""))).MustBe(200);
    }

    [Theory]
    [MemberData(nameof(Patched))]
    public async Task An_If_Match_that_is_no_ETag_of_ours_is_400(string resource)
    {
        var (org, created, path) = await CreateAsync(resource);
        var habit = All[resource];
        foreach (var wrong in (string[])["1", "\"x\"", "W/\"1\"", "\"1", "nonsense", "\"\"", "\"-1\"", "\"99999999999\"", ","])
        {
            (await org.Api.PatchAsync(path, Patch(habit.Member!, habit.Value!), ("If-Match", wrong))).MustRefuse(400, "invalid_request", "If-Match");
            if (habit.DeletedEvent is not null)
                (await org.Api.DeleteAsync(path, ("If-Match", wrong))).MustRefuse(400, "invalid_request", "If-Match");
        }
        Assert.Equal(created.ETag, (await org.Api.GetAsync(path)).ETag);
    }

    [Theory]
    [MemberData(nameof(Patched))]
    public async Task A_change_that_changes_nothing_is_no_new_version(string resource)
    {
        var (org, created, path) = await CreateAsync(resource);
        var habit = All[resource];
        Assert.Equal(created.ETag, (await org.Api.PatchAsync(path, new { })).MustBe(200).ETag);
        (await org.Api.PatchAsync(path, Patch(habit.Member!, habit.Value!))).MustBe(200);
        var again = (await org.Api.PatchAsync(path, Patch(habit.Member!, habit.Value!))).MustBe(200);
        Assert.Equal("\"2\"", again.ETag);
        Assert.Single(await org.EventsAsync($"events?types={resource}.updated"));
    }

    [Theory]
    [MemberData(nameof(Patched))]
    public async Task What_is_created_and_changed_is_told_as_events_with_who_did_it(string resource)
    {
        var (org, created, path) = await CreateAsync(resource);
        var habit = All[resource];
        var changed = (await org.Api.PatchAsync(path, Patch(habit.Member!, habit.Value!))).MustBe(200);

        var events = await org.EventsAsync($"events?types={resource}.updated");
        var last = Assert.Single(events);
        Assert.Equal(changed.Json.GetRawText(), last.At("data").GetRawText());
        Assert.Equal([habit.Member!], last.At("changes").EnumerateObject().Select(c => c.Name));
        Assert.Equal(created.Text(habit.Member!), last.Text($"changes/{habit.Member}/from"));
        Assert.Equal(habit.Value, last.Text($"changes/{habit.Member}/to"));
        Assert.Equal("api_key", last.Text("actor/kind"));
        Assert.Equal(org.KeyId, last.Text("actor/id"));
        Assert.Equal(changed.Header("Request-Id"), last.Text("correlation_id"));
        Assert.Contains(await org.EventsAsync($"events?types={resource}.created"), e => e.Text("data/id") == created.Text("id"));
    }

    [Theory]
    [MemberData(nameof(Deleted))]
    public async Task What_is_deleted_is_gone_once_and_only_with_a_fresh_If_Match(string resource)
    {
        var (org, created, path) = await CreateAsync(resource);
        var habit = All[resource];
        var changed = (await org.Api.PatchAsync(path, Patch(habit.Member!, habit.Value!))).MustBe(200);

        (await org.Api.DeleteAsync(path, ("If-Match", created.ETag!))).MustRefuse(412, "precondition_failed");
        var deleted = (await org.Api.DeleteAsync(path, ("If-Match", changed.ETag!))).MustBe(204);
        Assert.Empty(deleted.Body);
        (await org.Api.DeleteAsync(path)).MustRefuse(404, "not_found");
        (await org.Api.PatchAsync(path, Patch(habit.Member!, habit.Value!))).MustRefuse(404, "not_found");
        Assert.DoesNotContain(created.Text("id"), (await org.Api.GetAsync(habit.Path)).Ids());
        Assert.Single(await org.EventsAsync($"events?types={habit.DeletedEvent}"));
    }

    private static async Task<(Org Org, Answer Created, string Path)> CreateAsync(string resource)
    {
        var org = await World.NewOrganizationAsync();
        var habit = All[resource];
        var list = habit.Path.Contains('{', StringComparison.Ordinal) ? habit.Path.Replace("{ticket}", (await org.TicketAsync()).Id(), StringComparison.Ordinal) : habit.Path;
        var created = (await org.Api.PostAsync(list, habit.Body(org))).MustBe(201);
        return (org, created, $"{list}/{created.Text("id")}");
    }

    private static Dictionary<string, string> Patch(string member, string value) => new(StringComparer.Ordinal) { [member] = value };

    private sealed record Habit(string Path, Func<Org, object> Body, string? Member = null, string? Value = null, string? OtherMember = null, string? OtherValue = null, string? DeletedEvent = null);
}
