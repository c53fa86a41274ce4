using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Who changed what of the settings and of access.</summary>
public interface IAuditLog
{
    /// <summary>List the audit log.</summary>
    /// <remarks>The newest first. Needs <c>audit.read</c>.</remarks>
    /// <param name="query">Which ones, and how.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    /// <returns>The list, fetched page by page while it is enumerated.</returns>
    AsyncPageable<AuditEntry> ListAsync(AuditLogListOptions? query = null, CancellationToken cancellationToken = default);

    /// <summary>Get a line of the audit log.</summary>
    /// <remarks>Needs <c>audit.read</c>.</remarks>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call. What the API did by then is done.</param>
    /// <returns>What the API answers.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<AuditEntry> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<AuditEntry> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Export the audit log. It is streamed: read the stream, and dispose it.</summary>
    /// <remarks>Needs <c>audit.read</c>.</remarks>
    /// <param name="format">As CSV, or as JSON lines.</param>
    /// <param name="query">Which entries; page size and total do not matter here.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The entries as text in UTF-8.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Stream> ExportAsync(AuditExportFormat format, AuditLogListOptions? query = null, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="ExportAsync(AuditExportFormat, AuditLogListOptions?, RequestOptions?, CancellationToken)"/>
    Task<Stream> ExportAsync(AuditExportFormat format, AuditLogListOptions? query, CancellationToken cancellationToken) => ExportAsync(format, query, null, cancellationToken);
}

internal sealed class AuditLogResource(Wire wire) : IAuditLog
{
    public AsyncPageable<AuditEntry> ListAsync(AuditLogListOptions? query, CancellationToken cancellationToken) =>
        new PageableList<AuditEntry, AuditEntryPage>(wire, (cursor, limit) => AuditLogRequests.List(query?.Action, query?.Actor, query?.Target, query?.Ip, query?.After, query?.Before, limit, cursor, ListQuery.Include(query)), query, cancellationToken);

    public Task<AuditEntry> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(AuditLogRequests.Get(id), options, cancellationToken);

    public async Task<Stream> ExportAsync(AuditExportFormat format, AuditLogListOptions? query, RequestOptions? options, CancellationToken cancellationToken) =>
        await ResponseStream.OpenAsync(
            await wire.SendAsync(AuditLogRequests.Export(format, query?.Action, query?.Actor, query?.Target, query?.Ip, query?.After, query?.Before), options, cancellationToken).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
}
