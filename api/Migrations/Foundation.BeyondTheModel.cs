using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>What EF's model cannot say: policies, grants, triggers, and the partitioned table of events.</summary>
public partial class Foundation
{
    private static void BeyondTheModel(MigrationBuilder migration)
    {
        migration.Sql("""
            grant usage on schema public to support_app, support_system;
            -- Nobody but the owner makes tables, not even temporary ones that could stand before ours.
            do $$ begin execute format('revoke temporary on database %I from public', current_database()); end $$;
            revoke create on schema public from public;
            """);
        PlatformTables(migration);
        EventTable(migration);
        EventFunctions(migration);
        foreach (var table in (string[])["companies", "tags", "teams", "users", "inboxes"])
            migration.Sql($"alter table {table} add constraint fk_{table}_organizations foreign key (organization_id) references organizations (organization_id);");
        Policies(migration);
        Notices(migration);
    }

    private static void PlatformTables(MigrationBuilder migration) => migration.Sql("""
        create table counters (
            organization_id uuid not null,
            name text not null,
            value bigint not null,
            primary key (organization_id, name)
        );
        create table idempotency_records (
            organization_id uuid not null,
            scope bytea not null,
            fingerprint bytea not null,
            answer bytea not null,
            created_at timestamptz not null,
            primary key (organization_id, scope)
        );
        create index ix_idempotency_records_created_at on idempotency_records (created_at);
        create table event_cursors (
            organization_id uuid not null primary key,
            sequence bigint not null
        );
        create table data_protection_keys (
            id bigint generated always as identity primary key,
            friendly_name text not null,
            xml text not null,
            created_at timestamptz not null default now()
        );
        grant select, insert on data_protection_keys to support_system;
        """);

    // All but position and sequence, which the database and the sequencer give out.
    private const string EventColumns =
        "organization_id, id, type, occurred_at, ticket_id, resource_id, resource_version, actor_kind, actor_id, causation_id, correlation_id, " +
        "api_version, data, changes, audience, requester_id, company_id, inbox_id, team_id, customer_data";

    private static void EventTable(MigrationBuilder migration) => migration.Sql("""
        create sequence event_positions;
        grant usage on sequence event_positions to support_app, support_system;

        create table events (
            organization_id uuid not null,
            id uuid not null,
            position bigint not null default nextval('event_positions'),
            sequence bigint,
            type text not null,
            occurred_at timestamptz not null,
            ticket_id uuid,
            resource_id uuid not null,
            resource_version integer not null,
            actor_kind text not null,
            actor_id text,
            causation_id uuid,
            correlation_id text,
            api_version text not null,
            data json not null,
            changes json,
            audience text not null check (audience in ('customer', 'staff', 'internal')),
            requester_id uuid,
            company_id uuid,
            inbox_id uuid,
            team_id uuid,
            customer_data json,
            redacted_at timestamptz,
            primary key (organization_id, id)
        ) partition by range (id);
        create index ix_events_sequence on events (organization_id, sequence);
        create index ix_events_ticket on events (organization_id, ticket_id, sequence) where ticket_id is not null;
        create index ix_events_resource on events (organization_id, resource_id, resource_version) where ticket_id is null;
        create index ix_events_waiting on events (organization_id, position) where sequence is null;
        create table events_default partition of events default;
        alter table events_default enable row level security;
        alter table events_default force row level security;
        """);

