using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Teams;

internal sealed class TeamMapping : IEntityTypeConfiguration<Team>, IEntityTypeConfiguration<TeamMember>
{
    internal static readonly Sorts<Team> Sorts = new() { ["name"] = descending => Order<Team>.By(t => t.Name, t => t.Id, descending) };
    internal static readonly Order<TeamMember> MembersByUser = Order<TeamMember>.By(m => m.CreatedAt, m => m.UserId, descending: false);

    public void Configure(EntityTypeBuilder<Team> builder)
    {
        builder.HasIndex(t => new { t.OrganizationId, t.Name }).IsUnique();
        builder.HasIndex(t => new { t.OrganizationId, t.ExternalId }).IsUnique().HasFilter("external_id is not null");
    }

    public void Configure(EntityTypeBuilder<TeamMember> builder)
    {
        builder.HasKey(m => new { m.OrganizationId, m.TeamId, m.UserId });
        Platform.Data.Conventions.References<TeamMember, Team>(builder, nameof(TeamMember.TeamId));
        Platform.Data.Conventions.References<TeamMember, User>(builder, nameof(TeamMember.UserId));
        builder.HasIndex(m => new { m.OrganizationId, m.TeamId, m.CreatedAt, m.UserId });
    }
}
