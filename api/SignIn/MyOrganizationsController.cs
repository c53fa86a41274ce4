using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn;

/// <summary>An organization in which one can sign in.</summary>
/// <param name="Id">The organization's id; begins with <c>org_</c>.</param>
/// <param name="Slug">What an app names in the parameter <c>organization</c> to switch there.</param>
/// <param name="Name">What people call it.</param>
/// <param name="UserId">Who one is there.</param>
/// <param name="Role">Their role there, as in a user's <c>role</c>.</param>
/// <param name="Current">Whether the credential that asks is for this one.</param>
public sealed record MyOrganizationResponse(Id<Tenant> Id, string Slug, string Name, Id<User> UserId, string Role, bool Current);

/// <summary>All of them.</summary>
/// <param name="Data">All of them, without pages; empty for API keys and apps.</param>
public sealed record MyOrganizationsResponse(IReadOnlyList<MyOrganizationResponse> Data);

/// <summary>Where whoever asks belongs.</summary>
[Route("api/v{version:apiVersion}/me/organizations")]
public sealed class MyOrganizationsController(SupportDb db, TenantContext tenant) : ApiController
{
    /// <summary>List the organizations in which you can sign in</summary>
    /// <remarks>A token is for one organization: to switch, send the person to sign in again with the parameter <c>organization</c>, which asks for no password while they are signed in. Empty for API keys and apps.</remarks>
    [HttpGet(Name = "Me_Organizations"), Requires(RequiresAttribute.Member)]
    public async Task<ActionResult<MyOrganizationsResponse>> List(CancellationToken cancellationToken)
    {
        var memberships = HttpContext.RequestServices.GetRequiredService<Memberships>();
        var me = tenant.RequiredUserId<User>();
        var login = await db.Users.AsNoTracking().Where(u => u.Id == me).Select(u => u.LoginId).SingleOrDefaultAsync(cancellationToken);
        var places = login is { } id ? await memberships.OfAsync(id, cancellationToken) : [];
        return new MyOrganizationsResponse(places.ConvertAll(p => new MyOrganizationResponse(p.Organization.Id, p.Organization.Slug, p.Organization.Name, p.User.Id, p.User.Role, p.Organization.Id == tenant.OrganizationId)));
    }
}
