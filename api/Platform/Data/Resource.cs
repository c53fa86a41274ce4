using System.Text.Json;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>
/// A thing with a page of its own in the API: owned by an organization, versioned for ETags, and able to say what
/// happened to it. What it says becomes <see cref="Event"/> rows in the transaction that saves it.
/// </summary>
public abstract class Resource : ITenantOwned
{
    private readonly List<Happening> happenings = [];
    private DateTimeOffset? touchedAt;

    // For EF, which sets the properties itself.
    private protected Resource() { }

    private protected Resource(Id<Tenant> organization, DateTimeOffset now)
    {
        OrganizationId = organization;
        CreatedAt = now;
        UpdatedAt = now;
        Version = 1;
    }

    public Id<Tenant> OrganizationId { get; private set; }

    /// <summary>Grows by one with each save. The ETag, and how a stale write is noticed.</summary>
    public int Version { get; internal set; }

    /// <summary>False where its body tells what changes without a new version of it (names of people and tags, signed addresses): then no 304.</summary>
    internal virtual bool VersionCoversBody => true;

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>The id as a bare UUID, for the event's row.</summary>
    internal abstract Guid Key { get; }

    /// <summary>The response record that events carry as <c>data</c>, and for customers cut down to what they see.</summary>
    internal abstract object Snapshot();

    /// <summary>Whom an event of this type concerns, for filtering by readers.</summary>
    internal virtual EventAudience AudienceOf(string type) => EventAudience.Staff;

    /// <summary>Whether an event of an audited type matters to security.</summary>
    /// <param name="changed">The members (wire names) that it reports as changed.</param>
    internal virtual bool IsAudited(string type, IReadOnlyCollection<string> changed) => true;

    /// <summary>The ticket it is or belongs to, which keeps the order of its events.</summary>
    internal virtual Guid? TicketKey => null;

    internal IReadOnlyList<Happening> Happenings => happenings;

    internal void ClearHappenings() => happenings.Clear();

    /// <summary>Marks it changed: the next save makes a new version, even when only something that belongs to it changed.</summary>
    internal void Touch(DateTimeOffset now) => touchedAt = now;

    /// <summary>
    /// Once at each save: makes the new version, if it was touched. Its time is later than the last one's even where the
    /// clock stands still or another node's is behind, so that lists by <c>updated_at</c> keep the order.
    /// </summary>
    internal void TakeTouch()
    {
        if (touchedAt is not { } now)
            return;
        touchedAt = null;
        UpdatedAt = now > UpdatedAt ? now : UpdatedAt.AddMicroseconds(1);
    }

    /// <summary>Forgets a touch: a new one is as it was made.</summary>
    internal void DropTouch() => touchedAt = null;

    /// <summary>Notes that something happened.</summary>
    /// <param name="type">Event type, <c>resource.what</c>.</param>
    /// <param name="members">The members (wire names) whose change this event reports; none means all that no other event of the same save reports.</param>
    private protected void Happened(string type, params string[] members)
    {
        if (!happenings.Exists(h => h.Type == type))
            happenings.Add(new(type, members, null));
    }

    /// <summary>
    /// Notes that it was set to what someone asked for. Where that changes nothing, nothing happened: no event, no new
    /// version.
    /// </summary>
    private protected void Updated(string type, DateTimeOffset now)
    {
        if (!happenings.Exists(h => h.Type == type))
            happenings.Add(new(type, [], null, IfChangedAt: now));
    }

    /// <summary>Notes a change that is no column of its own (tags, followers).</summary>
    private protected void Happened(string type, string member, object? from, object? to) =>
        happenings.Add(new(type, [member], new() { [member] = new(ToJson(from), ToJson(to)) }));

    private static JsonElement ToJson(object? value) => JsonSerializer.SerializeToElement(value, Http.Json.Options);
}

/// <param name="IfChangedAt">Set where it only counts if there is a change to report: the time it would have then.</param>
internal sealed record Happening(string Type, string[] Members, Dictionary<string, Change>? Changes, DateTimeOffset? IfChangedAt = null);

/// <summary>One member's change.</summary>
/// <param name="From">The value before; null where there was none.</param>
/// <param name="To">The value now; null where there is none.</param>
public sealed record Change(JsonElement From, JsonElement To);
