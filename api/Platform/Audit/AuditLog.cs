using System.Net;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Platform.Audit;

/// <summary>Something for the audit log that no event is behind: a failed sign-in, a refused credential, an export.</summary>
/// <param name="Action"><c>what.happened</c>.</param>
/// <param name="Organization">Whose log it goes to; left out, the request's own.</param>
/// <param name="Actor">Who did it; left out, who makes the request.</param>
/// <param name="Target">The prefixed id of what it was done to.</param>
/// <param name="Details">What else is to be known, without secrets; becomes JSON.</param>
/// <param name="Address">Where it came from; left out, where the request did.</param>
/// <param name="RequestId">The request that made it; left out, the present one.</param>
public sealed record AuditNote(
    string Action, Id<Tenant>? Organization = null, Actor? Actor = null, string? Target = null, object? Details = null, IPAddress? Address = null, string? UserAgent = null, string? RequestId = null);

/// <summary>Writes to the audit log what no event is behind; events of the audited kinds stand there by themselves.</summary>
public sealed class AuditLog(SupportDb db, IDbContextFactory<SupportDb> contexts, TenantContext tenant, TimeProvider time)
{
    /// <summary>Adds a line to what is saved next.</summary>
    public void Note(AuditNote note) => db.Add(Entry(note));

    /// <summary>Writes a line at once and by itself, so that it stays where the request's own work is refused and rolled back.</summary>
    public Task NoteAsync(AuditNote note, CancellationToken cancellationToken) => WriteAsync(contexts, time, [Entry(note)], cancellationToken);

    /// <summary>Writes lines of one organization in its name.</summary>
    internal static async Task WriteAsync(IDbContextFactory<SupportDb> contexts, TimeProvider time, IReadOnlyList<AuditEntry> ofOne, CancellationToken cancellationToken)
    {
        await using var own = await contexts.CreateDbContextAsync(cancellationToken);
        own.Tenant = new TenantContext(time);
        own.Tenant.Enter(ofOne[0].OrganizationId, Actor.System, TimeSpan.Zero);
        own.Signal = null;
        own.AddRange(ofOne);
        await own.SaveChangesAsync(cancellationToken);
    }

    private AuditEntry Entry(AuditNote note) => AuditEntry.Of(
        note with { Address = note.Address ?? tenant.Address, UserAgent = note.UserAgent ?? tenant.UserAgent, RequestId = note.RequestId ?? tenant.CorrelationId },
        note.Organization ?? tenant.Required, note.Actor ?? tenant.Actor, tenant.RealNow);
}
