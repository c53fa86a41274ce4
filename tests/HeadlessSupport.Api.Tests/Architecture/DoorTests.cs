using Hangfire;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static HeadlessSupport.Api.Tests.Architecture.Compiled;

namespace HeadlessSupport.Api.Tests.Architecture;

/// <summary>Every way to the database that does not tell the tenant by itself, and who may go it.</summary>
public sealed class DoorTests
{
    private const string Api = "HeadlessSupport.Api.";

    [Fact]
    public void Only_listed_files_hold_a_pool_or_a_connection_string()
    {
        MustBe(UsersOf(typeof(SystemDataSource).FullName!),
            "Platform.Data.KeyRing", // The installation's keys, which belong to no organization.
            "Platform.Data.SystemDb", // The one loud door; WallTests lists who uses it.
            "Platform.PlatformSetup", // Makes it.
            "SignIn.SignInSetup"); // Gives it to AccountsDb, whose tables belong to no organization.
        MustBe(UsersOf(typeof(AppDataSource).FullName!),
            "Platform.Health", // Asks for 1.
            "Platform.Jobs.JobsSetup", // Hangfire's own tables are under no policy.
            "Search.SearchIndexer", // Tells the tenant at the start of each transaction.
            "Webhooks.WebhookFanOut", // The same.
            "Platform.PlatformSetup"); // Makes it, and gives it to SupportDb, whose interceptors tell the tenant.
        MustBe(UsersOf(typeof(DatabaseSettings).FullName!),
            "Platform.Commands", // Starts the embedded PostgreSQL.
            "Platform.Database.Migrator", // Migrates as the owner.
            "Platform.PlatformSetup"); // Makes the pools.
    }

    [Fact]
    public void Only_listed_files_send_SQL_past_Entity_Framework()
    {
        // EF's interceptors do not see these commands, so each tells the tenant itself or needs none.
        MustBe(UsersOf(typeof(NpgsqlCommand).FullName!, typeof(NpgsqlBatch).FullName!, typeof(NpgsqlBatchCommand).FullName!),
            "Platform.Data.Counters", // Its batch begins with the tenant.
            "Platform.Data.KeyRing", // Belongs to no organization.
            "Platform.Data.Notices", // LISTEN.
            "Platform.Data.SystemDb", // Across organizations by name.
            "Platform.Database.Migrator", // The owner's.
            "Platform.Database.SupportLogins", // The superuser's.
            "Platform.Events.EventFeed", // Across organizations by name.
            "Platform.Events.EventRecorder", // In EF's transaction, which was told the tenant at its start.
            "Platform.Events.EventSequencer", // Across organizations by name.
            "Platform.Health", // Asks for 1.
            "Platform.Http.Idempotency", // Each batch begins with the tenant.
            "Platform.Mail.MailQueue", // Across organizations by name.
            "Realtime.LivePresence", // Across organizations by name.
            "Search.Reindex", // Across organizations by name.
            "Search.SearchIndex", // In a transaction that the indexer told the tenant.
            "Search.SearchIndexer", // Tells the tenant first.
            "Search.SearchWork", // In the same transaction.
            "Platform.Tenancy.OrganizationClocks", // Across organizations by name.
            "Webhooks.WebhookClaims", // Across organizations by name.
            "Webhooks.WebhookQueue", // In those, and in EF's.
            "Webhooks.WebhookResults"); // Across organizations by name.
    }

    [Fact]
    public void Only_two_speak_to_the_job_server()
    {
        // Jobs of organizations go through one place, which makes each carry its tenant.
        MustBe(UsersOf(typeof(IBackgroundJobClient).FullName!, typeof(IBackgroundJobClientV2).FullName!, typeof(IRecurringJobManager).FullName!, typeof(RecurringJobManagerExtensions).FullName!, typeof(BackgroundJob).FullName!, typeof(RecurringJob).FullName!),
            "Platform.Jobs.OrganizationJobs",
            "Platform.Jobs.Timetable");
    }

    [Fact]
    public async Task A_scalar_through_Entity_Framework_is_refused_and_no_key_is_made_by_one()
    {
        var org = await World.NewOrganizationAsync();
        await using var scope = org.World.Enter(org.Id);
        var db = scope.ServiceProvider.GetRequiredService<SupportDb>();
        var command = db.GetService<IRelationalCommandBuilderFactory>().Create().Append("select 1").Build();
        // It would read the tenant's setting instead of the answer.
        await Assert.ThrowsAsync<InvalidOperationException>(() => command.ExecuteScalarAsync(new(db.GetService<IRelationalConnection>(), null, null, db, db.GetService<IRelationalCommandDiagnosticsLogger>())));
        Assert.Throws<InvalidOperationException>(() => command.ExecuteScalar(new(db.GetService<IRelationalConnection>(), null, null, db, db.GetService<IRelationalCommandDiagnosticsLogger>())));
        // HiLo asks for its next block by a scalar.
        Assert.DoesNotContain(db.Model.GetEntityTypes().SelectMany(t => t.GetProperties()), p => p.FindAnnotation("Npgsql:HiLoSequenceName") is not null);
    }

    private static void MustBe(IEnumerable<string> users, params string[] listed) =>
        Assert.Equal(listed.Select(l => Api + l).Order(StringComparer.Ordinal), users.Order(StringComparer.Ordinal));
}
