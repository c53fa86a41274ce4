using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;

namespace HeadlessSupport.Api.Platform.Events;

/// <summary>Everything that happens in the organization, in one order.</summary>
[Route("api/v{version:apiVersion}/events")]
public sealed class EventsController(SupportDb db, EventReader events) : ApiController
{
    /// <summary>List events</summary>
    /// <remarks>The oldest first. Follow it by asking for what came <c>after</c> the last sequence you saw: nothing is missed. Internal notes only with <c>tickets.internal.read</c>.</remarks>
    [HttpGet(Name = "Events_List"), Requires("events.read")]
    public async Task<ActionResult<Page<EventResponse>>> List([FromQuery] EventFilter filter, CancellationToken cancellationToken) =>
        await events.PageAsync(db.Events, filter, User, cancellationToken);
}
