using System.Data.Common;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>
/// What every table of the house shares: the tenant is told to PostgreSQL, versions grow, and events are written in
/// the transaction of the change they report.
/// </summary>
public abstract class PlatformDb : DbContext
{
    // EF sends so many changes in one command; with more, the events would go with the first of several.
    private const int MostInOneCommand = 500;

    private readonly List<EventRow> recorded = [];
    private List<EventRow> riding = [];
    private string? transactionTenant;

    protected PlatformDb(DbContextOptions options) : base(options)
    {
        // The tenant is told at the start of a transaction, so a save must always have one.
        Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        // Whoever goes on after a failed save has a savepoint of their own; EF's would cost two round trips a save.
        Database.AutoSavepointsEnabled = false;
    }

    /// <summary>In whose name it works; null only behind <see cref="SystemDb"/>.</summary>
    internal TenantContext? Tenant { get; set; }

    internal EventSignal? Signal { get; set; }

    /// <summary>Whether it shows what someone of this sight may see, and no more.</summary>
    internal virtual bool Fits(Sight sight) => sight.EndUser is null && !sight.IsLimited;

    public DbSet<Event> Events => Set<Event>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public override int SaveChanges(bool acceptAllChangesOnSuccess) =>
        throw new NotSupportedException("Events are recorded by SaveChangesAsync.");

    public override async Task<int> SaveChangesAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken = default)
    {
        // Once is enough, though each look at the tracker would do it again.
        ChangeTracker.DetectChanges();
        ChangeTracker.AutoDetectChangesEnabled = false;
        try
        {
            return await SaveDetectedAsync(acceptAllChangesOnSuccess, cancellationToken);
        }
        finally
        {
            ChangeTracker.AutoDetectChangesEnabled = true;
        }
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

    /// <summary>Whether the transaction that starts just now is told its tenant by whoever starts it.</summary>
    internal bool IsToldOtherwise { get; private set; }

    /// <summary>
    /// Begins a transaction whose first command is the caller's, and tells the tenant itself: a round trip less.
    /// </summary>
    internal async Task<IDbContextTransaction> BeginToTellAsync(CancellationToken cancellationToken)
    {
        IsToldOtherwise = true;
        try
        {
            return await Database.BeginTransactionAsync(cancellationToken);
        }
        finally
        {
            IsToldOtherwise = false;
            transactionTenant = TenantText;
        }
    }

    /// <summary>Puts the events of the save behind its own statements, into the same command.</summary>
    internal void AddEvents(DbCommand command)
    {
        if (riding.Count > 0)
            EventRecorder.Append(command, riding);
        riding = [];
    }

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
            entry.Property(r => r.Version).CurrentValue = entry.Property(r => r.Version).OriginalValue + 1;
    }

    private async Task<int> SaveDetectedAsync(bool acceptAllChangesOnSuccess, CancellationToken cancellationToken)
    {
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

    // Entities first: their statements check the version or lock the row, and only then is the event's place in the
    // order taken. So two events of one ticket are ordered as their transactions commit.
    private async Task<int> SaveAndRecordAsync(List<EventDraft> drafts, bool accept, CancellationToken cancellationToken)
    {
        var events = drafts.ConvertAll(d => d.ToRow(Tenant!));
        // Rows like those of the change itself: they go with it, in its command.
        AuditEntries.AddRange(drafts.Zip(events).Where(d => d.First.IsAudited).Select(d => AuditEntry.Of(d.Second, Tenant!)));
        var ride = ChangeTracker.Entries().Count(e => e.State != EntityState.Unchanged) <= MostInOneCommand;
        try
        {
            riding = ride ? events : [];
            var rows = await base.SaveChangesAsync(accept, cancellationToken);
            // A save without a change of its own sends no command they could ride with.
            if (events.Count > 0 && (!ride || riding.Count > 0))
                await EventRecorder.InsertAsync((NpgsqlConnection)Database.GetDbConnection(), events, cancellationToken);
            recorded.AddRange(events);
            return rows;
        }
        finally
        {
            riding = [];
        }
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
