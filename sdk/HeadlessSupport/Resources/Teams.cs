using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Groups of staff.</summary>
public interface ITeams
{
    /// <summary>Who is in a team.</summary>
    ITeamMembers Members { get; }

    /// <summary>List teams.</summary>
    /// <remarks>Needs <c>users.read</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Team> ListAsync(TeamListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create a team.</summary>
    /// <remarks>Needs <c>teams.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Team> CreateAsync(CreateTeamRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateTeamRequest, RequestOptions?, CancellationToken)"/>
    Task<Team> CreateAsync(CreateTeamRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get a team.</summary>
    /// <remarks>Needs <c>users.read</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Team> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Team> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Update a team.</summary>
    /// <remarks>Needs <c>teams.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Team> UpdateAsync(string id, UpdateTeamRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateTeamRequest, RequestOptions?, CancellationToken)"/>
    Task<Team> UpdateAsync(string id, UpdateTeamRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Delete a team.</summary>
    /// <remarks>Refused while tickets or inboxes name it. Needs <c>teams.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);
}

internal sealed class TeamsResource(Wire wire) : ITeams
{
    public ITeamMembers Members { get; } = new TeamMembersResource(wire);

    public AsyncPageable<Team> ListAsync(TeamListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Team, TeamPage>(wire, (cursor, limit) => TeamsRequests.List(query?.Sort, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<Team> CreateAsync(CreateTeamRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TeamsRequests.Create(request), options, cancellationToken);

    public Task<Team> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TeamsRequests.Get(id), options, cancellationToken);

    public Task<Team> UpdateAsync(string id, UpdateTeamRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TeamsRequests.Update(id, request), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TeamsRequests.Delete(id), options, cancellationToken);
}
