using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>All organizations of the installation, for its operator.</summary>
public interface IOrganizations
{
    /// <summary>List organizations.</summary>
    /// <remarks>Needs the operator's key.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Organization> ListAsync(OrganizationListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create an organization.</summary>
    /// <remarks>With its first admin and its first API key, whose secret the answer shows once; on request with its test twin. Needs the operator's key.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<CreatedOrganization> CreateAsync(CreateOrganizationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateOrganizationRequest, RequestOptions?, CancellationToken)"/>
    Task<CreatedOrganization> CreateAsync(CreateOrganizationRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get an organization.</summary>
    /// <remarks>Needs the operator's key.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Organization> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Organization> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Change an organization's limits and security.</summary>
    /// <remarks>Needs the operator's key.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Organization> UpdateAsync(string id, UpdateOrganizationLimitsRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateOrganizationLimitsRequest, RequestOptions?, CancellationToken)"/>
    Task<Organization> UpdateAsync(string id, UpdateOrganizationLimitsRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Suspend an organization.</summary>
    /// <remarks>Its credentials stop working at once, on other nodes within 5 seconds. Nothing is deleted. Needs the operator's key.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Organization> SuspendAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SuspendAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Organization> SuspendAsync(string id, CancellationToken cancellationToken) => SuspendAsync(id, null, cancellationToken);

    /// <summary>Resume a suspended organization.</summary>
    /// <remarks>Needs the operator's key.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Organization> ResumeAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ResumeAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Organization> ResumeAsync(string id, CancellationToken cancellationToken) => ResumeAsync(id, null, cancellationToken);
}

internal sealed class OrganizationsResource(Wire wire) : IOrganizations
{
    public AsyncPageable<Organization> ListAsync(OrganizationListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Organization, OrganizationPage>(wire, (cursor, limit) => OrganizationsRequests.List(query?.Slug, query?.Sort, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<CreatedOrganization> CreateAsync(CreateOrganizationRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(OrganizationsRequests.Create(request), options, cancellationToken);

    public Task<Organization> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(OrganizationsRequests.Get(id), options, cancellationToken);

    public Task<Organization> UpdateAsync(string id, UpdateOrganizationLimitsRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(OrganizationsRequests.Update(id, request), options, cancellationToken);

    public Task<Organization> SuspendAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(OrganizationsRequests.Suspend(id), options, cancellationToken);

    public Task<Organization> ResumeAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(OrganizationsRequests.Resume(id), options, cancellationToken);
}
