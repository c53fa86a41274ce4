using System.Security.Claims;
using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Finds tickets by what stands in them. What is indexed, and when, is the Search room's business.</summary>
public sealed class TicketSearch(SupportDb db, TenantContext tenant, Cursors cursors)
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

    /// <summary>One page of those tickets of which the filter's <c>q</c> holds: its fields filter, its words are searched for.</summary>
    public async Task<SearchPage<TicketResponse>> PageAsync(IQueryable<Ticket> tickets, TicketFilter filter, ClaimsPrincipal reader, CancellationToken cancellationToken)
    {
        var (words, others) = ConditionText.Read(filter.Q!, "q").SplitWords();
        var order = TicketQueries.OrderOf(filter, words.Count > 0);
        var condition = await TicketFields.All.Bind(others, new(tenant.Now, tenant.UserId<User>()?.Value)).ToFilterAsync(db, cancellationToken);
        if (words.Count == 0)
            return SearchPage<TicketResponse>.Of(await cursors.SiftAsync(db, tickets, condition, order!, filter, TicketResponse.From, cancellationToken));
        var terms = SearchTerms.Of(words);
        var highlights = filter.Includes("highlights");
        var notes = reader.May("tickets.internal.read");
        var found = await FindAsync(terms, notes, filter.Deleted, cancellationToken);
        var page = await cursors.PageAsync(found, ids => tickets.Where(condition).Where(t => ids.Contains(t.Id)), order, filter, t => t.Id, TicketResponse.From, cancellationToken);
        return highlights ? page with { Data = await HighlightAsync(page.Data, new Highlighter(terms, found.Marks), notes, cancellationToken) } : page;
    }

    private async Task<IReadOnlyList<TicketResponse>> HighlightAsync(IReadOnlyList<TicketResponse> tickets, Highlighter highlighter, bool notes, CancellationToken cancellationToken)
    {
        var ids = tickets.Select(t => t.Id.Value).ToArray();
        // By SQL, since of Take in a SelectMany EF makes a window over all comments there are.
        var newest = await db.Database.SqlQuery<Excerpt>($"""
            select c.ticket_id, c.id, left(c.text, {CharactersOfEach}) as text from unnest({ids}) t cross join lateral (
                select * from comments where ticket_id = t and ({notes} or visibility = 'public') order by created_at desc, id desc limit {CommentsOfEach}) c
            """).ToListAsync(cancellationToken);
        var comments = newest.ToLookup(c => c.TicketId);
        return [.. tickets.Select(t => t with { Highlights = Of(t) })];

        List<HighlightResponse> Of(TicketResponse ticket)
        {
            List<HighlightResponse> snippets = [];
            Add("subject", ticket.Subject);
            Add("requester", $"{ticket.Requester.Name} {ticket.Requester.Email}".Trim());
            Add("tags", string.Join(", ", ticket.Tags));
            snippets.AddRange(comments[ticket.Id.Value]
                .Select(c => (Id: new Id<Comment>(c.Id), Snippet: highlighter.Of(c.Text))).Where(c => c.Snippet is not null).OrderByDescending(c => c.Snippet!.Marks).Take(SnippetsOfEach)
                .Select(c => new HighlightResponse("comment", c.Id, c.Snippet!.Text, c.Snippet.Html)));
            return snippets;

            void Add(string source, string text)
            {
                if (highlighter.Of(text) is { } snippet)
                    snippets.Add(new(source, null, snippet.Text, snippet.Html));
            }
        }
    }

    private sealed record Excerpt(Guid TicketId, Guid Id, string Text);
}

/// <summary>A piece of a ticket that has what was asked for.</summary>
/// <param name="Source">Where it stands: <c>subject</c>, <c>requester</c>, <c>tags</c> or <c>comment</c>. More are added: readers must tolerate them.</param>
/// <param name="CommentId">The comment, where it stands in one.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Html">The same as HTML that is safe to show: all of it escaped, what matched within <c>mark</c> elements.</param>
public sealed record HighlightResponse(string Source, Id<Comment>? CommentId, string Text, string Html);
