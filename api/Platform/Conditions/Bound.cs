using System.Linq.Expressions;
using System.Text.Json;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>
/// A condition with its meaning: typed values, a known now, a known me. Both back ends read this one tree and agree:
/// every part is true or false, never unknown, so that a negation is the exact complement in SQL too.
/// </summary>
public abstract record Bound<T>
{
    private Bound() { }

    /// <summary>As a filter of a query. Every value goes as a parameter.</summary>
    /// <param name="names">Finds what carries one of these names of a set, where it is known what they stand for; never unknown.</param>
    public Expression<Func<T, bool>> ToExpression(Func<IReadOnlyList<string>, Expression<Func<T, bool>>>? names = null) => this switch
    {
        Every { Of.Count: 0 } => _ => true,
        Every every => Rows.Join(Expression.AndAlso, every.Of.Select(c => c.ToExpression(names))),
        Some some => Rows.Join(Expression.OrElse, some.Of.Select(c => c.ToExpression(names))),
        Complement complement => Rows.Not(complement.Of.ToExpression(names)),
        Single { Test.Names.Count: > 0 } single when names is not null => names(single.Test.Names),
        Single single => single.Test.Row,
        _ => throw new InvalidOperationException("Not a kind of condition."),
    };

    /// <summary>All names of sets that occur in it.</summary>
    public IEnumerable<string> Names() => this switch
    {
        Every every => every.Of.SelectMany(c => c.Names()),
        Some some => some.Of.SelectMany(c => c.Names()),
        Complement complement => complement.Of.Names(),
        Single single => single.Test.Names,
        _ => [],
    };

    /// <summary>Whether it holds of the response record in an event's <c>data</c>.</summary>
    public bool Holds(JsonElement data) => this switch
    {
        Every every => every.Of.All(c => c.Holds(data)),
        Some some => some.Of.Any(c => c.Holds(data)),
        Complement complement => !complement.Of.Holds(data),
        Single single => single.Test.Data(data),
        _ => throw new InvalidOperationException("Not a kind of condition."),
    };

    internal sealed record Every(IReadOnlyList<Bound<T>> Of) : Bound<T>;

    internal sealed record Some(IReadOnlyList<Bound<T>> Of) : Bound<T>;

    internal sealed record Complement(Bound<T> Of) : Bound<T>;

    internal sealed record Single(Test<T> Test) : Bound<T>;
}

/// <summary>Builds filters of rows.</summary>
internal static class Rows
{
    /// <summary>Joins filters over one row.</summary>
    public static Expression<Func<T, bool>> Join<T>(Func<Expression, Expression, Expression> join, IEnumerable<Expression<Func<T, bool>>> filters)
    {
        var row = Expression.Parameter(typeof(T), "row");
        return Expression.Lambda<Func<T, bool>>(filters.Select(f => new Rebind(f.Parameters[0], row).Visit(f.Body)).Aggregate(join), row);
    }

    public static Expression<Func<T, bool>> Not<T>(Expression<Func<T, bool>> filter) => Expression.Lambda<Func<T, bool>>(Expression.Not(filter.Body), filter.Parameters);

    /// <summary>A value that EF makes a parameter of, since it is read from an object; a constant would stand in the query's text.</summary>
    public static Expression Parameter<TValue>(TValue value) => Expression.Property(Expression.Constant(new Box<TValue>(value)), nameof(Box<TValue>.Value));

    private sealed record Box<TValue>(TValue Value);

    private sealed class Rebind(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : base.VisitParameter(node);
    }
}

/// <summary>A column, given as <c>t => t.Column</c> of the nullable type; whether it can be null is what the property says.</summary>
internal sealed class Column<T, TValue>
{
    private readonly ParameterExpression row;
    private readonly Expression raw;

    public Column(LambdaExpression column)
    {
        row = column.Parameters[0];
        raw = column.Body;
        // t.Status stands as Convert(t.Status, TicketStatus?), t.ReopenCount as two conversions.
        while (raw is UnaryExpression { NodeType: ExpressionType.Convert } convert)
            raw = convert.Operand;
    }

    private bool IsNullable => !raw.Type.IsValueType || Nullable.GetUnderlyingType(raw.Type) is not null;

    public Expression<Func<T, bool>> IsPresent() =>
        Expression.Lambda<Func<T, bool>>(IsNullable ? Expression.NotEqual(raw, Expression.Constant(null, raw.Type)) : Expression.Constant(true), row);

    /// <summary>A test of the value, false where there is none.</summary>
    public Expression<Func<T, bool>> Where(Func<Expression, Expression> test)
    {
        var value = Nullable.GetUnderlyingType(raw.Type) is null ? raw : Expression.Property(raw, "Value");
        var tested = test(value.Type == typeof(TValue) ? value : Expression.Convert(value, typeof(TValue)));
        return Expression.Lambda<Func<T, bool>>(IsNullable ? Expression.AndAlso(IsPresent().Body, tested) : tested, row);
    }

    /// <summary>It is one of these: one by =, since only then an index gives the order too.</summary>
    public Expression<Func<T, bool>> IsIn(List<TValue> values) => Where(value => values.Count == 1
        ? Expression.Equal(value, Rows.Parameter(values[0]))
        : Expression.Call(Rows.Parameter(values), nameof(List<TValue>.Contains), null, value));
}

/// <summary>Reads members of a response record.</summary>
internal static class Data
{
    /// <summary>The value at a dotted path; null where it, or what leads to it, is missing or null.</summary>
    public static JsonElement? At(this JsonElement data, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (data.ValueKind != JsonValueKind.Object || !data.TryGetProperty(name, out data))
                return null;
        }
        return data.ValueKind == JsonValueKind.Null ? null : data;
    }

    public static string? TextAt(this JsonElement data, string path) => data.At(path) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
