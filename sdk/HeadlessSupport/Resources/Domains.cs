using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>The e-mail domains that the organization has proved to be its own.</summary>
public interface IDomains
{
    /// <summary>List domains.</summary>
    /// <remarks>Needs <c>organization.manage</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Domain> ListAsync(ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Add a domain.</summary>
    /// <remarks>The answer says which TXT record shows that it is yours. It counts once it is verified. Needs <c>organization.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Domain> CreateAsync(CreateDomainRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateDomainRequest, RequestOptions?, CancellationToken)"/>
    Task<Domain> CreateAsync(CreateDomainRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get a domain.</summary>
    /// <remarks>Needs <c>organization.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Domain> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Domain> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Verify a domain.</summary>
    /// <remarks>Looks for the TXT record at once; 409 where it is not there yet. A domain can be verified by one organization only. Needs <c>organization.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Domain> VerifyAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="VerifyAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Domain> VerifyAsync(string id, CancellationToken cancellationToken) => VerifyAsync(id, null, cancellationToken);

    /// <summary>Delete a domain.</summary>
    /// <remarks>Connections no longer vouch for its addresses. Needs <c>organization.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);
}

internal sealed class DomainsResource(Wire wire) : IDomains
{
    public AsyncPageable<Domain> ListAsync(ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Domain, DomainPage>(wire, (cursor, limit) => DomainsRequests.List(limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<Domain> CreateAsync(CreateDomainRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(DomainsRequests.Create(request), options, cancellationToken);

    public Task<Domain> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(DomainsRequests.Get(id), options, cancellationToken);

    public Task<Domain> VerifyAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(DomainsRequests.Verify(id), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(DomainsRequests.Delete(id), options, cancellationToken);
}
