using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>Sessions, invitations, OAuth apps and where they are installed; and logins and tokens, which belong to no organization.</summary>
[DbContext(typeof(SupportDb))]
[Migration("20261124164000_SignIn")]
public partial class SignIn : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "app_installs",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                app_id = table.Column<Guid>(type: "uuid", nullable: false),
                app_name = table.Column<string>(type: "text", nullable: false),
                user_id = table.Column<Guid>(type: "uuid", nullable: false),
                scopes = table.Column<List<string>>(type: "text[]", nullable: false),
                removed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                version = table.Column<int>(type: "integer", nullable: false),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_app_installs", x => new { x.organization_id, x.id });
                table.ForeignKey(
                    name: "fk_app_installs_users_organization_id_user_id",
                    columns: x => new { x.organization_id, x.user_id },
                    principalTable: "users",
                    principalColumns: new[] { "organization_id", "id" },
                    onDelete: ReferentialAction.Restrict);
            });

        migrationBuilder.CreateTable(
            name: "invitations",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                user_id = table.Column<Guid>(type: "uuid", nullable: false),
                email = table.Column<string>(type: "text", nullable: false),
                invited_by = table.Column<Guid>(type: "uuid", nullable: true),
                token_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                accepted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                version = table.Column<int>(type: "integer", nullable: false),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_invitations", x => new { x.organization_id, x.id });
                table.ForeignKey(
                    name: "fk_invitations_users_organization_id_user_id",
                    columns: x => new { x.organization_id, x.user_id },
                    principalTable: "users",
                    principalColumns: new[] { "organization_id", "id" },
                    onDelete: ReferentialAction.Restrict);
            });

        migrationBuilder.CreateTable(
            name: "oauth_apps",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                name = table.Column<string>(type: "text", nullable: false),
                confidential = table.Column<bool>(type: "boolean", nullable: false),
                secret_hash = table.Column<byte[]>(type: "bytea", nullable: true),
                redirect_uris = table.Column<List<string>>(type: "text[]", nullable: false),
                post_logout_redirect_uris = table.Column<List<string>>(type: "text[]", nullable: false),
                scopes = table.Column<List<string>>(type: "text[]", nullable: false),
                device_code = table.Column<bool>(type: "boolean", nullable: false),
                website_url = table.Column<string>(type: "text", nullable: true),
                deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                version = table.Column<int>(type: "integer", nullable: false),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_oauth_apps", x => new { x.organization_id, x.id });
            });

        migrationBuilder.CreateTable(
            name: "sessions",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                user_id = table.Column<Guid>(type: "uuid", nullable: false),
                login_id = table.Column<Guid>(type: "uuid", nullable: false),
                sign_in_id = table.Column<Guid>(type: "uuid", nullable: false),
                mfa = table.Column<bool>(type: "boolean", nullable: false),
                app_id = table.Column<Guid>(type: "uuid", nullable: false),
                app_name = table.Column<string>(type: "text", nullable: false),
                authorization_id = table.Column<string>(type: "text", nullable: false),
                user_agent = table.Column<string>(type: "text", nullable: true),
                address = table.Column<string>(type: "text", nullable: true),
                started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                last_seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                version = table.Column<int>(type: "integer", nullable: false),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_sessions", x => new { x.organization_id, x.id });
                table.ForeignKey(
                    name: "fk_sessions_users_organization_id_user_id",
                    columns: x => new { x.organization_id, x.user_id },
                    principalTable: "users",
                    principalColumns: new[] { "organization_id", "id" },
                    onDelete: ReferentialAction.Restrict);
            });

        migrationBuilder.CreateIndex(
            name: "ix_app_installs_app_id_organization_id",
            table: "app_installs",
            columns: new[] { "app_id", "organization_id" },
            unique: true,
            filter: "removed_at is null");

        migrationBuilder.CreateIndex(
            name: "ix_app_installs_organization_id_created_at_id",
            table: "app_installs",
            columns: new[] { "organization_id", "created_at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_invitations_organization_id_created_at_id",
            table: "invitations",
            columns: new[] { "organization_id", "created_at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_invitations_organization_id_user_id",
            table: "invitations",
            columns: new[] { "organization_id", "user_id" },
            unique: true,
            filter: "accepted_at is null and revoked_at is null");

        migrationBuilder.CreateIndex(
            name: "ix_invitations_token_hash",
            table: "invitations",
            column: "token_hash",
            unique: true);

        migrationBuilder.CreateIndex(
            name: "ix_oauth_apps_id",
            table: "oauth_apps",
            column: "id",
            unique: true);

        migrationBuilder.CreateIndex(
            name: "ix_oauth_apps_organization_id_created_at_id",
            table: "oauth_apps",
            columns: new[] { "organization_id", "created_at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_sessions_authorization_id",
            table: "sessions",
            column: "authorization_id");

        migrationBuilder.CreateIndex(
            name: "ix_sessions_ends_at",
            table: "sessions",
            column: "ends_at");

        migrationBuilder.CreateIndex(
            name: "ix_sessions_id",
            table: "sessions",
            column: "id",
            unique: true);

        migrationBuilder.CreateIndex(
            name: "ix_sessions_organization_id_started_at_id",
            table: "sessions",
            columns: new[] { "organization_id", "started_at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_sessions_organization_id_user_id_started_at_id",
            table: "sessions",
            columns: new[] { "organization_id", "user_id", "started_at", "id" });

        migrationBuilder.ProtectByOrganization("oauth_apps");
        migrationBuilder.ProtectByOrganization("app_installs");
        migrationBuilder.ProtectByOrganization("invitations");
        migrationBuilder.ProtectByOrganization("sessions", system: "select, delete, update (last_seen_at)");
        migrationBuilder.Sql("""
            create trigger tell_credentials_changed after update of revoked_at on sessions
                for each row execute function tell_credentials_changed();
            create trigger tell_credentials_changed after update of removed_at, scopes on app_installs
                for each row execute function tell_credentials_changed();
            """);
        Accounts(migrationBuilder);
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations are not taken back: restore a backup instead.");
}
