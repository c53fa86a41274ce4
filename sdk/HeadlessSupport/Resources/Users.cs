using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Staff and customers.</summary>
public interface IUsers
{
    /// <summary>List and search users.</summary>
    /// <remarks>Needs <c>users.read</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<User> ListAsync(UserListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create a user.</summary>
    /// <remarks>Staff only with a role that may no more than your own credential. Needs <c>users.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<User> CreateAsync(CreateUserRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateUserRequest, RequestOptions?, CancellationToken)"/>
    Task<User> CreateAsync(CreateUserRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Create or replace the user with your own id.</summary>
    /// <remarks>Needs <c>users.manage</c>.</remarks>
    /// <param name="externalId">Your own id for it.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<User> UpsertAsync(string externalId, CreateUserRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpsertAsync(string, CreateUserRequest, RequestOptions?, CancellationToken)"/>
    Task<User> UpsertAsync(string externalId, CreateUserRequest request, CancellationToken cancellationToken) => UpsertAsync(externalId, request, null, cancellationToken);

    /// <summary>Get a user.</summary>
    /// <remarks>Needs <c>users.read</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<User> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<User> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Update a user.</summary>
    /// <remarks>Refused where they may do more than your own credential, before or after. The last active admin remains one. Needs <c>users.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<User> UpdateAsync(string id, UpdateUserRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateUserRequest, RequestOptions?, CancellationToken)"/>
    Task<User> UpdateAsync(string id, UpdateUserRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Activate a user again.</summary>
    /// <remarks>Needs <c>users.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<User> ActivateAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ActivateAsync(string, RequestOptions?, CancellationToken)"/>
    Task<User> ActivateAsync(string id, CancellationToken cancellationToken) => ActivateAsync(id, null, cancellationToken);

    /// <summary>Deactivate a user.</summary>
    /// <remarks>They can no longer act or be assigned, and an API key that acts as them stops working. What they wrote stays. Refused for the last active admin, and where they may do more than your own credential. Needs <c>users.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<User> DeactivateAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeactivateAsync(string, RequestOptions?, CancellationToken)"/>
    Task<User> DeactivateAsync(string id, CancellationToken cancellationToken) => DeactivateAsync(id, null, cancellationToken);

    /// <summary>End all sessions of a user.</summary>
    /// <remarks>Needs <c>sessions.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<RevokedSessions> RevokeSessionsAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RevokeSessionsAsync(string, RequestOptions?, CancellationToken)"/>
    Task<RevokedSessions> RevokeSessionsAsync(string id, CancellationToken cancellationToken) => RevokeSessionsAsync(id, null, cancellationToken);
}

internal sealed class UsersResource(Wire wire) : IUsers
{
    public AsyncPageable<User> ListAsync(UserListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<User, UserPage>(wire, (cursor, limit) => UsersRequests.List(query?.Query, query?.Role, query?.Email, query?.ExternalId, query?.CompanyId, query?.Status, query?.IsMachine, query?.Sort, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<User> CreateAsync(CreateUserRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(UsersRequests.Create(request), options, cancellationToken);

    public Task<User> UpsertAsync(string externalId, CreateUserRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(UsersRequests.Upsert(externalId, request), options, cancellationToken);

    public Task<User> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(UsersRequests.Get(id), options, cancellationToken);

    public Task<User> UpdateAsync(string id, UpdateUserRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(UsersRequests.Update(id, request), options, cancellationToken);

    public Task<User> ActivateAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(UsersRequests.Activate(id), options, cancellationToken);

    public Task<User> DeactivateAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(UsersRequests.Deactivate(id), options, cancellationToken);

    public Task<RevokedSessions> RevokeSessionsAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(UsersRequests.RevokeSessions(id), options, cancellationToken);
}
