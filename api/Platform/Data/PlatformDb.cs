using System.Data.Common;
using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>
/// What every table of the house shares: the tenant is told to PostgreSQL, versions grow, and events are written in
/// the transaction of the change they report.
/// </summary>
public abstract class PlatformDb : DbContext
{
    private readonly List<EventRow> recorded = [];
    private string? transactionTenant;

    protected PlatformDb(DbContextOptions options) : base(options)
    {
        // The tenant is told at the start of a transaction, so a save must always have one.
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
    }

    /// <summary>In whose name it works; null only behind <see cref="SystemDb"/>.</summary>
    internal TenantContext? Tenant { get; set; }

    internal EventSignal? Signal { get; set; }

    public DbSet<Event> Events => Set<Event>();

    public override int SaveChanges(bool acceptAllChangesOnSuccess) =>
        throw new NotSupportedException("Events are recorded by SaveChangesAsync.");

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        ChangeTracker.DetectChanges();
        var drafts = EventDraft.Collect(ChangeTracker);
        foreach (var entry in ChangeTracker.Entries<Resource>().ToList())
            MakeVersion(entry);

        if (Database.CurrentTransaction is { } outer)
        {
            if (Tenant is not null && transactionTenant != TenantText)
                await TellTransactionAsync(Microsoft.EntityFrameworkCore.Storage.DbContextTransactionExtensions.GetDbTransaction(outer), cancellationToken);
            return await SaveAndRecordAsync(drafts, acceptAllChangesOnSuccess, cancellationToken);
        }
        if (drafts.Count == 0)
            return await base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);

        await using var transaction = await Database.BeginTransactionAsync(cancellationToken);
        var rows = await SaveAndRecordAsync(drafts, acceptAllChangesOnSuccess, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return rows;
    }

    /// <summary>Forgets everything tracked, so that an action can be tried again after a lost race.</summary>
    internal void StartOver()
    {
        foreach (var entry in ChangeTracker.Entries<Resource>())
            entry.Entity.ClearHappenings();
        ChangeTracker.Clear();
        recorded.Clear();
    }

    /// <summary>Forgets everything tracked but keeps what was recorded: for going on to the next item of many in one transaction.</summary>
    internal void ForgetTracked() => ChangeTracker.Clear();

    internal void TellTransaction(DbTransaction transaction)
    {
        using var command = SetTenant(transaction);
        command.ExecuteNonQuery();
        transactionTenant = TenantText;
    }

    internal async Task TellTransactionAsync(DbTransaction transaction, CancellationToken cancellationToken)
    {
        await using var command = SetTenant(transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
        transactionTenant = TenantText;
    }

    internal void Committed()
    {
        if (recorded.Count == 0)
            return;
        recorded.Clear();
        Signal?.Wake();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.UseHouseConventions(GetType().Assembly);

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(GetType().Assembly);
        modelBuilder.UseHouseKeys();
        modelBuilder.UseJsonColumns();
    }

    private string TenantText => Tenant?.OrganizationId?.Value.ToString() ?? "";

    private static void MakeVersion(EntityEntry<Resource> entry)
    {
        if (entry.State is not (EntityState.Unchanged or EntityState.Modified))
        {
            entry.Entity.DropTouch();
            return;
        }
        entry.Entity.TakeTouch();
        entry.DetectChanges();
        if (entry.State == EntityState.Modified)
            entry.Entity.Version = entry.Property(r => r.Version).OriginalValue + 1;
    }

    // Entities first: their statements check the version or lock the row, and only then is the event's place in the
    // order taken. So two events of one ticket are ordered as their transactions commit.
    private async Task<int> SaveAndRecordAsync(List<EventDraft> drafts, bool accept, CancellationToken cancellationToken)
    {
        var rows = await base.SaveChangesAsync(accept, cancellationToken);
        if (drafts.Count > 0)
        {
            var events = drafts.ConvertAll(d => d.ToRow(Tenant!));
            await EventRecorder.InsertAsync((NpgsqlConnection)Database.GetDbConnection(), events, cancellationToken);
            recorded.AddRange(events);
        }
        return rows;
    }

    private DbCommand SetTenant(DbTransaction transaction)
    {
        var command = transaction.Connection!.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = TenantInterceptor.Prefix;
        var parameter = command.CreateParameter();
        parameter.ParameterName = TenantInterceptor.Parameter;
        parameter.Value = TenantText;
        command.Parameters.Add(parameter);
        return command;
    }
}
