using System.Globalization;
using System.Linq.Expressions;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>
/// A field that holds a moment. What it is compared with is a span of time: a date is that whole day in UTC, a
/// timestamp and a time before now (<c>-7d</c>) are the microsecond they name. After it begins where the span ends.
/// </summary>
internal sealed class TimeField<T>(string name, Column<T, DateTimeOffset> column, string json)
{
    private const string Expected = "a date such as 2026-01-31, a timestamp such as 2026-01-31T09:30:00Z, or a time before now such as -30m, -12h, -7d or -2w";

    public Test<T> Bind(Comparison comparison, Viewpoint from)
    {
        if (comparison.Operator == Operator.Any)
            return new(column.IsPresent(), data => data.At(json) is not null);
        comparison.MustHaveOneValue();
        var (begin, end) = Read(comparison.Values[0], from.Now) ?? throw comparison.RefuseValue(0, name, Expected);
        return comparison.Operator switch
        {
            Operator.In => Between(begin, end),
            Operator.Gt => Where(ExpressionType.GreaterThanOrEqual, end, value => value >= end),
            Operator.Gte => Where(ExpressionType.GreaterThanOrEqual, begin, value => value >= begin),
            Operator.Lt => Where(ExpressionType.LessThan, begin, value => value < begin),
            _ => Where(ExpressionType.LessThan, end, value => value < end),
        };
    }

    private Test<T> Between(DateTimeOffset begin, DateTimeOffset end) => new(
        column.Where(value => Expression.AndAlso(Expression.GreaterThanOrEqual(value, Rows.Parameter(begin)), Expression.LessThan(value, Rows.Parameter(end)))),
        data => data.TextAt(json) is { } text && Timestamp.TryParse(text, out var value) && value >= begin && value < end);

    private Test<T> Where(ExpressionType compare, DateTimeOffset than, Func<DateTimeOffset, bool> holds) => new(
        column.Where(value => Expression.MakeBinary(compare, value, Rows.Parameter(than))),
        data => data.TextAt(json) is { } text && Timestamp.TryParse(text, out var value) && holds(value));

    private static (DateTimeOffset Begin, DateTimeOffset End)? Read(string text, DateTimeOffset now)
    {
        if (ReadAge(text) is { } age)
            return age < now - FirstMoment ? Instant(now - age) : null;
        if (!Timestamp.TryParse(text, out var value) || value < FirstMoment || value.Year > 9990)
            return null;
        return text.Length == 10 ? (value, value.AddDays(1)) : Instant(value.ToUniversalTime());
    }

    private static (DateTimeOffset Begin, DateTimeOffset End) Instant(DateTimeOffset at) => (at.ToMicroseconds(), at.ToMicroseconds().AddMicroseconds(1));

    private static TimeSpan? ReadAge(string text)
    {
        if (text.Length is < 3 or > 8 || text[0] != '-' || !int.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
            return null;
        return text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(amount),
            'h' => TimeSpan.FromHours(amount),
            'd' => TimeSpan.FromDays(amount),
            'w' => TimeSpan.FromDays(7L * amount),
            _ => null,
        };
    }

    private static readonly DateTimeOffset FirstMoment = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
