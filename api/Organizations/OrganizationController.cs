using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Organizations;

/// <summary>One's own organization.</summary>
[Route("api/v{version:apiVersion}/organization")]
public sealed class OrganizationController(SupportDb db, TenantContext tenant) : ApiController
{
    /// <summary>Get your organization</summary>
    [HttpGet(Name = "Organization_Get"), Requires("organization.read")]
    public async Task<ActionResult<OrganizationResponse>> Get(CancellationToken cancellationToken)
    {
        var organization = await db.Organizations.AsNoTracking().SingleAsync(cancellationToken);
        return Show(organization, OrganizationResponse.From(organization));
    }

    /// <summary>Update your organization</summary>
    [HttpPatch(Name = "Organization_Update"), Requires("organization.manage")]
    public async Task<ActionResult<OrganizationResponse>> Update(MergePatch<OrganizationUpdate> patch, CancellationToken cancellationToken)
    {
        var organization = await db.Organizations.SingleAsync(cancellationToken);
        await CheckIfMatchAsync(organization, patch.Members, cancellationToken);
        organization.Update(Merge(patch, OrganizationUpdate.From(organization)), tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(organization, OrganizationResponse.From(organization));
    }
}
