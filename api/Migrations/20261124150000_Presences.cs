using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>Who looks at a ticket just now. Not in EF's model, and unlogged: after a crash of PostgreSQL nobody is there.</summary>
[DbContext(typeof(SupportDb))]
[Migration("20261124150000_Presences")]
public partial class Presences : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("""
            create unlogged table presences (
                organization_id uuid not null references organizations (organization_id),
                ticket_id uuid not null,
                connection text not null,
                user_id text not null,
                since timestamptz not null,
                replying_until timestamptz,
                seen_until timestamptz not null,
                primary key (organization_id, ticket_id, connection)
            );
            create index ix_presences_connection on presences (connection);
            """);
        migrationBuilder.ProtectByOrganization("presences", system: "select, delete, update (seen_until)");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations are not taken back: restore a backup instead.");
}
