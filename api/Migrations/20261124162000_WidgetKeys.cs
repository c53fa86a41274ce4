using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>Keys by which web pages and apps bring people in, and who brought a file.</summary>
[DbContext(typeof(SupportDb))]
[Migration("20261124162000_WidgetKeys")]
public partial class WidgetKeys : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<Guid>(
            name: "uploader_id",
            table: "attachments",
            type: "uuid",
            nullable: true);

        migrationBuilder.CreateTable(
            name: "widget_keys",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                inbox_id = table.Column<Guid>(type: "uuid", nullable: false),
                name = table.Column<string>(type: "text", nullable: false),
                key = table.Column<string>(type: "text", nullable: false),
                allowed_origins = table.Column<List<string>>(type: "text[]", nullable: false),
                jwks_url = table.Column<string>(type: "text", nullable: true),
                require_identity = table.Column<bool>(type: "boolean", nullable: false),
                enabled = table.Column<bool>(type: "boolean", nullable: false),
                secret = table.Column<byte[]>(type: "bytea", nullable: false),
                previous_secret = table.Column<byte[]>(type: "bytea", nullable: true),
                previous_secret_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                secret_rotated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                version = table.Column<int>(type: "integer", nullable: false),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_widget_keys", x => new { x.organization_id, x.id });
                table.ForeignKey(
                    name: "fk_widget_keys_inboxes_organization_id_inbox_id",
                    columns: x => new { x.organization_id, x.inbox_id },
                    principalTable: "inboxes",
                    principalColumns: new[] { "organization_id", "id" },
                    onDelete: ReferentialAction.Restrict);
            });

        migrationBuilder.CreateIndex(
            name: "ix_widget_keys_key",
            table: "widget_keys",
            column: "key",
            unique: true);

        migrationBuilder.CreateIndex(
            name: "ix_widget_keys_organization_id_inbox_id_created_at_id",
            table: "widget_keys",
            columns: new[] { "organization_id", "inbox_id", "created_at", "id" });

        // The system looks only for whose key it is, whether it is good, and from where it may be used.
        migrationBuilder.ProtectByOrganization("widget_keys", system: "select (organization_id, id, key, allowed_origins, require_identity, enabled)");
        migrationBuilder.Sql("""
            create function tell_widget_keys_changed() returns trigger language plpgsql as $$
            begin
                perform pg_notify('widget_keys_changed', coalesce(new.organization_id, old.organization_id)::text);
                perform pg_notify('credentials_changed', coalesce(new.organization_id, old.organization_id)::text);
                return null;
            end $$;
            create trigger tell_widget_keys_changed after insert or delete or update of allowed_origins, require_identity, enabled on widget_keys
                for each row execute function tell_widget_keys_changed();
            """);
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations are not taken back: restore a backup instead.");
}
