using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Access;

internal sealed class ApiKeyMapping : IEntityTypeConfiguration<ApiKey>
{
    internal static readonly Order<ApiKey> Newest = Order<ApiKey>.By(k => k.CreatedAt, k => k.Id, descending: true);

    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.References<ApiKey, User>(nameof(ApiKey.UserId));
        builder.HasIndex(k => k.Hash).IsUnique();
        builder.HasIndex(k => new { k.OrganizationId, k.CreatedAt, k.Id });
    }
}
