using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Access;

/// <summary>Roles that an organization makes itself, beside the built-in ones.</summary>
[Route("api/v{version:apiVersion}/roles")]
public sealed class RolesController(SupportDb db, TenantContext tenant, CredentialCache credentials) : ApiController
{
    /// <summary>List roles</summary>
    /// <remarks>The organization's own, the oldest first; beside them, on every page, the built-in ones.</remarks>
    [HttpGet(Name = "Roles_List"), Requires("roles.manage")]
    public async Task<ActionResult<RolePage>> List([FromQuery] PageQuery page, CancellationToken cancellationToken) =>
        RolePage.Of(await PageAsync(db.Roles.AsNoTracking(), RoleMapping.ByCreation, page, RoleResponse.From, cancellationToken));

    /// <summary>Create a role</summary>
    [HttpPost(Name = "Roles_Create"), Requires("roles.manage"), Creates]
    public async Task<ActionResult<RoleResponse>> Create(RoleUpdate request, CancellationToken cancellationToken)
    {
        await CheckAsync(request, null, cancellationToken);
        var role = new Role(tenant.Required, request, tenant.Now);
        db.Add(role);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(role, $"roles/{role.Id}", RoleResponse.From(role));
    }

    /// <summary>Get a role</summary>
    [HttpGet("{id}", Name = "Roles_Get"), Requires("roles.manage")]
    public async Task<ActionResult<RoleResponse>> Get(Id<Role> id, CancellationToken cancellationToken)
    {
        var role = await FindAsync(db.Roles.AsNoTracking(), id, cancellationToken);
        return Show(role, RoleResponse.From(role));
    }

    /// <summary>Update a role</summary>
    /// <remarks>Holds for those who have it at once, on other nodes within 5 seconds.</remarks>
    [HttpPatch("{id}", Name = "Roles_Update"), Requires("roles.manage")]
    public async Task<ActionResult<RoleResponse>> Update(Id<Role> id, MergePatch<RoleUpdate> patch, CancellationToken cancellationToken)
    {
        var role = await FindAsync(db.Roles, id, cancellationToken);
        await CheckIfMatchAsync(role, patch.Members, cancellationToken);
        CheckOver(role);
        var update = Merge(patch, RoleUpdate.From(role));
        await CheckAsync(update, role, cancellationToken);
        role.Update(update, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        credentials.Drop(tenant.Required);
        return Show(role, RoleResponse.From(role));
    }

    /// <summary>Delete a role</summary>
    /// <remarks>Refused while users have it.</remarks>
    [HttpDelete("{id}", Name = "Roles_Delete"), Requires("roles.manage"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<Role> id, CancellationToken cancellationToken)
    {
        var role = await FindAsync(db.Roles, id, cancellationToken);
        await CheckIfMatchAsync(role, [], cancellationToken);
        CheckOver(role);
        if (await db.Users.AnyAsync(u => u.RoleId == id, cancellationToken))
            throw new SupportException(ErrorCode.Conflict, "Users have this role. Give them another one first.");
        role.Deleted();
        db.Remove(role);
        // Whoever is given it in between makes this one lose the race, and the next look finds them.
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    private static async Task<Role> FindAsync(IQueryable<Role> roles, Id<Role> id, CancellationToken cancellationToken) =>
        await roles.SingleOrDefaultAsync(r => r.Id == id, cancellationToken) ?? throw SupportException.NotFound("role");

    private void CheckOver(Role role)
    {
        if (Grants.HeldBy(User).Lacks(Grants.Of(role.Permissions, role.TeamIds, role.InboxIds)) is { } beyond)
            throw new SupportException(ErrorCode.Forbidden, $"The role grants more than your credential has, which lacks {beyond}. Only who may do as much can change it.");
    }

    private async Task CheckAsync(RoleUpdate to, Role? self, CancellationToken cancellationToken)
    {
        CheckWords(to);
        await CheckLimitsAsync(to, self, cancellationToken);
        if (Grants.HeldBy(User).Lacks(Grants.Of(to.Permissions, to.TeamIds, to.InboxIds)) is { } beyond)
            throw SupportException.Invalid("/permissions", $"Your own credential lacks {beyond}, so it cannot grant that.");
        if (to.Name != self?.Name && await db.Roles.AnyAsync(r => r.Name == to.Name, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "A role with this name exists already.", ("/name", "Is used by another role."));
    }

    private static void CheckWords(RoleUpdate to)
    {
        var unknown = to.Permissions.Select((p, i) => (Word: p, Index: i)).Where(p => !Vocabulary.All.Contains(p.Word)).ToList();
        if (unknown.Count > 0)
            throw new SupportException(ErrorCode.ValidationFailed, "Some permissions do not exist.", unknown.ConvertAll(u => ($"/permissions/{u.Index}", "There is no such permission. GET /api/v1/permissions lists all.")));
    }

    // What it was limited to before may be gone by now, and stays.
    private async Task CheckLimitsAsync(RoleUpdate to, Role? self, CancellationToken cancellationToken)
    {
        var (teams, inboxes) = ((to.TeamIds ?? []).Except(self?.TeamIds ?? []).ToList(), (to.InboxIds ?? []).Except(self?.InboxIds ?? []).ToList());
        var knownTeams = teams.Count == 0 ? [] : await db.Teams.Where(t => teams.Contains(t.Id)).Select(t => t.Id).ToListAsync(cancellationToken);
        var knownInboxes = inboxes.Count == 0 ? [] : await db.Inboxes.Where(i => inboxes.Contains(i.Id) && i.DeletedAt == null).Select(i => i.Id).ToListAsync(cancellationToken);
        List<(string, string)> errors =
        [
            .. teams.Except(knownTeams).Select(t => ($"/team_ids/{to.TeamIds!.IndexOf(t)}", "There is no such team.")),
            .. inboxes.Except(knownInboxes).Select(i => ($"/inbox_ids/{to.InboxIds!.IndexOf(i)}", "There is no such inbox.")),
        ];
        if (errors.Count > 0)
            throw new SupportException(ErrorCode.ValidationFailed, "Some teams or inboxes do not exist.", errors);
    }
}

/// <summary>What can be permitted.</summary>
[Route("api/v{version:apiVersion}/permissions")]
public sealed class PermissionsController : ApiController
{
    /// <summary>List permissions</summary>
    /// <remarks>Every word of API-key scopes and roles, what it allows, and which built-in roles have it. All on one page.</remarks>
    [HttpGet(Name = "Permissions_List"), Requires(RequiresAttribute.Member)]
    public ActionResult<Page<PermissionResponse>> List() => new Page<PermissionResponse>([.. Vocabulary.Words.Select(PermissionResponse.From)], null, false);
}
