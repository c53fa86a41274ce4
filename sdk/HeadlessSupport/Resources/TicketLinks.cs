using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>What a ticket has to do with others and with pages elsewhere.</summary>
public interface ITicketLinks
{
    /// <summary>List a ticket's links.</summary>
    /// <remarks>Needs <c>tickets.read</c>.</remarks>
    /// <param name="ticketId">The ticket's id.</param>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<TicketLink> ListAsync(string ticketId, ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Link a ticket to another one, or to something outside.</summary>
    /// <remarks>Needs <c>tickets.write</c>.</remarks>
    /// <param name="ticketId">The ticket's id.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<TicketLink> AddAsync(string ticketId, CreateTicketLinkRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AddAsync(string, CreateTicketLinkRequest, RequestOptions?, CancellationToken)"/>
    Task<TicketLink> AddAsync(string ticketId, CreateTicketLinkRequest request, CancellationToken cancellationToken) => AddAsync(ticketId, request, null, cancellationToken);

    /// <summary>Get a link.</summary>
    /// <remarks>Needs <c>tickets.read</c>.</remarks>
    /// <param name="ticketId">The ticket's id.</param>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<TicketLink> GetAsync(string ticketId, string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, string, RequestOptions?, CancellationToken)"/>
    Task<TicketLink> GetAsync(string ticketId, string id, CancellationToken cancellationToken) => GetAsync(ticketId, id, null, cancellationToken);

    /// <summary>Remove a link.</summary>
    /// <remarks>Needs <c>tickets.write</c>.</remarks>
    /// <param name="ticketId">The ticket's id.</param>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task RemoveAsync(string ticketId, string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RemoveAsync(string, string, RequestOptions?, CancellationToken)"/>
    Task RemoveAsync(string ticketId, string id, CancellationToken cancellationToken) => RemoveAsync(ticketId, id, null, cancellationToken);
}

internal sealed class TicketLinksResource(Wire wire) : ITicketLinks
{
    public AsyncPageable<TicketLink> ListAsync(string ticketId, ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<TicketLink, TicketLinkPage>(wire, (cursor, limit) => TicketsRequests.ListLinks(ticketId, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<TicketLink> AddAsync(string ticketId, CreateTicketLinkRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.AddLink(ticketId, request), options, cancellationToken);

    public Task<TicketLink> GetAsync(string ticketId, string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.GetLink(ticketId, id), options, cancellationToken);

    public Task RemoveAsync(string ticketId, string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.RemoveLink(ticketId, id), options, cancellationToken);
}
