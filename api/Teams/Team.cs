using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Teams;

/// <summary>Staff who share work.</summary>
public sealed class Team : Resource, IEntity
{
    private Team() { }

    public Team(Id<Tenant> organization, TeamUpdate from, DateTimeOffset now) : base(organization, now)
    {
        Id = Id<Team>.New();
        Set(from);
        Happened(TeamEvents.Created);
    }

    public static string Prefix => "tem";

    public Id<Team> Id { get; private set; }
    public string Name { get; private set; } = null!;
    public string? Description { get; private set; }
    public string? ExternalId { get; private set; }
    public Dictionary<string, string> Metadata { get; private set; } = [];

    internal override Guid Key => Id.Value;

    public void Update(TeamUpdate to, DateTimeOffset now)
    {
        Set(to);
        Updated(TeamEvents.Updated, now);
    }

    /// <summary>Someone joins, or what they can do here changes.</summary>
    /// <param name="before">What they could do before; null where they were no member.</param>
    public void MemberSet(TeamMemberResponse? before, TeamMember member, DateTimeOffset now)
    {
        var after = TeamMemberResponse.From(member);
        if (before is not null && before with { Skills = after.Skills } == after && before.Skills.SequenceEqual(after.Skills, StringComparer.Ordinal))
            return;
        Touch(now);
        Happened(TeamEvents.MemberSet, "member", before, after);
    }

    public void MemberRemoved(TeamMember member, DateTimeOffset now)
    {
        Touch(now);
        Happened(TeamEvents.MemberRemoved, "member", TeamMemberResponse.From(member), null);
    }

    public void Deleted() => Happened(TeamEvents.Deleted);

    internal override object Snapshot() => TeamResponse.From(this);

    private void Set(TeamUpdate to)
    {
        Name = to.Name;
        Description = to.Description;
        ExternalId = to.ExternalId;
        Metadata = to.Metadata ?? [];
    }
}

/// <summary>A user's place in a team.</summary>
public sealed class TeamMember : ITenantOwned
{
    private TeamMember() { }

    public TeamMember(Team team, Id<User> user, DateTimeOffset now)
    {
        OrganizationId = team.OrganizationId;
        TeamId = team.Id;
        UserId = user;
        CreatedAt = now;
    }

    public Id<Tenant> OrganizationId { get; private set; }
    public Id<Team> TeamId { get; private set; }
    public Id<User> UserId { get; private set; }

    /// <summary>What they are good at, for routing.</summary>
    public List<string> Skills { get; private set; } = [];

    /// <summary>Most open tickets at a time; null for no limit.</summary>
    public int? Capacity { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }

    public void Set(SetTeamMemberRequest to)
    {
        Skills = [.. (to.Skills ?? []).Select(s => s.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal)];
        Capacity = to.Capacity;
    }
}

[Audited]
[Carries(typeof(TeamResponse))]
public static class TeamEvents
{
    public const string Created = "team.created";
    public const string Updated = "team.updated";
    public const string Deleted = "team.deleted";
    public const string MemberSet = "team.member_set";
    public const string MemberRemoved = "team.member_removed";
}
