using System.Globalization;
using System.Linq.Expressions;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>What values a field takes.</summary>
/// <param name="Expected">Completes "Expected …" in an error.</param>
/// <param name="Parse">Reads what was written; null (or default) with false where it is none.</param>
/// <param name="Read">Reads a member of the response record.</param>
/// <param name="Matching">The values that a comparison such as &gt;= leaves, where there are few; null where the database compares.</param>
internal sealed record ValueKind<TValue>(string Expected, TryRead<string, TValue> Parse, TryRead<JsonElement, TValue> Read, bool IsOrdered = false, Func<Operator, TValue, List<TValue>>? Matching = null)
    where TValue : notnull;

internal delegate bool TryRead<in TFrom, TValue>(TFrom from, out TValue value);

internal static class ValueKinds
{
    public static readonly ValueKind<string> Exact = new("text", (string text, out string value) => (value = text) is not null, (JsonElement json, out string value) => (value = json.ValueKind == JsonValueKind.String ? json.GetString()! : null!) is not null);

    public static readonly ValueKind<bool> Flag = new("true or false", bool.TryParse, (JsonElement json, out bool value) => (value = json.ValueKind == JsonValueKind.True) || json.ValueKind == JsonValueKind.False);

    public static readonly ValueKind<long> Number = new(
        "a whole number",
        (string text, out long value) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value),
        (JsonElement json, out long value) =>
        {
            value = 0;
            return json.ValueKind == JsonValueKind.Number && json.TryGetInt64(out value);
        },
        IsOrdered: true);

    // The order is that of the enum's numbers, however the column keeps it: at most all its values are compared.
    public static ValueKind<TEnum> Enum<TEnum>(bool ordered) where TEnum : struct, Enum => new(
        $"one of: {EnumText<TEnum>.All}",
        (string text, out TEnum value) => EnumText<TEnum>.TryRead(text.ToLowerInvariant(), out value),
        (JsonElement json, out TEnum value) =>
        {
            value = default;
            return json.ValueKind == JsonValueKind.String && EnumText<TEnum>.TryRead(json.GetString()!, out value);
        },
        ordered,
        (op, than) => [.. System.Enum.GetValues<TEnum>().Where(v => Holds(op, Comparer<TEnum>.Default.Compare(v, than)))]);

    public static bool Holds(Operator op, int order) => op switch { Operator.Gt => order > 0, Operator.Gte => order >= 0, Operator.Lt => order < 0, _ => order <= 0 };
}

/// <summary>A field of one value that stands in a column.</summary>
internal sealed class ValueField<T, TValue>(string name, Column<T, TValue> column, string json, ValueKind<TValue> kind) where TValue : notnull
{
    public Test<T> Bind(Comparison comparison, Viewpoint from)
    {
        if (comparison.Operator == Operator.Any)
            return new(column.IsPresent(), data => data.At(json) is not null);
        if (comparison.Operator == Operator.In)
            return IsIn([.. Enumerable.Range(0, comparison.Values.Count).Select(i => Parse(comparison, i)).Distinct()]);
        if (!kind.IsOrdered)
            throw comparison.RefuseOperator(name);
        comparison.MustHaveOneValue();
        var than = Parse(comparison, 0);
        return kind.Matching is null ? Compare(comparison.Operator, than) : IsIn(kind.Matching(comparison.Operator, than));
    }

    private Test<T> IsIn(List<TValue> values)
    {
        var set = values.ToHashSet();
        return new(column.IsIn(values), data => data.At(json) is { } found && kind.Read(found, out var value) && set.Contains(value));
    }

    private Test<T> Compare(Operator op, TValue than) => new(
        column.Where(value => Expression.MakeBinary(op.ToExpressionType(), value, Rows.Parameter(than))),
        data => data.At(json) is { } found && kind.Read(found, out var value) && ValueKinds.Holds(op, Comparer<TValue>.Default.Compare(value, than)));

