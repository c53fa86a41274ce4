using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>Domains of the organization's e-mail addresses, for single sign-on.</summary>
[Route("api/v{version:apiVersion}/domains")]
public sealed class DomainsController(SupportDb db, TenantContext tenant, SystemDb system, DomainProof proof) : ApiController
{
    private const int MostDomains = 100;

    /// <summary>List domains</summary>
    [HttpGet(Name = "Domains_List"), Requires("organization.manage")]
    public async Task<ActionResult<Page<DomainResponse>>> List([FromQuery] PageQuery page, CancellationToken cancellationToken) =>
        await PageAsync(db.VerifiedDomains.AsNoTracking(), SsoMapping.NewestDomain, page, DomainResponse.From, cancellationToken);

    /// <summary>Add a domain</summary>
    /// <remarks>The answer says which TXT record shows that it is yours. It counts once it is verified.</remarks>
    [HttpPost(Name = "Domains_Create"), Requires("organization.manage"), Creates]
    public async Task<ActionResult<DomainResponse>> Create(CreateDomainRequest request, CancellationToken cancellationToken)
    {
        if (await db.VerifiedDomains.CountAsync(cancellationToken) >= MostDomains)
            throw new SupportException(ErrorCode.Conflict, $"An organization can have {MostDomains} domains. Delete one first.");
        var domain = new VerifiedDomain(tenant.Required, request.Domain, tenant.Now);
        if (await db.VerifiedDomains.AnyAsync(d => d.Domain == domain.Domain, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "The domain was added before.", ("/domain", "Was added before."));
        db.Add(domain);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(domain, $"domains/{domain.Id}", DomainResponse.From(domain));
    }

    /// <summary>Get a domain</summary>
    [HttpGet("{id}", Name = "Domains_Get"), Requires("organization.manage")]
    public async Task<ActionResult<DomainResponse>> Get(Id<VerifiedDomain> id, CancellationToken cancellationToken)
    {
        var domain = await FindAsync(db.VerifiedDomains.AsNoTracking(), id, cancellationToken);
        return Show(domain, DomainResponse.From(domain));
    }

    /// <summary>Verify a domain</summary>
    /// <remarks>Looks for the TXT record at once; 409 where it is not there yet. A domain can be verified by one organization only.</remarks>
    [HttpPost("{id}/verify", Name = "Domains_Verify"), Requires("organization.manage")]
    public async Task<ActionResult<DomainResponse>> Verify(Id<VerifiedDomain> id, CancellationToken cancellationToken)
    {
        var domain = await FindAsync(db.VerifiedDomains, id, cancellationToken);
        await CheckIfMatchAsync(domain, [], cancellationToken);
        if (domain.VerifiedAt is not null)
            return Show(domain, DomainResponse.From(domain));
        await proof.CheckAsync(domain, cancellationToken);
        if (await system.ReadAcrossOrganizationsAsync(all => all.VerifiedDomains.AnyAsync(d => d.Domain == domain.Domain && d.VerifiedAt != null, cancellationToken)))
            throw new SupportException(ErrorCode.Conflict, "Another organization of this installation has verified the domain. It must delete it first.");
        domain.Verified(tenant.Now, tenant.RealNow);
        await db.SaveChangesAsync(cancellationToken);
        return Show(domain, DomainResponse.From(domain));
    }

    /// <summary>Delete a domain</summary>
    /// <remarks>Connections no longer vouch for its addresses.</remarks>
    [HttpDelete("{id}", Name = "Domains_Delete"), Requires("organization.manage"), AnswersNothing]
    public async Task<ActionResult> Delete(Id<VerifiedDomain> id, CancellationToken cancellationToken)
    {
        var domain = await FindAsync(db.VerifiedDomains, id, cancellationToken);
        await CheckIfMatchAsync(domain, [], cancellationToken);
        domain.Deleted();
        db.Remove(domain);
        await db.SaveChangesAsync(cancellationToken);
        return NoContent();
    }

    private static async Task<VerifiedDomain> FindAsync(IQueryable<VerifiedDomain> domains, Id<VerifiedDomain> id, CancellationToken cancellationToken) =>
        await domains.SingleOrDefaultAsync(d => d.Id == id, cancellationToken) ?? throw SupportException.NotFound("domain");
}
