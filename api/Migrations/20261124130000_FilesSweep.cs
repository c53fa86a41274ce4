using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Migrations;

/// <summary>What sweeping orphaned files needs. Nothing of it is in EF's model, so the model stays as it was.</summary>
[DbContext(typeof(SupportDb))]
[Migration("20261124130000_FilesSweep")]
public partial class FilesSweep : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("""
        -- To find what is old and unused, over all organizations: no names, sizes or contents.
        grant select (organization_id, id, comment_id, created_at, storage_key) on attachments to support_system;
        -- An unused upload is removed in its organization's name, with its event.
        grant delete on attachments to support_app;
        -- Whose file is this? And no file is ever two rows', so that it can go with its row.
        create unique index ix_attachments_organization_id_storage_key on attachments (organization_id, storage_key);
        create index ix_attachments_unused on attachments (created_at, id) where comment_id is null;
        """);

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder) => throw new NotSupportedException("Migrations are not taken back: restore a backup instead.");
}
