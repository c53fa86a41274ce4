using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Teams;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Inboxes;

internal sealed class InboxMapping : IEntityTypeConfiguration<Inbox>
{
    internal static readonly Order<Inbox> ByCreation = Order<Inbox>.By(i => i.CreatedAt, i => i.Id, descending: false);

    public void Configure(EntityTypeBuilder<Inbox> builder)
    {
        builder.References<Inbox, Team>(nameof(Inbox.TeamId));
        builder.HasIndex(i => new { i.OrganizationId, i.CreatedAt, i.Id });
        builder.HasIndex(i => new { i.OrganizationId, i.ExternalId }).IsUnique().HasFilter("external_id is not null and deleted_at is null");
    }
}
