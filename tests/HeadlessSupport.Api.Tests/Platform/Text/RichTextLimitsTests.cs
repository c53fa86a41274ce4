using System.Diagnostics;
using System.Text;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Text;

namespace HeadlessSupport.Api.Tests.Platform.Text;

public sealed class RichTextLimitsTests
{
    private const int Bytes = 64 * 1024;

    // Far above what each takes alone (under 0.4 s), since tests run beside one another on few cores; the quadratic
    // behaviour that these guard against took up to half a minute.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    [Theory]
    [InlineData("<div>")]
    [InlineData("<b>")]
    [InlineData("<blockquote>")]
    [InlineData("<ul><li>")]
    [InlineData("<table><tr><td>")]
    [InlineData("<table><b>")]
    [InlineData("<p><b>")]
    [InlineData("<p><b x=1></p>")]
    [InlineData("<b><i><u><s>")]
    [InlineData("<a href=https://x.example>")]
    [InlineData("<a>x")]
    [InlineData("<a href=https://x.example><div>")]
    [InlineData("<svg>")]
    [InlineData("<math><mtext>")]
    [InlineData("<template>")]
    [InlineData("<select><option>")]
    [InlineData("<br>x")]
    [InlineData("<li>")]
    [InlineData("<pre>\n")]
    [InlineData("</p>")]
    [InlineData("<i></b><b></i>")]
    [InlineData("<!--")]
    [InlineData("<a ")]
    [InlineData("<a b='")]
    [InlineData("&")]
    [InlineData("&#x")]
    [InlineData("<")]
    public void Repeated_html_takes_linear_time_and_little_stack(string piece) => AssertQuick(Repeat(piece), BodyFormat.Html);

    [Theory]
    [InlineData("> ")]
    [InlineData(">")]
    [InlineData("- ")]
    [InlineData("1. ")]
    [InlineData("+ ")]
    [InlineData("- a\n")]
    [InlineData("[")]
    [InlineData("![")]
    [InlineData("[a](")]
    [InlineData("[](")]
    [InlineData("![[]()")]
    [InlineData("****")]
    [InlineData("*a ")]
    [InlineData("*a_ ")]
    [InlineData("a**b c* ")]
    [InlineData("~~a ")]
    [InlineData("`a``")]
    [InlineData("|")]
    [InlineData("|a\n")]
    [InlineData("|a|\n|-|\n")]
    [InlineData("[a]: b\n")]
    [InlineData("[a]: b\n\n")]
    [InlineData("http://a.b ")]
    [InlineData("www.a.b ")]
    [InlineData("a\n=\n")]
    [InlineData("a\n")]
    [InlineData("\n")]
    [InlineData("\\")]
    [InlineData("<a@b")]
    [InlineData("&")]
    public void Repeated_markdown_takes_linear_time_and_little_stack(string piece)
    {
        AssertQuick(Repeat(piece), BodyFormat.Markdown);
        // Many small tangles cost as much as a large one if each is allowed its own limit.
        AssertQuick(Repeat(Repeat(piece, 500) + "\n\n"), BodyFormat.Markdown);
        AssertQuick(Repeat(Repeat(piece, 4000) + "\n\n"), BodyFormat.Markdown);
    }

    [Theory]
    [InlineData("http://")]
    [InlineData("https://a.b/))))")]
    [InlineData("a@")]
    [InlineData("a.a@a.")]
    [InlineData("www.")]
    [InlineData("(((")]
    [InlineData("a\n")]
    [InlineData(" ")]
    [InlineData("\t")]
    public void Repeated_text_takes_linear_time_and_little_stack(string piece) => AssertQuick(Repeat(piece), BodyFormat.Text);

    [Fact]
    public void Attributes_without_end_take_linear_time()
    {
        AssertQuick("<a " + string.Concat(Enumerable.Range(0, 8000).Select(index => $"a{index}=1 ")) + ">x</a>", BodyFormat.Html);
        AssertQuick("<a " + Repeat("href=https://x.example ") + ">x</a>", BodyFormat.Html);
        AssertQuick(string.Concat(Enumerable.Range(0, 3000).Select(index => $"<p><font a={index}>x</p>")), BodyFormat.Html);
    }

    [Fact]
    public void A_table_with_many_columns_and_rows_is_not_filled_up_without_end()
    {
        var wide = Repeat("|a", 4000) + "\n" + Repeat("|-", 4000) + "\n" + Repeat("|a\n", 6000);

        Assert.InRange(AssertQuick(wide, BodyFormat.Markdown).Html.Length, 1, 200_000);
    }

