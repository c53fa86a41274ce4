using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>The public keys that web pages use.</summary>
public interface IWidgetKeys
{
    /// <summary>List an inbox's widget keys.</summary>
    /// <remarks>The newest first. Needs <c>inboxes.read</c>.</remarks>
    /// <param name="inboxId">The inbox's id.</param>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<WidgetKey> ListAsync(string inboxId, ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create a widget key.</summary>
    /// <remarks>Only for chat inboxes. The answer shows the secret to sign tokens with, once. Needs <c>inboxes.manage</c>.</remarks>
    /// <param name="inboxId">The inbox's id.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WidgetKey> CreateAsync(string inboxId, CreateWidgetKeyRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(string, CreateWidgetKeyRequest, RequestOptions?, CancellationToken)"/>
    Task<WidgetKey> CreateAsync(string inboxId, CreateWidgetKeyRequest request, CancellationToken cancellationToken) => CreateAsync(inboxId, request, null, cancellationToken);

    /// <summary>Get a widget key.</summary>
    /// <remarks>Needs <c>inboxes.read</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WidgetKey> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<WidgetKey> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Update a widget key.</summary>
    /// <remarks>Tokens of a disabled one are refused, on other nodes within 5 seconds. Needs <c>inboxes.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WidgetKey> UpdateAsync(string id, UpdateWidgetKeyRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateWidgetKeyRequest, RequestOptions?, CancellationToken)"/>
    Task<WidgetKey> UpdateAsync(string id, UpdateWidgetKeyRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Rotate the secret.</summary>
    /// <remarks>Makes a new secret and shows it, once. Tokens signed with the one before are good until the overlap is over, at the longest until the next rotation. Needs <c>inboxes.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WidgetKey> RotateSecretAsync(string id, RotateWidgetSecretRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RotateSecretAsync(string, RotateWidgetSecretRequest, RequestOptions?, CancellationToken)"/>
    Task<WidgetKey> RotateSecretAsync(string id, RotateWidgetSecretRequest request, CancellationToken cancellationToken) => RotateSecretAsync(id, request, null, cancellationToken);

    /// <summary>Delete a widget key.</summary>
    /// <remarks>For good: it and the tokens made with it are refused, on other nodes within 5 seconds. Needs <c>inboxes.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);
}

internal sealed class WidgetKeysResource(Wire wire) : IWidgetKeys
{
    public AsyncPageable<WidgetKey> ListAsync(string inboxId, ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<WidgetKey, WidgetKeyPage>(wire, (cursor, limit) => WidgetKeysRequests.List(inboxId, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<WidgetKey> CreateAsync(string inboxId, CreateWidgetKeyRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WidgetKeysRequests.Create(inboxId, request), options, cancellationToken);

    public Task<WidgetKey> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WidgetKeysRequests.Get(id), options, cancellationToken);

    public Task<WidgetKey> UpdateAsync(string id, UpdateWidgetKeyRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WidgetKeysRequests.Update(id, request), options, cancellationToken);

    public Task<WidgetKey> RotateSecretAsync(string id, RotateWidgetSecretRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WidgetKeysRequests.RotateSecret(id, request), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WidgetKeysRequests.Delete(id), options, cancellationToken);
}
