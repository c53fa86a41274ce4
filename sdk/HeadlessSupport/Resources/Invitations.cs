using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Staff who are asked to join.</summary>
public interface IInvitations
{
    /// <summary>List invitations.</summary>
    /// <remarks>Needs <c>users.manage</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Invitation> ListAsync(ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Invite someone to join the staff.</summary>
    /// <remarks>They get a mail with a link, which is good for seven days and once; with it they choose a password, or join with the login that they have. Needs <c>users.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Invitation> CreateAsync(CreateInvitationRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateInvitationRequest, RequestOptions?, CancellationToken)"/>
    Task<Invitation> CreateAsync(CreateInvitationRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get an invitation.</summary>
    /// <remarks>Needs <c>users.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Invitation> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Invitation> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Send an invitation again.</summary>
    /// <remarks>With a new link; the one before is of no use any more. Needs <c>users.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Invitation> SendAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SendAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Invitation> SendAsync(string id, CancellationToken cancellationToken) => SendAsync(id, null, cancellationToken);

    /// <summary>Revoke an invitation.</summary>
    /// <remarks>Its link is of no use any more. The user stays. Needs <c>users.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Invitation> RevokeAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RevokeAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Invitation> RevokeAsync(string id, CancellationToken cancellationToken) => RevokeAsync(id, null, cancellationToken);
}

internal sealed class InvitationsResource(Wire wire) : IInvitations
{
    public AsyncPageable<Invitation> ListAsync(ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Invitation, InvitationPage>(wire, (cursor, limit) => InvitationsRequests.List(limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<Invitation> CreateAsync(CreateInvitationRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(InvitationsRequests.Create(request), options, cancellationToken);

    public Task<Invitation> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(InvitationsRequests.Get(id), options, cancellationToken);

    public Task<Invitation> SendAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(InvitationsRequests.Send(id), options, cancellationToken);

    public Task<Invitation> RevokeAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(InvitationsRequests.Revoke(id), options, cancellationToken);
}
