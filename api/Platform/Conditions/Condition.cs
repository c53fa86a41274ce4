using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>
/// What must hold of a thing, whatever it is: the one grammar of search, views, rules and filters. Written as text
/// (<see cref="ConditionText"/>) or as JSON (<see cref="ConditionNode"/>); <see cref="Fields{T}"/> gives it meaning.
/// </summary>
public abstract record Condition
{
    /// <summary>Most groups and negations inside one another.</summary>
    public const int MaxDepth = 4;

    /// <summary>Most comparisons and words in one condition.</summary>
    public const int MaxConditions = 50;

    /// <summary>Most values of one comparison.</summary>
    public const int MaxValues = 100;

    /// <summary>Longest text form, in characters.</summary>
    public const int MaxText = 2000;

    /// <summary>Longest value, name or words, in characters.</summary>
    public const int MaxValue = 255;

    /// <summary>Where it was read, for errors. No part of what it says, so equality leaves it out.</summary>
    internal Place Place { get; init; } = Place.Unknown;

    public virtual bool Equals(Condition? other) => other is not null && EqualityContract == other.EqualityContract;

    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>Its text form.</summary>
    public sealed override string ToString() => ConditionText.Write(this);

    /// <summary>
    /// Takes out the words that stand beside all else, for a search of its own that answers with what has all of them.
    /// </summary>
    /// <exception cref="SupportException">Words stand where such a search cannot find them.</exception>
    public (IReadOnlyList<(Words Words, bool IsExcluded)> Words, Condition Others) SplitWords()
    {
        var words = new List<(Words, bool)>();
        var others = new List<Condition>();
        Split(this);
        return (words, others.Count == 1 ? others[0] : new All(others));

        void Split(Condition condition)
        {
            switch (condition)
            {
                case All all:
                    foreach (var part in all.Of)
                        Split(part);
                    break;
                case Words found:
                    words.Add((found, false));
                    break;
                case Not { Of: Words found }:
                    words.Add((found, true));
                    break;
                default:
                    others.Add(condition.FirstWords() is { } deep ? throw deep.Place.Refuse(OnlyBeside) : condition);
                    break;
            }
        }
    }

    private Words? FirstWords() => this switch
    {
        All all => all.Of.Select(c => c.FirstWords()).FirstOrDefault(w => w is not null),
        Any any => any.Of.Select(c => c.FirstWords()).FirstOrDefault(w => w is not null),
        Not not => not.Of.FirstWords(),
        _ => this as Words,
    };

    /// <summary>Holds a tree that was just read to what the parts could not see alone: how deep the whole is.</summary>
    internal static Condition WithinDepth(Condition condition, int depth = 0)
    {
        var below = condition switch { All all => all.Of, Any any => any.Of, Not not => [not.Of], _ => (IReadOnlyList<Condition>)[] };
        if (below.Count > 0 && depth == MaxDepth)
            throw condition.Place.Refuse(TooDeep);
        foreach (var part in below)
            WithinDepth(part, depth + 1);
        return condition;
    }

    internal static readonly string TooDeep = $"At most {MaxDepth} groups and negations can stand inside one another.";
    internal const string OnlyBeside = "Words can be searched for only beside all other conditions, not within an or or a negated group. There, name a field, such as subject:word.";
    internal static readonly string TooMany = $"At most {MaxConditions} conditions can stand in one.";
    internal static readonly string TooManyValues = $"At most {MaxValues} values can stand in one comparison.";
    internal static readonly string TooLong = $"At most {MaxValue} characters can stand here.";
}

/// <summary>All of them hold. Of none, which only stands for the whole, it always does.</summary>
public sealed record All(IReadOnlyList<Condition> Of) : Condition
{
    public bool Equals(All? other) => base.Equals(other) && Of.SequenceEqual(other!.Of);

    public override int GetHashCode() => HashCode.Combine(EqualityContract, Of.Count);
}

/// <summary>One of them holds, or several.</summary>
public sealed record Any(IReadOnlyList<Condition> Of) : Condition
{
    public bool Equals(Any? other) => base.Equals(other) && Of.SequenceEqual(other!.Of);

    public override int GetHashCode() => HashCode.Combine(EqualityContract, Of.Count);
}

/// <summary>It does not hold: the exact complement, also where a value is missing.</summary>
public sealed record Not(Condition Of) : Condition;

/// <summary>A field beside values; with several, one of them.</summary>
public sealed record Comparison(string Field, Operator Operator, IReadOnlyList<string> Values) : Condition
{
    /// <summary>Where the operator stood, then where each value did.</summary>
    internal IReadOnlyList<Place> Parts { get; init; } = [];

    internal Place OperatorPlace => Parts.Count > 0 ? Parts[0] : Place;

    internal Place PlaceOf(int value) => value + 1 < Parts.Count ? Parts[value + 1] : Place;

    public bool Equals(Comparison? other) => base.Equals(other) && Field == other!.Field && Operator == other.Operator && Values.SequenceEqual(other.Values);

    public override int GetHashCode() => HashCode.Combine(Field, Operator, Values.Count);
}

/// <summary>Words that it contains. A phrase's stand together, in this order; a prefix's last one goes on.</summary>
public sealed record Words(string Text, bool IsPhrase, bool Prefix) : Condition;

/// <summary>How a field is compared. JSON writes them in snake_case.</summary>
public enum Operator
{
    /// <summary>It is one of the values: <c>: =</c>.</summary>
    In,

    /// <summary>It is none of them: <c>!=</c>.</summary>
    NotIn,

    Gt,
    Gte,
    Lt,
    Lte,

    /// <summary>It has no value: <c>:none</c>.</summary>
    None,

    /// <summary>It has one: <c>:any</c>.</summary>
    Any,
}

/// <summary>A place in what was sent: a JSON pointer, or a parameter's name and the character in it, counted from 1.</summary>
internal sealed record Place(string Pointer, int Character = 0)
{
    public static readonly Place Unknown = new("condition");

    public SupportException Refuse(string message)
    {
        var where = Character > 0 ? $"At character {Character}: {message}" : message;
        return new(ErrorCode.InvalidCondition, Character > 0 ? where : $"{Pointer}: {message}", (Pointer, where));
    }

    /// <summary>Refuses what PostgreSQL cannot keep as text, so that no value can be compared with it.</summary>
    public void MustBeText(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var isPair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (text[i] == '\0' || (char.IsSurrogate(text[i]) && !isPair))
                throw (Character > 0 ? this with { Character = Character + i } : this).Refuse("This is no character of a text.");
            if (isPair)
                i++;
        }
    }
}
