using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Users;

/// <summary>Staff and customers.</summary>
[Route("api/v{version:apiVersion}/users")]
public sealed class UsersController(SupportDb db, TenantContext tenant, UserSearch search, Authority authority) : ApiController
{
    /// <summary>List and search users</summary>
    [HttpGet(Name = "Users_List"), Requires("users.read")]
    public async Task<ActionResult<SearchPage<UserResponse>>> List([FromQuery] UserFilter filter, CancellationToken cancellationToken)
    {
        var users = db.Users.AsNoTracking().Matching(filter);
        return filter.Q is null
            ? SearchPage<UserResponse>.Of(await PageAsync(users, UserQueries.OrderOf(filter)!, filter, UserResponse.From, cancellationToken))
            : await search.PageAsync(users, filter, cancellationToken);
    }

    /// <summary>Create a user</summary>
    /// <remarks>Staff only with a role that may no more than your own credential.</remarks>
    [HttpPost(Name = "Users_Create"), Requires("users.manage"), Creates]
    public async Task<ActionResult<UserResponse>> Create(UserUpdate request, CancellationToken cancellationToken)
    {
        await CheckAsync(request, null, cancellationToken);
        var user = new User(tenant.Required, request, tenant.Now);
        db.Add(user);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(user, $"users/{user.Id}", UserResponse.From(user));
    }

    /// <summary>Get a user</summary>
    [HttpGet("{id}", Name = "Users_Get"), Requires("users.read")]
    public async Task<ActionResult<UserResponse>> Get(Id<User> id, CancellationToken cancellationToken)
    {
        var user = await FindAsync(db.Users.AsNoTracking(), id, cancellationToken);
        return Show(user, UserResponse.From(user));
    }

    /// <summary>Update a user</summary>
    /// <remarks>Refused where they may do more than your own credential, before or after. The last active admin remains one.</remarks>
    [HttpPatch("{id}", Name = "Users_Update"), Requires("users.manage")]
    public async Task<ActionResult<UserResponse>> Update(Id<User> id, MergePatch<UserUpdate> patch, CancellationToken cancellationToken)
    {
        var user = await FindAsync(db.Users, id, cancellationToken);
        await CheckIfMatchAsync(user, patch.Members, cancellationToken);
        await authority.CheckOverAsync(User, user, cancellationToken);
        var update = Merge(patch, UserUpdate.From(user));
        await CheckAsync(update, user, cancellationToken);
        await SaveAsync(user, u => u.Update(update, tenant.Now), cancellationToken);
        return Show(user, UserResponse.From(user));
    }

    /// <summary>Create or replace the user with your own id</summary>
    [HttpPut("by-external-id/{external_id}", Name = "Users_Upsert"), Requires("users.manage")]
    public async Task<ActionResult<UserResponse>> Upsert([FromRoute(Name = "external_id"), NotBlank, MaxLength(255)] string externalId, UserUpdate request, CancellationToken cancellationToken)
    {
        if (request.ExternalId is not null && request.ExternalId != externalId)
            throw SupportException.Invalid("/external_id", "Must be the one in the path, or left out.");
        request = request with { ExternalId = externalId };
        var user = await db.Users.SingleOrDefaultAsync(u => u.ExternalId == externalId, cancellationToken);
        if (user is not null)
            await authority.CheckOverAsync(User, user, cancellationToken);
        // Its external id is what it was looked up by: whoever took it in between is found when the lost race is run again.
        await CheckAsync(request with { ExternalId = null }, user, cancellationToken);
        if (user is null)
        {
            db.Add(user = new User(tenant.Required, request, tenant.Now));
            await db.SaveChangesAsync(cancellationToken);
        }
        else
        {
            await CheckIfMatchAsync(user, [], cancellationToken);
            await SaveAsync(user, u => u.Update(request, tenant.Now), cancellationToken);
        }
        return Show(user, UserResponse.From(user));
    }

    /// <summary>Deactivate a user</summary>
    /// <remarks>They can no longer act or be assigned, and an API key that acts as them stops working. What they wrote stays. Refused for the last active admin, and where they may do more than your own credential.</remarks>
    [HttpPost("{id}/deactivate", Name = "Users_Deactivate"), Requires("users.manage")]
    public async Task<ActionResult<UserResponse>> Deactivate(Id<User> id, CancellationToken cancellationToken)
    {
        var user = await FindAsync(db.Users, id, cancellationToken);
        await CheckIfMatchAsync(user, ["status"], cancellationToken);
        await authority.CheckOverAsync(User, user, cancellationToken);
        await SaveAsync(user, u => u.Deactivate(tenant.Now), cancellationToken);
        return Show(user, UserResponse.From(user));
    }

    /// <summary>Activate a user again</summary>
    [HttpPost("{id}/activate", Name = "Users_Activate"), Requires("users.manage")]
    public async Task<ActionResult<UserResponse>> Activate(Id<User> id, CancellationToken cancellationToken)
    {
        var user = await FindAsync(db.Users, id, cancellationToken);
        await CheckIfMatchAsync(user, ["status"], cancellationToken);
        await authority.CheckOverAsync(User, user, cancellationToken);
        user.Activate(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(user, UserResponse.From(user));
    }

    private static async Task<User> FindAsync(IQueryable<User> users, Id<User> id, CancellationToken cancellationToken) =>
        await users.SingleOrDefaultAsync(u => u.Id == id, cancellationToken) ?? throw SupportException.NotFound("user");

    // Whoever was an active admin and is none any more must not have been the last.
    private async Task SaveAsync(User user, Action<User> change, CancellationToken cancellationToken)
    {
        var wasAdmin = user.IsActiveAdmin;
        change(user);
        var isLeaving = wasAdmin && !user.IsActiveAdmin;
        await using var transaction = isLeaving && db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        if (isLeaving)
            await authority.CheckAdminRemainsAsync(user, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        if (transaction is not null)
            await transaction.CommitAsync(cancellationToken);
    }

    private async Task CheckAsync(UserUpdate to, User? self, CancellationToken cancellationToken)
    {
        if (to.CompanyId is { } company && company != self?.CompanyId && !await db.Companies.AnyAsync(c => c.Id == company && c.DeletedAt == null, cancellationToken))
            throw SupportException.Invalid("/company_id", "There is no such company.");
        if (to.RoleId is { } role && role != self?.RoleId && !await db.Roles.AnyAsync(r => r.Id == role, cancellationToken))
            throw SupportException.Invalid("/role_id", "There is no such role.");
        // A role that is none is refused by the user itself.
        if (Roles.All.Contains(to.Role) && (to.Role != self?.Role || to.RoleId != self.RoleId))
            await authority.CheckGivesAsync(User, to.Role, to.RoleId, cancellationToken);
        var email = Emails.Normalize(to.Email);
        if (email is not null && email != self?.Email && await db.Users.AnyAsync(u => u.Email == email, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "A user with this e-mail address exists already.", ("/email", "Is used by another user."));
        if (to.ExternalId is not null && to.ExternalId != self?.ExternalId && await db.Users.AnyAsync(u => u.ExternalId == to.ExternalId, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "A user with this external_id exists already.", ("/external_id", "Is used by another user."));
    }
}
