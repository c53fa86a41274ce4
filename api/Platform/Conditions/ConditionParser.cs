using System.Text;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>
/// Reads the text form from left to right, each character once. Terms side by side bind tighter than <c>or</c>.
/// Nesting is counted on the way down, so that no text is deep enough to exhaust the stack.
/// </summary>
internal sealed class ConditionParser(string text, string source)
{
    internal static readonly string[] Keywords = ["or", "and", "not"];
    private int at;
    private int nesting;
    private int count;

    public Condition Read()
    {
        if (text.Length > Condition.MaxText)
            throw Here(Condition.MaxText).Refuse($"At most {Condition.MaxText} characters can be read.");
        Here(0).MustBeText(text);
        SkipSpace();
        if (AtEnd)
            return new All([]);
        var condition = ReadEither();
        return AtEnd ? Condition.WithinDepth(condition) : throw Here(at).Refuse("No ( stands before this ).");
    }

    // a b or c d
    private Condition ReadEither()
    {
        var place = Here(at);
        var any = new List<Condition> { ReadTogether() };
        while (TakeKeyword("or"))
            any.Add(ReadTogether());
        return any.Count == 1 ? any[0] : new Any(any) { Place = place };
    }

    // a and b c
    private Condition ReadTogether()
    {
        SkipSpace();
        var place = Here(at);
        var all = new List<Condition> { ReadTerm() };
        while (TakeKeyword("and") || !(AtEnd || text[at] == ')' || IsKeyword("or")))
            all.Add(ReadTerm());
        return all.Count == 1 ? all[0] : new All(all) { Place = place };
    }

    private Condition ReadTerm()
    {
        SkipSpace();
        var place = Here(at);
        if (AtEnd || text[at] == ')' || IsKeyword("or") || IsKeyword("and"))
            throw place.Refuse("A condition is missing here. To look for a word like or, quote it.");
        var term = text[at] switch
        {
            '(' => ReadGroup(place),
            '-' => ReadNegated(place, 1),
            _ when ConditionText.IsQuote(text[at]) => Count(ConditionText.WordsOf(ReadQuoted(), isPhrase: true, place)),
            _ when IsKeyword("not") => ReadNegated(place, 3),
            _ => Count(ReadComparisonOrWord(place)),
        };
        SkipSpace();
        return term;
    }

    private Condition ReadGroup(Place place)
    {
        Descend(place);
        at++;
        var inner = ReadEither();
        nesting--;
        if (AtEnd)
            throw place.Refuse("This ( is never closed.");
        at++;
        return inner;
    }

    private Not ReadNegated(Place place, int length)
    {
        Descend(place);
        at += length;
        if (AtEnd || (length == 1 && char.IsWhiteSpace(text[at])))
            throw place.Refuse("A negation needs a condition after it. To look for this itself, quote it.");
        var inner = ReadTerm();
        nesting--;
        return new(inner) { Place = place };
    }

    private Condition ReadComparisonOrWord(Place place)
    {
        var start = at;
        while (!AtEnd && ConditionText.IsNameCharacter(text[at]))
            at++;
        var name = text[start..at];
        var hasQuotedKey = !AtEnd && ConditionText.IsQuote(text[at]) && name.EndsWith('.') && name.IndexOf('.', StringComparison.Ordinal) == name.Length - 1;
        if (hasQuotedKey)
            name += ReadQuoted();
        var operatorPlace = Here(at);
        if (TakeOperator() is { } taken)
            return name.Length == 0 ? throw operatorPlace.Refuse("A field is missing before this.")
                : name.Length > Condition.MaxValue ? throw place.Refuse(Condition.TooLong)
                : ReadValues(name, taken, place, operatorPlace);
        if (hasQuotedKey)
            throw operatorPlace.Refuse("A field needs an operator after it, such as a colon.");
        while (!AtEnd && !ConditionText.EndsWord(text[at]))
            at++;
        return ConditionText.WordsOf(text[start..at], isPhrase: false, place);
    }

