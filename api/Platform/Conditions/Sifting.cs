using System.Data;
using System.Globalization;
using System.Linq.Expressions;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>
/// Pages of a list through a filter of anyone's making. Most are an index scan; which are not, only trying tells. So a
/// page is given some patience, and where that ends, the next stretch of the list is looked through, whatever is found
/// there: a short page, even an empty one, with a cursor to go on. No page costs a second, however long the list.
/// </summary>
public static class Sifting
{
    /// <summary>How long PostgreSQL may look for a whole page.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    /// <summary>Rows of a stretch: at most some tenths of a second, by the bounds that conditions have.</summary>
    private const int Stretch = 25_000;

    // Before the place of a page that was short: looking for a whole one is then not tried again.
    private const string ByStretches = "~";

    /// <summary>The page that the request asks for, and its <c>Link</c> header. A total that takes too long to count is left out.</summary>
    /// <param name="all">The list as it is without the filter, of the context <paramref name="db"/>.</param>
    public static async Task<Page<TResponse>> SiftAsync<T, TResponse>(
        this Cursors cursors, DbContext db, IQueryable<T> all, Expression<Func<T, bool>> filter, Order<T> order, PageQuery page, Func<T, TResponse> show, CancellationToken cancellationToken)
    {
        var (rows, next) = await PageAsync(db, all, filter, order, cursors.Open(page.Cursor), page.Limit, cancellationToken);
        int? total = page.Includes("total") ? await WithinAsync(db, Patience, async () => (int?)await all.Where(filter).Take(Cursors.CountedUpTo).CountAsync(cancellationToken), cancellationToken) : null;
        return new(rows.ConvertAll(r => show(r)), next is null ? null : cursors.Next(next), next is not null, total);
    }

    /// <summary>The rows of a page, and the place where the next one begins; null at the end.</summary>
    internal static async Task<(List<T> Rows, string? Next)> PageAsync<T>(
        DbContext db, IQueryable<T> all, Expression<Func<T, bool>> filter, Order<T> order, string? position, int limit, CancellationToken cancellationToken)
    {
        var rows = position?.StartsWith(ByStretches, StringComparison.Ordinal) == true ? null : await WithinAsync(db, Patience, async () => (List<T>?)await order.Apply(all.Where(filter), position).Take(limit + 1).ToListAsync(cancellationToken), cancellationToken);
        return rows is null ? await PageOfStretchAsync(db, all, filter, order, position, limit, Stretch, cancellationToken) : PageOf(rows, order, limit, null);
    }

    /// <summary>The same from the next rows of the list only.</summary>
    internal static async Task<(List<T> Rows, string? Next)> PageOfStretchAsync<T>(
        DbContext db, IQueryable<T> all, Expression<Func<T, bool>> filter, Order<T> order, string? position, int limit, int stretch, CancellationToken cancellationToken)
    {
        // One snapshot for both queries, so that nothing falls between two stretches.
        await using var snapshot = await db.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        position = position?.TrimStart(ByStretches[0]);
        var ahead = order.Apply(all, position);
        var rows = await order.Apply(ahead.Take(stretch).Where(filter), null).Take(limit + 1).ToListAsync(cancellationToken);
        var last = rows.Count > limit ? default : await ahead.Skip(stretch - 1).FirstOrDefaultAsync(cancellationToken);
        return PageOf(rows, order, limit, last is null ? null : ByStretches + order.PositionOf(last));
    }

    private static (List<T> Rows, string? Next) PageOf<T>(List<T> rows, Order<T> order, int limit, string? end)
    {
        if (rows.Count <= limit)
            return (rows, end);
        rows.RemoveAt(limit);
        return (rows, order.PositionOf(rows[^1]));
    }

    // Null where it takes longer.
    private static async Task<TResult?> WithinAsync<TResult>(DbContext db, TimeSpan patience, Func<Task<TResult>> query, CancellationToken cancellationToken)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        var limit = ((int)patience.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        await db.Database.ExecuteSqlAsync($"select set_config('statement_timeout', {limit}, true)", cancellationToken);
        try
        {
            return await query();
        }
        catch (PostgresException stopped) when (stopped.SqlState == PostgresErrorCodes.QueryCanceled && !cancellationToken.IsCancellationRequested)
        {
            return default;
        }
    }
}