    [Fact]
    public void Lists_nested_by_indentation_take_linear_time()
    {
        var body = new StringBuilder();
        for (var depth = 0; body.Length < Bytes; depth++)
            body.Append(' ', depth * 2).Append("- a\n");

        AssertQuick(body.ToString(), BodyFormat.Markdown);
        AssertQuick(body + Repeat("a\n"), BodyFormat.Markdown);
    }

    [Fact]
    public void The_longest_body_is_rendered_and_the_rest_is_cut_off()
    {
        var body = new string('a', RichText.MaxLength - 1) + "😀" + "tail";

        foreach (var format in Enum.GetValues<BodyFormat>())
            Assert.Equal(RichText.MaxLength - 1, AssertQuick(body, format).Text.Length);
    }

    [Theory]
    [InlineData("<div>", BodyFormat.Html)]
    [InlineData("<blockquote>", BodyFormat.Html)]
    [InlineData("<ul><li>", BodyFormat.Html)]
    [InlineData("<b><i>", BodyFormat.Html)]
    [InlineData("<table><tr><td>", BodyFormat.Html)]
    [InlineData("> ", BodyFormat.Markdown)]
    [InlineData("- ", BodyFormat.Markdown)]
    [InlineData("- > ", BodyFormat.Markdown)]
    [InlineData("<ol><li><blockquote><a href=https://x.example>", BodyFormat.Html)]
    public void Content_below_the_deepest_level_stays_without_its_tags(string piece, BodyFormat format)
    {
        var rendered = RichText.Render(Repeat(piece, 2000) + "words", format);

        Assert.Contains("words", rendered.Html, StringComparison.Ordinal);
        Assert.Contains("words", rendered.Text, StringComparison.Ordinal);
        Assert.InRange(DepthOf(rendered.Blocks), 1, 21);
        // Within the usual limit of JSON writers and readers, an answer's own levels included.
        Assert.InRange(JsonSerializer.Serialize(new { data = new[] { new { comment = rendered } } }).Length, 1, 200_000);
    }

    [Fact]
    public void Words_that_only_dropped_tags_kept_apart_stay_apart()
    {
        var rendered = RichText.Render(
            Repeat("<blockquote>", 12 * 25) + "<p>one</p><p>two</p><table><tr><td>three</td><td>four</td></tr><tr><td>five</td></tr></table>",
            BodyFormat.Html);

        Assert.Equal(["one", "two", "three four", "five"],
            rendered.Text.Split('\n').Select(line => line.Trim('>', ' ')).Where(line => line.Length > 0));
    }

    [Fact]
    public void Tangled_markdown_is_shown_as_it_was_typed()
    {
        var body = Repeat("[a](") + "\n\nhttps://example.com/x";

        var rendered = RichText.Render(body, BodyFormat.Markdown);

        Assert.Equal(body, rendered.Text);
        Assert.Contains("<a href=\"https://example.com/x\"", rendered.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_but_honest_markdown_keeps_its_marks()
    {
        var log = "```\n" + Repeat("[12:00:01] [INFO] a_b_c: *value* <x> http://a.b/c|d\n", 150_000) + "```\n";
        var table = "| a | b | c | d |\n|---|---|---|---|\n" + Repeat("| 1.5 | two | *three* | four |\n", 8_000);
        var prose = Repeat("Some **bold** words, a [link](https://example.com) and `code`.\n\n", 50_000);

        var rendered = AssertQuick("# Title\n\n" + log + "\n" + table + "\n" + prose, BodyFormat.Markdown);

        Assert.StartsWith("<h1>Title</h1>", rendered.Html, StringComparison.Ordinal);
        Assert.Contains("<td><em>three</em></td>", rendered.Html, StringComparison.Ordinal);
        Assert.Contains("<strong>bold</strong>", rendered.Html, StringComparison.Ordinal);
    }

    private static int DepthOf(IReadOnlyList<Block> blocks) =>
        blocks.Select(block => 1 + Math.Max(DepthOf(block.Blocks ?? []), DepthOf(block.Items ?? []))).DefaultIfEmpty(0).Max();

    private static string Repeat(string piece, int characters = Bytes) =>
        new StringBuilder().Insert(0, piece, characters / piece.Length).ToString();

    /// <summary>Renders on a thread with a third of the usual stack: an overflow would end the whole test run.</summary>
    private static Rendered AssertQuick(string body, BodyFormat format)
    {
        Rendered? rendered = null;
        var watch = Stopwatch.StartNew();
        var thread = new Thread(() => rendered = RichText.Render(body, format), maxStackSize: 512 * 1024);
        thread.Start();
        thread.Join();
        watch.Stop();
        Assert.NotNull(rendered);
        Assert.True(watch.Elapsed < Patience, $"It took {watch.Elapsed}.");
        return rendered;
    }
}
