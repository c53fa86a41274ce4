using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Organizations;

/// <summary>A customer of ours: the tenant. Its rows are invisible to every other organization.</summary>
public sealed class Organization : Resource
{
    private Organization() { }

    public Organization(Id<Tenant> id, string slug, string name, OrganizationMode mode, Id<Tenant>? testOf, DateTimeOffset now) : base(id, now)
    {
        Slug = slug;
        Name = name;
        Mode = mode;
        TestOf = testOf;
        Happened(OrganizationEvents.Created);
    }

    public Id<Tenant> Id => OrganizationId;

    /// <summary>Short name in URLs; unique in the installation.</summary>
    public string Slug { get; private set; } = null!;
    public string Name { get; private set; } = null!;
    public OrganizationStatus Status { get; private set; }

    /// <summary>A test organization sends nothing to real people, and its clock can be moved.</summary>
    public OrganizationMode Mode { get; private set; }

    /// <summary>The live organization whose twin this is.</summary>
    public Id<Tenant>? TestOf { get; private set; }

    public string Locale { get; private set; } = "en";
    public string TimeZone { get; private set; } = "UTC";

    /// <summary>How far its clock is ahead of real time, in seconds.</summary>
    public long ClockOffsetSeconds { get; private set; }

    public OrganizationSettings Settings { get; private set; } = new();
    public Branding Branding { get; private set; } = new();
    public SecuritySettings Security { get; private set; } = new();
    public OrganizationLimits Limits { get; private set; } = new();

    internal override Guid Key => OrganizationId.Value;

    public void Update(OrganizationUpdate to, DateTimeOffset now)
    {
        if (to.ClockOffsetSeconds != 0 && Mode == OrganizationMode.Live)
            throw SupportException.Invalid("/clock_offset_seconds", "Only a test organization's clock can be moved.");
        Name = to.Name;
        Locale = to.Locale;
        TimeZone = to.TimeZone;
        ClockOffsetSeconds = to.ClockOffsetSeconds;
        Settings = to.Settings;
        Branding = to.Branding;
        Security = to.Security;
        Updated(OrganizationEvents.Updated, now);
    }

    public void Limit(OrganizationLimits to, DateTimeOffset now)
    {
        Limits = to;
        Updated(OrganizationEvents.Updated, now);
    }

    /// <summary>For who has locked themselves out: the operator can open the door again.</summary>
    public void Secure(SecuritySettings to, DateTimeOffset now)
    {
        Security = to;
        Updated(OrganizationEvents.Updated, now);
    }

    public void Suspend(DateTimeOffset now)
    {
        if (Status == OrganizationStatus.Suspended)
            return;
        Status = OrganizationStatus.Suspended;
        Touch(now);
        Happened(OrganizationEvents.Suspended);
    }

    public void Resume(DateTimeOffset now)
    {
        if (Status == OrganizationStatus.Active)
            return;
        Status = OrganizationStatus.Active;
        Touch(now);
        Happened(OrganizationEvents.Resumed);
    }

    internal override object Snapshot() => OrganizationResponse.From(this);
}

/// <summary>Whether it may be used: all credentials of a <c>suspended</c> one are refused, until the operator resumes it.</summary>
public enum OrganizationStatus { Active, Suspended }

/// <summary>Whether it is for real: a <c>test</c> one sends nothing to real people, and its clock can be moved.</summary>
public enum OrganizationMode { Live, Test }

/// <summary>How the organization wants things done.</summary>
/// <param name="CreateTagsOnUse">Whether a tag that does not exist yet is made when a ticket uses it; otherwise that is refused.</param>
public sealed record OrganizationSettings(bool CreateTagsOnUse = true);

/// <summary>How the organization looks to its customers.</summary>
/// <param name="ProductName">What customers know it by, where that is not its name.</param>
/// <param name="LogoUrl">https address of its logo.</param>
/// <param name="PrimaryColor">As <c>#rrggbb</c>.</param>
/// <param name="WebsiteUrl">https address of its site.</param>
public sealed record Branding(
    [MaxLength(200)] string? ProductName = null,
    [MaxLength(2000), RegularExpression("^https://.+", ErrorMessage = "Must be an https address.")] string? LogoUrl = null,
    [RegularExpression("^#[0-9a-fA-F]{6}$", ErrorMessage = "Must be a colour such as #1a73e8.")] string? PrimaryColor = null,
    [MaxLength(2000), RegularExpression("^https://.+", ErrorMessage = "Must be an https address.")] string? WebsiteUrl = null);

/// <summary>Who gets in, from where and for how long.</summary>
/// <param name="RequireMfa">Whether all staff must sign in with a second factor.</param>
/// <param name="RequireMfaRoles">Built-in roles of staff (<c>admin</c>, <c>manager</c>, <c>agent</c>) that must, where not all must.</param>
/// <param name="SessionIdleMinutes">A session ends when it was not used for so long.</param>
/// <param name="SessionMaxMinutes">A session ends so long after the sign-in, used or not.</param>
/// <param name="AllowedNetworks">Networks in CIDR form from which staff and API keys may come; empty for everywhere. End users may come from anywhere.</param>
/// <param name="AuditRetentionDays">How long entries of the audit log are kept.</param>
public sealed record SecuritySettings(
    bool RequireMfa = false,
    [MaxLength(10), EachOneOf("admin", "manager", "agent")] List<string>? RequireMfaRoles = null,
    [Range(5, 43_200)] int SessionIdleMinutes = 1_440,
    [Range(5, 525_600)] int SessionMaxMinutes = 43_200,
    [MaxLength(100), Networks] List<string>? AllowedNetworks = null,
    [Range(30, 3_650)] int AuditRetentionDays = 400);

/// <summary>What the operator lets the organization use.</summary>
/// <param name="AttachmentBytes">Largest single attachment, in bytes.</param>
/// <param name="StorageBytes">All attachments together, in bytes.</param>
public sealed record OrganizationLimits(
    [Range(1, 1_073_741_824)] long AttachmentBytes = 26_214_400,
    [Range(0, long.MaxValue)] long StorageBytes = 10_737_418_240);

[Audited]
[Carries(typeof(OrganizationResponse))]
public static class OrganizationEvents
{
    public const string Created = "organization.created";
    public const string Updated = "organization.updated";
    public const string Suspended = "organization.suspended";
    public const string Resumed = "organization.resumed";
}
