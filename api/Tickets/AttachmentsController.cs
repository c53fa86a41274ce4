using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Storage;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Files on tickets.</summary>
[Route("api/v{version:apiVersion}")]
public sealed class AttachmentsController(SupportDb db, TenantContext tenant, Shelf shelf, IFileStore files, DownloadLinks downloads) : ApiController
{
    /// <summary>Upload a file</summary>
    /// <remarks>multipart/form-data with one part named <c>file</c>. Then name its id in a comment's <c>attachment_ids</c>.</remarks>
    [HttpPost("attachments", Name = "Attachments_Create"), Requires("attachments.write"), ForCustomers, TakesUpload, Consumes("multipart/form-data"), Creates]
    public async Task<ActionResult<AttachmentResponse>> Create(CancellationToken cancellationToken)
    {
        var upload = HttpContext.Features.GetRequiredFeature<ReceivedUpload>();
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        var attachment = await shelf.PutAsync(upload.Name, upload.ContentType, upload.File, cancellationToken);
        upload.MayHaveRow = true;
        if (transaction is not null)
            await transaction.CommitAsync(cancellationToken);
        return ShowCreated(attachment, $"attachments/{attachment.Id}", downloads.Add(AttachmentResponse.From(attachment)));
    }

    /// <summary>Get an attachment</summary>
    /// <remarks>With a fresh <c>download_url</c>, good for 15 minutes.</remarks>
    [HttpGet("attachments/{id}", Name = "Attachments_Get"), Requires("attachments.read"), ForCustomers]
    public async Task<ActionResult<AttachmentResponse>> Get(Id<Attachment> id, CancellationToken cancellationToken)
    {
        var attachment = await db.Attachments.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id, cancellationToken);
        if (attachment is null || !await MayReadAsync(attachment, cancellationToken))
            throw SupportException.NotFound("attachment");
        Response.Headers.CacheControl = "no-store";
        return Show(attachment, downloads.Add(AttachmentResponse.From(attachment)));
    }

    /// <summary>List a ticket's attachments</summary>
    [HttpGet("tickets/{id}/attachments", Name = "Tickets_ListAttachments"), Requires("attachments.read"), ForCustomers(query: "limit cursor include"), Tags("Tickets")]
    public async Task<ActionResult<Page<AttachmentResponse>>> List(Id<Ticket> id, [FromQuery] PageQuery page, CancellationToken cancellationToken)
    {
        if (!await db.Tickets.Present().AnyAsync(t => t.Id == id, cancellationToken))
            throw SupportException.NotFound("ticket");
        var attachments = db.Attachments.AsNoTracking().Where(a => a.TicketId == id);
        if (!User.May("tickets.internal.read"))
            attachments = attachments.Where(a => db.Comments.Any(c => c.Id == a.CommentId && c.Visibility == CommentVisibility.Public));
        return await PageAsync(attachments, CommentMapping.AttachmentsByCreation, page, a => downloads.Add(AttachmentResponse.From(a)), cancellationToken);
    }

    /// <summary>Download a file</summary>
    /// <remarks>By the signed <c>download_url</c> of an attachment; needs no credential. Takes ranges.</remarks>
    [HttpGet("files/{token}", Name = "Files_Get"), AllowAnonymous, Tags("Attachments")]
    [ProducesResponseType<Stream>(StatusCodes.Status200OK, "application/octet-stream")]
    public async Task<ActionResult> Download(string token, CancellationToken cancellationToken)
    {
        var (organization, id) = downloads.Open(token);
        tenant.Enter(organization, Actor.System, TimeSpan.Zero);
        var attachment = await db.Attachments.AsNoTracking().SingleOrDefaultAsync(
            a => a.Id == id && db.Organizations.Any(o => o.Status == OrganizationStatus.Active), cancellationToken) ?? throw SupportException.NotFound("file");
        var content = await files.OpenReadAsync(attachment.StorageKey, cancellationToken) ?? throw SupportException.NotFound("file");
        Response.Headers.XContentTypeOptions = "nosniff";
        Response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        Response.Headers.CacheControl = "private, no-store";
        // A neutral type, so that no browser shows what a stranger sent as a page of ours.
        return File(content, "application/octet-stream", attachment.Name, enableRangeProcessing: true);
    }

    private async Task<bool> MayReadAsync(Attachment attachment, CancellationToken cancellationToken) =>
        attachment.CommentId is null || User.May("tickets.internal.read")
        || await db.Comments.AnyAsync(c => c.Id == attachment.CommentId && c.Visibility == CommentVisibility.Public, cancellationToken);
}
