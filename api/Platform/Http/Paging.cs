using System.Globalization;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>One page of a list.</summary>
/// <param name="Data">The items, in the stated order.</param>
/// <param name="NextCursor">Send it back as <c>cursor</c> for the next page; null at the end.</param>
/// <param name="HasMore">Whether there is a next page.</param>
/// <param name="Total">Only with <c>include=total</c>: how many there are, counted up to 10,000.</param>
[CustomersSee]
public record Page<T>(IReadOnlyList<T> Data, string? NextCursor, bool HasMore, [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] int? Total = null);

/// <summary>What every list takes.</summary>
public record PageQuery : IQueryParameters
{
    /// <summary>Most items to answer with.</summary>
    [System.ComponentModel.DataAnnotations.Range(1, 100)]
    [System.ComponentModel.DefaultValue(25)]
    public int Limit { get; init; } = 25;

    /// <summary>Where to go on: the <c>next_cursor</c> of the page before, with the same filters. Usable for at least 24 hours.</summary>
    [System.ComponentModel.DataAnnotations.MaxLength(2000)]
    public string? Cursor { get; init; }

    /// <summary>What more to answer, separated by commas: <c>total</c> counts the items (up to 10,000).</summary>
    [System.ComponentModel.DataAnnotations.MaxLength(100)]
    public string? Include { get; init; }

    /// <summary>The words that <see cref="Include"/> may have.</summary>
    protected virtual string[] Includable => ["total"];

    /// <summary>Whether this word is included.</summary>
    /// <exception cref="SupportException">Something else is asked for that there is not: 400.</exception>
    public bool Includes(string word)
    {
        var words = Include?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return Array.TrueForAll(words, Includable.Contains)
            ? words.Contains(word)
            : throw SupportException.Unreadable("include", $"Expected: {string.Join(", ", Includable)}.");
    }
}

/// <summary>Marks a record whose properties are query parameters, in snake_case.</summary>
public interface IQueryParameters;

/// <summary>A stable order that a keyset index serves: by a key, then by id.</summary>
public abstract class Order<T>
{
    /// <param name="key">Never null in the database.</param>
    /// <param name="descending">Both parts go the same way, so that one index scan serves.</param>
    public static Order<T> By<TKey, TId>(Expression<Func<T, TKey>> key, Expression<Func<T, TId>> id, bool descending) where TId : IId =>
        new ByKey<TKey, TId>(key, id, descending);

    internal abstract IQueryable<T> Apply(IQueryable<T> query, string? position);

    internal abstract string PositionOf(T row);

    private sealed class ByKey<TKey, TId>(Expression<Func<T, TKey>> key, Expression<Func<T, TId>> id, bool descending) : Order<T> where TId : IId
    {
        private readonly Func<T, TKey> readKey = key.Compile();
        private readonly Func<T, TId> readId = id.Compile();

        internal override IQueryable<T> Apply(IQueryable<T> query, string? position)
        {
            if (position is not null)
                query = query.Where(After(position));
            return descending ? query.OrderByDescending(key).ThenByDescending(id) : query.OrderBy(key).ThenBy(id);
        }

        internal override string PositionOf(T row)
        {
            var value = readKey(row);
            var text = value is DateTimeOffset time ? time.UtcTicks.ToString(CultureInfo.InvariantCulture)
                : value is Enum ? Convert.ToInt32(value, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)
                : Convert.ToString(value, CultureInfo.InvariantCulture);
            return $"{readId(row).Value:N}{text}";
        }

        // (key, id) > (…, …) as a row value: PostgreSQL walks the index from there.
        private Expression<Func<T, bool>> After(string position)
        {
            var lastId = (TId)Activator.CreateInstance(typeof(TId), Guid.ParseExact(position[..32], "N"))!;
            var text = position[32..];
            object lastKey = typeof(TKey) == typeof(DateTimeOffset) ? new DateTimeOffset(long.Parse(text, CultureInfo.InvariantCulture), TimeSpan.Zero)
                : typeof(TKey).IsEnum ? Enum.ToObject(typeof(TKey), int.Parse(text, CultureInfo.InvariantCulture))
                : Convert.ChangeType(text, typeof(TKey), CultureInfo.InvariantCulture);
            var row = key.Parameters[0];
            var idBody = new Rebind(id.Parameters[0], row).Visit(id.Body);
            var last = new Last<TKey, TId>((TKey)lastKey, lastId);
            var create = typeof(ValueTuple).GetMethods().Single(m => m.Name == nameof(ValueTuple.Create) && m.GetGenericArguments().Length == 2).MakeGenericMethod(typeof(TKey), typeof(TId));
            var compare = typeof(NpgsqlDbFunctionsExtensions).GetMethod(descending ? nameof(NpgsqlDbFunctionsExtensions.LessThan) : nameof(NpgsqlDbFunctionsExtensions.GreaterThan), [typeof(DbFunctions), typeof(ITuple), typeof(ITuple)])!;
            Expression Tuple(Expression a, Expression b) => Expression.Convert(Expression.Call(create, a, b), typeof(ITuple));
            var captured = Expression.Constant(last);
            return Expression.Lambda<Func<T, bool>>(
                Expression.Call(compare, Expression.Constant(EF.Functions), Tuple(key.Body, idBody),
                    Tuple(Expression.Property(captured, nameof(last.Key)), Expression.Property(captured, nameof(last.Id)))),
                row);
        }
    }

