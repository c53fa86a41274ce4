using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Teams;

/// <summary>Filters of the list of teams.</summary>
public sealed record TeamFilter : PageQuery
{
    /// <summary><c>name</c>, or <c>-name</c> for the other way round.</summary>
    [DefaultValue("name"), MaxLength(50)]
    public string Sort { get; init; } = "name";
}

/// <summary>Staff who share work.</summary>
[Route("api/v{version:apiVersion}/teams")]
public sealed class TeamsController(SupportDb db, TenantContext tenant) : ApiController
{
    /// <summary>List teams</summary>
    [HttpGet(Name = "Teams_List"), Requires("users.read")]
    public async Task<ActionResult<Page<TeamResponse>>> List([FromQuery] TeamFilter filter, CancellationToken cancellationToken) =>
        await PageAsync(db.Teams.AsNoTracking(), TeamMapping.Sorts.Of(filter.Sort), filter, TeamResponse.From, cancellationToken);

    /// <summary>Create a team</summary>
    [HttpPost(Name = "Teams_Create"), Requires("teams.manage"), Creates]
    public async Task<ActionResult<TeamResponse>> Create(TeamUpdate request, CancellationToken cancellationToken)
    {
        await CheckAsync(request, null, cancellationToken);
        var team = new Team(tenant.Required, request, tenant.Now);
        db.Add(team);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(team, $"teams/{team.Id}", TeamResponse.From(team));
    }

    /// <summary>Get a team</summary>
    [HttpGet("{id}", Name = "Teams_Get"), Requires("users.read")]
    public async Task<ActionResult<TeamResponse>> Get(Id<Team> id, CancellationToken cancellationToken)
    {
        var team = await FindAsync(db.Teams.AsNoTracking(), id, cancellationToken);
        return Show(team, TeamResponse.From(team));
    }

    /// <summary>Update a team</summary>
    [HttpPatch("{id}", Name = "Teams_Update"), Requires("teams.manage")]
    public async Task<ActionResult<TeamResponse>> Update(Id<Team> id, MergePatch<TeamUpdate> patch, CancellationToken cancellationToken)
    {
        var team = await FindAsync(db.Teams, id, cancellationToken);
        await CheckIfMatchAsync(team, patch.Members, cancellationToken);
        var update = Merge(patch, TeamUpdate.From(team));
        await CheckAsync(update, team, cancellationToken);
        team.Update(update, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(team, TeamResponse.From(team));
    }

    /// <summary>Delete a team</summary>
    /// <remarks>Refused while tickets or inboxes name it.</remarks>
    [HttpDelete("{id}", Name = "Teams_Delete"), Requires("teams.manage"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<Team> id, CancellationToken cancellationToken)
    {
        var team = await FindAsync(db.Teams, id, cancellationToken);
        await CheckIfMatchAsync(team, [], cancellationToken);
        db.RemoveRange(await db.TeamMembers.Where(m => m.TeamId == id).ToListAsync(cancellationToken));
        team.Deleted();
        db.Remove(team);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException error) when (error.InnerException is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.ForeignKeyViolation })
        {
            // The database knows who names the team; this room does not.
            throw new SupportException(ErrorCode.Conflict, "Tickets or inboxes belong to this team. Move them to another one first.");
        }
        return NoContent();
    }

    /// <summary>List a team's members</summary>
    [HttpGet("{id}/members", Name = "Teams_ListMembers"), Requires("users.read")]
    public async Task<ActionResult<Page<TeamMemberResponse>>> ListMembers(Id<Team> id, [FromQuery] PageQuery page, CancellationToken cancellationToken)
    {
        await FindAsync(db.Teams.AsNoTracking(), id, cancellationToken);
        return await PageAsync(db.TeamMembers.AsNoTracking().Where(m => m.TeamId == id), TeamMapping.MembersByUser, page, TeamMemberResponse.From, cancellationToken);
    }

    /// <summary>Add a member, or change what they can do</summary>
    [HttpPut("{id}/members/{user_id}", Name = "Teams_SetMember"), Requires("teams.manage")]
    public async Task<ActionResult<TeamMemberResponse>> SetMember(Id<Team> id, [FromRoute(Name = "user_id")] Id<User> userId, SetTeamMemberRequest request, CancellationToken cancellationToken)
    {
        var team = await FindAsync(db.Teams, id, cancellationToken);
        await CheckIfMatchAsync(team, [], cancellationToken);
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == userId, cancellationToken) ?? throw SupportException.NotFound("user");
        if (!user.IsStaff || user.Status != UserStatus.Active)
            throw new SupportException(ErrorCode.Conflict, "Only active staff can be members of a team.");
        var member = await db.TeamMembers.SingleOrDefaultAsync(m => m.TeamId == id && m.UserId == userId, cancellationToken);
        if (member is null)
            db.Add(member = new TeamMember(team, userId, tenant.Now));
        member.Set(request);
        team.MemberSet(member, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return TeamMemberResponse.From(member);
    }

    /// <summary>Remove a member</summary>
    [HttpDelete("{id}/members/{user_id}", Name = "Teams_RemoveMember"), Requires("teams.manage"), AnswersNothing]
    public async Task<ActionResult> RemoveMember(Id<Team> id, [FromRoute(Name = "user_id")] Id<User> userId, CancellationToken cancellationToken)
    {
        var team = await FindAsync(db.Teams, id, cancellationToken);
        await CheckIfMatchAsync(team, [], cancellationToken);
        var member = await db.TeamMembers.SingleOrDefaultAsync(m => m.TeamId == id && m.UserId == userId, cancellationToken) ?? throw SupportException.NotFound("member");
        db.Remove(member);
        team.MemberRemoved(member, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    private static async Task<Team> FindAsync(IQueryable<Team> teams, Id<Team> id, CancellationToken cancellationToken) =>
        await teams.SingleOrDefaultAsync(t => t.Id == id, cancellationToken) ?? throw SupportException.NotFound("team");

    private async Task CheckAsync(TeamUpdate to, Team? self, CancellationToken cancellationToken)
    {
        if (to.Name != self?.Name && await db.Teams.AnyAsync(t => t.Name == to.Name, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "A team with this name exists already.", ("/name", "Is used by another team."));
        if (to.ExternalId is not null && to.ExternalId != self?.ExternalId && await db.Teams.AnyAsync(t => t.ExternalId == to.ExternalId, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "A team with this external_id exists already.", ("/external_id", "Is used by another team."));
    }
}
