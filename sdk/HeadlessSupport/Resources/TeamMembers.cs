using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Who is in a team.</summary>
public interface ITeamMembers
{
    /// <summary>List a team's members.</summary>
    /// <remarks>Needs <c>users.read</c>.</remarks>
    /// <param name="teamId">The team's id.</param>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<TeamMember> ListAsync(string teamId, ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Add a member, or change what they can do.</summary>
    /// <remarks>Needs <c>teams.manage</c>.</remarks>
    /// <param name="teamId">The team's id.</param>
    /// <param name="userId">The user's id.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<TeamMember> SetAsync(string teamId, string userId, SetTeamMemberRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SetAsync(string, string, SetTeamMemberRequest, RequestOptions?, CancellationToken)"/>
    Task<TeamMember> SetAsync(string teamId, string userId, SetTeamMemberRequest request, CancellationToken cancellationToken) => SetAsync(teamId, userId, request, null, cancellationToken);

    /// <summary>Remove a member.</summary>
    /// <remarks>Needs <c>teams.manage</c>.</remarks>
    /// <param name="teamId">The team's id.</param>
    /// <param name="userId">The user's id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task RemoveAsync(string teamId, string userId, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RemoveAsync(string, string, RequestOptions?, CancellationToken)"/>
    Task RemoveAsync(string teamId, string userId, CancellationToken cancellationToken) => RemoveAsync(teamId, userId, null, cancellationToken);
}

internal sealed class TeamMembersResource(Wire wire) : ITeamMembers
{
    public AsyncPageable<TeamMember> ListAsync(string teamId, ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<TeamMember, TeamMemberPage>(wire, (cursor, limit) => TeamsRequests.ListMembers(teamId, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<TeamMember> SetAsync(string teamId, string userId, SetTeamMemberRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TeamsRequests.SetMember(teamId, userId, request), options, cancellationToken);

    public Task RemoveAsync(string teamId, string userId, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TeamsRequests.RemoveMember(teamId, userId), options, cancellationToken);
}
