using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>
/// Search: what is indexed, and the functions that find candidates in it. Nothing of it is in EF's model, so the
/// model stays as it was.
/// </summary>
[DbContext(typeof(SupportDb))]
[Migration("20261124120000_Search")]
public partial class Search : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        Role(migrationBuilder);
        Text(migrationBuilder);
        Tables(migrationBuilder);
        Fill(migrationBuilder);
        Policies(migrationBuilder);
        Functions(migrationBuilder);
        BelongsToSearch(migrationBuilder, "search_any(text[])", callable: false);
        BelongsToSearch(migrationBuilder, "search_variants(uuid, text, text, boolean)", callable: false);
        BelongsToSearch(migrationBuilder, "search_tickets(text[], text[], boolean[], boolean, boolean, boolean)");
        BelongsToSearch(migrationBuilder, "search_tagged(text, integer)");
        BelongsToSearch(migrationBuilder, "search_users(text[], text[], boolean[], boolean)");
        BelongsToSearch(migrationBuilder, "search_companies(text[], text[], boolean[], boolean, boolean)");
        migrationBuilder.Sql("revoke create on schema public from support_search; revoke support_search from current_user;");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations are not taken back: restore a backup instead.");

    // Under row security only leakproof operators use an index, and those of full text and trigrams are not. So the
    // search functions run as a role of their own that no one can log in as, whose policies let it read everything,
    // and which own nothing else: they filter by the tenant setting themselves.
    private static void Role(MigrationBuilder migration) => migration.Sql("""
        do $$
        begin
            if not exists (select from pg_roles where rolname = 'support_search') then
                create role support_search nologin noinherit nocreaterole nocreatedb nobypassrls;
            end if;
        exception when duplicate_object or unique_violation then
            -- Roles belong to the whole server: another database of it was quicker.
        end $$;
        -- For the length of this migration, to hand the functions over; the last statement takes both back.
        grant support_search to current_user;
        grant usage, create on schema public to support_search;

        create extension if not exists btree_gin;
        create extension if not exists pg_trgm;
        create extension if not exists fuzzystrmatch;
        -- Loads the library: otherwise its settings are unknown here and functions may not name them.
        select show_limit();
        """);

    // Functions of the index, the list of words and the question alike, so that both sides read a text the same way
    // in a database of any locale: in C, PostgreSQL takes quotes such as „ for letters and lowers ASCII only.
    private static void Text(MigrationBuilder migration) => migration.Sql("""
        create function search_text(said text) returns text language sql immutable parallel safe as $$
            select lower(regexp_replace(normalize(said, NFKC), U&'[\0080-\00A9\00AB-\00B4\00B6-\00B9\00BB-\00BF\00D7\00F7\2000-\206F\20A0-\2BFF\3000-\3004\3008-\3020\FE30-\FE6F]+', ' ', 'g') collate "und-x-icu")
        $$;

        create function search_vector(said text) returns tsvector language sql immutable parallel safe as $$
            select to_tsvector('pg_catalog.simple'::regconfig, search_text(coalesce(said, '')))
        $$;

        -- Letters to ASCII, one for one, so that trigrams exist in a database of locale C too, and accents do not matter to likeness.
        create function search_folded(said text) returns text language sql immutable parallel safe as $$
            select case when octet_length(said) = length(said) then said else translate(said,
                'àáâãäåāăąçćĉċčďđèéêëēĕėęěĝğġģĥħìíîïĩīĭįıĵķĺļľŀłñńņňòóôõöøōŏőŕŗřśŝşšșţťŧțùúûüũūŭůűųŵýÿŷźżžßæœðþабвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґαβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ',
                'aaaaaaaaacccccddeeeeeeeeegggghhiiiiiiiiijklllllnnnnooooooooorrrsssssttttuuuuuuuuuuwyyyzzzsaodtabvgdeejziiklmnoprstufhccssqyqeuaiiegabgdezhqiklmnxoprsstufcpoaehioyo') end
        $$;

        create function search_person(name text, email text) returns text language sql immutable parallel safe as $$
            -- Two spaces, which no term has: a phrase does not reach from the one into the other.
            select search_folded(search_text(' ' || coalesce(name, '') || '  ' || coalesce(email, '')))
        $$;

        create function search_company(name text, domains text[]) returns text language plpgsql immutable parallel safe as $$
        begin
            -- Of text, array_to_string depends on nothing but its arguments.
            return search_folded(search_text(' ' || name || '  ' || array_to_string(domains, '  ')));
        end $$;
        """);

    private static void Tables(MigrationBuilder migration) => migration.Sql("""
        -- One row a ticket that all may read; where it has internal notes, one without them and one for staff who may
        -- read them. Each reader sees one of them, so that all words of a question can be looked for in one scan.
        create table search_entries (
            organization_id uuid not null,
            ticket_id uuid not null,
            scope text not null check (scope in ('everyone', 'public', 'staff')),
            number bigint not null,
            -- The organization's tickets of about the same age: the newest are looked at first, and where they are enough,
            -- only they. Organization and age in one, which no other index has: whatever the statistics of thousands of
            -- small organizations let the planner believe, it cannot read a large one from end to end instead.
            drawer text collate "C" not null generated always as (organization_id::text || '/' || (number / 16384)::text) stored,
            deleted boolean not null,
            document tsvector not null,
            primary key (organization_id, ticket_id, scope)
        );
        -- A short pending list: each search reads it from beginning to end.
        create index ix_search_entries_document on search_entries using gin (drawer, document) with (gin_pending_list_limit = 512);

        -- Trigram indexes name the organization as text for the same reason.
        -- Every word that the organization's documents have, as written, with its stem in the organization's language
        -- where that differs. What is asked for is taken from here, so that no other organization's words are touched.
        create table search_words (
            organization_id uuid not null,
            word text collate "C" not null,
            stem text collate "C",
            run integer not null,
            primary key (organization_id, word)
        );
        create index ix_search_words_stem on search_words (organization_id, stem) where stem is not null;
        create index ix_search_words_alike on search_words using gin ((organization_id::text), search_folded(word) gin_trgm_ops)
            where length(word) between 4 and 30 and word !~ '[0-9[:punct:]]';

        -- How far the organization is indexed: the last event that is, the highest ticket number, the dictionary of its words.
        create table search_cursors (
            organization_id uuid not null primary key,
            sequence bigint not null,
            newest bigint not null default 0,
            dictionary text not null default 'simple',
            run integer not null default 1
        );

        -- What takes longer than one transaction, and how far it is.
        create table search_tasks (
            organization_id uuid not null,
            kind text not null check (kind in ('everything', 'requester', 'tag', 'tagged', 'stems', 'forget')),
            subject text not null,
            place text,
            primary key (organization_id, kind, subject)
        );

        create index ix_users_search on users using gin ((organization_id::text), search_person(name, email) gin_trgm_ops) with (gin_pending_list_limit = 128);
        create index ix_companies_search on companies using gin ((organization_id::text), search_company(name, domains) gin_trgm_ops) with (gin_pending_list_limit = 128);
        """);

    // What is there already is indexed from the tables, not event by event. Forced policies bind the owner too.
    private static void Fill(MigrationBuilder migration) => migration.Sql("""
        alter table event_cursors no force row level security;
        insert into search_cursors (organization_id, sequence) select organization_id, sequence from event_cursors;
        insert into search_tasks (organization_id, kind, subject) select organization_id, 'everything', '' from event_cursors;
        alter table event_cursors force row level security;
        """);

    private static void Policies(MigrationBuilder migration)
    {
        migration.ProtectByOrganization("search_entries", system: "");
        migration.ProtectByOrganization("search_words", system: "");
        migration.ProtectByOrganization("search_cursors", app: "select, insert, update");
        migration.ProtectByOrganization("search_tasks", system: "select, insert");
        foreach (var table in (string[])["search_entries", "search_words", "search_cursors", "users", "companies"])
            migration.Sql($"create policy search on {table} for select to support_search using (true);");
        migration.Sql("""
            grant select on search_entries, search_words, search_cursors to support_search;
            grant select (organization_id, id, name, email, created_at) on users to support_search;
            grant select (organization_id, id, name, domains, created_at, deleted_at) on companies to support_search;
            """);
    }

    private static void BelongsToSearch(MigrationBuilder migration, string function, bool callable = true) => migration.Sql($"""
        revoke all on function {function} from public;
        {(callable ? $"grant execute on function {function} to support_app;" : "")}
        alter function {function} owner to support_search;
        """);
}
