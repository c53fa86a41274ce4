using CsCheck;
using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Tickets;

namespace HeadlessSupport.Api.Tests.Platform.Conditions;

public sealed class ConditionTextTests
{
    private static readonly string[] Snippets =
    [
        "(", ")", "((((", "“", "”", "„", "!", "-", "--", "\"", "\\", "\\\"", "*", ":", "=", "!=", ">", ">=", "<", "<=", ",", ".", " ", "\n", "\0", "\ud800", "\udc00", "\ud83d\ude42", "or", " OR ", "and ", "not ", "NOT(", "none", "any", "me",
        "status", "status:", "status:open", "priority>=", "tag:a,b", "created>-7d", "created>2026-01-01", "created:9999-12-31", "created:0001-01-01", "solved<-999999w", "assignee:me", "number:99999999999999999999", "number>-1", "metadata.",
        "metadata.a:", "custom.\"a b\":1e999999", "custom.x:1e-99999", "subject:", "subject:a*", "é", "ı", "%", "_", "'; drop table tickets; --", "{\"all\":[]}", "requester:a@b.c", "requester:@", "external_id:\"\"", "usr_01h455vb4pex5vsknk084sn02q",
    ];

    private static readonly Gen<string> Hostile = Gen.Frequency(
        (4, Gen.Int[0, Snippets.Length - 1].Select(i => Snippets[i]).Array[0, 12].Select(string.Concat)),
        (2, Gen.Int[0, Snippets.Length - 1].Select(i => Snippets[i]).Array[0, 400].Select(string.Concat)),
        (1, Gen.String[0, 300]),
        (1, Gen.Select(Gen.Int[0, Snippets.Length - 1], Gen.Int[0, 2100], (i, times) => string.Concat(Enumerable.Repeat(Snippets[i], times)))));

    [Theory]
    [InlineData("", "")]
    [InlineData(" \t\n", "")]
    [InlineData("status:open priority>=high tag:billing created>2026-01-01 assignee:me -tag:spam \"card declined\"", "status:open priority>=high tag:billing created>2026-01-01 assignee:me -tag:spam \"card declined\"")]
    [InlineData("a b OR c", "a b or c")]
    [InlineData("(a b) or (c)", "a b or c")]
    [InlineData("a (b or c)", "a (b or c)")]
    [InlineData("((a))", "a")]
    [InlineData("a and b AND c", "a b c")]
    [InlineData("not tag:x", "-tag:x")]
    [InlineData("NOT (a b)", "-(a b)")]
    [InlineData("--a", "--a")]
    [InlineData("status=open", "status:open")]
    [InlineData("status!=open,new", "status!=open,new")]
    [InlineData("tag:\"a b\",c", "tag:\"a b\",c")]
    [InlineData("tag:\"a\"", "tag:a")]
    [InlineData("tag:\"a\\\"\\\\\"", "tag:\"a\\\"\\\\\"")]
    [InlineData("assignee:none", "assignee:none")]
    [InlineData("assignee=ANY", "assignee:any")]
    [InlineData("assignee!=none", "assignee:any")]
    [InlineData("tag:\"none\"", "tag:\"none\"")]
    [InlineData("metadata.order:17", "metadata.order:17")]
    [InlineData("metadata.\"order id\":17", "metadata.\"order id\":17")]
    [InlineData("metadata.\"order\":17", "metadata.order:17")]
    [InlineData("external_id:\"\"", "external_id:\"\"")]
    [InlineData("decl*", "decl*")]
    [InlineData("\"card decl*\"", "\"card decl*\"")]
    [InlineData("hello! #17 a@b", "hello! #17 a@b")]
    [InlineData("!a a!b é!=b", "!a a!b \"é!=b\"")]
    [InlineData("“card declined” „a“ tag:“first class”", "\"card declined\" \"a\" tag:\"first class\"")]
    [InlineData("\"say “a”\"", "\"say “a”\"")]
    [InlineData("\"or\" ordered notes", "\"or\" ordered notes")]
    [InlineData("a\"b\"(c)", "a \"b\" c")]
    public void Reads_and_writes_its_shortest_form(string text, string shortest) => Assert.Equal(shortest, ConditionText.Write(ConditionText.Read(text, "q")));

    [Theory]
    [InlineData("status:", 8, "value is missing")]
    [InlineData("status:a,", 10, "value is missing")]
    [InlineData("status:a,,b", 10, "value is missing")]
    [InlineData(":open", 1, "field is missing")]
    [InlineData("a (b", 3, "never closed")]
    [InlineData("a) b", 2, "No (")]
    [InlineData("()", 2, "condition is missing")]
    [InlineData("a or", 5, "condition is missing")]
    [InlineData("or a", 1, "condition is missing")]
    [InlineData("a and or b", 7, "condition is missing")]
    [InlineData("a - b", 3, "negation needs")]
    [InlineData("a not", 3, "negation needs")]
    [InlineData("tag:\"a", 5, "never closed")]
    [InlineData("a “b", 3, "never closed")]
    [InlineData("\"a\\n\"", 3, "stands only before")]
    [InlineData("tag:a,none", 7, "stand alone")]
    [InlineData("tag:none,a", 5, "stand alone")]
    [InlineData("metadata.\"a\" b", 13, "needs an operator")]
    [InlineData("a ***", 3, "no letter or digit")]
    [InlineData("a ?!", 3, "no letter or digit")]
    [InlineData("a \0", 3, "no character")]
    [InlineData("-(-(-(-(-(a b)))))", 5, "At most 4")]
    [InlineData("((((", 5, "condition is missing")]
    [InlineData("(((((a", 5, "At most 4")]
    [InlineData("a (b or (c (d or (e f))))", 19, "At most 4")]
    public void Points_at_the_character(string text, int character, string why) => MustRefuse(() => ConditionText.Read(text, "q"), "q", $"At character {character}:", why);

