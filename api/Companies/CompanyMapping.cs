using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace HeadlessSupport.Api.Companies;

internal sealed class CompanyMapping : IEntityTypeConfiguration<Company>
{
    private static readonly Sorts<Company> Sorts = new()
    {
        ["created_at"] = descending => Order<Company>.By(c => c.CreatedAt, c => c.Id, descending),
        ["updated_at"] = descending => Order<Company>.By(c => c.UpdatedAt, c => c.Id, descending),
        ["name"] = descending => Order<Company>.By(c => c.Name, c => c.Id, descending),
    };

    internal static Order<Company>? OrderOf(CompanyFilter filter) => Sorts.OrderOf(filter.Q, filter.Sort, "-created_at");

    public void Configure(EntityTypeBuilder<Company> builder)
    {
        builder.HasIndex(c => new { c.OrganizationId, c.ExternalId }).IsUnique().HasFilter("external_id is not null and deleted_at is null");
        builder.HasIndex(c => new { c.OrganizationId, c.CreatedAt, c.Id });
        builder.HasIndex(c => new { c.OrganizationId, c.UpdatedAt, c.Id });
        builder.HasIndex(c => new { c.OrganizationId, c.Name, c.Id });
    }
}
