using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Teams;

/// <summary>A team.</summary>
/// <param name="Name">Unique in the organization.</param>
/// <param name="Description">What it is there for.</param>
public sealed record TeamResponse(
    Id<Team> Id, string Name, string? Description, string? ExternalId, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public static TeamResponse From(Team t) => new(t.Id, t.Name, t.Description, t.ExternalId, t.Metadata, t.CreatedAt, t.UpdatedAt, t.Version);
}

/// <summary>What of a team can be set.</summary>
/// <param name="Name">Unique in the organization.</param>
/// <param name="Description">What it is there for.</param>
/// <param name="ExternalId">Your own id for it.</param>
/// <param name="Metadata">Your own strings; not shown to people.</param>
public sealed record TeamUpdate(
    [NotBlank, MaxLength(100)] string Name,
    [MaxLength(1000)] string? Description = null,
    [NotBlank, MaxLength(255)] string? ExternalId = null,
    [Metadata] Dictionary<string, string>? Metadata = null)
{
    public static TeamUpdate From(Team t) => new(t.Name, t.Description, t.ExternalId, t.Metadata);
}

/// <summary>A user's place in a team.</summary>
/// <param name="UserId">Whose place it is.</param>
/// <param name="Skills">What they are good at, in lower case.</param>
/// <param name="Capacity">Most open tickets at a time; null for no limit.</param>
/// <param name="CreatedAt">Since when they are in the team.</param>
public sealed record TeamMemberResponse(Id<User> UserId, IReadOnlyList<string> Skills, int? Capacity, DateTimeOffset CreatedAt)
{
    public static TeamMemberResponse From(TeamMember m) => new(m.UserId, m.Skills, m.Capacity, m.CreatedAt);
}

/// <summary>What of a place in a team can be set.</summary>
/// <param name="Skills">What they are good at, for routing.</param>
/// <param name="Capacity">Most open tickets at a time; null for no limit.</param>
public sealed record SetTeamMemberRequest([MaxLength(50), EachOf(1, 50)] List<string>? Skills = null, [Range(0, 1000)] int? Capacity = null);
