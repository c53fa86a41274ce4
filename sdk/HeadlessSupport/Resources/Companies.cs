using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>The companies that customers belong to.</summary>
public interface ICompanies
{
    /// <summary>List and search companies.</summary>
    /// <remarks>Needs <c>companies.read</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Company> ListAsync(CompanyListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create a company.</summary>
    /// <remarks>Needs <c>companies.write</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Company> CreateAsync(CreateCompanyRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateCompanyRequest, RequestOptions?, CancellationToken)"/>
    Task<Company> CreateAsync(CreateCompanyRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Create or replace the company with your own id.</summary>
    /// <remarks>Needs <c>companies.write</c>.</remarks>
    /// <param name="externalId">Your own id for it.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Company> UpsertAsync(string externalId, CreateCompanyRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpsertAsync(string, CreateCompanyRequest, RequestOptions?, CancellationToken)"/>
    Task<Company> UpsertAsync(string externalId, CreateCompanyRequest request, CancellationToken cancellationToken) => UpsertAsync(externalId, request, null, cancellationToken);

    /// <summary>Get a company.</summary>
    /// <remarks>Needs <c>companies.read</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Company> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Company> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Update a company.</summary>
    /// <remarks>Needs <c>companies.write</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Company> UpdateAsync(string id, UpdateCompanyRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateCompanyRequest, RequestOptions?, CancellationToken)"/>
    Task<Company> UpdateAsync(string id, UpdateCompanyRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Delete a company.</summary>
    /// <remarks>Its people stay, and it can be restored. Needs <c>companies.write</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);

    /// <summary>Restore a deleted company.</summary>
    /// <remarks>Needs <c>companies.write</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Company> RestoreAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RestoreAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Company> RestoreAsync(string id, CancellationToken cancellationToken) => RestoreAsync(id, null, cancellationToken);
}

internal sealed class CompaniesResource(Wire wire) : ICompanies
{
    public AsyncPageable<Company> ListAsync(CompanyListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Company, CompanyPage>(wire, (cursor, limit) => CompaniesRequests.List(query?.Query, query?.ExternalId, query?.Deleted, query?.Sort, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<Company> CreateAsync(CreateCompanyRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(CompaniesRequests.Create(request), options, cancellationToken);

    public Task<Company> UpsertAsync(string externalId, CreateCompanyRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(CompaniesRequests.Upsert(externalId, request), options, cancellationToken);

    public Task<Company> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(CompaniesRequests.Get(id), options, cancellationToken);

    public Task<Company> UpdateAsync(string id, UpdateCompanyRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(CompaniesRequests.Update(id, request), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(CompaniesRequests.Delete(id), options, cancellationToken);

    public Task<Company> RestoreAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(CompaniesRequests.Restore(id), options, cancellationToken);
}
