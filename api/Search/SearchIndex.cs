using HeadlessSupport.Api.Platform.Data;
using Npgsql;

namespace HeadlessSupport.Api.Search;

/// <summary>
/// What is searched, made from the tables of the tickets themselves: making it again gives the same, so it does not
/// matter how often or why. Every statement runs in one organization's name, and only while its cursor is locked.
/// </summary>
internal sealed class SearchIndex
{
    /// <summary>Stands between comments, so that no phrase reaches from one into the next; never indexed.</summary>
    private const string Gap = "hs0gap0";

    // A document: subject (A), number and requester (B), tags (C), then the first comment and the newest ones (D), 128 Ki
    // characters in all. More would not fit into a tsvector, whose positions end at 16,383.
    private const string Sql = $"""
        with heads as (
            select t.id, t.number, t.deleted_at is not null as deleted,
                setweight(search_vector(t.subject), 'A')
                || setweight(search_vector(concat_ws(' ', t.number, u.name, u.email, translate(u.email, '@.-_+', '     '))), 'B')
                || setweight(search_vector(g.names), 'C') as head
            from tickets t
            join users u on u.organization_id = t.organization_id and u.id = t.requester_id
            left join lateral (
                select string_agg(g.name, ' {Gap} ') as names from ticket_tags x join tags g on g.organization_id = x.organization_id and g.id = x.tag_id
                where x.organization_id = t.organization_id and x.ticket_id = t.id) g on true
            where t.organization_id = $1 and t.id = any ($2)
        ), bodies as (
            select h.id, b.notes, b.everything, b.public
            from heads h cross join lateral (
                select bool_or(c.internal) as notes,
                    left(string_agg(c.body, ' {Gap} ' order by c.place), 131072) as everything,
                    left(string_agg(c.body, ' {Gap} ' order by c.place) filter (where not c.internal), 131072) as public
                from (
                    select c.visibility = 'internal' as internal, left(c.text, 65536) as body, row_number() over (order by n.oldest <> c.id, c.created_at desc, c.id desc) as place
                    from comments c
                    cross join (select id as oldest from comments where organization_id = $1 and ticket_id = h.id order by created_at, id limit 1) n
                    where c.organization_id = $1 and c.ticket_id = h.id
                    order by place limit 500) c
            ) b
        ), wanted as (
            select h.id, s.scope, h.number, h.deleted, h.head || search_vector(s.body) as document
            from heads h join bodies b on b.id = h.id cross join lateral (
                select 'everyone' as scope, b.everything as body where b.notes is not true
                union all select 'public', b.public where b.notes
                union all select 'staff', b.everything where b.notes) s
        ), made as (
            select id, scope, number, deleted, ts_delete(document, '{Gap}') as document from wanted
        ), written as (
            insert into search_entries as e (organization_id, ticket_id, scope, number, deleted, document)
            select $1, id, scope, number, deleted, document from made order by number, scope
            on conflict (organization_id, ticket_id, scope) do update set number = excluded.number, deleted = excluded.deleted, document = excluded.document
            where (e.number, e.deleted, e.document) is distinct from (excluded.number, excluded.deleted, excluded.document)
        ), removed as (
            delete from search_entries e
            where e.organization_id = $1 and e.ticket_id = any ($2) and not exists (select from made m where m.id = e.ticket_id and m.scope = e.scope)
        ), words as (
            insert into search_words as w (organization_id, word, stem, run)
            select $1, d.word, nullif((ts_lexize($3::regdictionary, d.word))[1], d.word), $4
            from (select distinct unnest(tsvector_to_array(document)) as word from made) d
            where not exists (select from search_words k where k.organization_id = $1 and k.word = d.word and k.run >= $4)
            on conflict (organization_id, word) do update set run = excluded.run, stem = excluded.stem
        )
        update search_cursors set newest = (select max(number) from heads)
        where organization_id = $1 and newest < (select max(number) from heads)
        """;

    /// <summary>Makes the rows of these tickets what they should be; those of a ticket that is gone are removed.</summary>
    public async Task RebuildAsync(NpgsqlConnection connection, Guid organization, Guid[] tickets, SearchState state, CancellationToken cancellationToken)
    {
        if (tickets.Length == 0)
            return;
        await using var command = new NpgsqlCommand(Sql, connection)
        {
            Parameters = { new() { Value = organization }, new() { Value = tickets }, new() { Value = "pg_catalog." + state.Dictionary }, new() { Value = state.Run } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

/// <summary>How far an organization is indexed.</summary>
/// <param name="Sequence">The last event that is.</param>
/// <param name="Newest">The highest ticket number.</param>
/// <param name="Dictionary">Of its words.</param>
/// <param name="Run">Grows with each complete rebuild: words of an earlier one are no longer in any ticket.</param>
internal sealed record SearchState(long Sequence, long Newest, string Dictionary, int Run);
