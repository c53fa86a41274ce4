using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Companies;

/// <summary>The firms that customers belong to.</summary>
[Route("api/v{version:apiVersion}/companies")]
public sealed class CompaniesController(SupportDb db, TenantContext tenant) : ApiController
{
    /// <summary>List companies</summary>
    [HttpGet(Name = "Companies_List"), Requires("companies.read")]
    public async Task<ActionResult<Page<CompanyResponse>>> List([FromQuery] CompanyFilter filter, CancellationToken cancellationToken)
    {
        var companies = db.Companies.AsNoTracking().Where(c => filter.Deleted ? c.DeletedAt != null : c.DeletedAt == null);
        if (filter.ExternalId is not null)
            companies = companies.Where(c => c.ExternalId == filter.ExternalId);
        return await PageAsync(companies, CompanyMapping.Sorts.Of(filter.Sort), filter, CompanyResponse.From, cancellationToken);
    }

    /// <summary>Create a company</summary>
    [HttpPost(Name = "Companies_Create"), Requires("companies.write"), Creates]
    public async Task<ActionResult<CompanyResponse>> Create(CompanyUpdate request, CancellationToken cancellationToken)
    {
        await CheckExternalIdAsync(request.ExternalId, null, cancellationToken);
        var company = new Company(tenant.Required, request, tenant.Now);
        db.Add(company);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(company, $"companies/{company.Id}", CompanyResponse.From(company));
    }

    /// <summary>Get a company</summary>
    [HttpGet("{id}", Name = "Companies_Get"), Requires("companies.read")]
    public async Task<ActionResult<CompanyResponse>> Get(Id<Company> id, CancellationToken cancellationToken)
    {
        var company = await db.Companies.AsNoTracking().SingleOrDefaultAsync(c => c.Id == id, cancellationToken) ?? throw SupportException.NotFound("company");
        return Show(company, CompanyResponse.From(company));
    }

    /// <summary>Update a company</summary>
    [HttpPatch("{id}", Name = "Companies_Update"), Requires("companies.write")]
    public async Task<ActionResult<CompanyResponse>> Update(Id<Company> id, MergePatch<CompanyUpdate> patch, CancellationToken cancellationToken)
    {
        var company = await FindAsync(id, cancellationToken);
        await CheckIfMatchAsync(company, patch.Members, cancellationToken);
        var update = Merge(patch, CompanyUpdate.From(company));
        await CheckExternalIdAsync(update.ExternalId, company, cancellationToken);
        company.Update(update, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(company, CompanyResponse.From(company));
    }

    /// <summary>Create or replace the company with your own id</summary>
    [HttpPut("by-external-id/{external_id}", Name = "Companies_Upsert"), Requires("companies.write")]
    public async Task<ActionResult<CompanyResponse>> Upsert([FromRoute(Name = "external_id"), NotBlank, MaxLength(255)] string externalId, CompanyUpdate request, CancellationToken cancellationToken)
    {
        if (request.ExternalId is not null && request.ExternalId != externalId)
            throw SupportException.Invalid("/external_id", "Must be the one in the path, or left out.");
        request = request with { ExternalId = externalId };
        var company = await db.Companies.SingleOrDefaultAsync(c => c.ExternalId == externalId && c.DeletedAt == null, cancellationToken);
        if (company is null)
        {
            db.Add(company = new Company(tenant.Required, request, tenant.Now));
        }
        else
        {
            await CheckIfMatchAsync(company, [], cancellationToken);
            company.Update(request, tenant.Now);
        }
        await db.SaveChangesAsync(cancellationToken);
        return Show(company, CompanyResponse.From(company));
    }

    /// <summary>Delete a company</summary>
    /// <remarks>Its people stay, and it can be restored.</remarks>
    [HttpDelete("{id}", Name = "Companies_Delete"), Requires("companies.write"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<Company> id, CancellationToken cancellationToken)
    {
        var company = await FindAsync(id, cancellationToken);
        await CheckIfMatchAsync(company, [], cancellationToken);
        company.Delete(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    /// <summary>Restore a deleted company</summary>
    [HttpPost("{id}/restore", Name = "Companies_Restore"), Requires("companies.write")]
    public async Task<ActionResult<CompanyResponse>> Restore(Id<Company> id, CancellationToken cancellationToken)
    {
        var company = await db.Companies.SingleOrDefaultAsync(c => c.Id == id, cancellationToken) ?? throw SupportException.NotFound("company");
        await CheckIfMatchAsync(company, [], cancellationToken);
        if (company.DeletedAt is not null)
            await CheckExternalIdAsync(company.ExternalId, null, cancellationToken);
        company.Restore(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(company, CompanyResponse.From(company));
    }

    private async Task<Company> FindAsync(Id<Company> id, CancellationToken cancellationToken) =>
        await db.Companies.SingleOrDefaultAsync(c => c.Id == id && c.DeletedAt == null, cancellationToken) ?? throw SupportException.NotFound("company");

    private async Task CheckExternalIdAsync(string? externalId, Company? self, CancellationToken cancellationToken)
    {
        if (externalId is not null && externalId != self?.ExternalId && await db.Companies.AnyAsync(c => c.ExternalId == externalId && c.DeletedAt == null, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "A company with this external_id exists already.", ("/external_id", "Is used by another company."));
    }
}
