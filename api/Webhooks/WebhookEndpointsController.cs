using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>Where events are sent as they happen.</summary>
[Route("api/v{version:apiVersion}/webhook-endpoints"), Tags("WebhookEndpoints")]
public sealed class WebhookEndpointsController(SupportDb db, TenantContext tenant, SecretBox box, PublicAddressGuard guard, WebhookHealths healths) : ApiController
{
    internal const string HeadersPurpose = "webhook-headers";
    private const int MostEndpoints = 100;

    /// <summary>List webhook endpoints</summary>
    /// <remarks>The newest first.</remarks>
    [HttpGet(Name = "WebhookEndpoints_List"), Requires("webhooks.read")]
    public async Task<ActionResult<Page<WebhookEndpointResponse>>> List([FromQuery] PageQuery page, CancellationToken cancellationToken)
    {
        var found = await PageAsync(db.WebhookEndpoints.AsNoTracking(), WebhookMapping.Newest, page, WebhookEndpointResponse.From, cancellationToken);
        return found with { Data = await healths.WithHealthAsync(found.Data, cancellationToken) };
    }

    /// <summary>Create a webhook endpoint</summary>
    /// <remarks>The answer shows the secret, once. Only events from then on are sent.</remarks>
    [HttpPost(Name = "WebhookEndpoints_Create"), Requires("webhooks.manage"), ShowsSecret("secret"), Creates]
    public async Task<ActionResult<WebhookEndpointResponse>> Create(WebhookEndpointUpdate request, CancellationToken cancellationToken)
    {
        await CheckAsync(request, null, cancellationToken);
        if (await db.WebhookEndpoints.CountAsync(cancellationToken) >= MostEndpoints)
            throw new SupportException(ErrorCode.Conflict, $"An organization can have {MostEndpoints} webhook endpoints. Delete one first.");
        var endpoint = new WebhookEndpoint(tenant.Required, request, Seal(request.Headers), tenant.Now);
        db.Add(endpoint);
        var (secret, shown) = WebhookSecret.NewShared(endpoint, box, tenant.RealNow);
        db.Add(secret);
        await AddPairIfNeededAsync(endpoint, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(endpoint, $"webhook-endpoints/{endpoint.Id}", await ShownAsync(endpoint, cancellationToken) with { Secret = shown });
    }

    /// <summary>Get a webhook endpoint</summary>
    [HttpGet("{id}", Name = "WebhookEndpoints_Get"), Requires("webhooks.read")]
    public async Task<ActionResult<WebhookEndpointResponse>> Get(Id<WebhookEndpoint> id, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(db.WebhookEndpoints.AsNoTracking(), id, cancellationToken);
        return Show(endpoint, await ShownAsync(endpoint, cancellationToken));
    }

    /// <summary>Update a webhook endpoint</summary>
    /// <remarks>Disabled by <c>enabled: false</c>, it keeps what waits, and is sent it once it is enabled again; events that happen meanwhile are not sent, but can be replayed.</remarks>
    [HttpPatch("{id}", Name = "WebhookEndpoints_Update"), Requires("webhooks.manage")]
    public async Task<ActionResult<WebhookEndpointResponse>> Update(Id<WebhookEndpoint> id, MergePatch<WebhookEndpointUpdate> patch, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(db.WebhookEndpoints, id, cancellationToken);
        await CheckIfMatchAsync(endpoint, patch.Members, cancellationToken);
        var update = Merge(patch, WebhookEndpointUpdate.From(endpoint, Open(endpoint.Headers)));
        await CheckAsync(update, endpoint, cancellationToken);
        if (update.Enabled && !endpoint.Enabled)
            await healths.ForgiveAsync(endpoint, cancellationToken);
        endpoint.Update(update, patch.Members.Contains("headers") ? Seal(update.Headers) : endpoint.Headers, tenant.Now);
        await AddPairIfNeededAsync(endpoint, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return Show(endpoint, await ShownAsync(endpoint, cancellationToken));
    }

    /// <summary>Delete a webhook endpoint</summary>
    /// <remarks>What waits for it is never sent.</remarks>
    [HttpDelete("{id}", Name = "WebhookEndpoints_Delete"), Requires("webhooks.manage"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<WebhookEndpoint> id, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(db.WebhookEndpoints, id, cancellationToken);
        await CheckIfMatchAsync(endpoint, [], cancellationToken);
        endpoint.Deleted();
        db.Remove(endpoint);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    /// <summary>Enable a webhook endpoint</summary>
    [HttpPost("{id}/enable", Name = "WebhookEndpoints_Enable"), Requires("webhooks.manage")]
    public async Task<ActionResult<WebhookEndpointResponse>> Enable(Id<WebhookEndpoint> id, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(db.WebhookEndpoints, id, cancellationToken);
        await CheckIfMatchAsync(endpoint, [], cancellationToken);
        await healths.ForgiveAsync(endpoint, cancellationToken);
        endpoint.Enable(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(endpoint, await ShownAsync(endpoint, cancellationToken));
    }

    /// <summary>Disable a webhook endpoint</summary>
    [HttpPost("{id}/disable", Name = "WebhookEndpoints_Disable"), Requires("webhooks.manage")]
    public async Task<ActionResult<WebhookEndpointResponse>> Disable(Id<WebhookEndpoint> id, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(db.WebhookEndpoints, id, cancellationToken);
        await CheckIfMatchAsync(endpoint, [], cancellationToken);
        endpoint.Disable(WebhookEndpoint.DisabledByRequest, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(endpoint, await ShownAsync(endpoint, cancellationToken));
    }

    /// <summary>Rotate the secret</summary>
    /// <remarks>Makes a new secret and shows it, once; where <c>v1a</c> is used, a new pair of keys too. Until the overlap is over, requests carry a signature of the old one as well.</remarks>
    [HttpPost("{id}/rotate-secret", Name = "WebhookEndpoints_RotateSecret"), Requires("webhooks.manage"), ShowsSecret("secret")]
    public async Task<ActionResult<WebhookEndpointResponse>> RotateSecret(Id<WebhookEndpoint> id, RotateWebhookSecretRequest request, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(db.WebhookEndpoints, id, cancellationToken);
        await CheckIfMatchAsync(endpoint, [], cancellationToken);
        var until = tenant.RealNow.AddSeconds(request.OverlapSeconds);
        foreach (var old in await SecretsAsync(endpoint, db.WebhookSecrets, cancellationToken))
            old.ExpireAt(until);
        var (secret, shown) = WebhookSecret.NewShared(endpoint, box, tenant.RealNow);
        db.Add(secret);
        if (endpoint.Signatures.Contains(WebhookSignatures.V1a))
            db.Add(WebhookSecret.NewPair(endpoint, box, tenant.RealNow));
        endpoint.Rotated(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(endpoint, await ShownAsync(endpoint, cancellationToken) with { Secret = shown });
    }

    /// <summary>Send a test event</summary>
    /// <remarks>An event <c>webhook_endpoint.test</c> goes to this endpoint, whatever types it asks for, and to no other.</remarks>
    [HttpPost("{id}/test", Name = "WebhookEndpoints_Test"), Requires("webhooks.manage"), Accepts<WebhookTestResponse>]
    public async Task<ActionResult<WebhookTestResponse>> Test(Id<WebhookEndpoint> id, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(db.WebhookEndpoints, id, cancellationToken);
        await CheckIfMatchAsync(endpoint, [], cancellationToken);
        MustBeEnabled(endpoint);
        endpoint.Test();
        await db.SaveChangesAsync(cancellationToken);
        var recorded = await db.Events.Where(e => e.TicketId == null && e.ResourceId == endpoint.Key && e.Type == WebhookEndpointEvents.Test)
            .OrderByDescending(e => e.Id).Select(e => e.Id).FirstAsync(cancellationToken);
        return Accepted(new WebhookTestResponse(recorded));
    }

    /// <summary>Replay a time range</summary>
    /// <remarks>Sends the events of a time range again, those too that happened before the endpoint was made, with the <c>webhook-id</c> they had.</remarks>
    [HttpPost("{id}/replay", Name = "WebhookEndpoints_Replay"), Requires("webhooks.manage"), Accepts<WebhookReplayResponse>]
    public async Task<ActionResult<WebhookReplayResponse>> Replay(Id<WebhookEndpoint> id, ReplayWebhooksRequest request, [FromServices] WebhookReplays replays, CancellationToken cancellationToken)
    {
        var endpoint = await FindAsync(db.WebhookEndpoints, id, cancellationToken);
        await CheckIfMatchAsync(endpoint, [], cancellationToken);
        MustBeEnabled(endpoint);
        if (request.To <= request.From)
            throw SupportException.Invalid("/to", "Must be after from.");
        if (!User.May("events.read"))
            throw new SupportException(ErrorCode.Forbidden, "Replaying the past needs events.read.");
        var replay = new WebhookReplay(endpoint, request, tenant.RealNow);
        db.Add(replay);
        await db.SaveChangesAsync(cancellationToken);
        replays.Start(replay);
        return Accepted(WebhookReplayResponse.Of(replay));
    }

    /// <summary>Get a replay</summary>
    [HttpGet("{id}/replays/{replay}", Name = "WebhookEndpoints_GetReplay"), Requires("webhooks.read")]
    public async Task<ActionResult<WebhookReplayResponse>> GetReplay(Id<WebhookEndpoint> id, Id<WebhookReplay> replay, CancellationToken cancellationToken)
    {
        var found = await db.WebhookReplays.AsNoTracking().SingleOrDefaultAsync(r => r.Id == replay && r.EndpointId == id, cancellationToken) ?? throw SupportException.NotFound("replay");
        return WebhookReplayResponse.Of(found);
    }

    internal static async Task<WebhookEndpoint> FindAsync(IQueryable<WebhookEndpoint> endpoints, Id<WebhookEndpoint> id, CancellationToken cancellationToken) =>
        await endpoints.SingleOrDefaultAsync(e => e.Id == id, cancellationToken) ?? throw SupportException.NotFound("webhook endpoint");

    internal static void MustBeEnabled(WebhookEndpoint endpoint)
    {
        if (!endpoint.Enabled)
            throw new SupportException(ErrorCode.Conflict, "The endpoint is disabled. Enable it first.");
    }

    private static Task<List<WebhookSecret>> SecretsAsync(WebhookEndpoint endpoint, IQueryable<WebhookSecret> secrets, CancellationToken cancellationToken) =>
        secrets.Where(s => s.EndpointId == endpoint.Id).OrderByDescending(s => s.CreatedAt).ToListAsync(cancellationToken);

    private async Task CheckAsync(WebhookEndpointUpdate update, WebhookEndpoint? before, CancellationToken cancellationToken)
    {
        if (update.IncludeInternal && before?.IncludeInternal != true && !User.May("tickets.internal.read"))
            throw new SupportException(ErrorCode.ValidationFailed, "Your own credential lacks tickets.internal.read, so it cannot have internal notes sent.", ("/include_internal", "Needs tickets.internal.read."));
        if (update.Filter is { } filter && filter != before?.Filter)
            HttpContext.RequestServices.GetRequiredService<WebhookFilters>().Check(filter);
        if (update.Url == before?.Url)
            return;
        if (!Uri.TryCreate(update.Url, UriKind.Absolute, out var url))
            throw SupportException.Invalid("/url", "Must be an address such as https://example.com/webhooks.");
        if (await guard.CheckAsync(url, cancellationToken) is { } refusal)
            throw SupportException.Invalid("/url", refusal);
    }

    private async Task AddPairIfNeededAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (endpoint.Signatures.Contains(WebhookSignatures.V1a)
            && !await db.WebhookSecrets.AnyAsync(s => s.EndpointId == endpoint.Id && s.Scheme == WebhookSignatures.V1a && s.ExpiresAt == null, cancellationToken))
            db.Add(WebhookSecret.NewPair(endpoint, box, tenant.RealNow));
    }

    private async Task<WebhookEndpointResponse> ShownAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken) =>
        (await healths.WithHealthAsync([WebhookEndpointResponse.From(endpoint)], cancellationToken))[0];

    private byte[]? Seal(Dictionary<string, string>? headers) => headers is { Count: > 0 } ? box.Seal(HeadersPurpose, JsonSerializer.SerializeToUtf8Bytes(headers)) : null;

    private Dictionary<string, string>? Open(byte[]? headers) =>
        headers is not null && box.TryOpen(HeadersPurpose, headers, out var content) ? JsonSerializer.Deserialize<Dictionary<string, string>>(content) : null;
}
