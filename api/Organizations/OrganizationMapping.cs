using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Organizations;

internal sealed class OrganizationMapping : IEntityTypeConfiguration<Organization>
{
    public void Configure(EntityTypeBuilder<Organization> builder)
    {
        builder.HasKey(o => o.OrganizationId);
        builder.Ignore(o => o.Id);
        builder.HasIndex(o => o.Slug).IsUnique();
        builder.HasIndex(o => new { o.CreatedAt, o.OrganizationId });
        builder.Property(o => o.Settings).IsDocument();
        builder.Property(o => o.Branding).IsDocument();
        builder.Property(o => o.Security).IsDocument();
        builder.Property(o => o.Limits).IsDocument();
    }
}
