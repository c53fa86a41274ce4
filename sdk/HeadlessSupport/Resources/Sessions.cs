using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Where staff are signed in.</summary>
public interface ISessions
{
    /// <summary>List sessions.</summary>
    /// <remarks>Your own, or with <c>sessions.manage</c> anybody's. Needs <c>member</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Session> ListAsync(SessionListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Get a session.</summary>
    /// <remarks>Needs <c>member</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Session> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Session> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>End a session.</summary>
    /// <remarks>Its tokens are refused at once, on other nodes within 5 seconds, and the browser must sign in anew. Needs <c>member</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Session> RevokeAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RevokeAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Session> RevokeAsync(string id, CancellationToken cancellationToken) => RevokeAsync(id, null, cancellationToken);

    /// <summary>End all of your sessions.</summary>
    /// <remarks>The one that asks is ended too. Needs <c>member</c>.</remarks>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<RevokedSessions> RevokeAllAsync(RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RevokeAllAsync(RequestOptions?, CancellationToken)"/>
    Task<RevokedSessions> RevokeAllAsync(CancellationToken cancellationToken) => RevokeAllAsync(null, cancellationToken);
}

internal sealed class SessionsResource(Wire wire) : ISessions
{
    public AsyncPageable<Session> ListAsync(SessionListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Session, SessionPage>(wire, (cursor, limit) => SessionsRequests.List(query?.User, query?.Ended, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<Session> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(SessionsRequests.Get(id), options, cancellationToken);

    public Task<Session> RevokeAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(SessionsRequests.Revoke(id), options, cancellationToken);

    public Task<RevokedSessions> RevokeAllAsync(RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(SessionsRequests.RevokeAll(), options, cancellationToken);
}
