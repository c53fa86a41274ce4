using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Access;

internal sealed class RoleMapping : IEntityTypeConfiguration<Role>
{
    internal static readonly Order<Role> ByCreation = Order<Role>.By(r => r.CreatedAt, r => r.Id, descending: false);

    public void Configure(EntityTypeBuilder<Role> builder)
    {
        builder.Property(r => r.TeamIds).IsDocument();
        builder.Property(r => r.InboxIds).IsDocument();
        builder.HasIndex(r => new { r.OrganizationId, r.Name }).IsUnique();
        builder.HasIndex(r => new { r.OrganizationId, r.CreatedAt, r.Id });
    }
}
