using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Companies;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Users;

internal sealed class UserMapping : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.References<User, Company>(nameof(User.CompanyId));
        builder.References<User, Role>(nameof(User.RoleId));
        builder.HasIndex(u => new { u.LoginId, u.OrganizationId }).IsUnique().HasFilter("login_id is not null");
        builder.HasIndex(u => new { u.OrganizationId, u.Email }).IsUnique().HasFilter("email is not null");
        builder.HasIndex(u => new { u.OrganizationId, u.ExternalId }).IsUnique().HasFilter("external_id is not null");
        builder.HasIndex(u => new { u.OrganizationId, u.CreatedAt, u.Id });
        builder.HasIndex(u => new { u.OrganizationId, u.UpdatedAt, u.Id });
        builder.HasIndex(u => new { u.OrganizationId, u.CompanyId, u.CreatedAt, u.Id }).HasFilter("company_id is not null");
        builder.HasIndex(u => new { u.OrganizationId, u.Role, u.CreatedAt, u.Id });
    }
}
