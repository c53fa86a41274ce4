using System.Globalization;
using System.Security.Claims;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Platform.Events;

/// <summary>Reads events in their order, as far as the reader may see them.</summary>
public sealed class EventReader(Cursors cursors)
{
    /// <summary>One page of <paramref name="events"/>, the oldest first.</summary>
    public async Task<Page<EventResponse>> PageAsync(IQueryable<Event> events, EventFilter filter, ClaimsPrincipal reader, CancellationToken cancellationToken)
    {
        var after = cursors.Open(filter.Cursor) is { } place ? long.Parse(place, CultureInfo.InvariantCulture) : filter.After ?? 0;
        var view = EventView.Of(reader, filter.Types);
        events = view.Among(events.AsNoTracking().Where(e => e.Sequence > after));
        var rows = await events.OrderBy(e => e.Sequence).Take(filter.Limit + 1).ToListAsync(cancellationToken);
        var hasMore = rows.Count > filter.Limit;
        if (hasMore)
            rows.RemoveAt(filter.Limit);
        int? total = filter.Includes("total") ? await events.Take(10_000).CountAsync(cancellationToken) : null;
        return new(rows.ConvertAll(view.Show), hasMore ? cursors.Next(rows[^1].Sequence!.Value.ToString(CultureInfo.InvariantCulture)) : null, hasMore, total);
    }
}
