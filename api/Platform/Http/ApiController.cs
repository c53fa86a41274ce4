using System.Linq.Expressions;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>Says in the contract that the action answers 201.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CreatesAttribute() : ProducesResponseTypeAttribute(StatusCodes.Status201Created);

/// <summary>Says in the contract that the action answers 202, and with what.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AcceptsAttribute<T>() : ProducesResponseTypeAttribute(typeof(T), StatusCodes.Status202Accepted);

/// <summary>Says in the contract that the action answers 204.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AnswersNothingAttribute() : ProducesResponseTypeAttribute(StatusCodes.Status204NoContent);

/// <summary>The habits every endpoint shares. An action is four thoughts: find, ask the entity, save, answer.</summary>
[ApiController]
public abstract class ApiController : ControllerBase
{
    private Links Links => HttpContext.RequestServices.GetRequiredService<Links>();

    /// <summary>200 with the ETag; 304 where the caller has this version.</summary>
    protected ActionResult<T> Show<T>(Resource resource, T response)
    {
        var etag = ETags.Of(resource.Version);
        Response.Headers.ETag = etag;
        if (resource.VersionCoversBody && HttpMethods.IsGet(Request.Method) && Request.Headers.IfNoneMatch.ToString() is { Length: > 0 } known && (known == "*" || ETags.Contains(known, etag)))
            return StatusCode(StatusCodes.Status304NotModified);
        return Ok(response);
    }

    /// <summary>201 with Location, ETag and the body.</summary>
    /// <param name="path">Where it is now, below <c>/api/v1/</c>.</param>
    protected ActionResult<T> ShowCreated<T>(Resource resource, string path, T response)
    {
        Response.Headers.ETag = ETags.Of(resource.Version);
        return Created(Links.Api(path), response);
    }

    /// <summary>The page of a list that the request asks for.</summary>
    protected async Task<Page<TResponse>> PageAsync<T, TResponse>(IQueryable<T> query, Order<T> order, PageQuery page, Func<T, TResponse> show, CancellationToken cancellationToken) =>
        await PageAsync(query, order, page, row => row, row => row, show, cancellationToken);

    /// <summary>The page of a list whose rows are read as <paramref name="view"/> says, and still hold what they are ordered by.</summary>
    protected async Task<Page<TResponse>> PageAsync<T, TView, TResponse>(IQueryable<T> query, Order<T> order, PageQuery page, Expression<Func<T, TView>> view, Func<TView, T> row, Func<TView, TResponse> show, CancellationToken cancellationToken) =>
        await HttpContext.RequestServices.GetRequiredService<Cursors>().PageAsync(query, order, page, view, row, show, cancellationToken);

    /// <summary>Applies a patch to the present state and checks what comes out.</summary>
    protected T Merge<T>(MergePatch<T> patch, T current) where T : class
    {
        var merged = patch.Apply(current);
        Check(merged);
        return merged;
    }

    /// <summary>Checks the validation attributes of something that did not come straight from the body.</summary>
    protected void Check(object model)
    {
        ModelState.Clear();
        if (!TryValidateModel(model))
            throw Binding.ToRefusal(ControllerContext);
    }

    /// <summary>
    /// Honours <c>If-Match</c>. A stale one is refused with the members that changed since, so far as the request
    /// would change them too.
    /// </summary>
    protected async Task CheckIfMatchAsync(Resource resource, IReadOnlyCollection<string> members, CancellationToken cancellationToken)
    {
        var header = Request.Headers.IfMatch.ToString();
        if (header.Length == 0 || header == "*")
            return;
        var known = ETags.Parse(header);
        if (known.Contains(resource.Version))
            return;
        var db = HttpContext.RequestServices.GetRequiredService<SupportDb>();
        var since = known.Max();
        var history = await db.Events.AsNoTracking()
            .Where(e => e.TicketId == resource.TicketKey && e.ResourceId == resource.Key && e.ResourceVersion > since && e.Changes != null)
            .OrderByDescending(e => e.Id).Select(e => e.Changes!).Take(100).ToListAsync(cancellationToken);
        var changed = history.SelectMany(c => JsonSerializer.Deserialize<Dictionary<string, Change>>(c, Json.Options)!.Keys).ToHashSet(StringComparer.Ordinal);
        var clash = members.Where(changed.Contains).ToList();
        Response.Headers.ETag = ETags.Of(resource.Version);
        var what = changed.Count == 0 ? "" : $" Changed since: {string.Join(", ", changed.Order(StringComparer.Ordinal))}.";
        throw new SupportException(ErrorCode.PreconditionFailed,
            $"It is at version {resource.Version} now, not {since}.{what} Read it again, and decide.",
            clash.ConvertAll(m => ("/" + m, "Was changed by someone else in the meantime.")));
    }
}