    private Comparison ReadValues(string field, Operator taken, Place place, Place operatorPlace)
    {
        var values = new List<string>();
        var places = new List<Place> { operatorPlace };
        Operator? nullCheck = null;
        do
        {
            var start = at;
            places.Add(Here(at));
            if (values.Count == Condition.MaxValues)
                throw places[^1].Refuse(Condition.TooManyValues);
            values.Add(ReadValue(out var isQuoted));
            if (values[^1].Length > Condition.MaxValue)
                throw places[^1].Refuse(Condition.TooLong);
            if (!isQuoted && taken is Operator.In or Operator.NotIn && ConditionText.NullCheckOf(text[start..at]) is { } found)
                nullCheck = values.Count == 1 ? found : throw places[^1].Refuse(StandsAlone);
            else if (nullCheck is not null)
                throw places[1].Refuse(StandsAlone);
        }
        while (Take(','));
        if (nullCheck is { } check)
            return new(field, taken == Operator.In ? check : check == Operator.None ? Operator.Any : Operator.None, []) { Place = place, Parts = [operatorPlace] };
        return new(field, taken, values) { Place = place, Parts = places };
    }

    private string ReadValue(out bool isQuoted)
    {
        isQuoted = !AtEnd && ConditionText.IsQuote(text[at]);
        if (isQuoted)
            return ReadQuoted();
        var start = at;
        while (!AtEnd && !ConditionText.EndsValue(text[at]))
            at++;
        return at > start ? text[start..at] : throw Here(at).Refuse("A value is missing here. An empty one is written \"\".");
    }

    private string ReadQuoted()
    {
        var place = Here(at);
        var value = new StringBuilder();
        // What a phone's keyboard opened it closes too; in plain quotes these are signs as any other.
        var closing = text[at] == '"' ? "\"" : ConditionText.Quotes;
        for (at++; !AtEnd; at++)
        {
            if (closing.Contains(text[at], StringComparison.Ordinal))
            {
                at++;
                return value.ToString();
            }
            if (text[at] == '\\')
            {
                at++;
                if (AtEnd || text[at] is not ('"' or '\\'))
                    throw Here(at - 1).Refuse("In quotes, \\ stands only before \\ or \".");
            }
            value.Append(text[at]);
        }
        throw place.Refuse("This quote is never closed.");
    }

    private Operator? TakeOperator()
    {
        if (AtEnd)
            return null;
        var first = text[at];
        var isDouble = at + 1 < text.Length && text[at + 1] == '=';
        if (first is not (':' or '=' or '<' or '>') && !(first == '!' && isDouble))
            return null;
        at += isDouble && first is '!' or '>' or '<' ? 2 : 1;
        return first switch
        {
            '!' => Operator.NotIn,
            '>' => isDouble ? Operator.Gte : Operator.Gt,
            '<' => isDouble ? Operator.Lte : Operator.Lt,
            _ => Operator.In,
        };
    }

    private bool TakeKeyword(string keyword)
    {
        if (!IsKeyword(keyword))
            return false;
        at += keyword.Length;
        return true;
    }

    // A keyword stands alone: or: is a field and orders a word.
    private bool IsKeyword(string keyword)
    {
        var end = at + keyword.Length;
        return string.Compare(text, at, keyword, 0, keyword.Length, StringComparison.OrdinalIgnoreCase) == 0 && (end >= text.Length || ConditionText.EndsWord(text[end]));
    }

    private bool Take(char wanted)
    {
        if (AtEnd || text[at] != wanted)
            return false;
        at++;
        return true;
    }

    private Condition Count(Condition condition) => ++count > Condition.MaxConditions ? throw condition.Place.Refuse(Condition.TooMany) : condition;

    private void Descend(Place place)
    {
        if (++nesting > Condition.MaxDepth)
            throw place.Refuse(Condition.TooDeep);
    }

    private void SkipSpace()
    {
        while (!AtEnd && char.IsWhiteSpace(text[at]))
            at++;
    }

    private bool AtEnd => at >= text.Length;

    private Place Here(int index) => new(source, index + 1);

    private const string StandsAlone = "none and any stand alone. To ask for one or the other, write or between them; to compare with the word itself, quote it.";
}
