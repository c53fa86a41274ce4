using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>Roles that organizations make themselves, logins of staff, and who gets in for how long.</summary>
[DbContext(typeof(SupportDb))]
[Migration("20261124160000_Access")]
public partial class Access : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.AddColumn<Guid>(
            name: "login_id",
            table: "users",
            type: "uuid",
            nullable: true);

        migrationBuilder.AddColumn<Guid>(
            name: "role_id",
            table: "users",
            type: "uuid",
            nullable: true);

        migrationBuilder.AddColumn<string>(
            name: "security",
            table: "organizations",
            type: "jsonb",
            nullable: false,
            defaultValue: "{}");

        migrationBuilder.CreateTable(
            name: "roles",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                name = table.Column<string>(type: "text", nullable: false),
                description = table.Column<string>(type: "text", nullable: true),
                permissions = table.Column<List<string>>(type: "text[]", nullable: false),
                team_ids = table.Column<string>(type: "jsonb", nullable: false),
                inbox_ids = table.Column<string>(type: "jsonb", nullable: false),
                require_mfa = table.Column<bool>(type: "boolean", nullable: false),
                version = table.Column<int>(type: "integer", nullable: false),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_roles", x => new { x.organization_id, x.id });
            });

        migrationBuilder.CreateIndex(
            name: "ix_users_login_id_organization_id",
            table: "users",
            columns: new[] { "login_id", "organization_id" },
            unique: true,
            filter: "login_id is not null");

        migrationBuilder.CreateIndex(
            name: "ix_roles_organization_id_created_at_id",
            table: "roles",
            columns: new[] { "organization_id", "created_at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_roles_organization_id_name",
            table: "roles",
            columns: new[] { "organization_id", "name" },
            unique: true);

        migrationBuilder.AddForeignKey(
            name: "fk_users_roles_organization_id_role_id",
            table: "users",
            columns: new[] { "organization_id", "role_id" },
            principalTable: "roles",
            principalColumns: new[] { "organization_id", "id" },
            onDelete: ReferentialAction.Restrict);

        migrationBuilder.ProtectByOrganization("roles");
        migrationBuilder.Sql("""
            create trigger tell_credentials_changed after update of permissions, team_ids, inbox_ids, require_mfa on roles
                for each row execute function tell_credentials_changed();
            drop trigger tell_credentials_changed on users;
            create trigger tell_credentials_changed after update of status, role, role_id, login_id on users
                for each row when (old.status is distinct from new.status or old.role is distinct from new.role
                    or old.role_id is distinct from new.role_id or old.login_id is distinct from new.login_id) execute function tell_credentials_changed();
            drop trigger tell_credentials_changed on organizations;
            create trigger tell_credentials_changed after update of status, clock_offset_seconds, security on organizations
                for each row when (old.status is distinct from new.status or old.clock_offset_seconds is distinct from new.clock_offset_seconds
                    or old.security is distinct from new.security) execute function tell_credentials_changed();
            """);
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations are not taken back: restore a backup instead.");
}
