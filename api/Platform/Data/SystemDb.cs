using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>
/// The one loud door across organizations: for finding out who someone is before a tenant is known, for the relay
/// and for sweeps. It logs in as <c>support_system</c>, which the policies let through; a test lists the files that
/// may use it.
/// </summary>
public sealed class SystemDb(SystemDataSource source, DbContextOptions<SupportDb> options)
{
    /// <summary>Runs a query over the rows of every organization.</summary>
    public async Task<TResult> ReadAcrossOrganizationsAsync<TResult>(Func<SupportDb, Task<TResult>> read)
    {
        await using var db = new SupportDb(options);
        return await read(db);
    }

    /// <summary>Runs one SQL statement over the rows of every organization; answers the number of rows it changed.</summary>
    public async Task<int> ExecuteAcrossOrganizationsAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = source.Value.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The organizations that a query over the rows of every organization answers, in its first column.</summary>
    public async Task<List<Guid>> FindAcrossOrganizationsAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = source.Value.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var organizations = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
            organizations.Add(reader.GetGuid(0));
        return organizations;
    }

    /// <summary>A connection that sees every organization, for work that needs its own transaction.</summary>
    public ValueTask<NpgsqlConnection> OpenAcrossOrganizationsAsync(CancellationToken cancellationToken) => source.Value.OpenConnectionAsync(cancellationToken);
}

/// <summary>The pool of the app's login, <c>support_app</c>: row security applies.</summary>
public sealed record AppDataSource(NpgsqlDataSource Value) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Value.DisposeAsync();
}

/// <summary>The pool of <c>support_system</c>, for <see cref="SystemDb"/> only.</summary>
public sealed record SystemDataSource(NpgsqlDataSource Value) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Value.DisposeAsync();
}
