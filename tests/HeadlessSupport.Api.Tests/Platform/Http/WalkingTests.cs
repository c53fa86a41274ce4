using CsCheck;

namespace HeadlessSupport.Api.Tests.Platform.Http;

/// <summary>Whoever walks a list page by page sees everything that was there before, once, whatever happens meanwhile.</summary>
public sealed class WalkingTests
{
    private const int Before = 30;
    private static readonly string[] Priorities = ["low", "normal", "high", "urgent"];

    [Fact]
    public async Task Tickets_by_creation() => await WalkAsync("tickets?sort=created_at");

    [Fact]
    public async Task Tickets_by_creation_backwards() => await WalkAsync("tickets?sort=-created_at");

    [Fact]
    public async Task Tickets_of_one_status() => await WalkAsync("tickets?status=new&sort=-created_at");

    [Fact]
    public async Task Tickets_with_a_tag() => await WalkAsync("tickets?tag=walked&sort=created_at");

    // By what changes while one walks: those that change may be met again further on, but none is passed over.
    [Fact]
    public async Task Tickets_by_change_the_oldest_first() => await WalkAsync("tickets?sort=updated_at", changedAreMetAgain: true);

    // Those that change jump ahead of the reader, so only those that stay as they were are promised.
    [Fact]
    public async Task Tickets_by_change_the_latest_first() => await WalkAsync("tickets?sort=-updated_at", changedMayEscape: true);

    [Fact]
    public async Task Tickets_by_priority() => await WalkAsync("tickets?sort=-priority");

    [Fact]
    public async Task Users() => await WalkAsync("users?sort=created_at&role=customer");

    [Fact]
    public async Task Events() => await WalkAsync("events?types=ticket.created");

    [Fact]
    public async Task Comments()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = (await org.TicketAsync()).Id();
        async Task WriteAsync(int n) => (await org.Api.PostAsync($"tickets/{ticket}/comments", new { body = $"Comment {n}" })).MustBe(201);
        for (var n = 0; n < Before; n++)
            await WriteAsync(n);
        foreach (var sort in (string[])["created_at", "-created_at"])
            await WalkAsync(org, $"tickets/{ticket}/comments?sort={sort}", WriteAsync, changed: []);
    }

    [Fact]
    public async Task Many_that_were_made_at_the_same_moment_are_told_apart_by_their_ids()
    {
        var org = await World.NewOrganizationAsync();
        var items = Enumerable.Range(0, 40).Select(n => new { create = new { subject = $"Ticket {n}", requester = new { email = "bob@customer.test" } } });
        (await org.Api.PostAsync("tickets/bulk", new { items })).MustBe(200);
        // A test organization's clock is real, but priorities and statuses are all the same.
        foreach (var sort in (string[])["priority", "-priority", "created_at", "-updated_at"])
        {
            var all = (await org.Api.AllAsync($"tickets?sort={sort}")).ConvertAll(t => t.Id());
            Assert.Equal(40, all.Distinct(StringComparer.Ordinal).Count());
            foreach (var limit in (int[])[1, 7, 39, 40, 41])
                Assert.Equal(all, (await org.Api.AllAsync($"tickets?sort={sort}", limit)).ConvertAll(t => t.Id()));
        }
    }

    private static async Task WalkAsync(string path, bool changedAreMetAgain = false, bool changedMayEscape = false)
    {
        var org = await World.NewOrganizationAsync();
        async Task<string> OpenAsync(int n) =>
            (await org.TicketAsync(new { subject = $"Ticket {n}", requester = new { email = $"c{n}@customer.test" }, priority = Priorities[n % 4], tags = new[] { "walked" }, comment = (object?)null })).Id();
        var tickets = new List<string>();
        for (var n = 0; n < Before; n++)
            tickets.Add(await OpenAsync(n));
        if (path.StartsWith("events", StringComparison.Ordinal))
            await org.AllEventsAsync(path);
        // Every third is changed again and again while the list is walked, in what no filter looks at.
        var changed = path.StartsWith("tickets", StringComparison.Ordinal) ? tickets.Where((_, n) => n % 3 == 0).ToList() : [];
        await WalkAsync(org, path, async n =>
        {
            await OpenAsync(Before + n);
            if (changed.Count > 0)
                (await org.Api.PatchAsync($"tickets/{changed[n % changed.Count]}", new { subject = $"Changed {n}" })).MustBe(200);
        }, changedMayEscape ? changed : [], changedAreMetAgain ? changed : []);
    }

    private static async Task WalkAsync(Org org, string path, Func<int, Task> disturbAsync, IReadOnlyCollection<string> changed, IReadOnlyCollection<string>? again = null)
    {
        var old = (await org.Api.AllAsync(path)).ConvertAll(i => i.Id());
        Assert.True(old.Count >= Before);
        var sizes = Gen.Int[1, 9].Array[40].Single();
        using var over = new CancellationTokenSource();
        var disturbance = Task.Run(async () =>
        {
            for (var n = 0; !over.IsCancellationRequested; n++)
                await disturbAsync(n);
        });
        var seen = new List<string>();
        string? cursor = null;
        var page = 0;
        do
        {
            var answer = (await org.Api.GetAsync($"{path}&limit={sizes[page++ % sizes.Length]}{(cursor is null ? "" : $"&cursor={cursor}")}")).MustBe(200);
            seen.AddRange(answer.Ids());
            cursor = answer.Json.Text("next_cursor");
        }
        // A list that grows at its end as fast as it is read has none: enough once the old ones must have come.
        while (cursor is not null && page < 200);
        await over.CancelAsync();
        await disturbance;

        var promised = old.Except(changed, StringComparer.Ordinal).ToList();
        Assert.Empty(promised.Except(seen, StringComparer.Ordinal));
        var once = promised.Except(again ?? [], StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(seen.Where(once.Contains).GroupBy(s => s, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key));
        // And those in the order they had.
        Assert.Equal(old.Where(once.Contains), seen.Where(once.Contains));
    }
}
