namespace HeadlessSupport.Api.Tests.Search;

/// <summary><c>q=</c> takes fields and words together.</summary>
public sealed class TicketConditionsTests
{
    [Fact]
    public async Task Fields_filter_what_words_find()
    {
        var org = await World.NewOrganizationAsync();
        var urgent = await org.TicketAsync(new { subject = "Card declined", priority = "urgent", tags = new[] { "billing" } });
        var low = await org.TicketAsync(new { subject = "Card declined", priority = "low", tags = new[] { "billing", "spam" } });
        var other = await org.TicketAsync(new { subject = "Printer", priority = "urgent", metadata = new { order = "17" } });
        await org.Api.SearchAsync("card", 2);

        Assert.Equal([Id(urgent)], await FindAsync(org, "priority>=high \"card declined\""));
        Assert.Equal([Id(urgent)], await FindAsync(org, "card tag:billing -tag:spam"));
        Assert.Equal([Id(other)], await FindAsync(org, "priority:urgent -card"));
        Assert.Equal([Id(other), Id(urgent)], await FindAsync(org, "priority:urgent"));
        Assert.Equal([Id(low), Id(urgent)], await FindAsync(org, "tag:billing or tag:spam"));
        Assert.Equal([Id(other)], await FindAsync(org, "metadata.order:17"));
        Assert.Equal([Id(urgent)], await FindAsync(org, "tag:billing", "&priority=urgent&include=total"));
    }

    [Theory]
    [InlineData("status:done", 8)]
    [InlineData("tag:x or card", 10)]
    [InlineData("\"card decl*\"", 1)]
    public async Task Refuses_with_the_character(string q, int character)
    {
        var org = await World.NewOrganizationAsync();
        var answer = (await org.Api.GetAsync($"tickets?q={Searching.Query(q)}")).MustBe(400);
        Assert.Equal("invalid_condition", answer.Json.GetProperty("code").GetString());
        Assert.StartsWith($"At character {character}:", answer.Json.GetProperty("errors").GetProperty("q")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_alone_are_a_list_like_any_other()
    {
        var org = await World.NewOrganizationAsync();
        for (var i = 0; i < 3; i++)
            await org.TicketAsync(new { subject = $"Number {i}", priority = "high" });
        var first = (await org.Api.GetAsync("tickets?q=priority:high&limit=2&sort=created_at&include=total")).MustBe(200).Json;
        Assert.Equal(3, first.GetProperty("total").GetInt32());
        Assert.False(first.TryGetProperty("search", out _));
        var second = (await org.Api.GetAsync($"tickets?q=priority:high&limit=2&sort=created_at&cursor={first.GetProperty("next_cursor").GetString()}")).MustBe(200).Json;
        Assert.Equal("Number 2", second.GetProperty("data")[0].GetProperty("subject").GetString());
        Assert.False(second.GetProperty("has_more").GetBoolean());
        (await org.Api.GetAsync("tickets?q=priority:high&sort=relevance")).MustBe(400);
    }

    private static string Id(System.Text.Json.JsonElement ticket) => ticket.GetProperty("id").GetString()!;

    private static async Task<List<string>> FindAsync(Org org, string q, string more = "") =>
        [.. (await org.Api.GetAsync($"tickets?q={Searching.Query(q)}{more}")).MustBe(200).Json.GetProperty("data").EnumerateArray().Select(Id)];
}
