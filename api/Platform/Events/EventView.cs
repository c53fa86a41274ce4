using System.Linq.Expressions;
using System.Security.Claims;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Platform.Events;

/// <summary>
/// Which events someone may read, and as what: by the event's columns of audience and type only. One rule for lists,
/// streams and live connections, asked of the database or of an event at hand.
/// </summary>
public sealed class EventView
{
    private const int MostTypes = 50;
    private readonly List<Expression<Func<Event, bool>>> rules = [];
    private readonly List<Func<Event, bool>> tests;
    private readonly bool isCustomer;

    private EventView(ClaimsPrincipal reader, string? types)
    {
        if (PermissionClaims.EndUserOf(reader) is { } me)
        {
            isCustomer = true;
            rules.Add(e => e.Audience == Audiences.Customer && e.RequesterId == me);
        }
        else
        {
            if (!reader.May("tickets.internal.read"))
                rules.Add(e => e.Audience != Audiences.Internal);
            var (teams, inboxes) = (PermissionClaims.TeamsOf(reader), PermissionClaims.InboxesOf(reader));
            if (teams.Count + inboxes.Count > 0)
                rules.Add(e => e.TicketId == null || (e.TeamId != null && teams.Contains(e.TeamId.Value)) || (e.InboxId != null && inboxes.Contains(e.InboxId.Value)));
        }
        if (types is not null)
            AddTypes(types);
        // Interpreted: compiling would take longer than all that is ever asked of most views.
        tests = rules.ConvertAll(r => r.Compile(preferInterpretation: true));
    }

    /// <param name="types">Types separated by commas, <c>ticket.*</c> for all of a resource; null for all.</param>
    /// <exception cref="SupportException">There are no types, or too many: 400.</exception>
    public static EventView Of(ClaimsPrincipal reader, string? types = null) => new(reader, types);

    /// <summary>Those of the events that may be read.</summary>
    public IQueryable<Event> Among(IQueryable<Event> events) => rules.Aggregate(events, (left, rule) => left.Where(rule));

    /// <summary>Whether this one may be read.</summary>
    public bool Shows(Event e) => tests.TrueForAll(test => test(e));

    /// <summary>The event as its reader sees it: a customer never sees what was changed, and of the resource only what customers may.</summary>
    public EventResponse Show(Event e) => isCustomer ? EventResponse.ForCustomer(e) : EventResponse.From(e);

    private void AddTypes(string types)
    {
        var words = types.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is 0 or > MostTypes)
            throw SupportException.Unreadable("types", $"Expected 1 to {MostTypes} types such as ticket.created or ticket.*");
        if (words.Contains("*"))
            return;
        var exact = words.Where(w => !w.EndsWith(".*", StringComparison.Ordinal)).ToList();
        var prefixes = words.Where(w => w.EndsWith(".*", StringComparison.Ordinal)).Select(w => w[..^1]).ToList();
        rules.Add(e => exact.Contains(e.Type) || prefixes.Any(p => e.Type.StartsWith(p)));
    }
}
