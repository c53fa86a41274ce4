using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Inboxes;

internal sealed class WidgetKeyMapping : IEntityTypeConfiguration<WidgetKey>
{
    internal static readonly Order<WidgetKey> Newest = Order<WidgetKey>.By(k => k.CreatedAt, k => k.Id, descending: true);

    public void Configure(EntityTypeBuilder<WidgetKey> builder)
    {
        builder.References<WidgetKey, Inbox>(nameof(WidgetKey.InboxId));
        builder.Property(k => k.Text).HasColumnName("key");
        // The key is what tells the organization.
        builder.HasIndex(k => k.Text).IsUnique();
        builder.HasIndex(k => new { k.OrganizationId, k.InboxId, k.CreatedAt, k.Id });
    }
}
