using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Platform.Events;

/// <summary>
/// Something that happened, as a row: the organization's activities, audit trail and the source of every
/// notification. Append-only; a database trigger keeps it so.
/// </summary>
public sealed class Event : IEntity, ITenantOwned
{
    private Event() { }

    public static string Prefix => "evt";

    public Id<Tenant> OrganizationId { get; private set; }
    public Id<Event> Id { get; private set; }

    /// <summary>Place in the organization's order. Null until the sequencer has seen the row committed; readers see it only then.</summary>
    public long? Sequence { get; private set; }

    public string Type { get; private set; } = null!;
    public DateTimeOffset OccurredAt { get; private set; }
    public Guid? TicketId { get; private set; }

    /// <summary>The resource that <see cref="Data"/> shows, and its version then.</summary>
    public Guid ResourceId { get; private set; }
    public int ResourceVersion { get; private set; }

    public string ActorKind { get; private set; } = null!;
    public string? ActorId { get; private set; }
    public Guid? CausationId { get; private set; }
    public string? CorrelationId { get; private set; }
    public string ApiVersion { get; private set; } = null!;

    /// <summary>JSON: the resource's response record at <see cref="ApiVersion"/>.</summary>
    public string Data { get; private set; } = null!;

    /// <summary>JSON: member → from, to; null where nothing is compared.</summary>
    public string? Changes { get; private set; }

    /// <summary>One of <see cref="Audiences"/>.</summary>
    public string Audience { get; private set; } = null!;
    public Guid? RequesterId { get; private set; }
    public Guid? CompanyId { get; private set; }
    public Guid? InboxId { get; private set; }
    public Guid? TeamId { get; private set; }

    /// <summary>JSON: what customers may see; null where the audience is staff.</summary>
    public string? CustomerData { get; private set; }
    public DateTimeOffset? RedactedAt { get; private set; }
}

/// <summary>Whom an event concerns. Readers filter by these columns only.</summary>
/// <param name="MaySee">One of <see cref="Audiences"/>.</param>
public sealed record EventAudience(string MaySee, Guid? RequesterId = null, Guid? CompanyId = null, Guid? InboxId = null, Guid? TeamId = null)
{
    public static readonly EventAudience Staff = new(Audiences.Staff);
}

public static class Audiences
{
    /// <summary>The requester too, who is shown <see cref="Event.CustomerData"/>.</summary>
    public const string Customer = "customer";

    public const string Staff = "staff";

    /// <summary>Staff who may read internal notes.</summary>
    public const string Internal = "internal";
}

internal sealed class EventMapping : IEntityTypeConfiguration<Event>
{
    public void Configure(EntityTypeBuilder<Event> builder)
    {
        // Partitioned, which EF cannot say: the migration makes the table by SQL.
        builder.ToTable("events", t => t.ExcludeFromMigrations());
        builder.HasKey(e => new { e.OrganizationId, e.Id });
        foreach (var document in (string[])[nameof(Event.Data), nameof(Event.Changes), nameof(Event.CustomerData)])
            builder.Property(document).HasColumnType("json");
    }
}
