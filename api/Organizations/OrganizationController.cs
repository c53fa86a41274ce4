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
    /// <remarks>Networks that would lock out the request itself are refused.</remarks>
    [HttpPatch(Name = "Organization_Update"), Requires("organization.manage")]
    public async Task<ActionResult<OrganizationResponse>> Update(MergePatch<OrganizationUpdate> patch, CancellationToken cancellationToken)
    {
        var organization = await db.Organizations.SingleAsync(cancellationToken);
        await CheckIfMatchAsync(organization, patch.Members, cancellationToken);
        var update = Merge(patch, OrganizationUpdate.From(organization));
        if (!NetworkLists.Admit(NetworkLists.Parse(update.Security.AllowedNetworks), tenant.Address))
            throw SupportException.Invalid("/security/allowed_networks", $"Your own address, {tenant.Address}, is in none of these networks: you would lock yourself out.");
        organization.Update(update, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(organization, OrganizationResponse.From(organization));
    }
}
