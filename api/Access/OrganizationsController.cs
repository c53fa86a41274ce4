using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Access;

/// <summary>A new organization, with the first who can get in.</summary>
/// <param name="Slug">Short name in URLs: lower-case letters, digits and hyphens; unique in the installation.</param>
/// <param name="Name">What people call it; its test twin has <c>(test)</c> behind it.</param>
/// <param name="Admin">Its first admin, and its test twin's.</param>
/// <param name="Mode"><c>test</c> for one that never reaches real people.</param>
/// <param name="TestTwin">Whether to make its test twin too, with the slug <c>…-test</c>; live organizations only.</param>
/// <param name="Limits">What it may use; left out, the defaults.</param>
public sealed record CreateOrganizationRequest(
    [RegularExpression("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", ErrorMessage = "Must have 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at both ends.")] string Slug,
    [NotBlank, MaxLength(200)] string Name,
    FirstAdmin Admin,
    OrganizationMode Mode = OrganizationMode.Live,
    bool TestTwin = false,
    OrganizationLimits? Limits = null);

/// <summary>The first admin.</summary>
/// <param name="Email">Their address; kept in lower case.</param>
/// <param name="Name">How they are called.</param>
public sealed record FirstAdmin([Email, MaxLength(254)] string Email, [NotBlank, MaxLength(200)] string? Name = null);

/// <summary>What was made.</summary>
/// <param name="Organization">The organization.</param>
/// <param name="Admin">Its first admin.</param>
/// <param name="ApiKey">Its first key, which may do everything. The secret is shown once.</param>
/// <param name="Test">The test twin, where one was asked for.</param>
public sealed record CreatedOrganizationResponse(OrganizationResponse Organization, UserResponse Admin, ApiKeyResponse ApiKey, CreatedTwinResponse? Test);

/// <summary>The test twin.</summary>
/// <param name="Organization">The test organization.</param>
/// <param name="Admin">Its first admin, a user of its own with the same address.</param>
/// <param name="ApiKey">Its first key, which may do everything. The secret is shown once.</param>
public sealed record CreatedTwinResponse(OrganizationResponse Organization, UserResponse Admin, ApiKeyResponse ApiKey);

/// <summary>Filters of the list of organizations.</summary>
public sealed record OrganizationFilter : PageQuery
{
    /// <summary>Only with this slug.</summary>
    [MaxLength(63)]
    public string? Slug { get; init; }

    /// <summary><c>-created_at</c>, the newest first, or <c>created_at</c>.</summary>
    [DefaultValue("-created_at"), MaxLength(50)]
    public string Sort { get; init; } = "-created_at";
}

/// <summary>All organizations of the installation, for its operator only.</summary>
[Route("api/v{version:apiVersion}/organizations")]
public sealed class OrganizationsController(SupportDb db, SystemDb system, TenantContext tenant, Founding founding, CredentialCache credentials) : ApiController
{
    private static readonly Sorts<Organization> Sorts = new() { ["created_at"] = descending => Order<Organization>.By(o => o.CreatedAt, o => o.OrganizationId, descending) };

    /// <summary>List organizations</summary>
    [HttpGet(Name = "Organizations_List"), Requires(RequiresAttribute.Operator)]
    public async Task<ActionResult<Page<OrganizationResponse>>> List([FromQuery] OrganizationFilter filter, CancellationToken cancellationToken) =>
        await system.ReadAcrossOrganizationsAsync(all => PageAsync(
            all.Organizations.AsNoTracking().Where(o => filter.Slug == null || o.Slug == filter.Slug), Sorts.Of(filter.Sort), filter, OrganizationResponse.From, cancellationToken));

    /// <summary>Create an organization</summary>
    /// <remarks>With its first admin and its first API key, whose secret the answer shows once; on request with its test twin.</remarks>
    [HttpPost(Name = "Organizations_Create"), Requires(RequiresAttribute.Operator), ShowsSecret("api_key/secret", "test/api_key/secret"), Creates]
    public async Task<ActionResult<CreatedOrganizationResponse>> Create(CreateOrganizationRequest request, CancellationToken cancellationToken)
    {
        if (request is { TestTwin: true, Mode: OrganizationMode.Test })
            throw SupportException.Invalid("/test_twin", "Only a live organization has a test twin.");
        await CheckSlugAsync(request.Slug, cancellationToken);
        if (request.TestTwin)
            await CheckSlugAsync(TwinSlug(request.Slug), cancellationToken);

        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var first = await FoundAsync(request, request.Slug, request.Mode, null, cancellationToken);
        var twin = request.TestTwin ? await FoundAsync(request, TwinSlug(request.Slug), OrganizationMode.Test, first.Organization.Id, cancellationToken) : null;
        if (transaction is not null)
            await transaction.CommitAsync(cancellationToken);

        var response = new CreatedOrganizationResponse(
            OrganizationResponse.From(first.Organization), UserResponse.From(first.Admin), first.Shown,
            twin is null ? null : new(OrganizationResponse.From(twin.Organization), UserResponse.From(twin.Admin), twin.Shown));
        return ShowCreated(first.Organization, $"organizations/{first.Organization.Id}", response);
    }

