using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>The keys that servers call the API with.</summary>
public interface IApiKeys
{
    /// <summary>List API keys.</summary>
    /// <remarks>Needs <c>keys.manage</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<ApiKey> ListAsync(ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create an API key.</summary>
    /// <remarks>The answer shows the secret, once. A key that acts as a named user may do what both its scopes and that user's role allow, with the tickets that the role shows. Needs <c>keys.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<ApiKey> CreateAsync(CreateApiKeyRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateApiKeyRequest, RequestOptions?, CancellationToken)"/>
    Task<ApiKey> CreateAsync(CreateApiKeyRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get an API key.</summary>
    /// <remarks>Needs <c>keys.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<ApiKey> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<ApiKey> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Rotate an API key.</summary>
    /// <remarks>Makes a new key with the same rights and shows its secret, once. The old one works on until the overlap is over. Needs <c>keys.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<ApiKey> RotateAsync(string id, RotateApiKeyRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RotateAsync(string, RotateApiKeyRequest, RequestOptions?, CancellationToken)"/>
    Task<ApiKey> RotateAsync(string id, RotateApiKeyRequest request, CancellationToken cancellationToken) => RotateAsync(id, request, null, cancellationToken);

    /// <summary>Revoke an API key.</summary>
    /// <remarks>It is refused at once, on other nodes within 5 seconds. Needs <c>keys.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<ApiKey> RevokeAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RevokeAsync(string, RequestOptions?, CancellationToken)"/>
    Task<ApiKey> RevokeAsync(string id, CancellationToken cancellationToken) => RevokeAsync(id, null, cancellationToken);
}

internal sealed class ApiKeysResource(Wire wire) : IApiKeys
{
    public AsyncPageable<ApiKey> ListAsync(ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<ApiKey, ApiKeyPage>(wire, (cursor, limit) => ApiKeysRequests.List(limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<ApiKey> CreateAsync(CreateApiKeyRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(ApiKeysRequests.Create(request), options, cancellationToken);

    public Task<ApiKey> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(ApiKeysRequests.Get(id), options, cancellationToken);

    public Task<ApiKey> RotateAsync(string id, RotateApiKeyRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(ApiKeysRequests.Rotate(id, request), options, cancellationToken);

    public Task<ApiKey> RevokeAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(ApiKeysRequests.Revoke(id), options, cancellationToken);
}
