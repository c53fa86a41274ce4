using System.Security.Claims;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Finds tickets by what stands in them. What is indexed, and when, is the Search room's business.</summary>
public sealed class TicketSearch(SupportDb db, Cursors cursors)
{
    private const int CommentsOfEach = 20;
    private const int CharactersOfEach = 8192;
    private const int SnippetsOfEach = 3;

    /// <summary>The tickets that have all of the terms: at most 1,000, the best first.</summary>
    /// <param name="notes">Whether internal notes count.</param>
    /// <param name="deleted">Deleted tickets instead of the others.</param>
    public Task<Found<Ticket>> FindAsync(SearchTerms terms, bool notes, bool deleted, CancellationToken cancellationToken)
    {
        var (kinds, texts, excluded) = Candidates.Columns(terms);
        return Found<Ticket>.FindAsync(
            terms, alike => db.Database.SqlQuery<Candidates>($"select ids, cut, marks from search_tickets({kinds}, {texts}, {excluded}, {notes}, {deleted}, {alike})"), cancellationToken);
    }

    /// <summary>One page of those tickets that the filter's <c>q</c> finds.</summary>
    public async Task<SearchPage<TicketResponse>> PageAsync(IQueryable<Ticket> tickets, TicketFilter filter, ClaimsPrincipal reader, CancellationToken cancellationToken)
    {
        var terms = SearchTerms.Parse(filter.Q!);
        var order = TicketQueries.OrderOf(filter);
        var highlights = filter.Includes("highlights");
        var notes = reader.May("tickets.internal.read");
        var found = await FindAsync(terms, notes, filter.Deleted, cancellationToken);
        var page = await cursors.PageAsync(found, ids => tickets.Where(t => ids.Contains(t.Id)), order, filter, t => t.Id, TicketResponse.From, cancellationToken);
        return highlights ? page with { Data = await HighlightAsync(page.Data, new Highlighter(terms, found.Marks), notes, cancellationToken) } : page;
    }

    private async Task<IReadOnlyList<TicketResponse>> HighlightAsync(IReadOnlyList<TicketResponse> tickets, Highlighter highlighter, bool notes, CancellationToken cancellationToken)
    {
        var ids = tickets.Select(t => t.Id).ToList();
        var newest = await db.Tickets.AsNoTracking().IgnoreAutoIncludes().Where(t => ids.Contains(t.Id))
            .SelectMany(t => db.Comments
                .Where(c => c.TicketId == t.Id && (notes || c.Visibility == CommentVisibility.Public))
                .OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.Id).Take(CommentsOfEach)
                .Select(c => new { TicketId = t.Id, c.Id, Text = c.Text.Substring(0, CharactersOfEach) }))
            .ToListAsync(cancellationToken);
        var comments = newest.ToLookup(c => c.TicketId);
        return [.. tickets.Select(t => t with { Highlights = Of(t) })];

        List<HighlightResponse> Of(TicketResponse ticket)
        {
            List<HighlightResponse> snippets = [];
            Add("subject", ticket.Subject, null);
            Add("requester", $"{ticket.Requester.Name} {ticket.Requester.Email}".Trim(), null);
            Add("tags", string.Join(", ", ticket.Tags), null);
            snippets.AddRange(comments[ticket.Id]
                .Select(c => (c.Id, Snippet: highlighter.Of(c.Text))).Where(c => c.Snippet is not null).OrderByDescending(c => c.Snippet!.Marks).Take(SnippetsOfEach)
                .Select(c => new HighlightResponse("comment", c.Id, c.Snippet!.Text, c.Snippet.Html)));
            return snippets;

            void Add(string source, string text, Id<Comment>? comment)
            {
                if (highlighter.Of(text) is { } snippet)
                    snippets.Add(new(source, comment, snippet.Text, snippet.Html));
            }
        }
    }
}

/// <summary>A piece of a ticket that has what was asked for.</summary>
/// <param name="Source">Where it stands: <c>subject</c>, <c>requester</c>, <c>tags</c> or <c>comment</c>. More are added: readers must tolerate them.</param>
/// <param name="CommentId">The comment, where it stands in one.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Html">The same as HTML that is safe to show: all of it escaped, what matched within <c>mark</c> elements.</param>
public sealed record HighlightResponse(string Source, Id<Comment>? CommentId, string Text, string Html);
