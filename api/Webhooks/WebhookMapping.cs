using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Webhooks;

internal sealed class WebhookMapping : IEntityTypeConfiguration<WebhookEndpoint>, IEntityTypeConfiguration<WebhookSecret>, IEntityTypeConfiguration<WebhookDelivery>,
    IEntityTypeConfiguration<WebhookAttempt>, IEntityTypeConfiguration<WebhookHealth>, IEntityTypeConfiguration<WebhookReplay>
{
    internal static readonly Order<WebhookEndpoint> Newest = Order<WebhookEndpoint>.By(e => e.CreatedAt, e => e.Id, descending: true);
    internal static readonly Order<WebhookDelivery> NewestDelivery = Order<WebhookDelivery>.By(d => d.CreatedAt, d => d.Id, descending: true);

    public void Configure(EntityTypeBuilder<WebhookEndpoint> builder) => builder.HasIndex(e => new { e.OrganizationId, e.CreatedAt, e.Id });

    public void Configure(EntityTypeBuilder<WebhookSecret> builder)
    {
        builder.HasKey(s => new { s.OrganizationId, s.EndpointId, s.Id });
        builder.HasOne<WebhookEndpoint>().WithMany().HasForeignKey(s => new { s.OrganizationId, s.EndpointId }).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<WebhookDelivery> builder)
    {
        builder.HasKey(d => new { d.OrganizationId, d.Id });
        builder.HasIndex(d => new { d.OrganizationId, d.EndpointId, d.EventId, d.ReplayId }).IsUnique().HasDatabaseName("ix_webhook_deliveries_once");
        builder.HasIndex(d => new { d.OrganizationId, d.EndpointId, d.CreatedAt, d.Id }).HasDatabaseName("ix_webhook_deliveries_list");
        builder.HasIndex(d => new { d.OrganizationId, d.EndpointId, d.NextAttemptAt, d.Sequence }).HasFilter("status = 'pending'").HasDatabaseName("ix_webhook_deliveries_due");
        builder.HasIndex(d => new { d.OrganizationId, d.EndpointId, d.TicketId, d.Sequence }).HasFilter("status = 'pending' and ordered").HasDatabaseName("ix_webhook_deliveries_in_order");
        // Failures are few and looked for; of the rest the list's own index is enough.
        builder.HasIndex(d => new { d.OrganizationId, d.EndpointId, d.CreatedAt, d.Id }, "failed").HasFilter("status = 'failed'").HasDatabaseName("ix_webhook_deliveries_failed");
        builder.HasIndex(d => new { d.OrganizationId, d.EndpointId, d.TicketId, d.CreatedAt, d.Id }).HasFilter("ticket_id is not null").HasDatabaseName("ix_webhook_deliveries_ticket");
        builder.HasIndex(d => d.CreatedAt).HasDatabaseName("ix_webhook_deliveries_age");
    }

    public void Configure(EntityTypeBuilder<WebhookAttempt> builder)
    {
        builder.HasKey(a => new { a.OrganizationId, a.DeliveryId, a.Id });
        builder.HasIndex(a => new { a.OrganizationId, a.EndpointId, a.Id }).HasDatabaseName("ix_webhook_attempts_endpoint");
        builder.HasIndex(a => a.At).HasDatabaseName("ix_webhook_attempts_age");
    }

    public void Configure(EntityTypeBuilder<WebhookHealth> builder)
    {
        builder.HasKey(h => new { h.OrganizationId, h.EndpointId });
        builder.HasOne<WebhookEndpoint>().WithMany().HasForeignKey(h => new { h.OrganizationId, h.EndpointId }).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<WebhookReplay> builder)
    {
        builder.HasKey(r => new { r.OrganizationId, r.Id });
        builder.HasOne<WebhookEndpoint>().WithMany().HasForeignKey(r => new { r.OrganizationId, r.EndpointId }).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(r => r.TouchedAt).HasFilter("finished_at is null").HasDatabaseName("ix_webhook_replays_open");
    }
}
