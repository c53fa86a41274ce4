using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Tags;

internal sealed class TagMapping : IEntityTypeConfiguration<Tag>
{
    internal static readonly Order<Tag> ByName = Order<Tag>.By(t => t.Name, t => t.Id, descending: false);

    public void Configure(EntityTypeBuilder<Tag> builder) => builder.HasIndex(t => new { t.OrganizationId, t.Name }).IsUnique();
}
