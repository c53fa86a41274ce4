using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Teams;

namespace HeadlessSupport.Api.Access;

/// <summary>A role that an organization made itself: what staff who have it may do, and with whose tickets.</summary>
public sealed class Role : Resource, IEntity
{
    private Role() { }

    public Role(Id<Tenant> organization, RoleUpdate from, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<Role>.New();
        Set(from);
        Happened(RoleEvents.Created);
    }

    public static string Prefix => "rol";

    public Id<Role> Id { get; private set; }
    public string Name { get; private set; } = null!;
    public string? Description { get; private set; }

    /// <summary>Words of <see cref="Vocabulary"/>.</summary>
    public List<string> Permissions { get; private set; } = [];

    /// <summary>The teams whose tickets are seen; with none here and no inboxes, all tickets.</summary>
    public List<Id<Team>> TeamIds { get; private set; } = [];

    /// <summary>The inboxes whose tickets are seen.</summary>
    public List<Id<Inbox>> InboxIds { get; private set; } = [];

    /// <summary>Whether who has it must sign in with a second factor.</summary>
    public bool RequireMfa { get; private set; }

    internal override Guid Key => Id.Value;

    public void Update(RoleUpdate to, DateTimeOffset now)
    {
        Set(to);
        Updated(RoleEvents.Updated, now);
    }

    public void Deleted() => Happened(RoleEvents.Deleted);

    internal override object Snapshot() => RoleResponse.From(this);

    private void Set(RoleUpdate to)
    {
        Name = to.Name;
        Description = to.Description;
        Permissions = [.. to.Permissions.Distinct(StringComparer.Ordinal)];
        TeamIds = [.. (to.TeamIds ?? []).Distinct()];
        InboxIds = [.. (to.InboxIds ?? []).Distinct()];
        RequireMfa = to.RequireMfa;
    }
}

[Audited]
[Carries(typeof(RoleResponse))]
public static class RoleEvents
{
    public const string Created = "role.created";
    public const string Updated = "role.updated";
    public const string Deleted = "role.deleted";
}
