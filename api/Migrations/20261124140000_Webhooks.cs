using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>Webhooks: endpoints, their secrets, and what is sent to them.</summary>
[DbContext(typeof(SupportDb))]
[Migration("20261124140000_Webhooks")]
public partial class Webhooks : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "webhook_attempts",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                delivery_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                endpoint_id = table.Column<Guid>(type: "uuid", nullable: false),
                at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                status = table.Column<int>(type: "integer", nullable: true),
                error = table.Column<string>(type: "text", nullable: true),
                latency_ms = table.Column<int>(type: "integer", nullable: false),
                answer = table.Column<string>(type: "text", nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_webhook_attempts", x => new { x.organization_id, x.delivery_id, x.id });
            });

        migrationBuilder.CreateTable(
            name: "webhook_deliveries",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                endpoint_id = table.Column<Guid>(type: "uuid", nullable: false),
                event_id = table.Column<Guid>(type: "uuid", nullable: false),
                replay_id = table.Column<Guid>(type: "uuid", nullable: false),
                event_type = table.Column<string>(type: "text", nullable: false),
                sequence = table.Column<long>(type: "bigint", nullable: false),
                ticket_id = table.Column<Guid>(type: "uuid", nullable: true),
                ordered = table.Column<bool>(type: "boolean", nullable: false),
                status = table.Column<string>(type: "text", nullable: false),
                attempts = table.Column<int>(type: "integer", nullable: false),
                tries = table.Column<int>(type: "integer", nullable: false),
                next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                locked_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                last_status = table.Column<int>(type: "integer", nullable: true),
                last_error = table.Column<string>(type: "text", nullable: true),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_webhook_deliveries", x => new { x.organization_id, x.id });
            });

        migrationBuilder.CreateTable(
            name: "webhook_endpoints",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                url = table.Column<string>(type: "text", nullable: false),
                description = table.Column<string>(type: "text", nullable: true),
                event_types = table.Column<List<string>>(type: "text[]", nullable: false),
                filter = table.Column<string>(type: "text", nullable: true),
                enabled = table.Column<bool>(type: "boolean", nullable: false),
                headers = table.Column<byte[]>(type: "bytea", nullable: true),
                header_names = table.Column<List<string>>(type: "text[]", nullable: false),
                api_version = table.Column<string>(type: "text", nullable: false),
                signatures = table.Column<List<string>>(type: "text[]", nullable: false),
                ordered = table.Column<bool>(type: "boolean", nullable: false),
                include_internal = table.Column<bool>(type: "boolean", nullable: false),
                max_concurrency = table.Column<int>(type: "integer", nullable: false),
                rate_limit = table.Column<int>(type: "integer", nullable: true),
                disabled_reason = table.Column<string>(type: "text", nullable: true),
                disabled_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                version = table.Column<int>(type: "integer", nullable: false),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_webhook_endpoints", x => new { x.organization_id, x.id });
            });

        migrationBuilder.CreateTable(
            name: "webhook_healths",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                endpoint_id = table.Column<Guid>(type: "uuid", nullable: false),
                last_success_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                failing_since = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_webhook_healths", x => new { x.organization_id, x.endpoint_id });
                table.ForeignKey(
                    name: "fk_webhook_healths_webhook_endpoints_organization_id_endpoint_",
                    columns: x => new { x.organization_id, x.endpoint_id },
                    principalTable: "webhook_endpoints",
                    principalColumns: new[] { "organization_id", "id" },
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            name: "webhook_replays",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                endpoint_id = table.Column<Guid>(type: "uuid", nullable: false),
                from = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                to = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                event_types = table.Column<List<string>>(type: "text[]", nullable: false),
                after = table.Column<Guid>(type: "uuid", nullable: false),
                queued = table.Column<int>(type: "integer", nullable: false),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                touched_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_webhook_replays", x => new { x.organization_id, x.id });
                table.ForeignKey(
                    name: "fk_webhook_replays_webhook_endpoints_organization_id_endpoint_",
                    columns: x => new { x.organization_id, x.endpoint_id },
                    principalTable: "webhook_endpoints",
                    principalColumns: new[] { "organization_id", "id" },
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateTable(
            name: "webhook_secrets",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                endpoint_id = table.Column<Guid>(type: "uuid", nullable: false),
                scheme = table.Column<string>(type: "text", nullable: false),
                @sealed = table.Column<byte[]>(name: "sealed", type: "bytea", nullable: false),
                public_key = table.Column<string>(type: "text", nullable: true),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_webhook_secrets", x => new { x.organization_id, x.endpoint_id, x.id });
                table.ForeignKey(
                    name: "fk_webhook_secrets_webhook_endpoints_organization_id_endpoint_",
                    columns: x => new { x.organization_id, x.endpoint_id },
                    principalTable: "webhook_endpoints",
                    principalColumns: new[] { "organization_id", "id" },
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateIndex(
            name: "ix_webhook_attempts_age",
            table: "webhook_attempts",
            column: "at");

        migrationBuilder.CreateIndex(
            name: "ix_webhook_attempts_endpoint",
            table: "webhook_attempts",
            columns: new[] { "organization_id", "endpoint_id", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_webhook_deliveries_age",
            table: "webhook_deliveries",
            column: "created_at");

        migrationBuilder.CreateIndex(
            name: "ix_webhook_deliveries_due",
            table: "webhook_deliveries",
            columns: new[] { "organization_id", "endpoint_id", "next_attempt_at", "sequence" },
            filter: "status = 'pending'");

        migrationBuilder.CreateIndex(
            name: "ix_webhook_deliveries_failed",
            table: "webhook_deliveries",
            columns: new[] { "organization_id", "endpoint_id", "created_at", "id" },
            filter: "status = 'failed'");

        migrationBuilder.CreateIndex(
            name: "ix_webhook_deliveries_in_order",
            table: "webhook_deliveries",
            columns: new[] { "organization_id", "endpoint_id", "ticket_id", "sequence" },
            filter: "status = 'pending' and ordered");

        migrationBuilder.CreateIndex(
            name: "ix_webhook_deliveries_list",
            table: "webhook_deliveries",
            columns: new[] { "organization_id", "endpoint_id", "created_at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_webhook_deliveries_once",
            table: "webhook_deliveries",
            columns: new[] { "organization_id", "endpoint_id", "event_id", "replay_id" },
            unique: true);

        migrationBuilder.CreateIndex(
            name: "ix_webhook_deliveries_ticket",
            table: "webhook_deliveries",
            columns: new[] { "organization_id", "endpoint_id", "ticket_id", "created_at", "id" },
            filter: "ticket_id is not null");

        migrationBuilder.CreateIndex(
            name: "ix_webhook_endpoints_organization_id_created_at_id",
            table: "webhook_endpoints",
            columns: new[] { "organization_id", "created_at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_webhook_replays_open",
            table: "webhook_replays",
            column: "touched_at",
            filter: "finished_at is null");

        BeyondTheModel(migrationBuilder);
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations are not taken back: restore a backup instead.");
}
