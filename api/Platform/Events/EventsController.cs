using System.Globalization;
using System.Text;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace HeadlessSupport.Api.Platform.Events;

/// <summary>Everything that happens in the organization, in one order.</summary>
[Route("api/v{version:apiVersion}/events")]
public sealed class EventsController(SupportDb db, TenantContext tenant, EventReader events, EventFeed feed, ICredentialWatch credentials, IHostApplicationLifetime lifetime) : ApiController
{
    /// <summary>List events</summary>
    /// <remarks>The oldest first. Follow it by asking for what came <c>after</c> the last sequence you saw: nothing is missed. With <c>wait</c> the answer comes as soon as there is something. Internal notes only with <c>tickets.internal.read</c>.</remarks>
    [HttpGet(Name = "Events_List"), Requires("events.read"), ForCustomers(query: "after types wait limit cursor include")]
    public async Task<ActionResult<Page<EventResponse>>> List([FromQuery] EventListFilter filter, CancellationToken cancellationToken)
    {
        var page = await events.PageAsync(db.Events, filter, User, cancellationToken);
        if (page.Data.Count > 0 || filter.Wait == 0 || !await HappensAsync(filter, cancellationToken))
            return page;
        return await events.PageAsync(db.Events, filter, User, cancellationToken);
    }

    /// <summary>Follow events as a stream</summary>
    /// <remarks>
    /// Server-sent events: <c>id</c> is the sequence, <c>event</c> the type, <c>data</c> the envelope; before the first an <c>id</c> alone says where it begins. After a break the client sends the last <c>id</c> it saw as
    /// <c>Last-Event-ID</c> (browsers' EventSource does) and gets what it missed. A comment comes every 15 seconds where nothing else does. The stream ends when the credential does.
    /// </remarks>
    [HttpGet("stream", Name = "Events_Stream"), Requires("events.read"), ForCustomers(query: "after types")]
    [ProducesResponseType<string>(StatusCodes.Status200OK, "text/event-stream")]
    public async Task<ActionResult> Stream([FromQuery] EventStreamQuery query, CancellationToken cancellationToken)
    {
        var after = LastEventId() ?? query.After ?? await feed.NewestAsync(tenant.Required, cancellationToken);
        var view = EventView.Of(User, query.Types);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        Response.ContentType = "text/event-stream; charset=utf-8";
        Response.Headers.CacheControl = "no-store";
        Response.Headers["X-Accel-Buffering"] = "no";
        HttpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        try
        {
            // Where it begins, so that a break before the first event loses nothing: the client comes back with it.
            await Response.WriteAsync($": \nid: {after}\n\n", ending.Token);
            await Response.Body.FlushAsync(ending.Token);
            var checkedAt = tenant.RealNow;
            await foreach (var e in feed.FollowAsync(tenant.Required, after, view, ending.Token))
            {
                if (tenant.RealNow - checkedAt > CredentialWatch.Every)
                {
                    if (!await credentials.IsGoodAsync(HttpContext, ending.Token))
                        break;
                    checkedAt = tenant.RealNow;
                }
                await Response.WriteAsync(e is null ? ": \n\n" : $"id: {e.Sequence}\nevent: {e.Type}\ndata: {JsonSerializer.Serialize(view.Show(e), Json.Options)}\n\n", Encoding.UTF8, ending.Token);
                await Response.Body.FlushAsync(ending.Token);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The client went away, or the node goes: the stream just ends.
        }
        return new EmptyResult();
    }

    private async Task<bool> HappensAsync(EventListFilter filter, CancellationToken cancellationToken)
    {
        if (filter.Cursor is not null)
            return false;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        waiting.CancelAfter(TimeSpan.FromSeconds(filter.Wait));
        try
        {
            await foreach (var e in feed.FollowAsync(tenant.Required, filter.After ?? 0, EventView.Of(User, filter.Types), waiting.Token))
            {
                if (e is not null)
                    return true;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing came.
        }
        return false;
    }

    private long? LastEventId()
    {
        var header = Request.Headers["Last-Event-ID"].ToString();
        if (header.Length == 0)
            return null;
        return long.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            ? sequence
            : throw SupportException.Unreadable("Last-Event-ID", "Expected the id of an event of this stream: its sequence.");
    }
}
