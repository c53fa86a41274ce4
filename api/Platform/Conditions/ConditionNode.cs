using System.Text.Json.Serialization;
using HeadlessSupport.Api.Platform.Data;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>A condition as JSON: exactly one of <c>all</c>, <c>any</c>, <c>not</c>, <c>field</c> and <c>words</c>.</summary>
/// <param name="All">All of them hold. An empty list, only as the whole condition, always does.</param>
/// <param name="Any">At least one of them holds.</param>
/// <param name="Not">It does not hold, also where a value is missing.</param>
/// <param name="Field">The name of a field.</param>
/// <param name="Op">How the field is compared: <c>in</c> (left out, this), <c>not_in</c>, <c>gt</c>, <c>gte</c>, <c>lt</c>, <c>lte</c>; <c>none</c> and <c>any</c> ask whether it has a value, and take none.</param>
/// <param name="Values">What it is compared with, as in the text form: 1 to 100, of at most 255 characters.</param>
/// <param name="Words">Words that must occur; a star at the end makes the last one a prefix.</param>
/// <param name="Phrase">The words stand together, in this order.</param>
public sealed record ConditionNode(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ConditionNode>? All = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ConditionNode>? Any = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ConditionNode? Not = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Op = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? Values = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Words = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? Phrase = null)
{
    public static ConditionNode From(Condition condition) => condition switch
    {
        All all => new(All: [.. all.Of.Select(From)]),
        Any any => new(Any: [.. any.Of.Select(From)]),
        Not not => new(Not: From(not.Of)),
        Comparison { Operator: Operator.None or Operator.Any } c => new(Field: c.Field, Op: EnumText<Operator>.Write(c.Operator)),
        Comparison c => new(Field: c.Field, Op: EnumText<Operator>.Write(c.Operator), Values: c.Values),
        Words words => new(Words: words.Text + (words.Prefix ? "*" : ""), Phrase: words.IsPhrase ? true : null),
        _ => throw new ArgumentException("Not a kind of condition.", nameof(condition)),
    };

    /// <summary>Reads what was sent.</summary>
    /// <param name="pointer">Where this stands in the body, such as <c>/conditions</c>.</param>
    /// <exception cref="Http.SupportException">invalid_condition, with the pointer of the member.</exception>
    public Condition Read(string pointer)
    {
        var count = 0;
        var condition = All is { Count: 0 } && Any is null && Not is null && Field is null && Op is null && Values is null && Words is null && Phrase is null
            ? new All([])
            : Read(this, pointer, 0, ref count);
        return Condition.WithinDepth(condition);
    }

    private static Condition Read(ConditionNode? node, string pointer, int depth, ref int count)
    {
        var place = new Place(pointer);
        if (node is null || new object?[] { node.All, node.Any, node.Not, node.Field, node.Words }.Count(m => m is not null) != 1)
            throw place.Refuse("Expected exactly one of: all, any, not, field, words.");
        node.MustHaveOnlyItsOwn(pointer);
        if (node.Field is not null)
            return node.ReadComparison(place, ref count);
        if (node.Words is not null)
            return node.ReadWords(pointer, ref count);
        // A group of one is no level of its own, but the stack must end somewhere.
        if (depth > 2 * Condition.MaxDepth)
            throw place.Refuse(Condition.TooDeep);
        if (node.Not is not null)
            return new Not(Read(node.Not, pointer + "/not", depth + 1, ref count)) { Place = place };
        return ReadGroup(node, pointer, depth, ref count);
    }

    private static Condition ReadGroup(ConditionNode node, string pointer, int depth, ref int count)
    {
        pointer += node.All is null ? "/any" : "/all";
        var nodes = (node.All ?? node.Any)!;
        if (nodes.Count == 0)
            throw new Place(pointer).Refuse("At least one condition is needed here.");
        var parts = new List<Condition>();
        for (var i = 0; i < nodes.Count; i++)
            parts.Add(Read(nodes[i], $"{pointer}/{i}", depth + 1, ref count));
        return parts.Count == 1 ? parts[0] : node.All is null ? new Any(parts) { Place = new(pointer) } : new All(parts) { Place = new(pointer) };
    }

    private Comparison ReadComparison(Place place, ref int count)
    {
        var fieldPlace = new Place(place.Pointer + "/field");
        CountOne(place, ref count);
        if (Field!.Length > Condition.MaxValue)
            throw fieldPlace.Refuse(Condition.TooLong);
        fieldPlace.MustBeText(Field);
        if (!ConditionText.IsField(Field))
            throw fieldPlace.Refuse("This is no name of a field.");
        var opPlace = new Place(place.Pointer + "/op");
        var op = Op is null ? Operator.In : EnumText<Operator>.TryRead(Op, out var found) ? found : throw opPlace.Refuse($"Expected one of: {EnumText<Operator>.All}.");
        var valuesPlace = new Place(place.Pointer + "/values");
        var values = Values ?? [];
        if (op is Operator.None or Operator.Any ? values.Count > 0 : values.Count == 0)
            throw valuesPlace.Refuse(values.Count == 0 ? "At least one value is needed here." : $"{Op} takes no values.");
        if (values.Count > Condition.MaxValues)
            throw valuesPlace.Refuse(Condition.TooManyValues);
        List<Place> places = [opPlace, .. values.Select((_, i) => new Place($"{valuesPlace.Pointer}/{i}"))];
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is null)
                throw places[i + 1].Refuse("A value is a string.");
            if (values[i].Length > Condition.MaxValue)
                throw places[i + 1].Refuse(Condition.TooLong);
            places[i + 1].MustBeText(values[i]);
        }
        return new(Field, op, values) { Place = fieldPlace, Parts = places };
    }

    // Without phrase, words are what the text form writes side by side.
    private Condition ReadWords(string pointer, ref int count)
    {
        var place = new Place(pointer + "/words");
        place.MustBeText(Words!);
        var words = Phrase == true ? [Words!] : Words!.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            throw place.Refuse("There is no letter or digit here to look for.");
        var parts = new List<Condition>();
        foreach (var word in words)
        {
            CountOne(place, ref count);
            parts.Add(ConditionText.WordsOf(word, Phrase == true, place));
        }
        return parts.Count == 1 ? parts[0] : new All(parts) { Place = place };
    }

    private void MustHaveOnlyItsOwn(string pointer)
    {
        if (Field is null && Op is not null)
            throw new Place(pointer + "/op").Refuse("This belongs to a field.");
        if (Field is null && Values is not null)
            throw new Place(pointer + "/values").Refuse("This belongs to a field.");
        if (Words is null && Phrase is not null)
            throw new Place(pointer + "/phrase").Refuse("This belongs to words.");
    }

    private static void CountOne(Place place, ref int count)
    {
        if (++count > Condition.MaxConditions)
            throw place.Refuse(Condition.TooMany);
    }
}
