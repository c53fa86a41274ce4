using System.Globalization;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Platform.FullText;

/// <summary>What a candidate function answers, as it stands in SQL: the best first.</summary>
public sealed record Candidates(Guid[] Ids, bool Cut, string[] Marks)
{
    /// <summary>Columns of a term list, as the candidate functions take them.</summary>
    internal static (string[] Kinds, string[] Texts, bool[] Excluded) Columns(SearchTerms terms) => (
        [.. terms.Terms.Select(t => EnumText<TermKind>.Write(t.Kind))], [.. terms.Terms.Select(t => t.Text)], [.. terms.Terms.Select(t => t.Excluded)]);
}

/// <summary>Ids of what was found, the best first; filters come after.</summary>
/// <param name="Cut">Whether more match than are here.</param>
/// <param name="Alike">Whether words that only look like those asked for were taken too.</param>
/// <param name="Marks">The words that matched, in lower case: for highlights, never to be shown as such, since they may stand in texts the reader may not see.</param>
public sealed record Found<T>(IReadOnlyList<Id<T>> Ids, bool Cut, bool Alike, IReadOnlyCollection<string> Marks) where T : IEntity
{
    /// <summary>Fewer than this is little: words that look like those asked for are then taken too.</summary>
    private const int Little = 3;

    /// <summary>Asks a candidate function; where it finds little, once more for what looks like it.</summary>
    /// <param name="candidates">The function, by whether words that look alike count too.</param>
    public static async Task<Found<T>> FindAsync(SearchTerms terms, Func<bool, IQueryable<Candidates>> candidates, CancellationToken cancellationToken)
    {
        if (terms.Terms.Count == 0)
            return new([], false, false, []);
        var exact = (await candidates(false).ToListAsync(cancellationToken))[0];
        if (exact.Ids.Length >= Little || !terms.Terms.Any(t => t is { Kind: TermKind.Word, Excluded: false }))
            return new([.. exact.Ids.Select(i => new Id<T>(i))], exact.Cut, false, exact.Marks);
        var alike = (await candidates(true).ToListAsync(cancellationToken))[0];
        var ids = exact.Ids.Union(alike.Ids).Select(i => new Id<T>(i)).ToList();
        return new(ids, exact.Cut || alike.Cut, ids.Count > exact.Ids.Length, [.. exact.Marks.Union(alike.Marks, StringComparer.Ordinal)]);
    }
}

/// <summary>How a search went.</summary>
/// <param name="Cut">True where more match: these are among the newest 1,000 that do. Ask more narrowly.</param>
/// <param name="Alike">True where little was found as written, so that words that look alike were taken too.</param>
public sealed record SearchOutcome(bool Cut, bool Alike);

/// <summary>One page of a list that can be searched.</summary>
/// <param name="Search">Only with <c>q</c>: how the search went.</param>
[Platform.Tenancy.CustomersSee]
public sealed record SearchPage<T>(
    IReadOnlyList<T> Data, string? NextCursor, bool HasMore, int? Total = null,
    [property: System.Text.Json.Serialization.JsonPropertyOrder(1), System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)] SearchOutcome? Search = null)
    : Page<T>(Data, NextCursor, HasMore, Total)
{
    public static SearchPage<T> Of(Page<T> page, SearchOutcome? search = null) => new(page.Data, page.NextCursor, page.HasMore, page.Total, search);
}

/// <summary>Pages of what was found.</summary>
public static class FoundPages
{
    /// <summary>The order of a search that asks for no other.</summary>
    public const string Relevance = "relevance";

    private const int AtOnce = 1000;

    /// <summary>The order a list is asked for: null for the order of the rank.</summary>
    /// <exception cref="SupportException">There is no such order, or relevance is asked for without a question: 400.</exception>
    public static Order<T>? OrderOf<T>(this Sorts<T> sorts, string? q, string? sort, string otherwise)
    {
        if (q is null)
            return sort == Relevance ? throw SupportException.Unreadable("sort", "Only a search for words has an order of relevance.") : sorts.Of(sort ?? otherwise);
        return sort is null or Relevance ? null : sorts.Of(sort);
    }

    /// <summary>One page of what was found and passes the filters.</summary>
    /// <param name="among">The filtered list, of these ids only.</param>
    /// <param name="order">Null for the best first.</param>
    public static async Task<SearchPage<TResponse>> PageAsync<T, TResponse>(
        this Cursors cursors, Found<T> found, Func<List<Id<T>>, IQueryable<T>> among, Order<T>? order, PageQuery page, Func<T, Id<T>> id, Func<T, TResponse> show, CancellationToken cancellationToken)
        where T : class, IEntity
    {
        var outcome = new SearchOutcome(found.Cut, found.Alike);
        if (order is not null)
            return SearchPage<TResponse>.Of(await cursors.PageAsync(among([.. found.Ids]), order, page, row => row, row => row, show, cancellationToken), outcome);

        var rows = new List<T>(page.Limit + 1);
        // The filters may leave few: then ever more are looked at.
        for (int at = StartOf(found, cursors.Open(page.Cursor)), count = page.Limit + 1; at < found.Ids.Count && rows.Count <= page.Limit; at += count, count = Math.Min(count * 4, AtOnce))
        {
            var ids = found.Ids.Skip(at).Take(count).ToList();
            var there = await among(ids).ToDictionaryAsync(id, cancellationToken);
            rows.AddRange(ids.Where(there.ContainsKey).Select(i => there[i]));
        }
        var hasMore = rows.Count > page.Limit;
        if (hasMore)
            rows.RemoveRange(page.Limit, rows.Count - page.Limit);
        int? total = page.Includes("total") ? await among([.. found.Ids]).CountAsync(cancellationToken) : null;
        return new(rows.ConvertAll(r => show(r)), hasMore ? cursors.Next(PositionOf(found, id(rows[^1]))) : null, hasMore, total, outcome);
    }

    private static string PositionOf<T>(Found<T> found, Id<T> last) where T : IEntity =>
        $"{last.Value:N}{((List<Id<T>>)[.. found.Ids]).IndexOf(last).ToString(CultureInfo.InvariantCulture)}";

    // After the last one shown, wherever it stands by now; where it is gone, after the place it had.
    private static int StartOf<T>(Found<T> found, string? position) where T : IEntity
    {
        if (position is null)
            return 0;
        var at = ((List<Id<T>>)[.. found.Ids]).IndexOf(new Id<T>(Guid.ParseExact(position[..32], "N")));
        return at >= 0 ? at + 1 : int.Parse(position[32..], CultureInfo.InvariantCulture);
    }
}
