using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.SignIn;

internal sealed class SessionMapping : IEntityTypeConfiguration<Session>
{
    internal static readonly Order<Session> Newest = Order<Session>.By(s => s.StartedAt, s => s.Id, descending: true);

    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.References<Session, User>(nameof(Session.UserId));
        builder.HasIndex(s => new { s.OrganizationId, s.StartedAt, s.Id });
        builder.HasIndex(s => new { s.OrganizationId, s.UserId, s.StartedAt, s.Id });
        builder.HasIndex(s => s.AuthorizationId);
        builder.HasIndex(s => s.Id).IsUnique();
        builder.HasIndex(s => s.EndsAt);
    }
}

internal sealed class InvitationMapping : IEntityTypeConfiguration<Invitation>
{
    internal static readonly Order<Invitation> Newest = Order<Invitation>.By(i => i.CreatedAt, i => i.Id, descending: true);

    public void Configure(EntityTypeBuilder<Invitation> builder)
    {
        builder.References<Invitation, User>(nameof(Invitation.UserId));
        builder.HasIndex(i => new { i.OrganizationId, i.CreatedAt, i.Id });
        builder.HasIndex(i => i.TokenHash).IsUnique();
        builder.HasIndex(i => new { i.OrganizationId, i.UserId }).IsUnique().HasFilter("accepted_at is null and revoked_at is null");
    }
}
