using System.Text.Json;

namespace HeadlessSupport.Api.Tests.Search;

/// <summary>Asks until the index has caught up, within a bound.</summary>
internal static class Searching
{
    public static string Query(string q) => Uri.EscapeDataString(q);

    /// <summary>The answer to a search, as soon as it has so many items.</summary>
    public static async Task<JsonElement> SearchAsync(this Api api, string q, int expected, string list = "tickets", string more = "")
    {
        for (var i = 0; ; i++)
        {
            var page = (await api.GetAsync($"{list}?q={Query(q)}{more}")).MustBe(200).Json;
            if (page.GetProperty("data").GetArrayLength() == expected)
                return page;
            if (i == 1000)
                Assert.Fail($"{q} finds {page.GetProperty("data").GetArrayLength()}, not {expected}: {page}");
            await Task.Delay(25);
        }
    }

    /// <summary>Subjects of what a search finds, as soon as there are so many; in the order of the answer.</summary>
    public static async Task<string[]> SubjectsAsync(this Api api, string q, int expected, string more = "") => SubjectsOf(await api.SearchAsync(q, expected, more: more));

    public static string[] SubjectsOf(JsonElement page) => [.. page.GetProperty("data").EnumerateArray().Select(t => t.GetProperty("subject").GetString()!)];

    /// <summary>A ticket with this subject and first comment.</summary>
    public static async Task<string> TicketAsync(this Org org, string subject, string body = "Hello.", object? more = null) =>
        (await org.TicketAsync(Json.Merge(new { subject, comment = new { body } }, more))).GetProperty("id").GetString()!;

    public static async Task NoteAsync(this Org org, string ticket, string body) =>
        (await org.Api.PostAsync($"tickets/{ticket}/comments", new { body, visibility = "internal" })).MustBe(201);

    public static async Task ReplyAsync(this Org org, string ticket, string body) => (await org.Api.PostAsync($"tickets/{ticket}/comments", new { body })).MustBe(201);

    /// <summary>Waits until everything that was committed before is indexed: a ticket made now is found.</summary>
    public static async Task SettleAsync(this Org org)
    {
        var word = "settled" + Guid.CreateVersion7().ToString("N")[..20];
        var id = await org.TicketAsync(word, more: new { requester = new { email = "settler@x.test" } });
        await org.Api.SearchAsync(word, 1);
        (await org.Api.DeleteAsync($"tickets/{id}")).MustBe(204);
        await org.Api.SearchAsync(word, 0);
    }
}
