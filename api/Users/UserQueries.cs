using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Users;

internal static class UserQueries
{
    private static readonly Sorts<User> Sorts = new()
    {
        ["created_at"] = descending => Order<User>.By(u => u.CreatedAt, u => u.Id, descending),
        ["updated_at"] = descending => Order<User>.By(u => u.UpdatedAt, u => u.Id, descending),
    };

    public static IQueryable<User> Matching(this IQueryable<User> users, UserFilter filter)
    {
        if (filter.Role is not null)
        {
            var roles = filter.Role.Split(',', StringSplitOptions.TrimEntries);
            users = users.Where(u => roles.Contains(u.Role));
        }
        if (filter.Email is not null)
        {
            var email = Emails.Normalize(filter.Email);
            users = users.Where(u => u.Email == email && u.Email != null);
        }
        if (filter.ExternalId is not null)
            users = users.Where(u => u.ExternalId == filter.ExternalId);
        if (filter.CompanyId is not null)
            users = users.Where(u => u.CompanyId == filter.CompanyId);
        if (filter.Status is not null)
            users = users.Where(u => u.Status == filter.Status);
        if (filter.IsMachine is not null)
            users = users.Where(u => u.IsMachine == filter.IsMachine);
        return users;
    }

    public static Order<User>? OrderOf(UserFilter filter) => Sorts.OrderOf(filter.Q, filter.Sort, "-created_at");
}
