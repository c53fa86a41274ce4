using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Where tickets come in.</summary>
public interface IInboxes
{
    /// <summary>List inboxes.</summary>
    /// <remarks>Needs <c>inboxes.read</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Inbox> ListAsync(ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create an inbox.</summary>
    /// <remarks>Needs <c>inboxes.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Inbox> CreateAsync(CreateInboxRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateInboxRequest, RequestOptions?, CancellationToken)"/>
    Task<Inbox> CreateAsync(CreateInboxRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get an inbox.</summary>
    /// <remarks>Needs <c>inboxes.read</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Inbox> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Inbox> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Update an inbox.</summary>
    /// <remarks>Needs <c>inboxes.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Inbox> UpdateAsync(string id, UpdateInboxRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateInboxRequest, RequestOptions?, CancellationToken)"/>
    Task<Inbox> UpdateAsync(string id, UpdateInboxRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Delete an inbox.</summary>
    /// <remarks>Its tickets stay; new ones cannot come in. Needs <c>inboxes.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);
}

internal sealed class InboxesResource(Wire wire) : IInboxes
{
    public AsyncPageable<Inbox> ListAsync(ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Inbox, InboxPage>(wire, (cursor, limit) => InboxesRequests.List(limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<Inbox> CreateAsync(CreateInboxRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(InboxesRequests.Create(request), options, cancellationToken);

    public Task<Inbox> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(InboxesRequests.Get(id), options, cancellationToken);

    public Task<Inbox> UpdateAsync(string id, UpdateInboxRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(InboxesRequests.Update(id, request), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(InboxesRequests.Delete(id), options, cancellationToken);
}
