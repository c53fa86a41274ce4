using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Companies;

/// <summary>Finds companies by name and domains.</summary>
public sealed class CompanySearch(SupportDb db, Cursors cursors)
{
    /// <summary>One page of those companies that the filter's <c>q</c> finds.</summary>
    public async Task<SearchPage<CompanyResponse>> PageAsync(IQueryable<Company> companies, CompanyFilter filter, CancellationToken cancellationToken)
    {
        var terms = SearchTerms.Parse(filter.Q!);
        var order = CompanyMapping.OrderOf(filter);
        var (kinds, texts, excluded) = Candidates.Columns(terms);
        var found = await Found<Company>.FindAsync(
            terms, alike => db.Database.SqlQuery<Candidates>($"select ids, cut, marks from search_companies({kinds}, {texts}, {excluded}, {alike}, {filter.Deleted})"), cancellationToken);
        return await cursors.PageAsync(found, ids => companies.Where(c => ids.Contains(c.Id)), order, filter, c => c.Id, CompanyResponse.From, cancellationToken);
    }
}