    private static void EventFunctions(MigrationBuilder migration)
    {
        // The first 48 bits of a UUIDv7 are milliseconds since 1970: a month is a range of ids.
        migration.Sql("""
            -- Who waits for a lock on events has all writers wait behind: not for long. What is not made today is made tomorrow.
            create function make_event_partitions(months integer) returns integer language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
            declare
                first date := date_trunc('month', now() at time zone 'utc')::date;
                month date;
                name text;
                lower uuid;
                upper uuid;
                made integer := 0;
            begin
                -- Nodes may come together; the second waits and finds all done.
                perform pg_advisory_xact_lock(7310593858019913315);
                for n in 0..months loop
                    month := (first + make_interval(months => n))::date;
                    name := 'events_' || to_char(month, 'YYYY_MM');
                    if to_regclass('public.' || name) is null then
                        lower := event_id_at(month);
                        upper := event_id_at((month + interval '1 month')::date);
                        execute format('create table %I (like events including all)', name);
                        -- What a clock ahead of ours already wrote for that month stands in the default partition, and
                        -- would forbid the month's own for ever: it moves over.
                        lock table events in access exclusive mode;
                        alter table events_default no force row level security;
                        alter table events_default disable trigger keep_events;
                        execute format('insert into %I select * from events_default where id >= %L and id < %L', name, lower, upper);
                        delete from events_default where id >= lower and id < upper;
                        alter table events_default enable trigger keep_events;
                        alter table events_default force row level security;
                        execute format('alter table %I enable row level security', name);
                        execute format('alter table %I force row level security', name);
                        execute format('alter table events attach partition %I for values from (%L) to (%L)', name, lower, upper);
                        made := made + 1;
                    end if;
                end loop;
                return made;
            exception when lock_not_available then
                raise warning 'The partitions of events could not be made: a long transaction has written to them.';
                return 0;
            end $$;

            create function drop_event_partitions(days integer) returns integer language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '2s' as $$
            declare
                name text;
                dropped integer := 0;
            begin
                if days is null or days < 90 then
                    raise exception 'Events are kept for 90 days at least.' using errcode = 'invalid_parameter_value';
                end if;
                for name in
                    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                    where i.inhparent = 'events'::regclass and c.relname ~ '^events_\d{4}_\d{2}$'
                        and to_date(substr(c.relname, 8), 'YYYY_MM') + interval '1 month' <= (now() at time zone 'utc') - make_interval(days => days)
                loop
                    execute format('drop table %I', name);
                    dropped := dropped + 1;
                end loop;
                return dropped;
            exception when lock_not_available then
                raise warning 'Old partitions of events could not be dropped: a long transaction reads or writes events.';
                return 0;
            end $$;
            revoke all on function drop_event_partitions(integer) from public;
            grant execute on function drop_event_partitions(integer) to support_system;

            create function event_id_at(day date) returns uuid language sql immutable as $$
                select (lpad(to_hex((extract(epoch from day) * 1000)::bigint), 12, '0') || '00000000000000000000')::uuid
            $$;

            revoke all on function make_event_partitions(integer) from public;
            grant execute on function make_event_partitions(integer) to support_system;
            """);

        migration.Sql("""
            create function keep_events() returns trigger language plpgsql as $$
            begin
                if tg_op = 'DELETE' then
                    raise exception 'Events are append-only.' using errcode = 'restrict_violation';
                end if;
                if (old.organization_id, old.id, old.position, old.type, old.occurred_at, old.ticket_id, old.resource_id, old.resource_version, old.actor_kind, old.actor_id,
                    old.causation_id, old.correlation_id, old.api_version, old.audience, old.requester_id, old.company_id, old.inbox_id, old.team_id)
                   is distinct from
                   (new.organization_id, new.id, new.position, new.type, new.occurred_at, new.ticket_id, new.resource_id, new.resource_version, new.actor_kind, new.actor_id,
                    new.causation_id, new.correlation_id, new.api_version, new.audience, new.requester_id, new.company_id, new.inbox_id, new.team_id)
                   or (old.sequence is not null and new.sequence is distinct from old.sequence) then
                    raise exception 'Events are append-only.' using errcode = 'restrict_violation';
                end if;
                if (old.data::text, old.changes::text, old.customer_data::text) is distinct from (new.data::text, new.changes::text, new.customer_data::text)
                   and current_setting('app.redacting', true) is distinct from new.id::text then
                    raise exception 'Events are redacted by redact_event only.' using errcode = 'restrict_violation';
                end if;
                return new;
            end $$;
            create trigger keep_events before update or delete on events for each row execute function keep_events();
            select make_event_partitions(3);

            -- Erasure: the content goes, that something happened stays. Runs under the caller's organization.
            create function redact_event(event uuid, new_data json, new_changes json, new_customer_data json, at timestamptz) returns boolean language plpgsql security definer set search_path = public, pg_temp as $$
            declare
                done boolean;
            begin
                perform set_config('app.redacting', event::text, true);
                update events set data = new_data, changes = new_changes, customer_data = new_customer_data, redacted_at = at
                where organization_id = nullif(current_setting('app.organization_id', true), '')::uuid and id = event;
                done := found;
                perform set_config('app.redacting', '', true);
                return done;
            end $$;
            revoke all on function redact_event(uuid, json, json, json, timestamptz) from public;
            grant execute on function redact_event(uuid, json, json, json, timestamptz) to support_app;
            """);
    }

    private static void Policies(MigrationBuilder migration)
    {
        migration.ProtectByOrganization("organizations", app: "select, insert, update");
        migration.ProtectByOrganization("api_keys", app: "select, insert, update", system: "select, update (last_used_at)");
        migration.ProtectByOrganization("users", app: "select, insert, update");
        foreach (var table in (string[])["companies", "tickets", "comments", "inboxes", "attachments"])
            migration.ProtectByOrganization(table, app: "select, insert, update", system: "");
        foreach (var table in (string[])["tags", "teams", "team_members", "ticket_tags", "followers", "ticket_links"])
            migration.ProtectByOrganization(table, system: "");
        migration.ProtectByOrganization("counters", app: "select, insert, update", system: "");
        migration.ProtectByOrganization("events", app: $"select, insert ({EventColumns})", system: "select, update (sequence)");
        migration.ProtectByOrganization("event_cursors", app: "select", system: "select, insert, update");
        migration.ProtectByOrganization("idempotency_records", app: "select, insert, update", system: "select, delete");
        // The operator's requests belong to no organization; their stored answers stand under the nil UUID, which is set for them.
    }

    // A trigger, so that no code path can forget to tell.
    private static void Notices(MigrationBuilder migration) => migration.Sql("""
        create function tell_credentials_changed() returns trigger language plpgsql as $$
        begin
            perform pg_notify('credentials_changed', new.organization_id::text);
            return null;
        end $$;
        create trigger tell_credentials_changed after update of revoked_at, expires_at, scopes, allowed_networks, user_id on api_keys
            for each row execute function tell_credentials_changed();
        create trigger tell_credentials_changed after update of status, role on users
            for each row when (old.status is distinct from new.status or old.role is distinct from new.role) execute function tell_credentials_changed();
        create trigger tell_credentials_changed after update of status, clock_offset_seconds on organizations
            for each row when (old.status is distinct from new.status or old.clock_offset_seconds is distinct from new.clock_offset_seconds) execute function tell_credentials_changed();
        """);
}
