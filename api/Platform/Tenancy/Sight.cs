using System.Security.Claims;

namespace HeadlessSupport.Api.Platform.Tenancy;

/// <summary>What of an organization's tickets a request sees.</summary>
/// <param name="EndUser">The user whose own tickets only are seen, as customers see them; null for staff.</param>
/// <param name="Teams">The teams to whose tickets a role is limited.</param>
/// <param name="Inboxes">The inboxes to whose tickets a role is limited; none of both for no limit.</param>
/// <param name="ComesInBy">The inbox by which comes in what an end user writes; null for none.</param>
public sealed record Sight(Guid? EndUser, IReadOnlyList<Guid> Teams, IReadOnlyList<Guid> Inboxes, Guid? ComesInBy = null)
{
    public static readonly Sight All = new(null, [], []);

    /// <summary>Whether a role shows tickets of some teams and inboxes only.</summary>
    public bool IsLimited => Teams.Count + Inboxes.Count > 0;

    public static Sight Of(ClaimsPrincipal principal)
    {
        var (endUser, teams, inboxes) = (PermissionClaims.EndUserOf(principal), PermissionClaims.TeamsOf(principal), PermissionClaims.InboxesOf(principal));
        return endUser is null && teams.Count + inboxes.Count == 0 ? All : new(endUser, teams, inboxes, PermissionClaims.ComesInByOf(principal));
    }
}
