namespace HeadlessSupport;

/// <summary>
/// A list of any length, fetched page by page while it is enumerated. Enumerate it for its items, or
/// <see cref="AsPages"/> for its pages.
/// </summary>
/// <typeparam name="T">What the list is of.</typeparam>
public abstract class AsyncPageable<T> : IAsyncEnumerable<T>
{
    /// <summary>The list page by page, to keep its place or to show a page at a time.</summary>
    /// <param name="cursor">Where to go on: a page's <see cref="Page{T}.NextCursor"/>; null to begin.</param>
    /// <param name="pageSize">How many items a page has, 1 to 100; null for what the list was asked with, or 25.</param>
    /// <returns>The pages.</returns>
    public abstract IAsyncEnumerable<Page<T>> AsPages(string? cursor = null, int? pageSize = null);

    /// <inheritdoc/>
    public virtual async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await foreach (var page in AsPages().WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (var item in page.Items)
                yield return item;
        }
    }
}

/// <summary>One page of a list.</summary>
/// <typeparam name="T">What the list is of.</typeparam>
public sealed record Page<T>
{
    /// <summary>The items, in the list's order.</summary>
    public IReadOnlyList<T> Items { get; init; } = [];

    /// <summary>Where the next page begins, for <see cref="AsyncPageable{T}.AsPages"/>; null on the last. Good for a day at least.</summary>
    public string? NextCursor { get; init; }

    /// <summary>Whether more follow.</summary>
    public bool HasMore { get; init; }

    /// <summary>How many there are in all, where it was asked for.</summary>
    public int? Total { get; init; }

    /// <summary>How a search went; null where nothing was searched.</summary>
    public SearchOutcome? Search { get; init; }

    /// <summary>How many items it has.</summary>
    /// <returns>The count as text.</returns>
    public override string ToString() => $"Page of {Items.Count}";
}

/// <summary>What every list can be asked with.</summary>
public record ListOptions
{
    /// <summary>How many items are fetched at once, 1 to 100; 25 unless set. 100 is quickest for whole lists.</summary>
    public int? PageSize { get; init; }

    /// <summary>Whether pages tell how many there are in all. It costs the API a count.</summary>
    public bool IncludeTotal { get; init; }
}
