using System.Net;
using System.Text.RegularExpressions;
using CsCheck;
using HeadlessSupport.Api.Platform.FullText;

namespace HeadlessSupport.Api.Tests.Search;

public sealed class HighlightTests
{
    [Fact]
    public async Task A_search_shows_where_each_ticket_matches()
    {
        var org = await World.NewOrganizationAsync();
        var id = await org.TicketAsync("Printing fails", string.Join(' ', Enumerable.Repeat("Nothing to see.", 30)) + " Then the printer caught fire. " + string.Join(' ', Enumerable.Repeat("Nothing more.", 30)),
            new { tags = new[] { "printer" }, requester = new { email = "pat@printer.test", name = "Pat" } });
        await org.ReplyAsync(id, "Which printer <img src=x onerror=alert(1)>?");
        var ticket = (await org.Api.SearchAsync("printers \"caught fire\"", 1, more: "&include=highlights")).GetProperty("data")[0];
        var highlights = ticket.GetProperty("highlights").EnumerateArray().ToDictionary(
            h => h.GetProperty("source").GetString() + h.GetProperty("text").GetString()!.Contains("caught", StringComparison.Ordinal), h => h);

        Assert.Equal("<mark>printer</mark>", highlights["tagsFalse"].GetProperty("html").GetString());
        Assert.Equal("Pat pat@<mark>printer</mark>.test", highlights["requesterFalse"].GetProperty("html").GetString());
        var fire = highlights["commentTrue"];
        Assert.Contains("the <mark>printer</mark> <mark>caught</mark> <mark>fire</mark>.", fire.GetProperty("html").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("… ", fire.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.InRange(fire.GetProperty("text").GetString()!.Length, 40, 200);
        Assert.StartsWith("cmt_", fire.GetProperty("comment_id").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("<img", highlights["commentFalse"].GetProperty("html").GetString(), StringComparison.Ordinal);
        Assert.False((await org.Api.SearchAsync("printers", 1)).GetProperty("data")[0].TryGetProperty("highlights", out _));
    }

    [Fact]
    public void All_of_a_snippet_but_its_marks_is_escaped()
    {
        var snippet = new Highlighter(SearchTerms.Parse("b"), ["b"]).Of("<b>\"b\" & <script>b</script>")!;
        Assert.Equal("&lt;<mark>b</mark>&gt;&quot;<mark>b</mark>&quot; &amp; &lt;script&gt;<mark>b</mark>&lt;/script&gt;", snippet.Html);
    }

    [Fact]
    public void A_text_without_a_match_has_no_snippet() => Assert.Null(new Highlighter(SearchTerms.Parse("a"), ["a"]).Of("b c"));

    [Fact]
    public void Any_text_becomes_a_bounded_snippet_that_says_the_same_twice()
    {
        // Half of a pair of surrogates is no text, and PostgreSQL has none.
        var text = Gen.OneOf(Gen.String.Where(s => !s.Any(char.IsSurrogate)), Gen.Char["ab <>&\"\n\t-é€"].Array[0, 400].Select(c => new string(c)));
        Gen.Select(text, text).Sample((said, asked) =>
        {
            if (string.IsNullOrWhiteSpace(asked))
                return;
            var terms = new SearchTerms([new(TermKind.Phrase, asked), new(TermKind.Word, "a")]);
            if (new Highlighter(terms, ["a", "b"]).Of(said) is not { } snippet)
                return;
            Assert.Equal(snippet.Text, WebUtility.HtmlDecode(snippet.Html.Replace("<mark>", "", StringComparison.Ordinal).Replace("</mark>", "", StringComparison.Ordinal)));
            Assert.DoesNotMatch(new Regex("<(?!/?mark>)", RegexOptions.None, TimeSpan.FromSeconds(1)), snippet.Html);
            Assert.True(snippet.Text.Length < 1000 || said.Length > 400, snippet.Text);
        }, iter: 2000);
    }
}
