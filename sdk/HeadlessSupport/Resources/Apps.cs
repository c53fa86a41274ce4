using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>The OAuth apps that the organization publishes.</summary>
public interface IApps
{
    /// <summary>List your OAuth apps.</summary>
    /// <remarks>Needs <c>apps.manage</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<OAuthApp> ListAsync(ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create an OAuth app.</summary>
    /// <remarks>The answer shows the secret of a confidential app, once. Members of your organization can sign in to it; others once they installed it. Needs <c>apps.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<OAuthApp> CreateAsync(CreateOAuthAppRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateOAuthAppRequest, RequestOptions?, CancellationToken)"/>
    Task<OAuthApp> CreateAsync(CreateOAuthAppRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get an OAuth app.</summary>
    /// <remarks>Needs <c>apps.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<OAuthApp> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<OAuthApp> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Update an OAuth app.</summary>
    /// <remarks>Needs <c>apps.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<OAuthApp> UpdateAsync(string id, UpdateOAuthAppRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateOAuthAppRequest, RequestOptions?, CancellationToken)"/>
    Task<OAuthApp> UpdateAsync(string id, UpdateOAuthAppRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Give an OAuth app a new secret.</summary>
    /// <remarks>The answer shows it, once. The one before stops working at once. Needs <c>apps.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<OAuthApp> RotateSecretAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RotateSecretAsync(string, RequestOptions?, CancellationToken)"/>
    Task<OAuthApp> RotateSecretAsync(string id, CancellationToken cancellationToken) => RotateSecretAsync(id, null, cancellationToken);

    /// <summary>Delete an OAuth app.</summary>
    /// <remarks>Nobody can sign in to it any more, and its tokens stop working. Needs <c>apps.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);
}

internal sealed class AppsResource(Wire wire) : IApps
{
    public AsyncPageable<OAuthApp> ListAsync(ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<OAuthApp, OAuthAppPage>(wire, (cursor, limit) => AppsRequests.List(limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<OAuthApp> CreateAsync(CreateOAuthAppRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(AppsRequests.Create(request), options, cancellationToken);

    public Task<OAuthApp> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(AppsRequests.Get(id), options, cancellationToken);

    public Task<OAuthApp> UpdateAsync(string id, UpdateOAuthAppRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(AppsRequests.Update(id, request), options, cancellationToken);

    public Task<OAuthApp> RotateSecretAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(AppsRequests.RotateSecret(id), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(AppsRequests.Delete(id), options, cancellationToken);
}
