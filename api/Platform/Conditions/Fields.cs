using System.Linq.Expressions;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>When and by whose eyes a condition is read: <c>-7d</c> counts from then, <c>me</c> is them.</summary>
public sealed record Viewpoint(DateTimeOffset Now, Guid? Me);

/// <summary>
/// What can be asked of a <typeparamref name="T"/>. The room that owns it registers each field once, with the column
/// (for SQL) and the member of the response record (for event data, a dotted path) that hold the same value.
/// </summary>
public sealed class Fields<T>
{
    // One costs up to 15 ms of processor time on the rows of a stretch (Sifting, TicketFieldsSpeedTests).
    private const int MaxWeight = 10;
    private readonly Dictionary<string, Func<Comparison, Viewpoint, Test<T>>> named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DocumentField<T>> documents = new(StringComparer.Ordinal);
    private TextField<T>? words;

    /// <summary>One of an enum's words, in any case.</summary>
    public Fields<T> Enum<TEnum>(string name, Expression<Func<T, TEnum?>> column, string json) where TEnum : struct, Enum =>
        Add(name, new ValueField<T, TEnum>(name, new(column), json, ValueKinds.Enum<TEnum>(ordered: false)).Bind);

    /// <summary>One of an enum's words, which have an order.</summary>
    public Fields<T> Ordered<TEnum>(string name, Expression<Func<T, TEnum?>> column, string json) where TEnum : struct, Enum =>
        Add(name, new ValueField<T, TEnum>(name, new(column), json, ValueKinds.Enum<TEnum>(ordered: true)).Bind);

    /// <summary>An id. Of users, <c>me</c> can be said too, and of people with an address that.</summary>
    public Fields<T> Id<TEntity>(string name, Expression<Func<T, Id<TEntity>?>> column, string json, bool isUser = false,
        Expression<Func<T, string?>>? email = null, string? emailJson = null) where TEntity : IEntity =>
        Add(name, new IdField<T, TEntity>(name, new(column), json, isUser, email is null ? null : new(email), emailJson).Bind);

    /// <summary>Text that is compared as a whole, each letter as it is.</summary>
    public Fields<T> Exact(string name, Expression<Func<T, string?>> column, string json) =>
        Add(name, new ValueField<T, string>(name, new(column), json, ValueKinds.Exact).Bind);

    /// <summary>A whole number.</summary>
    public Fields<T> Number(string name, Expression<Func<T, long?>> column, string json) =>
        Add(name, new ValueField<T, long>(name, new(column), json, ValueKinds.Number).Bind);

    /// <summary>True or false.</summary>
    public Fields<T> Flag(string name, Expression<Func<T, bool?>> column, string json) =>
        Add(name, new ValueField<T, bool>(name, new(column), json, ValueKinds.Flag).Bind);

    /// <summary>A moment.</summary>
    public Fields<T> Time(string name, Expression<Func<T, DateTimeOffset?>> column, string json) =>
        Add(name, new TimeField<T>(name, new(column), json).Bind);

    /// <summary>A list of names, compared in their normalized form.</summary>
    /// <param name="carries">Whether it carries one of these names; EF makes an EXISTS of it.</param>
    /// <param name="carriesAny">Whether it carries any.</param>
    public Fields<T> Set(string name, Func<List<string>, Expression<Func<T, bool>>> carries, Expression<Func<T, bool>> carriesAny, string json, Func<string, string> normalize) =>
        Add(name, new SetField<T>(name, carries, carriesAny, json, normalize).Bind);

    /// <summary>Text that is searched by words.</summary>
    /// <param name="forWords">Where words without a field are looked for. A list with a search takes them out before (<see cref="Condition.SplitWords"/>).</param>
    public Fields<T> Text(string name, Expression<Func<T, string?>> column, string json, bool forWords = false)
    {
        var field = new TextField<T>(name, new(column), json);
        words = forWords ? field : words;
        return Add(name, field.Bind);
    }

