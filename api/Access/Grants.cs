using System.Security.Claims;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Access;

/// <summary>What someone may do, and with whose tickets.</summary>
/// <param name="Permissions">Words of <see cref="Vocabulary"/>.</param>
/// <param name="Teams">The teams whose tickets are seen; with none here and no inboxes, all tickets.</param>
/// <param name="Inboxes">The inboxes whose tickets are seen.</param>
public sealed record Grants(IReadOnlyList<string> Permissions, IReadOnlyList<Id<Team>> Teams, IReadOnlyList<Id<Inbox>> Inboxes)
{
    public static readonly Grants None = new([], [], []);

    /// <summary>What a user of this role may do: the organization's own role, where they have one, says it alone.</summary>
    public static Grants Of(string role, Role? own) => own is null ? new(Vocabulary.Of(role), [], []) : Of(own.Permissions, own.TeamIds, own.InboxIds);

    /// <summary>What an organization's own role grants. A word that is no longer known grants nothing.</summary>
    public static Grants Of(IEnumerable<string> permissions, IEnumerable<Id<Team>>? teams, IEnumerable<Id<Inbox>>? inboxes) =>
        new([.. permissions.Where(Vocabulary.All.Contains)], [.. teams ?? []], [.. inboxes ?? []]);

    /// <summary>What a credential that was let in may do.</summary>
    public static Grants HeldBy(ClaimsPrincipal holder)
    {
        var sight = Sight.Of(holder);
        return new([.. Vocabulary.All.Where(holder.May)], [.. sight.Teams.Select(t => new Id<Team>(t))], [.. sight.Inboxes.Select(i => new Id<Inbox>(i))]);
    }

    /// <summary>What of this an API key that acts as the user may do: its scopes, so far as the user may that now.</summary>
    public Grants Within(IEnumerable<string> scopes) => this with { Permissions = [.. scopes.Where(Permissions.Contains)] };

    /// <summary>The holder of a credential that may do this.</summary>
    /// <param name="id">What tells the credential apart in the log and for rate limits.</param>
    public ClaimsPrincipal Holder(string id, params IEnumerable<Claim> more) => Credential.Holder(id, Permissions,
        [.. Teams.Select(t => new Claim(PermissionClaims.Team, t.ToString())), .. Inboxes.Select(i => new Claim(PermissionClaims.Inbox, i.ToString())), .. more]);

    /// <summary>What of the other goes beyond this, in words for a sentence; null where nothing does.</summary>
    public string? Lacks(Grants other)
    {
        var beyond = other.Permissions.Where(p => !Permissions.Contains(p)).ToList();
        if (beyond.Count > 0)
            return string.Join(", ", beyond);
        var limited = Teams.Count + Inboxes.Count > 0;
        if (!limited || other.Permissions.Count == 0)
            return null;
        var otherIsLimited = other.Teams.Count + other.Inboxes.Count > 0;
        return otherIsLimited && other.Teams.All(Teams.Contains) && other.Inboxes.All(Inboxes.Contains) ? null : "sight of other teams' and inboxes' tickets";
    }
}
