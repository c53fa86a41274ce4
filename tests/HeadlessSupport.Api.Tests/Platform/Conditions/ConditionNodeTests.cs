using System.Text.Json;
using HeadlessSupport.Api.Platform.Conditions;
using Wire = HeadlessSupport.Api.Platform.Http.Json;

namespace HeadlessSupport.Api.Tests.Platform.Conditions;

public sealed class ConditionNodeTests
{
    [Theory]
    [InlineData("""{"all":[]}""", "")]
    [InlineData("""{"all":[{"field":"status","op":"in","values":["open"]},{"not":{"field":"tag","values":["spam"]}},{"words":"card declined","phrase":true}]}""", "status:open -tag:spam \"card declined\"")]
    [InlineData("""{"any":[{"field":"priority","op":"gte","values":["high"]},{"field":"assignee","op":"none"}]}""", "priority>=high or assignee:none")]
    [InlineData("""{"words":"card declined*"}""", "card declined*")]
    [InlineData("""{"words":"a:b"}""", "\"a:b\"")]
    [InlineData("""{"field":"tag","op":"not_in","values":["a","b"]}""", "tag!=a,b")]
    [InlineData("""{"field":"tag","values":["none"]}""", "tag:\"none\"")]
    [InlineData("""{"all":[{"any":[{"field":"tag","values":["a"]}]}]}""", "tag:a")]
    public void Says_the_same_as_the_text(string json, string text) => Assert.Equal(text, ConditionText.Write(Read(json)));

    [Theory]
    [InlineData("{}", "/if", "exactly one")]
    [InlineData("""{"all":[{"any":[]}]}""", "/if/all/0/any", "At least one")]
    [InlineData("""{"all":[{"all":[]}]}""", "/if/all/0/all", "At least one")]
    [InlineData("""{"any":[]}""", "/if/any", "At least one")]
    [InlineData("""{"all":[],"op":"in"}""", "/if/op", "belongs to a field")]
    [InlineData("""{"all":[null]}""", "/if/all/0", "exactly one")]
    [InlineData("""{"words":"a","field":"tag"}""", "/if", "exactly one")]
    [InlineData("""{"not":{"field":"tag","op":"is","values":["a"]}}""", "/if/not/op", "Expected one of: in, not_in, gt")]
    [InlineData("""{"not":{"field":"tag"}}""", "/if/not/values", "At least one value")]
    [InlineData("""{"field":"tag","op":"none","values":["a"]}""", "/if/values", "takes no values")]
    [InlineData("""{"field":"tag","values":["a",null]}""", "/if/values/1", "is a string")]
    [InlineData("""{"field":"tag","values":["a\u0000"]}""", "/if/values/0", "no character")]
    [InlineData("""{"field":"a b","values":["a"]}""", "/if/field", "no name")]
    [InlineData("""{"field":"","values":["a"]}""", "/if/field", "no name")]
    [InlineData("""{"words":" "}""", "/if/words", "no letter")]
    [InlineData("""{"words":"a","values":["a"]}""", "/if/values", "belongs to a field")]
    [InlineData("""{"field":"tag","values":["a"],"phrase":true}""", "/if/phrase", "belongs to words")]
    public void Points_at_the_member(string json, string pointer, string why) => ConditionTextTests.MustRefuse(() => Read(json), pointer, why);

    [Fact]
    public void Bounds_are_held()
    {
        var leaf = new ConditionNode(Field: "tag", Values: ["a"]);
        Assert.Equal(50, Assert.IsType<All>(new ConditionNode(All: [.. Enumerable.Repeat(leaf, 50)]).Read("/if")).Of.Count);
        ConditionTextTests.MustRefuse(() => new ConditionNode(All: [.. Enumerable.Repeat(leaf, 51)]).Read("/if"), "/if/all/50", "At most 50");
        ConditionTextTests.MustRefuse(() => new ConditionNode(Words: string.Join(' ', Enumerable.Repeat("a", 51))).Read("/if"), "/if/words", "At most 50");
        ConditionTextTests.MustRefuse(() => new ConditionNode(Field: "tag", Values: [.. Enumerable.Repeat("a", 101)]).Read("/if"), "/if/values", "At most 100");
        ConditionTextTests.MustRefuse(() => new ConditionNode(Field: "tag", Values: ["b", new string('a', 256)]).Read("/if"), "/if/values/1", "At most 255");
        ConditionTextTests.MustRefuse(() => new ConditionNode(Words: new string('a', 256)).Read("/if"), "/if/words", "At most 255");
        ConditionTextTests.MustRefuse(() => Nested(5, n => new(Not: n)).Read("/if"), "/if/not/not/not/not", "At most 4");
        Assert.IsType<Not>(Nested(4, n => new(Not: n)).Read("/if"));
    }

    [Fact]
    public void Nesting_of_any_depth_is_refused_before_the_stack_ends()
    {
        foreach (var wrap in (Func<ConditionNode, ConditionNode>[])[n => new(Not: n), n => new(All: [n]), n => new(Any: [n, n])])
            ConditionTextTests.MustRefuse(() => Nested(100_000, wrap).Read("/if"), "/if" + Pointer(wrap), "At most 4");
    }

    private static string Pointer(Func<ConditionNode, ConditionNode> wrap)
    {
        var node = wrap(new());
        return string.Concat(Enumerable.Repeat(node.Not is not null ? "/not" : node.All is not null ? "/all/0" : "/any/0", 2 * Condition.MaxDepth + 1));
    }

    private static ConditionNode Nested(int depth, Func<ConditionNode, ConditionNode> wrap)
    {
        var node = new ConditionNode(Field: "tag", Values: ["a"]);
        for (var i = 0; i < depth; i++)
            node = wrap(node);
        return node;
    }

    private static Condition Read(string json) => JsonSerializer.Deserialize<ConditionNode>(json, Wire.Options)!.Read("/if");
}
