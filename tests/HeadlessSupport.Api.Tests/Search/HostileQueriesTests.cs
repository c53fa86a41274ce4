using System.Text;
using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Tickets;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Api.Tests.Search;

/// <summary>Whatever is asked is answered, or refused with the reason.</summary>
public sealed class HostileQueriesTests
{
    private static readonly string[] Pieces =
    [
        "a", "the", "card", "declined", "42", "-42", "3.14", " ", "  ", "\t", "\n", "\"", "'", "“", "„", "*", "-", "&", "|", "!", "(", ")", "<->", "<2>", ":", ":*", ":A", "\\", "\\'", "%", "_",
        "@", "#", "$1", ";", "--", "/*", "';drop table tickets;--", "' or 1=1", "\u0001", "\u007f", "\u200b", "\u202e", "\ufeff", "\u0301", "é", "ß", "İ", "ﬁ", "支付", "😀", "👩‍👩‍👧", "http://x.test/a?b=c&d=%20",
        "bob@x.test", "foo-bar-baz", "e-mail", "<b>", "&amp;", "</script>", "NULL", "{}", "[]", "1e308", "99999999999999999999", "0x1F", "2024-01-31", "10:20:30", "a.b.c.d", "/etc/passwd", "C:\\x", "~", "`",
    ];

    [Fact]
    public async Task Ten_thousand_random_questions_are_answered()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        await org.TicketAsync("Card declined 42", "The e-mail to bob@x.test says 3.14 — é 支付 😀.");
        await org.Api.SearchAsync("card", 1);
        var refused = 0;
        await Parallel.ForAsync(0, 8, async (thread, cancellationToken) =>
        {
            var random = new Random(thread);
            await using var scope = world.Enter(org.Id);
            var search = scope.ServiceProvider.GetRequiredService<TicketSearch>();
            for (var i = 0; i < 1250; i++)
            {
                var q = Question(random);
                try
                {
                    await search.FindAsync(SearchTerms.Parse(q), notes: i % 2 == 0, deleted: false, cancellationToken);
                }
                catch (SupportException refusal)
                {
                    Assert.Equal("q", refusal.Errors[0].Pointer);
                    Interlocked.Increment(ref refused);
                }
                catch (Exception error)
                {
                    Assert.Fail($"seed {thread}, question {i}: {q}\n{error}");
                }
            }
        });
        Assert.InRange(refused, 1, 9_000);
    }

    [Theory]
    [InlineData("tickets")]
    [InlineData("users")]
    [InlineData("companies")]
    public async Task Hundreds_of_random_questions_are_answered_over_http(string list)
    {
        var org = await World.NewOrganizationAsync();
        await org.TicketAsync("Card declined 42", "The e-mail to bob@x.test says 3.14.");
        (await org.Api.PostAsync("companies", new { name = "Card declined" })).MustBe(201);
        var random = new Random(list.Length);
        for (var i = 0; i < 300; i++)
        {
            var q = Question(random);
            var answer = await org.Api.GetAsync($"{list}?q={Searching.Query(q)}{(list == "tickets" ? "&include=highlights" : "")}");
            if (answer.Status == 400)
                Assert.Equal("q", answer.Json.GetProperty("errors").EnumerateObject().Single().Name);
            else
                answer.MustBe(200);
        }
    }

    private static string Question(Random random)
    {
        var q = new StringBuilder();
        for (var n = random.Next(1, random.Next(5) == 0 ? 120 : 12); n > 0; n--)
            q.Append(random.Next(6) == 0 ? Anything(random) : Pieces[random.Next(Pieces.Length)]).Append(random.Next(3) == 0 ? " " : "");
        return q.ToString();
    }

    // Any character there is but the two that no request may carry: NUL, and what stands for broken UTF-8.
    private static string Anything(Random random)
    {
        var rune = random.Next(1, random.Next(2) == 0 ? 0x250 : 0x10FFFF);
        return rune is >= 0xD800 and <= 0xDFFF or 0xFFFD ? "?" : new Rune(rune).ToString();
    }
}