    /// <summary>Get an organization</summary>
    [HttpGet("{id}", Name = "Organizations_Get"), Requires(RequiresAttribute.Operator)]
    public async Task<ActionResult<OrganizationResponse>> Get(Id<Tenant> id, CancellationToken cancellationToken)
    {
        var organization = await EnterAsync(id, cancellationToken);
        return Show(organization, OrganizationResponse.From(organization));
    }

    /// <summary>Change an organization's limits and security</summary>
    [HttpPatch("{id}", Name = "Organizations_Update"), Requires(RequiresAttribute.Operator)]
    public async Task<ActionResult<OrganizationResponse>> Update(Id<Tenant> id, MergePatch<OrganizationLimitsUpdate> patch, CancellationToken cancellationToken)
    {
        var organization = await EnterAsync(id, cancellationToken);
        await CheckIfMatchAsync(organization, patch.Members, cancellationToken);
        var update = Merge(patch, new(organization.Limits, organization.Security));
        organization.Limit(update.Limits, tenant.Now);
        organization.Secure(update.Security, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        return Show(organization, OrganizationResponse.From(organization));
    }

    /// <summary>Suspend an organization</summary>
    /// <remarks>Its credentials stop working at once, on other nodes within 5 seconds. Nothing is deleted.</remarks>
    [HttpPost("{id}/suspend", Name = "Organizations_Suspend"), Requires(RequiresAttribute.Operator)]
    public async Task<ActionResult<OrganizationResponse>> Suspend(Id<Tenant> id, CancellationToken cancellationToken)
    {
        var organization = await EnterAsync(id, cancellationToken);
        await CheckIfMatchAsync(organization, ["status"], cancellationToken);
        organization.Suspend(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        credentials.Drop(id);
        return Show(organization, OrganizationResponse.From(organization));
    }

    /// <summary>Resume a suspended organization</summary>
    [HttpPost("{id}/resume", Name = "Organizations_Resume"), Requires(RequiresAttribute.Operator)]
    public async Task<ActionResult<OrganizationResponse>> Resume(Id<Tenant> id, CancellationToken cancellationToken)
    {
        var organization = await EnterAsync(id, cancellationToken);
        await CheckIfMatchAsync(organization, ["status"], cancellationToken);
        organization.Resume(tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        credentials.Drop(id);
        return Show(organization, OrganizationResponse.From(organization));
    }

    private static string TwinSlug(string slug) => slug + "-test";

    // The operator works inside one organization at a time, under its row security like everyone else.
    private async Task<Organization> EnterAsync(Id<Tenant> id, CancellationToken cancellationToken)
    {
        tenant.Enter(id, Actor.Operator, TimeSpan.Zero);
        var organization = await db.Organizations.SingleOrDefaultAsync(cancellationToken) ?? throw SupportException.NotFound("organization");
        tenant.Enter(id, Actor.Operator, TimeSpan.FromSeconds(organization.ClockOffsetSeconds));
        return organization;
    }

    private async Task CheckSlugAsync(string slug, CancellationToken cancellationToken)
    {
        if (slug.Length > 63)
            throw SupportException.Invalid("/slug", "Must have at most 58 characters where a test twin is made.");
        if (await founding.FindAsync(slug, cancellationToken) is not null)
            throw new SupportException(ErrorCode.AlreadyExists, $"An organization with the slug {slug} exists already.", ("/slug", "Is used by another organization."));
    }

    private async Task<Founded> FoundAsync(CreateOrganizationRequest request, string slug, OrganizationMode mode, Id<Tenant>? testOf, CancellationToken cancellationToken)
    {
        var secret = ApiKey.NewSecret(mode);
        var name = testOf is null ? request.Name : request.Name + " (test)";
        var (organization, admin, keys) = await founding.FoundAsync(
            new(slug, name, mode, testOf, request.Limits, request.Admin, [("First API key", secret, Vocabulary.All)]), cancellationToken);
        return new(organization, admin, ApiKeyResponse.From(keys[0]) with { Secret = secret });
    }

    private sealed record Founded(Organization Organization, User Admin, ApiKeyResponse Shown);
}
