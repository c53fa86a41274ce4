using CsCheck;
using HeadlessSupport.Api.Platform.Conditions;

namespace HeadlessSupport.Api.Tests.Platform.Conditions;

/// <summary>Random conditions within the bounds, in the one form that readers make.</summary>
internal static class ConditionGen
{
    /// <summary>Any field names and any values that are text.</summary>
    public static readonly Gen<Condition> Anything = Tree(Gen.OneOf(AnyComparison(), AnyWords()), Condition.MaxDepth);

    /// <summary>Trees of these leaves.</summary>
    public static Gen<Condition> Tree(Gen<Condition> leaf, int depth)
    {
        if (depth == 0)
            return leaf;
        var below = Tree(leaf, depth - 1);
        return Gen.Frequency(
            (4, leaf),
            (2, below.List[2, 3].Select(parts => (Condition)new All(parts))),
            (2, below.List[2, 3].Select(parts => (Condition)new Any(parts))),
            (1, below.Select(part => (Condition)new Not(part))));
    }

    public static int Count(Condition condition) => condition switch { All all => all.Of.Sum(Count), Any any => any.Of.Sum(Count), Not not => Count(not.Of), _ => 1 };

    /// <summary>One of these.</summary>
    public static Gen<TItem> One<TItem>(params TItem[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    private static Gen<string> AnyText(int max) => Gen.OneOf(
            Gen.Char[" ab1!“”*\\\"(),:=<>!-.\n\u00e9\u3000"].Array[0, 12].Select(c => new string(c)),
            One("none", "ANY", "or", "And", "not", "me", "-7d", "\ud83d\ude42", ""),
            Gen.String[0, max])
        .Where(text => !text.Contains('\0', StringComparison.Ordinal) && !text.Any(char.IsSurrogate) || text == "\ud83d\ude42");

    private static Gen<Condition> AnyComparison()
    {
        var field = Gen.OneOf(One("status", "or", "not", "a.b.c", "x-y", "metadata.", "9"), AnyText(20).Select(key => "custom." + key));
        return Gen.Select(field, Gen.Enum<Operator>(), AnyText(40).List[1, 3], (name, op, values) =>
            (Condition)new Comparison(name, op, op is Operator.None or Operator.Any ? [] : values));
    }

    private static Gen<Condition> AnyWords() =>
        Gen.Select(AnyText(30), Gen.Bool, Gen.Bool).Where((text, _, _) => WordMatch.HasWords(text)).Select((text, isPhrase, prefix) =>
            (Condition)ConditionText.WordsOf(isPhrase ? text : string.Concat(text.Where(c => !char.IsWhiteSpace(c))) + (prefix ? "*" : ""), isPhrase, Place.Unknown));
}
