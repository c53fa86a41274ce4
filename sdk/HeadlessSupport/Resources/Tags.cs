using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>The words that tickets are sorted by.</summary>
public interface ITags
{
    /// <summary>List tags.</summary>
    /// <remarks>Needs <c>tickets.read</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Tag> ListAsync(ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create a tag.</summary>
    /// <remarks>Needs <c>tags.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Tag> CreateAsync(CreateTagRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateTagRequest, RequestOptions?, CancellationToken)"/>
    Task<Tag> CreateAsync(CreateTagRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get a tag.</summary>
    /// <remarks>Needs <c>tickets.read</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Tag> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Tag> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Update a tag.</summary>
    /// <remarks>Renaming it renames it on every ticket. Needs <c>tags.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Tag> UpdateAsync(string id, UpdateTagRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateTagRequest, RequestOptions?, CancellationToken)"/>
    Task<Tag> UpdateAsync(string id, UpdateTagRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Delete a tag.</summary>
    /// <remarks>It is taken off every ticket. Needs <c>tags.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);
}

internal sealed class TagsResource(Wire wire) : ITags
{
    public AsyncPageable<Tag> ListAsync(ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Tag, TagPage>(wire, (cursor, limit) => TagsRequests.List(limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<Tag> CreateAsync(CreateTagRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TagsRequests.Create(request), options, cancellationToken);

    public Task<Tag> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TagsRequests.Get(id), options, cancellationToken);

    public Task<Tag> UpdateAsync(string id, UpdateTagRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TagsRequests.Update(id, request), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TagsRequests.Delete(id), options, cancellationToken);
}
