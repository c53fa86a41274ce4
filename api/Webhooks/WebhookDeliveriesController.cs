using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>What was sent to an endpoint, and how that went.</summary>
[Route("api/v{version:apiVersion}/webhook-endpoints/{id}/deliveries"), Tags("WebhookEndpoints")]
public sealed class WebhookDeliveriesController(SupportDb db, TenantContext tenant, WebhookSignal signal) : ApiController
{
    /// <summary>List deliveries</summary>
    /// <remarks>The newest first; kept for 30 days.</remarks>
    [HttpGet(Name = "WebhookDeliveries_List"), Requires("webhooks.read")]
    public async Task<ActionResult<Page<WebhookDeliveryResponse>>> List(Id<WebhookEndpoint> id, [FromQuery] WebhookDeliveryFilter filter, CancellationToken cancellationToken)
    {
        await WebhookEndpointsController.FindAsync(db.WebhookEndpoints.AsNoTracking(), id, cancellationToken);
        var deliveries = db.WebhookDeliveries.AsNoTracking().Where(d => d.EndpointId == id);
        if (filter.Status is { } status)
            deliveries = deliveries.Where(d => d.Status == status);
        if (filter.EventType is { } type)
            deliveries = deliveries.Where(d => d.EventType == type);
        if (filter.Event is { } happened)
            deliveries = deliveries.Where(d => d.EventId == happened);
        if (filter.Ticket is { } text)
        {
            if (!TypeId.TryParse(text, "tkt", out var ticket))
                throw SupportException.Unreadable("ticket", "Expected an id that begins with tkt_.");
            deliveries = deliveries.Where(d => d.TicketId == ticket);
        }
        return await PageAsync(deliveries, WebhookMapping.NewestDelivery, filter, WebhookDeliveryResponse.From, cancellationToken);
    }

    /// <summary>Get a delivery</summary>
    /// <remarks>With every attempt.</remarks>
    [HttpGet("{delivery}", Name = "WebhookDeliveries_Get"), Requires("webhooks.read")]
    public async Task<ActionResult<WebhookDeliveryResponse>> Get(Id<WebhookEndpoint> id, Id<WebhookDelivery> delivery, CancellationToken cancellationToken)
    {
        var found = await FindAsync(db.WebhookDeliveries.AsNoTracking(), id, delivery, cancellationToken);
        var attempts = await db.WebhookAttempts.AsNoTracking().Where(a => a.DeliveryId == delivery).OrderBy(a => a.Id).Take(100).ToListAsync(cancellationToken);
        return WebhookDeliveryResponse.From(found) with { Attempts = attempts.ConvertAll(WebhookAttemptResponse.From) };
    }

    /// <summary>Send a delivery again</summary>
    /// <remarks>At once, and from then on as the first time; with the <c>webhook-id</c> it had.</remarks>
    [HttpPost("{delivery}/resend", Name = "WebhookDeliveries_Resend"), Requires("webhooks.manage"), Accepts<WebhookDeliveryResponse>]
    public async Task<ActionResult<WebhookDeliveryResponse>> Resend(Id<WebhookEndpoint> id, Id<WebhookDelivery> delivery, CancellationToken cancellationToken)
    {
        var found = await FindAsync(db.WebhookDeliveries, id, delivery, cancellationToken);
        // A delivery has no version; what could have changed is the endpoint.
        var endpoint = await WebhookEndpointsController.FindAsync(db.WebhookEndpoints.AsNoTracking(), id, cancellationToken);
        await CheckIfMatchAsync(endpoint, [], cancellationToken);
        WebhookEndpointsController.MustBeEnabled(endpoint);
        found.Resend(tenant.RealNow);
        await db.SaveChangesAsync(cancellationToken);
        signal.Wake();
        return Accepted(WebhookDeliveryResponse.From(found));
    }

    private static async Task<WebhookDelivery> FindAsync(IQueryable<WebhookDelivery> deliveries, Id<WebhookEndpoint> endpoint, Id<WebhookDelivery> id, CancellationToken cancellationToken) =>
        await deliveries.SingleOrDefaultAsync(d => d.EndpointId == endpoint && d.Id == id, cancellationToken) ?? throw SupportException.NotFound("delivery");
}
