using System.Net;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Platform.Audit;

/// <summary>
/// A line of the audit log: who changed what in administration and security, and from where. Append-only: the app's
/// login has no right to change or delete one.
/// </summary>
public sealed class AuditEntry : IEntity, ITenantOwned
{
    private const int MostOfUserAgent = 300;

    // What an id belongs to, by its prefix.
    private static readonly Dictionary<string, string> Kinds = typeof(AuditEntry).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.IsAssignableTo(typeof(IEntity)))
        .ToDictionary(t => (string)t.GetProperty(nameof(IEntity.Prefix))!.GetValue(null)!, t => t == typeof(Tenant) ? "organization" : JsonNamingPolicy.SnakeCaseLower.ConvertName(t.Name), StringComparer.Ordinal);

    private AuditEntry() { }

    private AuditEntry(Id<Tenant> organization, DateTimeOffset at, string action, Actor actor, string? target, IPAddress? address, string? userAgent, string? requestId)
    {
        OrganizationId = organization;
        Id = Id<AuditEntry>.New();
        At = at;
        Action = action;
        (ActorKind, ActorId) = (actor.Kind, actor.Id);
        TargetId = target;
        TargetType = target is null ? null : Kinds.GetValueOrDefault(target.Split('_', 2)[0]);
        Ip = (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();
        UserAgent = userAgent is { Length: > MostOfUserAgent } ? userAgent[..MostOfUserAgent] : userAgent;
        RequestId = requestId;
    }

    public static string Prefix => "aud";

    public Id<Tenant> OrganizationId { get; private set; }
    public Id<AuditEntry> Id { get; private set; }

    /// <summary>Real time, whatever the organization's clock says.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>What was done: <c>api_key.created</c>, <c>sign_in.failed</c>.</summary>
    public string Action { get; private set; } = null!;
    public string ActorKind { get; private set; } = null!;
    public string? ActorId { get; private set; }
    public string? TargetType { get; private set; }

    /// <summary>The prefixed id of what it was done to.</summary>
    public string? TargetId { get; private set; }
    public string? Ip { get; private set; }
    public string? UserAgent { get; private set; }
    public string? RequestId { get; private set; }

    /// <summary>JSON: member → from, to, as in the event; null where nothing is compared.</summary>
    public string? Changes { get; private set; }

    /// <summary>JSON: what else is to be known where no resource changed.</summary>
    public string? Details { get; private set; }

    /// <summary>The line for an event that is about to be saved.</summary>
    internal static AuditEntry Of(EventRow e, TenantContext tenant)
    {
        // The response record of every resource begins with its prefixed id.
        using var data = JsonDocument.Parse(e.Data);
        return new(new(e.OrganizationId), tenant.RealNow, e.Type, e.Actor, data.RootElement.GetProperty("id").GetString(), tenant.Address, tenant.UserAgent, e.CorrelationId) { Changes = e.Changes };
    }

    /// <summary>The line for something that no event is behind.</summary>
    internal static AuditEntry Of(AuditNote note, Id<Tenant> organization, Actor actor, DateTimeOffset at) =>
        new(organization, at, note.Action, actor, note.Target, note.Address, note.UserAgent, note.RequestId)
        {
            Details = note.Details is null ? null : JsonSerializer.Serialize(note.Details, Json.Options),
        };
}

internal sealed class AuditMapping : IEntityTypeConfiguration<AuditEntry>
{
    internal static readonly Order<AuditEntry> Newest = Order<AuditEntry>.By(e => e.At, e => e.Id, descending: true);

    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.HasKey(e => new { e.OrganizationId, e.Id });
        builder.Property(e => e.Changes).HasColumnType("json");
        builder.Property(e => e.Details).HasColumnType("json");
        builder.HasIndex(e => new { e.OrganizationId, e.At, e.Id });
        builder.HasIndex(e => new { e.OrganizationId, e.ActorId, e.At, e.Id });
        builder.HasIndex(e => new { e.OrganizationId, e.Action, e.At, e.Id });
        builder.HasIndex(e => new { e.OrganizationId, e.TargetId, e.At, e.Id }).HasFilter("target_id is not null");
    }
}
