using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Sign-in by the organization's own identity provider.</summary>
public interface ISsoConnections
{
    /// <summary>List SSO connections.</summary>
    /// <remarks>Needs <c>organization.manage</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<SsoConnection> ListAsync(ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create an SSO connection.</summary>
    /// <remarks>Register its <c>redirect_uri</c> with the issuer. Since it can sign in whoever has an address of its domains, only who may do everything can create or change one. Needs <c>organization.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<SsoConnection> CreateAsync(CreateSsoConnectionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateSsoConnectionRequest, RequestOptions?, CancellationToken)"/>
    Task<SsoConnection> CreateAsync(CreateSsoConnectionRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get an SSO connection.</summary>
    /// <remarks>Needs <c>organization.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<SsoConnection> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<SsoConnection> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Update an SSO connection.</summary>
    /// <remarks>With another issuer, those who signed in before are known by their address only, until they come again. Needs <c>organization.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<SsoConnection> UpdateAsync(string id, UpdateSsoConnectionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateSsoConnectionRequest, RequestOptions?, CancellationToken)"/>
    Task<SsoConnection> UpdateAsync(string id, UpdateSsoConnectionRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Delete an SSO connection.</summary>
    /// <remarks>Nobody can sign in by it any more. Sessions that began with it go on until they end. Needs <c>organization.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);
}

internal sealed class SsoConnectionsResource(Wire wire) : ISsoConnections
{
    public AsyncPageable<SsoConnection> ListAsync(ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<SsoConnection, SsoConnectionPage>(wire, (cursor, limit) => SsoConnectionsRequests.List(limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<SsoConnection> CreateAsync(CreateSsoConnectionRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(SsoConnectionsRequests.Create(request), options, cancellationToken);

    public Task<SsoConnection> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(SsoConnectionsRequests.Get(id), options, cancellationToken);

    public Task<SsoConnection> UpdateAsync(string id, UpdateSsoConnectionRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(SsoConnectionsRequests.Update(id, request), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(SsoConnectionsRequests.Delete(id), options, cancellationToken);
}
