using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Access;

/// <summary>A role that an organization made itself.</summary>
/// <param name="Name">Unique in the organization.</param>
/// <param name="Description">What it is there for.</param>
/// <param name="Permissions">What who has it may do.</param>
/// <param name="TeamIds">Teams whose tickets are seen; with none here and no inboxes, all tickets.</param>
/// <param name="InboxIds">Inboxes whose tickets are seen.</param>
/// <param name="RequireMfa">Whether who has it must sign in with a second factor.</param>
public sealed record RoleResponse(
    Id<Role> Id, string Name, string? Description, IReadOnlyList<string> Permissions, IReadOnlyList<Id<Team>> TeamIds, IReadOnlyList<Id<Inbox>> InboxIds, bool RequireMfa,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public static RoleResponse From(Role r) => new(r.Id, r.Name, r.Description, r.Permissions, r.TeamIds, r.InboxIds, r.RequireMfa, r.CreatedAt, r.UpdatedAt, r.Version);
}

/// <summary>What of a role can be set.</summary>
/// <param name="Name">Unique in the organization.</param>
/// <param name="Permissions">Words such as <c>tickets.read</c>; no more than the credential that sets them has.</param>
/// <param name="Description">What it is there for.</param>
/// <param name="TeamIds">Teams whose tickets are seen; with none here and no inboxes, all tickets.</param>
/// <param name="InboxIds">Inboxes whose tickets are seen.</param>
/// <param name="RequireMfa">Whether who has it must sign in with a second factor.</param>
public sealed record RoleUpdate(
    [NotBlank, MaxLength(100)] string Name,
    [MinLength(1), MaxLength(100), EachOf(1, 100)] List<string> Permissions,
    [NotBlank, MaxLength(500)] string? Description = null,
    [MaxLength(100)] List<Id<Team>>? TeamIds = null,
    [MaxLength(100)] List<Id<Inbox>>? InboxIds = null,
    bool RequireMfa = false)
{
    public static RoleUpdate From(Role r) => new(r.Name, r.Permissions, r.Description, r.TeamIds, r.InboxIds, r.RequireMfa);
}

/// <summary>One page of roles.</summary>
/// <param name="BuiltIn">The roles that every organization has.</param>
public sealed record RolePage(IReadOnlyList<RoleResponse> Data, string? NextCursor, bool HasMore, IReadOnlyList<BuiltInRoleResponse> BuiltIn, int? Total = null)
    : Page<RoleResponse>(Data, NextCursor, HasMore, Total)
{
    private static readonly BuiltInRoleResponse[] All = [.. Roles.All.Select(r => new BuiltInRoleResponse(r, Vocabulary.Of(r)))];

    public static RolePage Of(Page<RoleResponse> own) => new(own.Data, own.NextCursor, own.HasMore, All, own.Total);
}

/// <summary>A role that every organization has.</summary>
/// <param name="Role">As in a user's <c>role</c>.</param>
/// <param name="Permissions">What who has it may do; a customer only to what is their own.</param>
public sealed record BuiltInRoleResponse(string Role, IReadOnlyList<string> Permissions);

/// <summary>Something that can be permitted.</summary>
/// <param name="Name">The word, as in scopes and roles.</param>
/// <param name="Allows">What it allows.</param>
/// <param name="Roles">The built-in roles that have it.</param>
public sealed record PermissionResponse(string Name, string Allows, IReadOnlyList<string> Roles)
{
    public static PermissionResponse From(Permission p) => new(p.Name, p.Allows, [.. Users.Roles.All.Where(r => Vocabulary.Of(r).Contains(p.Name))]);
}
