using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Access;

/// <summary>Whose credential this is.</summary>
/// <param name="User">Who acts, or whom the API key acts as. A visitor who wrote nothing yet has an id only.</param>
/// <param name="OrganizationId">The organization that the credential is for.</param>
/// <param name="Permissions">What the credential may do.</param>
[CustomersSee]
public sealed record MeResponse(PersonResponse User, Id<Tenant> OrganizationId, IReadOnlyList<string> Permissions);

/// <summary>Whoever asks.</summary>
[Route("api/v{version:apiVersion}/me")]
public sealed class MeController(SupportDb db, TenantContext tenant) : ApiController
{
    /// <summary>Say whose credential this is</summary>
    [HttpGet(Name = "Me_Get"), Requires(RequiresAttribute.Member), ForCustomers]
    public async Task<ActionResult<MeResponse>> Get(CancellationToken cancellationToken)
    {
        var id = tenant.RequiredUserId<User>();
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, cancellationToken);
        return new MeResponse(user is null ? new(id, null, null, null) : PersonResponse.From(user), tenant.Required, [.. Vocabulary.All.Where(User.May)]);
    }
}