    // Not in the list above: xunit does not hand over half a character.
    [Fact]
    public void Half_a_character_is_refused() => MustRefuse(() => ConditionText.Read("\ud83d\ude42 \ud83d", "q"), "q", "At character 4:", "no character");

    [Theory]
    [InlineData("", "", "")]
    [InlineData("card", "card", "")]
    [InlineData("status:open card -tag:spam", "card", "status:open -tag:spam")]
    [InlineData("(a (\"b c\" tag:x)) -d* -tag:y (tag:z or tag:w)", "a \"b c\" -d*", "tag:x -tag:y (tag:z or tag:w)")]
    public void Words_beside_all_else_come_out_of_it(string text, string words, string others)
    {
        var split = ConditionText.Read(text, "q").SplitWords();
        Assert.Equal(words, string.Join(' ', split.Words.Select(w => (w.IsExcluded ? "-" : "") + w.Words)));
        Assert.Equal(others, split.Others.ToString());
    }

    [Theory]
    [InlineData("tag:x or a", 10)]
    [InlineData("b (tag:x or -(tag:y a))", 21)]
    [InlineData("-(a b)", 3)]
    [InlineData("--a", 3)]
    public void Words_elsewhere_do_not(string text, int character) =>
        MustRefuse(() => ConditionText.Read(text, "q").SplitWords(), "q", $"At character {character}:", "beside all other conditions");

    [Fact]
    public void Bounds_are_held()
    {
        Assert.IsType<All>(ConditionText.Read(string.Join(' ', Enumerable.Repeat("a", 50)), "q"));
        MustRefuse(() => ConditionText.Read(string.Join(' ', Enumerable.Repeat("a", 51)), "q"), "q", "At character 101:", "At most 50");
        Assert.Equal(100, Assert.IsType<Comparison>(ConditionText.Read("tag:" + string.Join(',', Enumerable.Repeat("a", 100)), "q")).Values.Count);
        MustRefuse(() => ConditionText.Read("tag:" + string.Join(',', Enumerable.Repeat("a", 101)), "q"), "q", "At character 205:", "At most 100");
        Assert.IsType<Comparison>(ConditionText.Read("tag:" + new string('a', 255), "q"));
        MustRefuse(() => ConditionText.Read("tag:" + new string('a', 256), "q"), "q", "At character 5:", "At most 255");
        MustRefuse(() => ConditionText.Read(new string('a', 256), "q"), "q", "At character 1:", "At most 255");
        MustRefuse(() => ConditionText.Read(new string(' ', 2001), "q"), "q", "At character 2001:", "At most 2000");
    }

    [Fact]
    public void Hostile_texts_are_read_or_refused_with_the_character()
    {
        var viewpoint = new Viewpoint(new(2026, 3, 15, 0, 0, 0, TimeSpan.Zero), null);
        int read = 0, refused = 0;
        Hostile.Sample(text =>
        {
            try
            {
                var condition = ConditionText.Read(text, "q");
                Assert.Equal(condition, ConditionText.Read(ConditionText.Write(condition), "q"));
                TicketFields.All.Bind(condition, viewpoint).ToExpression();
                Interlocked.Increment(ref read);
            }
            catch (SupportException refusal)
            {
                Assert.Equal("invalid_condition", refusal.Code.Code);
                Assert.Equal(400, refusal.Code.Status);
                var (pointer, message) = Assert.Single(refusal.Errors);
                Assert.Equal("q", pointer);
                Assert.Equal(refusal.Message, message);
                Assert.StartsWith("At character ", message, StringComparison.Ordinal);
                Assert.InRange(int.Parse(message["At character ".Length..message.IndexOf(':', StringComparison.Ordinal)]), 1, Math.Min(text.Length, Condition.MaxText) + 1);
                Interlocked.Increment(ref refused);
            }
        }, iter: 10_000);
        Assert.True(read > 300 && refused > 300, $"{read} were read and {refused} refused: the texts are not hostile in both ways.");
    }

    internal static void MustRefuse(Func<object> act, string pointer, params string[] parts)
    {
        var refusal = Assert.Throws<SupportException>(act);
        Assert.Equal("invalid_condition", refusal.Code.Code);
        var (at, message) = Assert.Single(refusal.Errors);
        Assert.Equal(pointer, at);
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));
    }
}
