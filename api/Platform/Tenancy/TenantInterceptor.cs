using System.Data.Common;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace HeadlessSupport.Api.Platform.Tenancy;

/// <summary>
/// Tells PostgreSQL with every command whose rows it may see, transaction-local, so that nothing stays on a pooled
/// connection (PgBouncer included). The setting rides in front of the command: no extra round trip.
/// SaveChanges is left alone, since a leading result shifts the row counts by which EF sees stale writes; its
/// transaction is told at its start instead (<see cref="TenantTransactionInterceptor"/>).
/// </summary>
internal sealed class TenantInterceptor : DbCommandInterceptor
{
    internal const string Parameter = "app_organization";
    internal const string Prefix = $"select set_config('app.organization_id', @{Parameter}, true);\n";

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        AddTenant(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        AddTenant(command, eventData);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result)
    {
        AddTenant(command, eventData);
        return result;
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        AddTenant(command, eventData);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<object> ScalarExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<object> result) => throw NoScalar();

    public override ValueTask<InterceptionResult<object>> ScalarExecutingAsync(DbCommand command, CommandEventData eventData, InterceptionResult<object> result, CancellationToken cancellationToken = default) => throw NoScalar();

    public override DbDataReader ReaderExecuted(DbCommand command, CommandExecutedEventData eventData, DbDataReader result)
    {
        if (Applies(eventData))
            result.NextResult();
        return result;
    }

    public override async ValueTask<DbDataReader> ReaderExecutedAsync(DbCommand command, CommandExecutedEventData eventData, DbDataReader result, CancellationToken cancellationToken = default)
    {
        if (Applies(eventData))
            await result.NextResultAsync(cancellationToken);
        return result;
    }

    private static bool Applies(CommandEventData eventData) =>
        eventData.CommandSource is not (CommandSource.SaveChanges or CommandSource.Migrations)
        && eventData.Context is PlatformDb { Tenant: not null };

    private static void AddTenant(DbCommand command, CommandEventData eventData)
    {
        if (eventData is { CommandSource: CommandSource.SaveChanges, Context: PlatformDb saving })
            saving.AddEvents(command);
        if (!Applies(eventData))
            return;
        // Whoever widens or narrows their sight midway would go on with the other one's filters.
        if (eventData.Context is PlatformDb { Tenant: { } tenant } seeing && !seeing.Fits(tenant.Sight))
            throw new InvalidOperationException("This context was made for another sight than the request has.");
        var parameter = command.CreateParameter();
        parameter.ParameterName = Parameter;
        parameter.Value = ((PlatformDb)eventData.Context!).Tenant!.OrganizationId?.Value.ToString() ?? "";
        command.Parameters.Add(parameter);
        command.CommandText = Prefix + command.CommandText;
    }

    // A scalar would be the setting itself, not the command's answer.
    private static InvalidOperationException NoScalar() => new("ExecuteScalar would read the tenant setting; use a query.");
}

/// <summary>Sets the tenant as the first command of each transaction.</summary>
internal sealed class TenantTransactionInterceptor : DbTransactionInterceptor
{
    public override DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        if (eventData.Context is PlatformDb { Tenant: not null, IsToldOtherwise: false } db)
            db.TellTransaction(result);
        return result;
    }

    public override async ValueTask<DbTransaction> TransactionStartedAsync(DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is PlatformDb { Tenant: not null, IsToldOtherwise: false } db)
            await db.TellTransactionAsync(result, cancellationToken);
        return result;
    }

    public override void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData) =>
        (eventData.Context as PlatformDb)?.Committed();

    public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        (eventData.Context as PlatformDb)?.Committed();
        return Task.CompletedTask;
    }
}
