using System.Text;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Access;

/// <summary>Who changed what in administration and security, and from where. Nobody can change it.</summary>
[Route("api/v{version:apiVersion}/audit-log")]
public sealed class AuditLogController(SupportDb db, AuditLog audit) : ApiController
{
    private const int AtATime = 500;

    /// <summary>List the audit log</summary>
    /// <remarks>The newest first.</remarks>
    [HttpGet(Name = "AuditLog_List"), Requires("audit.read")]
    public async Task<ActionResult<Page<AuditEntryResponse>>> List([FromQuery] AuditFilter filter, CancellationToken cancellationToken) =>
        await PageAsync(filter.Among(db.AuditEntries.AsNoTracking()), AuditMapping.Newest, filter, AuditEntryResponse.From, cancellationToken);

    /// <summary>Get a line of the audit log</summary>
    [HttpGet("{id}", Name = "AuditLog_Get"), Requires("audit.read")]
    public async Task<ActionResult<AuditEntryResponse>> Get(Id<AuditEntry> id, CancellationToken cancellationToken) =>
        AuditEntryResponse.From(await db.AuditEntries.AsNoTracking().SingleOrDefaultAsync(e => e.Id == id, cancellationToken) ?? throw SupportException.NotFound("line of the audit log"));

    /// <summary>Export the audit log</summary>
    /// <remarks>Streams all lines that the filters let through, the newest first. That it was exported is a line of its own.</remarks>
    [HttpGet("export", Name = "AuditLog_Export"), Requires("audit.read")]
    [ProducesResponseType<string>(StatusCodes.Status200OK, "text/csv", "application/jsonl")]
    public async Task<ActionResult> Export([FromQuery] AuditExportQuery query, CancellationToken cancellationToken)
    {
        var entries = query.Filter.Among(db.AuditEntries.AsNoTracking());
        await audit.NoteAsync(new(AccessAudit.Exported, Details: new { query.Format, query.Action, query.Actor, query.Target, query.Ip, query.After, query.Before }), cancellationToken);
        var isCsv = query.Format == AuditExportFormat.Csv;
        Response.ContentType = isCsv ? "text/csv; charset=utf-8" : "application/jsonl; charset=utf-8";
        Response.Headers.ContentDisposition = $"attachment; filename=\"audit-log.{(isCsv ? "csv" : "jsonl")}\"";
        Response.Headers.CacheControl = "no-store";
        await using var writer = new StreamWriter(Response.Body, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        if (isCsv)
            await writer.WriteAsync(AuditCsv.Header);
        // Page by page, so that a slow reader holds neither a connection nor memory.
        for (string? at = null; ;)
        {
            var rows = await AuditMapping.Newest.Apply(entries, at).Take(AtATime).ToListAsync(cancellationToken);
            foreach (var row in rows)
                await writer.WriteAsync(isCsv ? AuditCsv.Line(row) : System.Text.Json.JsonSerializer.Serialize(AuditEntryResponse.From(row), Json.Options) + "\n");
            await writer.FlushAsync(cancellationToken);
            if (rows.Count < AtATime)
                return new EmptyResult();
            at = AuditMapping.Newest.PositionOf(rows[^1]);
        }
    }
}
