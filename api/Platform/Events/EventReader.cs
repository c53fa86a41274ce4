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
        events = events.AsNoTracking().Where(e => e.Sequence > after);
        if (!reader.May("tickets.internal.read"))
            events = events.Where(e => e.Audience != Audiences.Internal);
        if (filter.Types is not null)
            events = OfTypes(events, filter.Types);
        var rows = await events.OrderBy(e => e.Sequence).Take(filter.Limit + 1).ToListAsync(cancellationToken);
        var hasMore = rows.Count > filter.Limit;
        if (hasMore)
            rows.RemoveAt(filter.Limit);
        int? total = filter.Includes("total") ? await events.Take(10_000).CountAsync(cancellationToken) : null;
        return new(rows.ConvertAll(EventResponse.From), hasMore ? cursors.Next(rows[^1].Sequence!.Value.ToString(CultureInfo.InvariantCulture)) : null, hasMore, total);
    }

    private static IQueryable<Event> OfTypes(IQueryable<Event> events, string types)
    {
        var words = types.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is 0 or > 50)
            throw SupportException.Unreadable("types", "Expected 1 to 50 types such as ticket.created or ticket.*");
        if (words.Contains("*"))
            return events;
        var exact = words.Where(w => !w.EndsWith(".*", StringComparison.Ordinal)).ToList();
        var prefixes = words.Where(w => w.EndsWith(".*", StringComparison.Ordinal)).Select(w => w[..^1]).ToList();
        return events.Where(e => exact.Contains(e.Type) || prefixes.Any(p => e.Type.StartsWith(p)));
    }
}
