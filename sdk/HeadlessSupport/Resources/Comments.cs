using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>What is written on a ticket: replies and internal notes.</summary>
public interface IComments
{
    /// <summary>List a ticket's comments.</summary>
    /// <remarks>Internal notes only with <c>tickets.internal.read</c>. Needs <c>tickets.read</c>. End users may call it.</remarks>
    /// <param name="ticketId">The ticket's id.</param>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Comment> ListAsync(string ticketId, CommentListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Write a comment.</summary>
    /// <remarks>A public one by staff makes a new ticket open; one by the customer opens a pending, on-hold or solved ticket again. A closed ticket takes internal notes only. Needs <c>tickets.write</c>. End users may call it.</remarks>
    /// <param name="ticketId">The ticket's id.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Comment> CreateAsync(string ticketId, CreateCommentRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(string, CreateCommentRequest, RequestOptions?, CancellationToken)"/>
    Task<Comment> CreateAsync(string ticketId, CreateCommentRequest request, CancellationToken cancellationToken) => CreateAsync(ticketId, request, null, cancellationToken);

    /// <summary>Get a comment.</summary>
    /// <remarks>Needs <c>tickets.read</c>. End users may call it.</remarks>
    /// <param name="ticketId">The ticket's id.</param>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Comment> GetAsync(string ticketId, string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, string, RequestOptions?, CancellationToken)"/>
    Task<Comment> GetAsync(string ticketId, string id, CancellationToken cancellationToken) => GetAsync(ticketId, id, null, cancellationToken);
}

internal sealed class CommentsResource(Wire wire) : IComments
{
    public AsyncPageable<Comment> ListAsync(string ticketId, CommentListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Comment, CommentPage>(wire, (cursor, limit) => CommentsRequests.List(ticketId, query?.Visibility, query?.Sort, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<Comment> CreateAsync(string ticketId, CreateCommentRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(CommentsRequests.Create(ticketId, null, request), options, cancellationToken);

    public Task<Comment> GetAsync(string ticketId, string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(CommentsRequests.Get(ticketId, id, null), options, cancellationToken);
}
