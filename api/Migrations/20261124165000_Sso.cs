using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>Issuers that organizations sign their staff in by, and the domains that they have proved to be theirs.</summary>
[DbContext(typeof(SupportDb))]
[Migration("20261124165000_Sso")]
public partial class Sso : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "sso_connections",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                name = table.Column<string>(type: "text", nullable: false),
                issuer = table.Column<string>(type: "text", nullable: false),
                client_id = table.Column<string>(type: "text", nullable: false),
                client_secret = table.Column<byte[]>(type: "bytea", nullable: false),
                scopes = table.Column<List<string>>(type: "text[]", nullable: false),
                domains = table.Column<List<string>>(type: "text[]", nullable: false),
                roles = table.Column<string>(type: "jsonb", nullable: false),
                default_role = table.Column<string>(type: "text", nullable: true),
                just_in_time = table.Column<bool>(type: "boolean", nullable: false),
                sso_only = table.Column<bool>(type: "boolean", nullable: false),
                enabled = table.Column<bool>(type: "boolean", nullable: false),
                version = table.Column<int>(type: "integer", nullable: false),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_sso_connections", x => new { x.organization_id, x.id });
            });

        migrationBuilder.CreateTable(
            name: "verified_domains",
            columns: table => new
            {
                organization_id = table.Column<Guid>(type: "uuid", nullable: false),
                id = table.Column<Guid>(type: "uuid", nullable: false),
                domain = table.Column<string>(type: "text", nullable: false),
                token = table.Column<string>(type: "text", nullable: false),
                verified_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                version = table.Column<int>(type: "integer", nullable: false),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_verified_domains", x => new { x.organization_id, x.id });
            });

        migrationBuilder.CreateIndex(
            name: "ix_sso_connections_id",
            table: "sso_connections",
            column: "id",
            unique: true);

        migrationBuilder.CreateIndex(
            name: "ix_sso_connections_organization_id_created_at_id",
            table: "sso_connections",
            columns: new[] { "organization_id", "created_at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_verified_domains_domain",
            table: "verified_domains",
            column: "domain",
            unique: true,
            filter: "verified_at is not null");

        migrationBuilder.CreateIndex(
            name: "ix_verified_domains_organization_id_created_at_id",
            table: "verified_domains",
            columns: new[] { "organization_id", "created_at", "id" });

        migrationBuilder.CreateIndex(
            name: "ix_verified_domains_organization_id_domain",
            table: "verified_domains",
            columns: new[] { "organization_id", "domain" },
            unique: true);

        // A sign-in finds both before it is known in whose name.
        migrationBuilder.ProtectByOrganization("sso_connections");
        migrationBuilder.ProtectByOrganization("verified_domains");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations are not taken back: restore a backup instead.");
}
