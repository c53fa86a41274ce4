using System.Globalization;
using System.Linq.Expressions;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>
/// A field of a JSON document, by its key. A value equals a string, a string in a list, true or false, or a number of
/// the same size however it is written (<c>1.50</c> is <c>1.5</c>). Letters are compared as they are.
/// </summary>
/// <param name="isText">All values are strings.</param>
internal sealed class DocumentField<T>(string name, LambdaExpression column, string json, bool isText)
{
    private const int LongestKey = 64;

    public Test<T> Bind(Comparison comparison, string key)
    {
        if (key.Length is 0 or > LongestKey)
            throw comparison.Place.Refuse($"A key of 1 to {LongestKey} characters belongs after {name}.");
        if (comparison.Operator == Operator.Any)
            return new(HasKey(key), data => Value(data, key) is not null) { Weight = 1 };
        if (comparison.Operator != Operator.In)
            throw comparison.RefuseOperator($"{name}.{key}");
        List<string> texts = [.. comparison.Values.Distinct(StringComparer.Ordinal)];
        List<string> others = isText ? [] : [.. texts.Select(JsonNumber.Canonical).Concat(texts.Where(t => t is "true" or "false")).OfType<string>().Distinct(StringComparer.Ordinal)];
        var row = isText ? IsIn(texts, Call(nameof(JsonColumns.Text), column.Body, Rows.Parameter(key))) : HasValue(key, texts, others);
        return new(Expression.Lambda<Func<T, bool>>(row, column.Parameters), data => Value(data, key) is { } value && Equals(value, texts, others))
        {
            Weight = isText ? 1 : (texts.Count + others.Count + 9) / 10,
        };
    }

    private Expression<Func<T, bool>> HasKey(string key) =>
        Expression.Lambda<Func<T, bool>>(Expression.NotEqual(Field(key), Expression.Constant(null, typeof(string))), column.Parameters);

    // Without the key PostgreSQL's ?| answers null, which must not reach a negation.
    private Expression HasValue(string key, List<string> texts, List<string> others)
    {
        Expression hasText = Call(nameof(JsonColumns.HasAny), Field(key), Rows.Parameter(texts.ToArray()));
        return Expression.AndAlso(HasKey(key).Body, others.Count == 0 ? hasText : Expression.OrElse(hasText, IsIn(others, Field(key))));
    }

    private MethodCallExpression Field(string key) => Call(nameof(JsonColumns.Field), column.Body, Rows.Parameter(key));

    private static MethodCallExpression IsIn(List<string> values, Expression value) => Expression.Call(Rows.Parameter(values), nameof(List<string>.Contains), null, value);

    private static MethodCallExpression Call(string function, params Expression[] arguments)
    {
        var method = typeof(JsonColumns).GetMethod(function)!;
        return Expression.Call(method, method.GetParameters().Zip(arguments, (p, a) => p.ParameterType == a.Type ? a : Expression.Convert(a, p.ParameterType)));
    }

    private JsonElement? Value(JsonElement data, string key) =>
        data.At(json) is { ValueKind: JsonValueKind.Object } all && all.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private static bool Equals(JsonElement value, List<string> texts, List<string> others) => value.ValueKind switch
    {
        JsonValueKind.String => texts.Contains(value.GetString()!),
        JsonValueKind.Array => value.EnumerateArray().Any(v => v.ValueKind == JsonValueKind.String && texts.Contains(v.GetString()!)),
        JsonValueKind.Number => JsonNumber.Canonical(value.GetRawText()) is { } number && others.Contains(number),
        _ => others.Contains(value.GetRawText()),
    };
}

/// <summary>PostgreSQL's own functions over <c>jsonb</c>, for use in queries only.</summary>
internal static class JsonColumns
{
    /// <summary><c>document -> key</c>.</summary>
    public static string? Field(object document, string key) => throw new NotSupportedException();

    /// <summary><c>document ->> key</c>.</summary>
    public static string? Text(object document, string key) => throw new NotSupportedException();

    /// <summary><c>value ?| texts</c>: a string that is one of them, or a list that holds one.</summary>
    public static bool HasAny(string? value, string[] texts) => throw new NotSupportedException();

    public static void UseJsonColumns(this ModelBuilder builder)
    {
        var field = builder.HasDbFunction(typeof(JsonColumns).GetMethod(nameof(Field))!).HasName("jsonb_object_field").IsBuiltIn().HasStoreType("jsonb");
        field.HasParameter("document").HasStoreType("jsonb");
        builder.HasDbFunction(typeof(JsonColumns).GetMethod(nameof(Text))!).HasName("jsonb_object_field_text").IsBuiltIn().HasParameter("document").HasStoreType("jsonb");
        var hasAny = builder.HasDbFunction(typeof(JsonColumns).GetMethod(nameof(HasAny))!).HasName("jsonb_exists_any").IsBuiltIn();
        hasAny.HasParameter("value").HasStoreType("jsonb");
    }
}

/// <summary>Numbers as JSON writes them, in one form for all that are equal.</summary>
internal static class JsonNumber
{
    // Far beyond what anyone counts, and what both PostgreSQL's numeric and this can hold.
    private const int LargestExponent = 1000;

    /// <summary>Digits without zeros around them, and a power of ten; null for what is no number or too large to compare.</summary>
    public static string? Canonical(string text)
    {
        var at = 0;
        var isNegative = Take('-');
        var whole = Digits();
        var fraction = Take('.') ? Digits() : "0";
        var exponent = 0;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            at++;
            var isSmall = Take('-');
            if (!isSmall)
                Take('+');
            if (Digits() is not { Length: > 0 and < 6 } power)
                return null;
            exponent = int.Parse(power, CultureInfo.InvariantCulture) * (isSmall ? -1 : 1);
        }
        if (at < text.Length || whole.Length == 0 || fraction.Length == 0)
            return null;
        var digits = (whole + fraction).TrimStart('0');
        exponent -= fraction.Length;
        var significant = digits.TrimEnd('0');
        exponent += digits.Length - significant.Length;
        if (significant.Length == 0)
            return "0";
        return Math.Abs(exponent) > LargestExponent ? null : $"{(isNegative ? "-" : "")}{significant}e{exponent}";

        bool Take(char c)
        {
            if (at >= text.Length || text[at] != c)
                return false;
            at++;
            return true;
        }

        string Digits()
        {
            var start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at]))
                at++;
            return text[start..at];
        }
    }
}
