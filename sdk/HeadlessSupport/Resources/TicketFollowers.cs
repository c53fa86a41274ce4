using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Who is told of a ticket besides its assignee.</summary>
public interface ITicketFollowers
{
    /// <summary>List a ticket's followers.</summary>
    /// <remarks>Needs <c>tickets.read</c>.</remarks>
    /// <param name="ticketId">The ticket's id.</param>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Follower> ListAsync(string ticketId, ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Make a user follow a ticket.</summary>
    /// <remarks>Needs <c>tickets.write</c>.</remarks>
    /// <param name="ticketId">The ticket's id.</param>
    /// <param name="userId">The user's id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Follower> AddAsync(string ticketId, string userId, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AddAsync(string, string, RequestOptions?, CancellationToken)"/>
    Task<Follower> AddAsync(string ticketId, string userId, CancellationToken cancellationToken) => AddAsync(ticketId, userId, null, cancellationToken);

    /// <summary>Make a user stop following a ticket.</summary>
    /// <remarks>Needs <c>tickets.write</c>.</remarks>
    /// <param name="ticketId">The ticket's id.</param>
    /// <param name="userId">The user's id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task RemoveAsync(string ticketId, string userId, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RemoveAsync(string, string, RequestOptions?, CancellationToken)"/>
    Task RemoveAsync(string ticketId, string userId, CancellationToken cancellationToken) => RemoveAsync(ticketId, userId, null, cancellationToken);
}

internal sealed class TicketFollowersResource(Wire wire) : ITicketFollowers
{
    public AsyncPageable<Follower> ListAsync(string ticketId, ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Follower, FollowerPage>(wire, (cursor, limit) => TicketsRequests.ListFollowers(ticketId, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<Follower> AddAsync(string ticketId, string userId, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.AddFollower(ticketId, userId), options, cancellationToken);

    public Task RemoveAsync(string ticketId, string userId, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.RemoveFollower(ticketId, userId), options, cancellationToken);
}
