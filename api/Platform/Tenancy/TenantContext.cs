using System.Net;
using HeadlessSupport.Api.Platform.Data;

namespace HeadlessSupport.Api.Platform.Tenancy;

/// <summary>
/// In whose name this request or job runs: one organization, one actor, that organization's clock. Scoped.
/// Without an organization the database shows no row of any.
/// </summary>
public sealed class TenantContext(TimeProvider time)
{
    private TimeSpan clockOffset;

    /// <summary>The organization, or null before one is known.</summary>
    public Id<Tenant>? OrganizationId { get; private set; }

    public Actor Actor { get; private set; } = Actor.System;

    /// <summary>The user who acts, or whom the API key acts as.</summary>
    public Guid? ActingUser { get; private set; }

    /// <summary>What of its tickets is seen; all of them by jobs and listeners.</summary>
    public Sight Sight { get; private set; } = Sight.All;

    /// <summary>Where the request came from, for the audit log; null for work of our own.</summary>
    public IPAddress? Address { get; private set; }

    /// <summary>What the request's client calls itself, for the audit log.</summary>
    public string? UserAgent { get; private set; }

    /// <summary>Ties together everything one request caused; its Request-Id.</summary>
    public string? CorrelationId { get; set; }

    /// <summary>The event that caused this work, if one did.</summary>
    public Guid? CausationId { get; set; }

    /// <summary>The organization; throws where code runs that must know one.</summary>
    public Id<Tenant> Required => OrganizationId ?? throw new InvalidOperationException("No organization is known here.");

    /// <summary>
    /// The organization's time: real time plus the organization's offset (test organizations can be moved), in UTC,
    /// to the microsecond, which is what PostgreSQL keeps.
    /// </summary>
    public DateTimeOffset Now => (time.GetUtcNow() + clockOffset).ToMicroseconds();

    /// <summary>Real time, for what protects: expiry of keys, signatures and cursors.</summary>
    public DateTimeOffset RealNow => time.GetUtcNow().ToMicroseconds();

    /// <summary>Where the request came from, known before in whose name.</summary>
    public void ComesFrom(IPAddress? address, string? userAgent)
    {
        Address = address;
        UserAgent = userAgent;
    }

    /// <summary>The operator of the installation: in no organization until an action enters one.</summary>
    public void EnterAsOperator(IPAddress? address)
    {
        Actor = Actor.Operator;
        Address = address;
    }

    /// <summary>The acting user's id, typed by the room that knows users.</summary>
    public Id<T>? UserId<T>() where T : IEntity => ActingUser is { } user ? new Id<T>(user) : null;

    public Id<T> RequiredUserId<T>() where T : IEntity => UserId<T>() ?? throw new InvalidOperationException("No user is known here.");

    public void Enter(Id<Tenant> organization, Actor actor, TimeSpan offset, Guid? actingUser = null, Sight? sight = null, IPAddress? address = null)
    {
        Sight = sight ?? Sight.All;
        Address = address ?? Address;
        ActingUser = actingUser;
        OrganizationId = organization;
        Actor = actor;
        clockOffset = offset;
    }
}

internal static class Timestamps
{
    internal static DateTimeOffset ToMicroseconds(this DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerMicrosecond), time.Offset);
}
