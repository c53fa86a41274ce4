using System.Linq.Expressions;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Tags;
using HeadlessSupport.Api.Teams;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Query.SqlExpressions;
using Microsoft.EntityFrameworkCore.Storage;

namespace HeadlessSupport.Api.Tickets;

internal sealed class TicketMapping : IEntityTypeConfiguration<Ticket>, IEntityTypeConfiguration<TicketTag>, IEntityTypeConfiguration<Follower>, IEntityTypeConfiguration<TicketLink>
{
    // Every list leaves deleted tickets out, so the indexes that serve lists do too.
    private const string Present = "deleted_at is null";

    /// <summary>Names of a ticket's tags, as SQL's ARRAY of a query: one value of the ticket's own row.</summary>
    public static string[] TagNamesOf(Guid ticket) => throw new NotSupportedException($"Only in a query: {ticket}.");

    public void Configure(EntityTypeBuilder<Ticket> builder)
    {
        builder.Metadata.Model.AddDbFunction(typeof(TicketMapping).GetMethod(nameof(TagNamesOf))!).Translation = arguments => new SqlFunctionExpression("array", [
            new SqlBinaryExpression(ExpressionType.Equal,
                new SqlFragmentExpression("select tag.name from ticket_tags tagged join tags tag on tag.organization_id = tagged.organization_id and tag.id = tagged.tag_id where tagged.ticket_id"),
                arguments[0], typeof(bool), BoolTypeMapping.Default),
        ], nullable: false, argumentsPropagateNullability: [false], typeof(string[]), null);
        builder.Property(t => t.Priority).HasConversion<short>();
        builder.References(nameof(Ticket.RequesterId), (Ticket t) => t.Requester);
        builder.References<Ticket, User>(nameof(Ticket.AssigneeId));
        builder.References<Ticket, Company>(nameof(Ticket.CompanyId));
        builder.References<Ticket, Team>(nameof(Ticket.TeamId));
        builder.References<Ticket, Inbox>(nameof(Ticket.InboxId));
        builder.Navigation(t => t.Requester).AutoInclude();
        builder.Navigation(t => t.Tags).AutoInclude();

        builder.HasIndex(t => new { t.OrganizationId, t.Number }).IsUnique();
        builder.HasIndex(t => new { t.OrganizationId, t.ExternalId }).IsUnique().HasFilter($"external_id is not null and {Present}");
        builder.HasIndex(t => new { t.OrganizationId, t.CreatedAt, t.Id }).HasFilter(Present);
        builder.HasIndex(t => new { t.OrganizationId, t.UpdatedAt, t.Id }).HasFilter(Present);
        builder.HasIndex(t => new { t.OrganizationId, t.Priority, t.Id }).HasFilter(Present);
        builder.HasIndex(t => new { t.OrganizationId, t.Status, t.CreatedAt, t.Id }).HasFilter(Present);
        builder.HasIndex(t => new { t.OrganizationId, t.Status, t.UpdatedAt, t.Id }).HasFilter(Present);
        builder.HasIndex(t => new { t.OrganizationId, t.Status, t.Priority, t.Id }).HasFilter(Present);
        builder.HasIndex(t => new { t.OrganizationId, t.AssigneeId, t.CreatedAt, t.Id }).HasFilter(Present);
        builder.HasIndex(t => new { t.OrganizationId, t.AssigneeId, t.UpdatedAt, t.Id }).HasFilter(Present);
        builder.HasIndex(t => new { t.OrganizationId, t.AssigneeId, t.Priority, t.Id }).HasFilter(Present);
        builder.HasIndex(t => new { t.OrganizationId, t.RequesterId, t.CreatedAt, t.Id }).HasFilter(Present);
        builder.HasIndex(t => new { t.OrganizationId, t.CompanyId, t.CreatedAt, t.Id }).HasFilter($"company_id is not null and {Present}");
        builder.HasIndex(t => new { t.OrganizationId, t.TeamId, t.UpdatedAt, t.Id }).HasFilter(Present);
        builder.HasIndex(t => new { t.OrganizationId, t.InboxId, t.CreatedAt, t.Id }).HasFilter($"inbox_id is not null and {Present}");
        // "Is null" is no equality to the planner: it finds the order of the unassigned in an index of their own only.
        builder.HasIndex(t => new { t.OrganizationId, t.Priority, t.Id }, "unassigned").HasDatabaseName("ix_tickets_unassigned").HasFilter($"assignee_id is null and {Present}");
        builder.HasIndex(t => new { t.OrganizationId, t.CreatedAt, t.Id }, "deleted").HasDatabaseName("ix_tickets_deleted").HasFilter("deleted_at is not null");
    }

    public void Configure(EntityTypeBuilder<TicketTag> builder)
    {
        builder.HasKey(t => new { t.OrganizationId, t.TicketId, t.TagId });
        builder.HasOne<Ticket>().WithMany(t => t.Tags).HasForeignKey(t => new { t.OrganizationId, t.TicketId }).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(t => t.Tag).WithMany().HasForeignKey(t => new { t.OrganizationId, t.TagId }).OnDelete(DeleteBehavior.Cascade);
        builder.Navigation(t => t.Tag).AutoInclude();
        builder.HasIndex(t => new { t.OrganizationId, t.TagId, t.TicketId });
    }

    public void Configure(EntityTypeBuilder<Follower> builder)
    {
        builder.HasKey(f => new { f.OrganizationId, f.TicketId, f.UserId });
        builder.References<Follower, Ticket>(nameof(Follower.TicketId));
        builder.References(nameof(Follower.UserId), (Follower f) => f.User);
        builder.Navigation(f => f.User).AutoInclude();
        builder.HasIndex(f => new { f.OrganizationId, f.TicketId, f.CreatedAt, f.UserId });
    }

    public void Configure(EntityTypeBuilder<TicketLink> builder)
    {
        builder.HasKey(l => new { l.OrganizationId, l.Id });
        builder.References<TicketLink, Ticket>(nameof(TicketLink.TicketId));
        builder.References<TicketLink, Ticket>(nameof(TicketLink.OtherTicketId));
        builder.HasIndex(l => new { l.OrganizationId, l.TicketId, l.CreatedAt, l.Id });
    }
}
