using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Organizations;

/// <summary>An organization.</summary>
/// <param name="Slug">Short name in URLs.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Status">While <c>suspended</c> by the operator, all its credentials are refused.</param>
/// <param name="Mode"><c>test</c> organizations send nothing to real people.</param>
/// <param name="TestOf">The live organization whose test twin this is.</param>
/// <param name="Locale">Language for texts nobody set a language for.</param>
/// <param name="TimeZone">IANA name; for business hours and reports.</param>
/// <param name="ClockOffsetSeconds">How far its clock is ahead of real time; always 0 in live mode.</param>
/// <param name="Settings">How it wants things done.</param>
/// <param name="Branding">How it looks to its customers.</param>
/// <param name="Security">Who gets in, from where and for how long.</param>
/// <param name="Limits">Set by the operator.</param>
public sealed record OrganizationResponse(
    Id<Tenant> Id, string Slug, string Name, OrganizationStatus Status, OrganizationMode Mode, Id<Tenant>? TestOf, string Locale, string TimeZone,
    long ClockOffsetSeconds, OrganizationSettings Settings, Branding Branding, SecuritySettings Security, OrganizationLimits Limits, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public static OrganizationResponse From(Organization o) => new(
        o.Id, o.Slug, o.Name, o.Status, o.Mode, o.TestOf, o.Locale, o.TimeZone, o.ClockOffsetSeconds, o.Settings, o.Branding, o.Security, o.Limits, o.CreatedAt, o.UpdatedAt, o.Version);
}

/// <summary>What of an organization its own admins can change.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Locale">Language for texts nobody set a language for.</param>
/// <param name="TimeZone">IANA name; for business hours and reports.</param>
/// <param name="ClockOffsetSeconds">Test organizations only: moves the clock by so many seconds.</param>
/// <param name="Settings">How it wants things done.</param>
/// <param name="Branding">How it looks to its customers.</param>
/// <param name="Security">Who gets in, from where and for how long.</param>
public sealed record OrganizationUpdate(
    [NotBlank, MaxLength(200)] string Name,
    [Locale, MaxLength(35)] string Locale,
    [TimeZone] string TimeZone,
    [Range(-315_360_000, 315_360_000)] long ClockOffsetSeconds,
    OrganizationSettings Settings,
    Branding Branding,
    SecuritySettings Security)
{
    public static OrganizationUpdate From(Organization o) => new(o.Name, o.Locale, o.TimeZone, o.ClockOffsetSeconds, o.Settings, o.Branding, o.Security);
}

/// <summary>What the operator can change.</summary>
/// <param name="Limits">What it may use.</param>
/// <param name="Security">Who gets in: the organization's own admins set this, and the operator for those who locked themselves out.</param>
public sealed record OrganizationLimitsUpdate(OrganizationLimits Limits, SecuritySettings Security);
