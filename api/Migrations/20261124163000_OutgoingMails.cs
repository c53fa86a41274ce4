using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>Mail that waits to be sent, and the right to protect the key ring anew.</summary>
[DbContext(typeof(SupportDb))]
[Migration("20261124163000_OutgoingMails")]
public partial class OutgoingMails : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "outgoing_mails",
            columns: table => new
            {
                id = table.Column<Guid>(type: "uuid", nullable: false),
                organization_id = table.Column<Guid>(type: "uuid", nullable: true),
                kind = table.Column<string>(type: "text", nullable: false),
                content = table.Column<byte[]>(type: "bytea", nullable: true),
                created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                next_attempt_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                attempts = table.Column<int>(type: "integer", nullable: false),
                locked_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                sent_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                last_error = table.Column<string>(type: "text", nullable: true)
            },
            constraints: table =>
            {
                table.PrimaryKey("pk_outgoing_mails", x => x.id);
            });

        migrationBuilder.CreateIndex(
            name: "ix_outgoing_mails_done",
            table: "outgoing_mails",
            column: "created_at",
            filter: "next_attempt_at is null");

        migrationBuilder.CreateIndex(
            name: "ix_outgoing_mails_due",
            table: "outgoing_mails",
            column: "next_attempt_at",
            filter: "next_attempt_at is not null");

        migrationBuilder.ProtectByOrganization("outgoing_mails", app: "insert", system: "select, insert, delete, update (content, next_attempt_at, attempts, locked_until, sent_at, last_error)");
        migrationBuilder.Sql("""
            -- Checked at the end, since a mail may be saved before the organization it is for.
            alter table outgoing_mails add constraint fk_outgoing_mails_organizations foreign key (organization_id) references organizations (organization_id)
                deferrable initially deferred;

            create function tell_outgoing_mail() returns trigger language plpgsql as $$
            begin
                perform pg_notify('outgoing_mails', coalesce(new.organization_id, '00000000-0000-0000-0000-000000000000')::text);
                return null;
            end $$;
            create trigger tell_outgoing_mail after insert on outgoing_mails for each row execute function tell_outgoing_mail();

            -- So that the command protect-keys can put each key under the protection that is set now.
            grant update (xml) on data_protection_keys to support_system;
            """);
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations are not taken back: restore a backup instead.");
}
