using System.Text.Json;
using HeadlessSupport.Api.Platform.Text;

namespace HeadlessSupport.Api.Tests.Platform.Text;

public sealed class RichTextTests
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    [Theory]
    [InlineData("Hi **Jane**", "<p>Hi <strong>Jane</strong></p>", "Hi Jane")]
    [InlineData("one\ntwo", "<p>one<br>\ntwo</p>", "one\ntwo")]
    [InlineData("one\n\ntwo", "<p>one</p>\n<p>two</p>", "one\n\ntwo")]
    [InlineData("~~old~~ *new*", "<p><del>old</del> <em>new</em></p>", "old new")]
    [InlineData("## Title", "<h2>Title</h2>", "Title")]
    [InlineData("> quoted\n> more", "<blockquote>\n<p>quoted<br>\nmore</p>\n</blockquote>", "> quoted\n> more")]
    [InlineData("use `a < b`", "<p>use <code>a &lt; b</code></p>", "use a < b")]
    [InlineData("<b>shown</b> & kept", "<p>&lt;b&gt;shown&lt;/b&gt; &amp; kept</p>", "<b>shown</b> & kept")]
    [InlineData("2 * 3 * 4 = 24", "<p>2 * 3 * 4 = 24</p>", "2 * 3 * 4 = 24")]
    [InlineData("", "", "")]
    public void Markdown_becomes_html_and_text(string body, string html, string text)
    {
        var rendered = RichText.Render(body, BodyFormat.Markdown);

        Assert.Equal(html, rendered.Html);
        Assert.Equal(text, rendered.Text);
    }

    [Fact]
    public void A_web_address_in_markdown_becomes_a_link()
    {
        var rendered = RichText.Render("see https://example.com/x or [here](https://example.com/y)", BodyFormat.Markdown);

        Assert.Equal(
            """
            <p>see <a href="https://example.com/x" rel="noopener noreferrer nofollow">https://example.com/x</a> or <a href="https://example.com/y" rel="noopener noreferrer nofollow">here</a></p>
            """,
            rendered.Html);
        Assert.Equal("see https://example.com/x or here (https://example.com/y)", rendered.Text);
    }

    [Fact]
    public void Lists_keep_their_numbers_and_their_nesting_in_the_text()
    {
        var rendered = RichText.Render("3. three\n4. four\n   - inner\n   - other\n\n- x\n- y", BodyFormat.Markdown);

        Assert.Equal("3. three\n4. four\n   - inner\n   - other\n\n- x\n- y", rendered.Text);
        Assert.Equal(3, rendered.Blocks[0].Start);
        Assert.Null(rendered.Blocks[1].Start);
    }

    [Fact]
    public void A_table_is_html_for_browsers_and_lines_for_the_rest()
    {
        var rendered = RichText.Render("| a | b |\n|---|---|\n| 1 | **2** |", BodyFormat.Markdown);

        Assert.Contains("<td><strong>2</strong></td>", rendered.Html, StringComparison.Ordinal);
        Assert.Equal("a | b\n1 | 2", rendered.Text);
        Assert.Equal("paragraph", Assert.Single(rendered.Blocks).Type);
    }

    [Fact]
    public void Code_keeps_its_language_and_its_white_space()
    {
        var rendered = RichText.Render("```csharp\nif (a < b)\n    return;\n```", BodyFormat.Markdown);
        var code = Assert.Single(rendered.Blocks);

        Assert.Equal(("code", "csharp", "if (a < b)\n    return;"), (code.Type, code.Language, code.Text));
        Assert.Equal("if (a < b)\n    return;", rendered.Text);
        Assert.StartsWith("<pre><code class=\"language-csharp\">if (a &lt; b)", rendered.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Plain_text_reads_as_it_was_written()
    {
        const string Body = "Hello <team>,\n\n  Column   A & B\n\tx\n\n\nsee (https://example.com/a_(b)), www.example.org. Mail jane@example.com!";

        var rendered = RichText.Render(Body, BodyFormat.Text);

        Assert.Equal(
            "Hello <team>,\n\n  Column   A & B\n    x\n\nsee (https://example.com/a_(b)), www.example.org. Mail jane@example.com!",
            rendered.Text);
        Assert.Contains("<p>Hello &lt;team&gt;,</p>", rendered.Html, StringComparison.Ordinal);
        Assert.Contains("&amp; B<br>", rendered.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://example.com/a_(b)\"", rendered.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"https://www.example.org\"", rendered.Html, StringComparison.Ordinal);
        Assert.Contains("href=\"mailto:jane@example.com\"", rendered.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Markdown_signs_in_plain_text_stay_signs() =>
        Assert.Equal("<p>**a** # b</p>", RichText.Render("**a** # b", BodyFormat.Text).Html);

    [Fact]
    public void A_mail_programs_html_becomes_readable()
    {
        const string Body = """
            <html><head><title>t</title><style>p { color: red }</style></head><body lang="EN" link="blue">
            <div class="WordSection1"><p class="MsoNormal" style="margin:0"><span style="color:red">Hello&nbsp;<b>you</b>,</span><o:p></o:p></p>
            <p class=MsoNormal>&nbsp;</p><P>second<br>line
            <ul><li>one<li>two <i>it</i></ul>
            <blockquote type="cite">On Monday you wrote:<div>first</div></blockquote></div>
            <img src="cid:logo@x" alt="Logo" width="20" onerror="x()"><img src="http://track.example/p.gif"></body></html>
            """;

        var rendered = RichText.Render(Body, BodyFormat.Html);

        Assert.Equal(
            "Hello you,\n\nsecond\nline\n\n- one\n- two it\n\n> On Monday you wrote:\n>\n> first\n\n[Logo]",
            rendered.Text);
        Assert.Contains("<p>Hello&nbsp;<b>you</b>,</p>", rendered.Html, StringComparison.Ordinal);
        Assert.Contains("<img src=\"cid:logo@x\" alt=\"Logo\" width=\"20\">", rendered.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("track.example", rendered.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("color", rendered.Html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<p>a<p>b", "<p>a</p><p>b</p>")]
    [InlineData("<b>a<p>b</b>c", "<b>a<p>b</p></b>c")]
    [InlineData("<ul><li>a<ul><li>b</ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>")]
    [InlineData("<table><tr><td>a<td>b<tr><td>c</table>d", "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>d")]
    [InlineData("<table><tr><td>a</div></b>b</td></tr></table>", "<table><tbody><tr><td>ab</td></tr></tbody></table>")]
    [InlineData("<strike>a</strike><center>b</center><font>c</font>", "<s>a</s><div>b</div>c")]
    [InlineData("<a>no link</a>", "no link")]
    [InlineData("<img alt='a picture'>", "a picture")]
    [InlineData("a<!-- comment -->b", "ab")]
    [InlineData("<pre>\n\n  a</pre>", "<pre>\n\n  a</pre>")]
    [InlineData("&lt;b&gt; &amp;lt; &copy; &nbsp;", "&lt;b&gt; &amp;lt; © &nbsp;")]
    [InlineData("<td>stray</td> <li>item", "stray  <li>item</li>")]
    public void Sloppy_html_is_read_as_browsers_read_it(string body, string html) =>
        Assert.Equal(html, RichText.Render(body, BodyFormat.Html).Html);

    [Fact]
    public void A_row_of_a_layout_table_is_what_stands_in_it()
    {
        var rendered = RichText.Render(
            "<table><tr><td><p>a</p><p>b</p></td><td><ul><li>c</li></ul></td></tr><tr><td>d</td><td>e</td></tr></table>",
            BodyFormat.Html);

        Assert.Equal(["paragraph", "paragraph", "list", "paragraph"], rendered.Blocks.Select(block => block.Type));
        Assert.Equal("a\n\nb\n\n- c\n\nd | e", rendered.Text);
    }

    [Fact]
    public void Blocks_are_a_small_tree_without_unions()
    {
        var blocks = RichText.Render(
            "# T\n\na **b** *c* ~~d~~ `e` [f](https://f.example \"t\") ![g](https://g.example/i.png)\nh\n\n> q\n\n1. x",
            BodyFormat.Markdown).Blocks;

        var json = JsonSerializer.Serialize(blocks, SnakeCase);

        Assert.Equal(
            """[{"type":"heading","level":1,"inlines":[{"type":"text","text":"T"}]},"""
            + """{"type":"paragraph","inlines":[{"type":"text","text":"a "},{"type":"text","text":"b","bold":true},"""
            + """{"type":"text","text":" "},{"type":"text","text":"c","italic":true},{"type":"text","text":" "},"""
            + """{"type":"text","text":"d","strike":true},{"type":"text","text":" "},{"type":"text","text":"e","code":true},"""
            + """{"type":"text","text":" "},{"type":"link","href":"https://f.example","inlines":[{"type":"text","text":"f"}]},"""
            + """{"type":"text","text":" "},{"type":"image","src":"https://g.example/i.png","alt":"g"},{"type":"break"},"""
            + """{"type":"text","text":"h"}]},"""
            + """{"type":"quote","blocks":[{"type":"paragraph","inlines":[{"type":"text","text":"q"}]}]},"""
            + """{"type":"list","ordered":true,"items":[{"type":"item","blocks":[{"type":"paragraph","inlines":[{"type":"text","text":"x"}]}]}]}]""",
            json);
    }

    [Fact]
    public void All_formats_of_one_message_give_the_same_blocks()
    {
        var markdown = RichText.Render("Hello\nyou\n\nhttps://example.com/x", BodyFormat.Markdown);
        var text = RichText.Render("Hello\nyou\n\nhttps://example.com/x", BodyFormat.Text);
        var html = RichText.Render("<p>Hello<br>you</p><p><a href='https://example.com/x'>https://example.com/x</a></p>", BodyFormat.Html);

        Assert.Equal(JsonSerializer.Serialize(text.Blocks), JsonSerializer.Serialize(markdown.Blocks));
        Assert.Equal(JsonSerializer.Serialize(text.Blocks), JsonSerializer.Serialize(html.Blocks));
        Assert.Equal(text.Text, markdown.Text);
        Assert.Equal(text.Text, html.Text);
    }

    [Fact]
    public void Marks_reach_into_quotes_lists_and_cells()
    {
        var rendered = RichText.Render("<b><ul><li>x</ul></b><i><blockquote>q</blockquote></i><table><tr><th>h<td>d</table>", BodyFormat.Html);

        Assert.True(rendered.Blocks[0].Items![0].Blocks![0].Inlines![0].Bold);
        Assert.True(rendered.Blocks[1].Blocks![0].Inlines![0].Italic);
        Assert.True(rendered.Blocks[2].Inlines![0].Bold);
        Assert.Null(rendered.Blocks[2].Inlines![2].Bold);
    }

    [Fact]
    public void A_link_around_paragraphs_stays_one_link()
    {
        var link = RichText.Render("<a href='https://a.example'><div>x</div><div>y</div></a>", BodyFormat.Html).Blocks[0].Inlines![0];

        Assert.Equal(["text", "break", "text"], link.Inlines!.Select(inline => inline.Type));
    }

    [Fact]
    public void Control_characters_and_half_characters_do_not_pass()
    {
        foreach (var format in Enum.GetValues<BodyFormat>())
        {
            var rendered = RichText.Render("a\0b\u0007c\uD83Dd\r\ne😀", format);

            Assert.DoesNotContain('\0', rendered.Html);
            Assert.DoesNotContain('\u0007', rendered.Html);
            Assert.DoesNotContain('\uD83D', rendered.Html.Replace("😀", "", StringComparison.Ordinal));
            Assert.Contains("😀", rendered.Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("", 10, "")]
    [InlineData("short", 10, "short")]
    [InlineData("exactly 10", 10, "exactly 10")]
    [InlineData("one more than", 10, "one more…")]
    [InlineData("a\n\n b\t c", 10, "a b c")]
    [InlineData("  \n ", 10, "")]
    [InlineData("abc😀def", 5, "abc…")]
    [InlineData("abc😀def", 6, "abc😀…")]
    [InlineData("abc", 1, "…")]
    public void An_excerpt_is_one_line_without_cut_characters(string text, int max, string expected) =>
        Assert.Equal(expected, RichText.Excerpt(text, max));

    [Fact]
    public void Threads_do_not_disturb_one_another()
    {
        var bodies = Enumerable.Range(0, 200).Select(index => $"# {index}\n\n**b{index}** https://example.com/{index}\n\n- i{index}").ToArray();
        var alone = bodies.Select(body => RichText.Render(body, BodyFormat.Markdown).Html).ToArray();
        var together = new string[bodies.Length];

        Parallel.For(0, bodies.Length * 5, index =>
            together[index % bodies.Length] = RichText.Render(bodies[index % bodies.Length], BodyFormat.Markdown).Html);

        Assert.Equal(alone, together);
    }
}