    /// <summary>Strings under keys that integrators choose: <c>name.key</c>.</summary>
    public Fields<T> Map(string name, Expression<Func<T, Dictionary<string, string>>> column, string json) =>
        Add(name, new DocumentField<T>(name, column, json, isText: true));

    /// <summary>Values of several types under keys that the organization chooses: <c>name.key</c>.</summary>
    public Fields<T> Document(string name, Expression<Func<T, Dictionary<string, JsonElement>>> column, string json) =>
        Add(name, new DocumentField<T>(name, column, json, isText: false));

    /// <summary>Gives a condition its meaning.</summary>
    /// <exception cref="SupportException">invalid_condition: a field that there is not, a value of the wrong kind, too much to look into.</exception>
    public Bound<T> Bind(Condition condition, Viewpoint from)
    {
        var weight = 0;
        return Bind(condition, from, ref weight);
    }

    private Bound<T> Bind(Condition condition, Viewpoint from, ref int weight) => condition switch
    {
        All all => new Bound<T>.Every(Bind(all.Of, from, ref weight)),
        Any any => new Bound<T>.Some(Bind(any.Of, from, ref weight)),
        Not not => new Bound<T>.Complement(Bind(not.Of, from, ref weight)),
        Comparison { Operator: Operator.NotIn } c => new Bound<T>.Complement(new Bound<T>.Single(Weigh(Find(c with { Operator = Operator.In }, from), c.Place, ref weight))),
        Comparison { Operator: Operator.None } c => new Bound<T>.Complement(new Bound<T>.Single(Weigh(Find(c with { Operator = Operator.Any }, from), c.Place, ref weight))),
        Comparison c => new Bound<T>.Single(Weigh(Find(c, from), c.Place, ref weight)),
        Words w => new Bound<T>.Single(Weigh((words ?? throw w.Place.Refuse("Words cannot be looked for here. Name a field.")).Containing(w), w.Place, ref weight)),
        _ => throw new ArgumentException("Not a kind of condition.", nameof(condition)),
    };

    private List<Bound<T>> Bind(IReadOnlyList<Condition> of, Viewpoint from, ref int weight)
    {
        var bound = new List<Bound<T>>();
        foreach (var part in of)
            bound.Add(Bind(part, from, ref weight));
        return bound;
    }

    private static Test<T> Weigh(Test<T> test, Place place, ref int weight)
    {
        weight += test.Weight;
        return weight <= MaxWeight ? test : throw place.Refuse(
            $"Too much is looked into: a key of strings counts 1, ten values of another key 1 (a number is two), a value looked for in a text 2, and all together at most {MaxWeight}.");
    }

    private Test<T> Find(Comparison comparison, Viewpoint from)
    {
        if (named.TryGetValue(comparison.Field, out var bind))
            return bind(comparison, from);
        var dot = comparison.Field.IndexOf('.', StringComparison.Ordinal);
        if (dot > 0 && documents.TryGetValue(comparison.Field[..dot], out var document))
            return document.Bind(comparison, comparison.Field[(dot + 1)..]);
        var known = string.Join(", ", named.Keys.Concat(documents.Keys.Select(d => d + ".<key>")).Order(StringComparer.Ordinal));
        throw comparison.Place.Refuse($"There is no field \"{comparison.Field}\"; there are {known}. To look for this as text, quote all of it.");
    }

    private Fields<T> Add(string name, Func<Comparison, Viewpoint, Test<T>> bind)
    {
        named.Add(name, bind);
        return this;
    }

    private Fields<T> Add(string name, DocumentField<T> document)
    {
        documents.Add(name, document);
        return this;
    }
}

/// <summary>One comparison with typed values, in both back ends. Never unknown: a missing value makes it false.</summary>
internal sealed record Test<T>(Expression<Func<T, bool>> Row, Func<JsonElement, bool> Data)
{
    /// <summary>What it costs to look into a row for it, where no column holds the answer.</summary>
    public int Weight { get; init; }

    /// <summary>The names of a set that it asks for.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public Test<T> Or(Test<T> other) => new(Rows.Join(Expression.OrElse, [Row, other.Row]), data => Data(data) || other.Data(data));
}
