using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>The candidate functions: from words, phrases, prefixes and exclusions to a bounded list of ids.</summary>
public partial class Search
{
    // What holds for each of them: they see every organization and so name the caller's in every statement; nothing
    // is put together as SQL text; no table of a caller's own can stand before ours.
    private const string AsSearch = "security definer set search_path = pg_catalog, public, pg_temp set jit = off set enable_seqscan = off set work_mem = '32MB' set plan_cache_mode = force_generic_plan";
    private const string Organization = Platform.Data.RowSecurity.Organization;

    private static void Functions(MigrationBuilder migration)
    {
        Words(migration);
        Tickets(migration);
        People(migration, "search_users", "users", "search_person(x.name, x.email)", "", "true");
        People(migration, "search_companies", "companies", "search_company(x.name, x.domains)", ", in_deleted boolean", "(x.deleted_at is not null) = in_deleted");
    }

    private static void Words(MigrationBuilder migration) => migration.Sql("""
        -- Any of these words.
        create function search_any(lexemes text[]) returns tsquery language sql immutable set search_path = pg_catalog, pg_temp as $$
            select string_agg('''' || replace(replace(l, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery from unnest(lexemes) l
        $$;

        -- The words of the organization that one word stands for: itself and those of the same stem; where asked for, also
        -- those that look like it. Null where it has none.
        create function search_variants(organization uuid, dictionary text, word text, alike boolean) returns text[] language plpgsql stable
        set search_path = pg_catalog, public, pg_temp set enable_seqscan = off set pg_trgm.similarity_threshold = 0.25 as $$
        declare
            sought text[] := array[word];
            roots text[] := array[coalesce((ts_lexize(dictionary::regdictionary, word))[1], word)];
            near text[];
        begin
            if alike and length(word) between 4 and 30 and word !~ '[0-9[:punct:]]' then
                select array_agg(n.word), array_agg(coalesce(n.stem, n.word)) into near, sought from (
                    select w.word, w.stem
                    from search_words w
                    where w.organization_id::text = organization::text and search_folded(w.word) % search_folded(search_variants.word)
                        and length(w.word) between 4 and 30 and w.word !~ '[0-9[:punct:]]'
                        -- A swap of neighbours counts as two.
                        and levenshtein_less_equal(search_folded(w.word), search_folded(search_variants.word), 2) <= case when length(search_variants.word) > 4 then 2 else 1 end
                    order by levenshtein(search_folded(w.word), search_folded(search_variants.word)), similarity(w.word, search_variants.word) desc
                    limit 5
                ) n;
                roots := roots || sought;
                sought := word || near;
            end if;
            return (select array_agg(v.word) from (
                select w.word from search_words w
                where w.organization_id = organization
                    and (w.word = any (sought) or w.stem = any (roots) or (w.word = any (roots) and w.stem is null))
                limit 200) v);
        end $$;
        """);