    private TValue Parse(Comparison comparison, int index) =>
        kind.Parse(comparison.Values[index], out var value) ? value : throw comparison.RefuseValue(index, name, kind.Expected);
}

/// <summary>A field that holds an id, or where people are meant: their id, me, or their address.</summary>
internal sealed class IdField<T, TEntity>(string name, Column<T, Id<TEntity>> column, string json, bool isUser, Column<T, string>? email, string? emailJson) where TEntity : IEntity
{
    public Test<T> Bind(Comparison comparison, Viewpoint from)
    {
        if (comparison.Operator == Operator.Any)
            return new(column.IsPresent(), data => data.At(json) is not null);
        if (comparison.Operator != Operator.In)
            throw comparison.RefuseOperator(name);
        var ids = new List<Id<TEntity>>();
        var addresses = new List<string>();
        for (var i = 0; i < comparison.Values.Count; i++)
        {
            var text = comparison.Values[i];
            if (isUser && text == "me")
                ids.Add(new(from.Me ?? throw comparison.PlaceOf(i).Refuse("Nobody is me here. Name someone by id.")));
            else if (Id<TEntity>.TryParse(text, null, out var id))
                ids.Add(id);
            else if (email is not null && Emails.TryNormalize(text, out var address))
                addresses.Add(address);
            else
                throw comparison.RefuseValue(i, name, $"an id that begins with {TEntity.Prefix}_{(email is null ? "" : ", an e-mail address")}{(isUser ? ", me" : "")}, none or any");
        }
        return addresses.Count == 0 ? HasId(ids) : ids.Count == 0 ? HasAddress(addresses) : HasId(ids).Or(HasAddress(addresses));
    }

    private Test<T> HasId(List<Id<TEntity>> ids)
    {
        var texts = ids.Select(i => i.ToString()).ToHashSet(StringComparer.Ordinal);
        return new(column.IsIn(ids), data => data.TextAt(json) is { } id && texts.Contains(id));
    }

    private Test<T> HasAddress(List<string> addresses) =>
        new(email!.IsIn(addresses), data => data.TextAt(emailJson!) is { } address && addresses.Contains(address));
}

/// <summary>A field of many names.</summary>
internal sealed class SetField<T>(string name, Func<List<string>, Expression<Func<T, bool>>> carries, Expression<Func<T, bool>> carriesAny, string json, Func<string, string> normalize)
{
    public Test<T> Bind(Comparison comparison, Viewpoint from)
    {
        if (comparison.Operator == Operator.Any)
            return new(carriesAny, data => data.At(json) is { ValueKind: JsonValueKind.Array } all && all.GetArrayLength() > 0);
        if (comparison.Operator != Operator.In)
            throw comparison.RefuseOperator(name);
        List<string> names = [.. comparison.Values.Select(normalize).Distinct(StringComparer.Ordinal)];
        return new(carries(names), data => data.At(json) is { ValueKind: JsonValueKind.Array } all && all.EnumerateArray().Any(n => n.ValueKind == JsonValueKind.String && names.Contains(n.GetString()!))) { Names = names };
    }
}

/// <summary>How fields refuse.</summary>
internal static class Refusals
{
    public static SupportException RefuseOperator(this Comparison comparison, string field) =>
        comparison.OperatorPlace.Refuse($"{field} has no order: it can be compared by : and != only.");

    public static SupportException RefuseValue(this Comparison comparison, int index, string field, string expected) =>
        comparison.PlaceOf(index).Refuse($"{field} expects {expected}.");

    public static void MustHaveOneValue(this Comparison comparison)
    {
        if (comparison.Values.Count > 1)
            throw comparison.PlaceOf(1).Refuse("Only one value can stand here.");
    }

    public static ExpressionType ToExpressionType(this Operator op) => op switch
    {
        Operator.Gt => ExpressionType.GreaterThan,
        Operator.Gte => ExpressionType.GreaterThanOrEqual,
        Operator.Lt => ExpressionType.LessThan,
        _ => ExpressionType.LessThanOrEqual,
    };
}