    // Read through properties, so that EF makes parameters of them and not a new query text for each position.
    private sealed record Last<TKey, TId>(TKey Key, TId Id);

    private sealed class Rebind(ParameterExpression from, ParameterExpression to) : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) => node == from ? to : base.VisitParameter(node);
    }
}

/// <summary>
/// Cursors: opaque, sealed by the key ring, bound to the organization, the route and the filters. They hold a place in
/// the order, so a page is an index scan from there, however deep.
/// </summary>
public sealed class Cursors(SecretBox box, TenantContext tenant, IHttpContextAccessor accessor)
{
    private const string Purpose = "cursor";
    internal const int CountedUpTo = 10_000;
    private static readonly int[] Sizes = [26, 51, 101];

    /// <summary>The page of <paramref name="query"/> that the request asks for, and its <c>Link</c> header.</summary>
    public async Task<Page<TResponse>> PageAsync<T, TView, TResponse>(IQueryable<T> query, Order<T> order, PageQuery page, Expression<Func<T, TView>> view, Func<TView, T> row, Func<TView, TResponse> show, CancellationToken cancellationToken)
    {
        // Spelled out, and of three kinds only: for a limit that is a parameter PostgreSQL guesses a tenth of the table,
        // finds a plan for the real one cheaper, and so plans each time anew.
        var atMost = Array.Find(Sizes, size => size > page.Limit);
        var rows = await First(order.Apply(query, Open(page.Cursor)), atMost).Select(view).ToListAsync(cancellationToken);
        var hasMore = rows.Count > page.Limit;
        if (hasMore)
            rows.RemoveRange(page.Limit, rows.Count - page.Limit);
        int? total = page.Includes("total") ? await query.Take(CountedUpTo).CountAsync(cancellationToken) : null;
        return new(rows.ConvertAll(r => show(r)), hasMore ? Next(order.PositionOf(row(rows[^1]))) : null, hasMore, total);
    }

    /// <summary>The place a cursor holds; null for the beginning.</summary>
    public string? Open(string? cursor)
    {
        if (cursor is null)
            return null;
        if (!box.TryOpenText(Purpose, cursor, out var content))
            throw Refusal("The cursor is damaged. Start again without one.");
        var place = JsonSerializer.Deserialize<Place>(content)!;
        if (place.Scope != Scope())
            throw Refusal("The cursor belongs to another list or other filters. Start again without one.");
        return place.At;
    }

    /// <summary>A cursor to this place, and the <c>Link</c> header that carries it.</summary>
    public string Next(string position)
    {
        var context = accessor.HttpContext!;
        var cursor = box.SealText(Purpose, JsonSerializer.Serialize(new Place(Scope(), position)));
        var query = context.Request.Query.Where(p => p.Key != "cursor").SelectMany(p => p.Value, (p, v) => KeyValuePair.Create(p.Key, v)).Append(new("cursor", cursor));
        var links = context.RequestServices.GetRequiredService<Links>();
        context.Response.Headers.Link = $"<{links.Here(context.Request)}{QueryString.Create(query)}>; rel=\"next\"";
        return cursor;
    }

    // As a call within the query: Take alone makes a parameter of its number.
    private static IQueryable<T> First<T>(IQueryable<T> query, int count) => query.Provider.CreateQuery<T>(Expression.Call(
        typeof(Queryable), nameof(Queryable.Take), [typeof(T)], query.Expression, Expression.Call(typeof(EF), nameof(EF.Constant), [typeof(int)], Expression.Constant(count))));

    // Limit may change from page to page; everything else decides what the list is.
    private string Scope()
    {
        var request = accessor.HttpContext!.Request;
        var filters = request.Query.Where(p => p.Key is not ("cursor" or "limit" or "include")).OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}");
        var text = $"{tenant.OrganizationId}\n{request.Path}\n{string.Join('&', filters)}";
        return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }

    private static SupportException Refusal(string message) => new(ErrorCode.InvalidCursor, message, ("cursor", message));

    private sealed record Place(string Scope, string At);
}

/// <summary>The orders a list can be had in, by their name in <c>sort</c>; made once, since each compiles expressions.</summary>
public sealed class Sorts<T>
{
    private readonly Dictionary<string, Order<T>> orders = new(StringComparer.Ordinal);

    public Func<bool, Order<T>> this[string name]
    {
        set
        {
            orders[name] = value(false);
            orders["-" + name] = value(true);
        }
    }

    /// <exception cref="SupportException">There is no such order: 400.</exception>
    public Order<T> Of(string sort) => orders.TryGetValue(sort, out var order)
        ? order
        : throw SupportException.Unreadable("sort", $"Expected one of: {string.Join(", ", orders.Keys)}.");
}