    private static void Tickets(MigrationBuilder migration) => migration.Sql($"""
        -- Tickets that have all that is asked for and nothing that is excluded: at most 1,000 of them, the newest, in the
        -- order of their rank. Says whether there are more; also where it had to stop early. The terms are parallel
        -- arrays: kind (word, phrase, prefix), text, and whether it is excluded.
        create function search_tickets(kinds text[], texts text[], excluded boolean[], notes boolean, in_deleted boolean, alike boolean)
        returns table (ids uuid[], cut boolean, marks text[]) language plpgsql stable {AsSearch} as $$
        declare
            organization constant uuid := {Organization};
            most constant integer := 1000;
            patience constant interval := '700 milliseconds';
            started constant timestamptz := clock_timestamp();
            hidden constant text := case when notes then 'public' else 'staff' end;
            dictionary text;
            newest bigint;
            lexemes text[];
            start text;
            term tsquery;
            is_common boolean;
            wanted tsquery;    -- all of it
            common tsquery;    -- stop words: they count only where nothing else is asked for
            unwanted tsquery;
            question tsquery;
            ranks real[] := '{"{}"}';
            more_ids uuid[];
            more_ranks real[];
        begin
            ids := '{"{}"}'; cut := false; marks := '{"{}"}';
            select c.dictionary, c.newest into dictionary, newest from search_cursors c where c.organization_id = organization;
            if dictionary is null then
                return next;
                return;
            end if;

            for i in 1 .. coalesce(cardinality(texts), 0) loop
                lexemes := tsvector_to_array(search_vector(texts[i]));
                continue when cardinality(lexemes) = 0;
                is_common := false;
                term := null;
                if kinds[i] = 'prefix' then
                    -- In the collation C, these are exactly the words that begin so.
                    start := case when cardinality(lexemes) = 1 then lexemes[1] else search_text(texts[i]) end;
                    lexemes := array(
                        select w.word from search_words w
                        where w.organization_id = organization and w.word >= start and w.word < start || U&'\+10FFFF'
                        order by length(w.word), w.word limit 201);
                    cut := cut or cardinality(lexemes) > 200;
                    term := search_any(lexemes);
                elsif kinds[i] = 'phrase' or cardinality(lexemes) > 1 then
                    if (select count(*) from search_words w where w.organization_id = organization and w.word = any (lexemes)) = cardinality(lexemes) then
                        term := phraseto_tsquery('simple', search_text(texts[i]));
                    end if;
                else
                    is_common := ts_lexize(dictionary::regdictionary, lexemes[1]) = '{"{}"}';
                    lexemes := search_variants(organization, dictionary, lexemes[1], alike and not is_common and not excluded[i]);
                    term := search_any(lexemes);
                end if;

                if excluded[i] then
                    -- Of a word that no document has, all documents are without: as of the one that is never indexed.
                    term := coalesce(term, '''hs0gap0''');
                    unwanted := case when unwanted is null then term else unwanted || term end;
                elsif is_common then
                    common := case when term is null then common when common is null then term else common && term end;
                elsif term is null then
                    -- A word that no document has: neither have all words together.
                    return next;
                    return;
                else
                    wanted := case when wanted is null then term else wanted && term end;
                    marks := marks || lexemes;
                end if;
            end loop;

            wanted := coalesce(wanted, common);
            question := case when unwanted is null then wanted else wanted && !!unwanted end;
            if question is null and unwanted is null then
                return next;
                return;
            end if;

            for age in reverse (newest / 16384)::integer .. 0 loop
                if question is null then
                    -- Without anything to find, the index would be read from end to end; the tickets of this age are not that many.
                    select array_agg(m.ticket_id order by m.number desc), array_agg(0 order by m.number desc) into more_ids, more_ranks
                    from (
                        select s.ticket_id, s.number from search_entries s
                        where s.drawer = organization || '/' || age and not (s.document @@ unwanted) and s.deleted = in_deleted and s.scope <> hidden
                        order by s.number desc limit most + 1 - cardinality(ids)
                    ) m;
                else
                    select array_agg(m.ticket_id order by m.number desc), array_agg(m.rank order by m.number desc) into more_ids, more_ranks
                    from (
                        select e.ticket_id, e.number, ts_rank('{"{0.1, 0.3, 0.5, 1.0}"}', e.document, wanted, 1) as rank
                        from (
                            select s.ticket_id, s.number, s.document from search_entries s
                            where s.drawer = organization || '/' || age and s.document @@ question and s.deleted = in_deleted and s.scope <> hidden
                            order by s.number desc limit most + 1 - cardinality(ids)
                        ) e
                    ) m;
                end if;
                ids := ids || more_ids;
                ranks := ranks || more_ranks;
                exit when cardinality(ids) > most;
                if age > 0 and clock_timestamp() - started > patience then
                    cut := true;
                    exit;
                end if;
            end loop;

            cut := cut or cardinality(ids) > most;
            select coalesce(array_agg(r.id order by r.rank desc, r.place), '{"{}"}') into ids
            from unnest(ids[1:most], ranks[1:most]) with ordinality as r (id, rank, place);
            return next;
        end $$;

        -- Tickets of an age that are indexed under a tag of this name. For when the tag itself is gone already.
        create function search_tagged(tag text, age integer) returns setof uuid language plpgsql stable {AsSearch} as $$
        begin
            return query
                select distinct s.ticket_id from search_entries s
                where s.drawer = {Organization} || '/' || age and s.document @@ (
                    select string_agg('''' || replace(replace(l, '\', '\\'), '''', '''''') || ''':C', ' & ')::tsquery from unnest(tsvector_to_array(search_vector(tag))) l);
        end $$;
        """);

