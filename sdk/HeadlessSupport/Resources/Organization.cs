using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>The organization that the key belongs to.</summary>
public interface IOrganization
{
    /// <summary>Get your organization.</summary>
    /// <remarks>Needs <c>organization.read</c>.</remarks>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Organization> GetAsync(RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(RequestOptions?, CancellationToken)"/>
    Task<Organization> GetAsync(CancellationToken cancellationToken) => GetAsync(null, cancellationToken);

    /// <summary>Update your organization.</summary>
    /// <remarks>Networks that would lock out the request itself are refused. Needs <c>organization.manage</c>.</remarks>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Organization> UpdateAsync(UpdateOrganizationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(UpdateOrganizationRequest, RequestOptions?, CancellationToken)"/>
    Task<Organization> UpdateAsync(UpdateOrganizationRequest request, CancellationToken cancellationToken) => UpdateAsync(request, null, cancellationToken);
}

internal sealed class OrganizationResource(Wire wire) : IOrganization
{
    public Task<Organization> GetAsync(RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(OrganizationRequests.Get(), options, cancellationToken);

    public Task<Organization> UpdateAsync(UpdateOrganizationRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(OrganizationRequests.Update(request), options, cancellationToken);
}
