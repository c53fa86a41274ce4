using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>What was sent to an endpoint, and how it went.</summary>
public interface IWebhookDeliveries
{
    /// <summary>List deliveries.</summary>
    /// <remarks>The newest first; kept for 30 days. Needs <c>webhooks.read</c>.</remarks>
    /// <param name="endpointId">The endpoint's id.</param>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<WebhookDelivery> ListAsync(string endpointId, WebhookDeliveryListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Get a delivery.</summary>
    /// <remarks>With every attempt. Needs <c>webhooks.read</c>.</remarks>
    /// <param name="endpointId">The endpoint's id.</param>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WebhookDelivery> GetAsync(string endpointId, string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, string, RequestOptions?, CancellationToken)"/>
    Task<WebhookDelivery> GetAsync(string endpointId, string id, CancellationToken cancellationToken) => GetAsync(endpointId, id, null, cancellationToken);

    /// <summary>Send a delivery again.</summary>
    /// <remarks>At once, and from then on as the first time; with the <c>webhook-id</c> it had. Needs <c>webhooks.manage</c>.</remarks>
    /// <param name="endpointId">The endpoint's id.</param>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WebhookDelivery> ResendAsync(string endpointId, string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ResendAsync(string, string, RequestOptions?, CancellationToken)"/>
    Task<WebhookDelivery> ResendAsync(string endpointId, string id, CancellationToken cancellationToken) => ResendAsync(endpointId, id, null, cancellationToken);
}

internal sealed class WebhookDeliveriesResource(Wire wire) : IWebhookDeliveries
{
    public AsyncPageable<WebhookDelivery> ListAsync(string endpointId, WebhookDeliveryListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<WebhookDelivery, WebhookDeliveryPage>(wire, (cursor, limit) => WebhookDeliveriesRequests.List(endpointId, query?.Status, query?.EventType, query?.Event, query?.Ticket, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<WebhookDelivery> GetAsync(string endpointId, string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookDeliveriesRequests.Get(endpointId, id), options, cancellationToken);

    public Task<WebhookDelivery> ResendAsync(string endpointId, string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookDeliveriesRequests.Resend(endpointId, id), options, cancellationToken);
}
