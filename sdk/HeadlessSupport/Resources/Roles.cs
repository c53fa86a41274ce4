using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>What staff may do: the built-in roles, and the organization's own.</summary>
public interface IRoles
{
    /// <summary>List the organization's own roles.</summary>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Role> ListAsync(ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>The built-in roles and what they allow. There are only a few, and the same everywhere.</summary>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The roles.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<IReadOnlyList<BuiltInRole>> GetBuiltInAsync(RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetBuiltInAsync(RequestOptions?, CancellationToken)"/>
    Task<IReadOnlyList<BuiltInRole>> GetBuiltInAsync(CancellationToken cancellationToken) => GetBuiltInAsync(null, cancellationToken);

    /// <summary>Create a role.</summary>
    /// <remarks>Needs <c>roles.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Role> CreateAsync(CreateRoleRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateRoleRequest, RequestOptions?, CancellationToken)"/>
    Task<Role> CreateAsync(CreateRoleRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get a role.</summary>
    /// <remarks>Needs <c>roles.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Role> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Role> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Update a role.</summary>
    /// <remarks>Holds for those who have it at once, on other nodes within 5 seconds. Needs <c>roles.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Role> UpdateAsync(string id, UpdateRoleRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateRoleRequest, RequestOptions?, CancellationToken)"/>
    Task<Role> UpdateAsync(string id, UpdateRoleRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Delete a role.</summary>
    /// <remarks>Refused while users have it. Needs <c>roles.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);
}

internal sealed class RolesResource(Wire wire) : IRoles
{
    public AsyncPageable<Role> ListAsync(ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Role, RolePage>(wire, (cursor, limit) => RolesRequests.List(limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public async Task<IReadOnlyList<BuiltInRole>> GetBuiltInAsync(RequestOptions? options, CancellationToken cancellationToken) =>
        (await wire.SendAsync(RolesRequests.List(1, null, null), options, cancellationToken).ConfigureAwait(false)).BuiltIn ?? [];

    public Task<Role> CreateAsync(CreateRoleRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(RolesRequests.Create(request), options, cancellationToken);

    public Task<Role> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(RolesRequests.Get(id), options, cancellationToken);

    public Task<Role> UpdateAsync(string id, UpdateRoleRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(RolesRequests.Update(id, request), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(RolesRequests.Delete(id), options, cancellationToken);
}
