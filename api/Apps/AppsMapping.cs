using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Apps;

internal sealed class OAuthAppMapping : IEntityTypeConfiguration<OAuthApp>
{
    internal static readonly Order<OAuthApp> Newest = Order<OAuthApp>.By(a => a.CreatedAt, a => a.Id, descending: true);

    public void Configure(EntityTypeBuilder<OAuthApp> builder)
    {
        builder.ToTable("oauth_apps");
        builder.HasIndex(a => new { a.OrganizationId, a.CreatedAt, a.Id });
        // Who signs in names the app before any organization is known.
        builder.HasIndex(a => a.Id).IsUnique();
    }
}

internal sealed class AppInstallMapping : IEntityTypeConfiguration<AppInstall>
{
    internal static readonly Order<AppInstall> Newest = Order<AppInstall>.By(i => i.CreatedAt, i => i.Id, descending: true);

    public void Configure(EntityTypeBuilder<AppInstall> builder)
    {
        builder.References<AppInstall, User>(nameof(AppInstall.UserId));
        builder.HasIndex(i => new { i.OrganizationId, i.CreatedAt, i.Id });
        builder.HasIndex(i => new { i.AppId, i.OrganizationId }).IsUnique().HasFilter("removed_at is null");
    }
}
