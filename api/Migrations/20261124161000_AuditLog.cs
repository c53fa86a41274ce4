using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>Who changed what in administration and security. Append-only: the app's login may add and read, and the sweep removes what is past its time.</summary>
[DbContext(typeof(SupportDb))]
[Migration("20261124161000_AuditLog")]
public partial class AuditLog : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "audit_entries",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                action = table.Column<string>(type: "text", nullable: false),
                actor_kind = table.Column<string>(type: "text", nullable: false),
                actor_id = table.Column<string>(type: "text", nullable: true),
                target_type = table.Column<string>(type: "text", nullable: true),
                target_id = table.Column<string>(type: "text", nullable: true),
                ip = table.Column<string>(type: "text", nullable: true),
                user_agent = table.Column<string>(type: "text", nullable: true),
                request_id = table.Column<string>(type: "text", nullable: true),
                changes = table.Column<string>(type: "json", nullable: true),
                details = table.Column<string>(type: "json", nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_audit_entries", x => new { x.organization_id, x.id });
            });

        migrationBuilder.CreateIndex(
            name: "ix_audit_entries_organization_id_action_at_id",
            table: "audit_entries",
            columns: new[] { "organization_id", "action", "at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_audit_entries_organization_id_actor_id_at_id",
            table: "audit_entries",
            columns: new[] { "organization_id", "actor_id", "at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_audit_entries_organization_id_at_id",
            table: "audit_entries",
            columns: new[] { "organization_id", "at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_audit_entries_organization_id_target_id_at_id",
            table: "audit_entries",
            columns: new[] { "organization_id", "target_id", "at", "id" },
            filter: "target_id is not null");

        migrationBuilder.ProtectByOrganization("audit_entries", app: "select, insert", system: "select (organization_id, id, at), delete");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations are not taken back: restore a backup instead.");
}
