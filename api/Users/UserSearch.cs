using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Users;

/// <summary>Finds users by name and e-mail address.</summary>
public sealed class UserSearch(SupportDb db, Cursors cursors)
{
    /// <summary>One page of those users that the filter's <c>q</c> finds.</summary>
    public async Task<SearchPage<UserResponse>> PageAsync(IQueryable<User> users, UserFilter filter, CancellationToken cancellationToken)
    {
        var terms = SearchTerms.Parse(filter.Q!);
        var order = UserQueries.OrderOf(filter);
        var (kinds, texts, excluded) = Candidates.Columns(terms);
        var found = await Found<User>.FindAsync(
            terms, alike => db.Database.SqlQuery<Candidates>($"select ids, cut, marks from search_users({kinds}, {texts}, {excluded}, {alike})"), cancellationToken);
        return await cursors.PageAsync(found, ids => users.Where(u => ids.Contains(u.Id)), order, filter, u => u.Id, UserResponse.From, cancellationToken);
    }
}
