using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>What EF's model cannot say of webhooks: cursors, policies, grants.</summary>
public partial class Webhooks
{
    private static void BeyondTheModel(MigrationBuilder migration)
    {
        migration.Sql("""
            alter table webhook_endpoints add constraint fk_webhook_endpoints_organizations foreign key (organization_id) references organizations (organization_id);
            -- Rows are claimed and finished soon after they are made: room for their new versions beside them.
            alter table webhook_deliveries set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

            -- How far the organization's events have become deliveries. Only organizations that have had an endpoint have one.
            create table webhook_cursors (
                organization_id uuid not null primary key,
                sequence bigint not null
            );

            -- A trigger, so that no endpoint can be without a cursor. It begins where the organization is.
            create function make_webhook_cursor() returns trigger language plpgsql as $$
            begin
                insert into webhook_cursors (organization_id, sequence)
                values (new.organization_id, coalesce((select sequence from event_cursors where organization_id = new.organization_id), 0))
                on conflict do nothing;
                return null;
            end $$;
            create trigger make_webhook_cursor after insert on webhook_endpoints for each row execute function make_webhook_cursor();
            """);
        migration.ProtectByOrganization("webhook_endpoints");
        migration.ProtectByOrganization("webhook_secrets");
        migration.ProtectByOrganization("webhook_cursors", app: "select, insert, update");
        migration.ProtectByOrganization("webhook_deliveries", app: "select, insert, update",
            system: "select, delete, update (status, attempts, tries, next_attempt_at, locked_until, last_status, last_error, finished_at)");
        migration.ProtectByOrganization("webhook_attempts", app: "select", system: "select, insert, delete");
        migration.ProtectByOrganization("webhook_healths", app: "select, insert, update, delete", system: "select, insert, update");
        migration.ProtectByOrganization("webhook_replays");
    }
}
