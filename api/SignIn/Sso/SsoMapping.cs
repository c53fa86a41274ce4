using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.SignIn.Sso;

internal sealed class SsoMapping : IEntityTypeConfiguration<SsoConnection>, IEntityTypeConfiguration<VerifiedDomain>
{
    internal static readonly Order<SsoConnection> Newest = Order<SsoConnection>.By(c => c.CreatedAt, c => c.Id, descending: true);
    internal static readonly Order<VerifiedDomain> NewestDomain = Order<VerifiedDomain>.By(d => d.CreatedAt, d => d.Id, descending: true);

    public void Configure(EntityTypeBuilder<SsoConnection> builder)
    {
        builder.Property(c => c.Roles).IsDocument();
        builder.HasIndex(c => new { c.OrganizationId, c.CreatedAt, c.Id });
        // A sign-in names the connection before an organization is known.
        builder.HasIndex(c => c.Id).IsUnique();
    }

    public void Configure(EntityTypeBuilder<VerifiedDomain> builder)
    {
        builder.HasIndex(d => new { d.OrganizationId, d.CreatedAt, d.Id });
        builder.HasIndex(d => new { d.OrganizationId, d.Domain }).IsUnique();
        builder.HasIndex(d => d.Domain).IsUnique().HasFilter("verified_at is not null");
    }
}
