using Microsoft.EntityFrameworkCore.Migrations;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>What a migration says for each new tenant table.</summary>
internal static class RowSecurity
{
    /// <summary>SQL: the organization in whose name this transaction runs; null without one, which no row equals.</summary>
    public const string Organization = "nullif(current_setting('app.organization_id', true), '')::uuid";

    /// <summary>
    /// Puts a table under its forced policy: everyone, the owner included, sees and writes rows of the set organization
    /// only; <c>support_system</c> passes, with no more rights than <paramref name="system"/> names.
    /// </summary>
    public static void ProtectByOrganization(this MigrationBuilder migration, string table, string app = "select, insert, update, delete", string system = "select")
    {
        migration.Sql($"""
            alter table {table} enable row level security;
            alter table {table} force row level security;
            create policy organization on {table} using (organization_id = {Organization}) with check (organization_id = {Organization});
            create policy system on {table} to support_system using (true) with check (true);
            grant {app} on {table} to support_app;
            """);
        if (system.Length > 0)
            migration.Sql($"grant {system} on {table} to support_system;");
    }
}
