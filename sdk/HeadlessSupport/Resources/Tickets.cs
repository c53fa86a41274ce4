using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>What customers ask, with its whole life.</summary>
public interface ITickets
{
    /// <summary>What is written on a ticket: replies and internal notes.</summary>
    IComments Comments { get; }

    /// <summary>Who is told of a ticket besides its assignee.</summary>
    ITicketFollowers Followers { get; }

    /// <summary>What a ticket has to do with others and with pages elsewhere.</summary>
    ITicketLinks Links { get; }

    /// <summary>List and search tickets.</summary>
    /// <remarks>With words in <c>q</c> the best matches come first, and <c>search</c> says how it went. <c>include=highlights</c> shows where each matches. End users see their own, and cannot search. Needs <c>tickets.read</c>. End users may call it.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Ticket> ListAsync(TicketListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create a ticket.</summary>
    /// <remarks>End users ask for themselves, and set nothing but subject, comment and custom fields. Needs <c>tickets.write</c>. End users may call it.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Ticket> CreateAsync(CreateTicketRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateTicketRequest, RequestOptions?, CancellationToken)"/>
    Task<Ticket> CreateAsync(CreateTicketRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get a ticket.</summary>
    /// <remarks>Needs <c>tickets.read</c>. End users may call it.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Ticket> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Ticket> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Update a ticket.</summary>
    /// <remarks>Needs <c>tickets.write</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Ticket> UpdateAsync(string id, UpdateTicketRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateTicketRequest, RequestOptions?, CancellationToken)"/>
    Task<Ticket> UpdateAsync(string id, UpdateTicketRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Assign a ticket.</summary>
    /// <remarks>The first assignment makes a new ticket open. Needs <c>tickets.write</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Ticket> AssignAsync(string id, AssignmentRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AssignAsync(string, AssignmentRequest, RequestOptions?, CancellationToken)"/>
    Task<Ticket> AssignAsync(string id, AssignmentRequest request, CancellationToken cancellationToken) => AssignAsync(id, request, null, cancellationToken);

    /// <summary>Set a ticket's status.</summary>
    /// <remarks>Nothing becomes new again, and a closed ticket can only be opened. End users can say that their ticket is solved, and open a solved one again. Needs <c>tickets.write</c>. End users may call it.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Ticket> SetStatusAsync(string id, StatusRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="SetStatusAsync(string, StatusRequest, RequestOptions?, CancellationToken)"/>
    Task<Ticket> SetStatusAsync(string id, StatusRequest request, CancellationToken cancellationToken) => SetStatusAsync(id, request, null, cancellationToken);

    /// <summary>Add tags to a ticket.</summary>
    /// <remarks>Needs <c>tickets.write</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Ticket> AddTagsAsync(string id, AddTagsRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="AddTagsAsync(string, AddTagsRequest, RequestOptions?, CancellationToken)"/>
    Task<Ticket> AddTagsAsync(string id, AddTagsRequest request, CancellationToken cancellationToken) => AddTagsAsync(id, request, null, cancellationToken);

    /// <summary>Take a tag off a ticket.</summary>
    /// <remarks>Needs <c>tickets.write</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="name">Its name.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Ticket> RemoveTagAsync(string id, string name, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RemoveTagAsync(string, string, RequestOptions?, CancellationToken)"/>
    Task<Ticket> RemoveTagAsync(string id, string name, CancellationToken cancellationToken) => RemoveTagAsync(id, name, null, cancellationToken);

    /// <summary>Delete a ticket.</summary>
    /// <remarks>It leaves every list, and can be restored. Needs <c>tickets.delete</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);

    /// <summary>Restore a deleted ticket.</summary>
    /// <remarks>Needs <c>tickets.delete</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Ticket> RestoreAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RestoreAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Ticket> RestoreAsync(string id, CancellationToken cancellationToken) => RestoreAsync(id, null, cancellationToken);

    /// <summary>Create and update up to 100 tickets.</summary>
    /// <remarks>Each item succeeds or fails on its own, and the answer says which; what succeeded is written together, at the end. Needs <c>tickets.write</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<BulkTickets> BulkAsync(BulkTicketsRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="BulkAsync(BulkTicketsRequest, RequestOptions?, CancellationToken)"/>
    Task<BulkTickets> BulkAsync(BulkTicketsRequest request, CancellationToken cancellationToken) => BulkAsync(request, null, cancellationToken);

    /// <summary>List a ticket's attachments.</summary>
    /// <remarks>Needs <c>attachments.read</c>. End users may call it.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Attachment> ListAttachmentsAsync(string id, ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>List a ticket's events.</summary>
    /// <remarks>What happened to it, in order. Internal notes only with <c>tickets.internal.read</c>. Needs <c>tickets.read</c>. End users may call it.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<Event> ListEventsAsync(string id, EventListOptions? query = null, CancellationToken cancellationToken = default);
}

internal sealed class TicketsResource(Wire wire) : ITickets
{
    public IComments Comments { get; } = new CommentsResource(wire);

    public ITicketFollowers Followers { get; } = new TicketFollowersResource(wire);

    public ITicketLinks Links { get; } = new TicketLinksResource(wire);

    public AsyncPageable<Ticket> ListAsync(TicketListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Ticket, TicketPage>(wire, (cursor, limit) => TicketsRequests.List(query?.Query, ListQuery.Words(query?.Status), ListQuery.Words(query?.Priority), query?.Type, query?.Assignee, query?.Team, query?.Requester, query?.Company, query?.Inbox, query?.Tag, query?.ExternalId, query?.Number, query?.CreatedAfter, query?.CreatedBefore, query?.UpdatedAfter, query?.UpdatedBefore, query?.Deleted, query?.Sort, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<Ticket> CreateAsync(CreateTicketRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.Create(request), options, cancellationToken);

    public Task<Ticket> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.Get(id), options, cancellationToken);

    public Task<Ticket> UpdateAsync(string id, UpdateTicketRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.Update(id, request), options, cancellationToken);

    public Task<Ticket> AssignAsync(string id, AssignmentRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.Assign(id, request), options, cancellationToken);

    public Task<Ticket> SetStatusAsync(string id, StatusRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.SetStatus(id, request), options, cancellationToken);

    public Task<Ticket> AddTagsAsync(string id, AddTagsRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.AddTags(id, request), options, cancellationToken);

    public Task<Ticket> RemoveTagAsync(string id, string name, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.RemoveTag(id, name), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.Delete(id), options, cancellationToken);

    public Task<Ticket> RestoreAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.Restore(id), options, cancellationToken);

    public Task<BulkTickets> BulkAsync(BulkTicketsRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(TicketsRequests.Bulk(request), options, cancellationToken);

    public AsyncPageable<Attachment> ListAttachmentsAsync(string id, ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Attachment, AttachmentPage>(wire, (cursor, limit) => TicketsRequests.ListAttachments(id, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public AsyncPageable<Event> ListEventsAsync(string id, EventListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<Event, EventPage>(wire, (cursor, limit) => TicketsRequests.ListEvents(id, query?.After, ListQuery.Words(query?.Types), limit, cursor, ListQuery.Include(query)), query, cancellationToken);
}
