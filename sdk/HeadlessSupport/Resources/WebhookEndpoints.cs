using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Addresses that events are sent to.</summary>
public interface IWebhookEndpoints
{
    /// <summary>What was sent to an endpoint, and how it went.</summary>
    IWebhookDeliveries Deliveries { get; }

    /// <summary>List webhook endpoints.</summary>
    /// <remarks>The newest first. Needs <c>webhooks.read</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<WebhookEndpoint> ListAsync(ListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Create a webhook endpoint.</summary>
    /// <remarks>The answer shows the secret, once. Only events from then on are sent. Needs <c>webhooks.manage</c>.</remarks>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WebhookEndpoint> CreateAsync(CreateWebhookEndpointRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="CreateAsync(CreateWebhookEndpointRequest, RequestOptions?, CancellationToken)"/>
    Task<WebhookEndpoint> CreateAsync(CreateWebhookEndpointRequest request, CancellationToken cancellationToken) => CreateAsync(request, null, cancellationToken);

    /// <summary>Get a webhook endpoint.</summary>
    /// <remarks>Needs <c>webhooks.read</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WebhookEndpoint> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<WebhookEndpoint> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Update a webhook endpoint.</summary>
    /// <remarks>Disabled by <c>enabled: false</c>, it keeps what waits, and is sent it once it is enabled again; events that happen meanwhile are not sent, but can be replayed. Needs <c>webhooks.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to change.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WebhookEndpoint> UpdateAsync(string id, UpdateWebhookEndpointRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UpdateAsync(string, UpdateWebhookEndpointRequest, RequestOptions?, CancellationToken)"/>
    Task<WebhookEndpoint> UpdateAsync(string id, UpdateWebhookEndpointRequest request, CancellationToken cancellationToken) => UpdateAsync(id, request, null, cancellationToken);

    /// <summary>Delete a webhook endpoint.</summary>
    /// <remarks>What waits for it is never sent. Needs <c>webhooks.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task DeleteAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DeleteAsync(string, RequestOptions?, CancellationToken)"/>
    Task DeleteAsync(string id, CancellationToken cancellationToken) => DeleteAsync(id, null, cancellationToken);

    /// <summary>Enable a webhook endpoint.</summary>
    /// <remarks>Needs <c>webhooks.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WebhookEndpoint> EnableAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="EnableAsync(string, RequestOptions?, CancellationToken)"/>
    Task<WebhookEndpoint> EnableAsync(string id, CancellationToken cancellationToken) => EnableAsync(id, null, cancellationToken);

    /// <summary>Disable a webhook endpoint.</summary>
    /// <remarks>Needs <c>webhooks.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WebhookEndpoint> DisableAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DisableAsync(string, RequestOptions?, CancellationToken)"/>
    Task<WebhookEndpoint> DisableAsync(string id, CancellationToken cancellationToken) => DisableAsync(id, null, cancellationToken);

    /// <summary>Rotate the secret.</summary>
    /// <remarks>Makes a new secret and shows it, once; where <c>v1a</c> is used, a new pair of keys too. Until the overlap is over, requests carry a signature of the old one as well. Needs <c>webhooks.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WebhookEndpoint> RotateSecretAsync(string id, RotateWebhookSecretRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="RotateSecretAsync(string, RotateWebhookSecretRequest, RequestOptions?, CancellationToken)"/>
    Task<WebhookEndpoint> RotateSecretAsync(string id, RotateWebhookSecretRequest request, CancellationToken cancellationToken) => RotateSecretAsync(id, request, null, cancellationToken);

    /// <summary>Send a test event.</summary>
    /// <remarks>An event <c>webhook_endpoint.test</c> goes to this endpoint, whatever types it asks for, and to no other. Needs <c>webhooks.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WebhookTest> TestAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="TestAsync(string, RequestOptions?, CancellationToken)"/>
    Task<WebhookTest> TestAsync(string id, CancellationToken cancellationToken) => TestAsync(id, null, cancellationToken);

    /// <summary>Replay a time range.</summary>
    /// <remarks>Sends the events of a time range again, those too that happened before the endpoint was made, with the <c>webhook-id</c> they had. Needs <c>webhooks.manage</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="request">What to send.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WebhookReplay> ReplayAsync(string id, ReplayWebhooksRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ReplayAsync(string, ReplayWebhooksRequest, RequestOptions?, CancellationToken)"/>
    Task<WebhookReplay> ReplayAsync(string id, ReplayWebhooksRequest request, CancellationToken cancellationToken) => ReplayAsync(id, request, null, cancellationToken);

    /// <summary>Get a replay.</summary>
    /// <remarks>Needs <c>webhooks.read</c>.</remarks>
    /// <param name="endpointId">The endpoint's id.</param>
    /// <param name="replayId">The replay's id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<WebhookReplay> GetReplayAsync(string endpointId, string replayId, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetReplayAsync(string, string, RequestOptions?, CancellationToken)"/>
    Task<WebhookReplay> GetReplayAsync(string endpointId, string replayId, CancellationToken cancellationToken) => GetReplayAsync(endpointId, replayId, null, cancellationToken);
}

internal sealed class WebhookEndpointsResource(Wire wire) : IWebhookEndpoints
{
    public IWebhookDeliveries Deliveries { get; } = new WebhookDeliveriesResource(wire);

    public AsyncPageable<WebhookEndpoint> ListAsync(ListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<WebhookEndpoint, WebhookEndpointPage>(wire, (cursor, limit) => WebhookEndpointsRequests.List(limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<WebhookEndpoint> CreateAsync(CreateWebhookEndpointRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookEndpointsRequests.Create(request), options, cancellationToken);

    public Task<WebhookEndpoint> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookEndpointsRequests.Get(id), options, cancellationToken);

    public Task<WebhookEndpoint> UpdateAsync(string id, UpdateWebhookEndpointRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookEndpointsRequests.Update(id, request), options, cancellationToken);

    public Task DeleteAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookEndpointsRequests.Delete(id), options, cancellationToken);

    public Task<WebhookEndpoint> EnableAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookEndpointsRequests.Enable(id), options, cancellationToken);

    public Task<WebhookEndpoint> DisableAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookEndpointsRequests.Disable(id), options, cancellationToken);

    public Task<WebhookEndpoint> RotateSecretAsync(string id, RotateWebhookSecretRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookEndpointsRequests.RotateSecret(id, request), options, cancellationToken);

    public Task<WebhookTest> TestAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookEndpointsRequests.Test(id), options, cancellationToken);

    public Task<WebhookReplay> ReplayAsync(string id, ReplayWebhooksRequest request, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookEndpointsRequests.Replay(id, request), options, cancellationToken);

    public Task<WebhookReplay> GetReplayAsync(string endpointId, string replayId, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(WebhookEndpointsRequests.GetReplay(endpointId, replayId), options, cancellationToken);
}
