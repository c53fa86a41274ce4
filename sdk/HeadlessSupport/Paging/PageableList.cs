using System.Runtime.CompilerServices;

namespace HeadlessSupport.Transport;

/// <summary>A page as the API sends it.</summary>
internal interface IPage<T>
{
    Page<T> ToPage();
}

/// <summary>A list of the API.</summary>
/// <param name="wire">Sends.</param>
/// <param name="fetch">Asks for the page of a size that begins at a cursor.</param>
/// <param name="query">How the list was asked for.</param>
/// <param name="listToken">The token of the call that made the list; it holds for each page, beside the one given while enumerating.</param>
internal sealed class PageableList<T, TPage>(Wire wire, Func<string?, int?, ApiRequest<TPage>> fetch, ListOptions? query, CancellationToken listToken) : AsyncPageable<T>
    where TPage : IPage<T>
{
    public override IAsyncEnumerable<Page<T>> AsPages(string? cursor = null, int? pageSize = null) => PagesAsync(cursor, pageSize ?? query?.PageSize);

    private async IAsyncEnumerable<Page<T>> PagesAsync(string? cursor, int? pageSize, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var both = listToken.CanBeCanceled && cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(listToken, cancellationToken) : null;
        var token = both?.Token ?? (listToken.CanBeCanceled ? listToken : cancellationToken);
        while (true)
        {
            var page = (await wire.SendAsync(fetch(cursor, pageSize), null, token).ConfigureAwait(false)).ToPage();
            yield return page;
            if (!page.HasMore || page.NextCursor is null)
                yield break;
            cursor = page.NextCursor;
        }
    }
}

/// <summary>How list options are written into an address.</summary>
internal static class ListQuery
{
    public static string? Include(ListOptions? query)
    {
        if (query is null)
            return null;
        var extra = query switch
        {
            TicketListOptions { IncludeHighlights: true } => "highlights",
            CommentListOptions { IncludeBlocks: true } => "blocks",
            _ => null,
        };
        return query.IncludeTotal ? extra is null ? "total" : "total," + extra : extra;
    }

    public static string? Words(IReadOnlyList<string>? words) => words is { Count: > 0 } ? string.Join(',', words) : null;

    public static string? Words<T>(IReadOnlyList<T>? words) where T : struct, IOpenEnum<T> => words is { Count: > 0 } ? string.Join(',', words.Select(w => w.Value)) : null;
}