    // By likeness of trigrams; the longest term drives the index, all are checked. Of one or two characters it must
    // begin a word. Where nothing is asked for that trigrams are made of, only the newest 5,000 are looked at.
    private static void People(MigrationBuilder migration, string function, string table, string text, string parameter, string filter) => migration.Sql($$"""
        create function {{function}}(kinds text[], texts text[], excluded boolean[], alike boolean{{parameter}})
        returns table (ids uuid[], cut boolean, marks text[]) language plpgsql stable {{AsSearch}} set pg_trgm.word_similarity_threshold = 0.4 as $$
        declare
            organization constant uuid := {{Organization}};
            most constant integer := 1000;
            said text;
            pattern text;
            patterns text[] := '{}';
            unwanted text[] := '{}';
            words text[] := '{}';
            driver text := '';
            ranked text;
            near text := '';
            matches uuid[];
            ranks real[];
        begin
            ids := '{}'; cut := false; marks := '{}';
            if organization is null then
                return next;
                return;
            end if;
            for i in 1 .. coalesce(cardinality(texts), 0) loop
                said := search_folded(search_text(texts[i]));
                continue when said is null or said !~ '[^[:space:][:punct:]]';
                pattern := replace(replace(replace(said, '\', '\\'), '%', '\%'), '_', '\_');
                pattern := case when kinds[i] = 'prefix' or length(said) < 3 then '% ' || pattern || '%' else '%' || pattern || '%' end;
                if excluded[i] then
                    unwanted := unwanted || pattern;
                else
                    patterns := patterns || pattern;
                    words := words || said;
                    if kinds[i] = 'word' and length(said) > greatest(length(near), 3) and said !~ '[^a-z]' then
                        near := said;
                    end if;
                    if length(said) > length(driver) then
                        driver := said;
                        ranked := pattern;
                    end if;
                end if;
            end loop;
            if cardinality(patterns) + cardinality(unwanted) = 0 then
                return next;
                return;
            end if;

            if alike then
                select array_agg(m.id), array_agg(m.rank) into matches, ranks from (
                    select x.id, word_similarity(array_to_string(words, ' '), {{text}}) as rank from {{table}} x
                    where x.organization_id::text = organization::text and {{filter}} and near <> '' and {{text}} %> near
                        and (select bool_and({{text}} like p or (w !~ '[^a-z]' and {{text}} %> w)) from unnest(words, patterns) as t (w, p)) and not ({{text}} like any (unwanted))
                    limit most + 1) m;
            elsif ranked ~ '[a-z0-9]{3}|^% [a-z0-9]' then
                select array_agg(m.id), array_agg(m.rank) into matches, ranks from (
                    select x.id, word_similarity(array_to_string(words, ' '), {{text}}) as rank from {{table}} x
                    where x.organization_id::text = organization::text and {{filter}} and {{text}} like ranked
                        and {{text}} like all (patterns) and not ({{text}} like any (unwanted))
                    limit most + 1) m;
            else
                select array_agg(m.id), array_agg(m.rank) into matches, ranks from (
                    select x.id, word_similarity(array_to_string(words, ' '), x.said) as rank from (
                        select x.id, {{text}} as said from {{table}} x where x.organization_id = organization and {{filter}} order by x.created_at desc limit 5000) x
                    where x.said like all (patterns) and not (x.said like any (unwanted))
                    limit most + 1) m;
                cut := (select count(*) from (select from {{table}} x where x.organization_id = organization limit 5001) n) > 5000;
            end if;
            cut := cut or coalesce(cardinality(matches), 0) > most;
            select coalesce(array_agg(r.id order by r.rank desc, r.id desc), '{}') into ids from unnest(matches[1:most], ranks[1:most]) as r (id, rank);
            marks := words;
            return next;
        end $$;
        """);
}
