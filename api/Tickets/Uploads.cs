using System.Security.Cryptography;
using System.Text;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Storage;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Net.Http.Headers;
using Npgsql;

namespace HeadlessSupport.Api.Tickets;

/// <summary>Marks the action that takes a file: one part named <c>file</c> in multipart/form-data.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TakesUploadAttribute : Attribute;

/// <summary>A file that was received and stored, before any row knows of it.</summary>
internal sealed record ReceivedUpload(string Name, string ContentType, StoredFile File)
{
    /// <summary>The row that is to name it; what is in the database in the end decides whether the file stays.</summary>
    public Id<Attachment>? Attachment { get; set; }
}

/// <summary>
/// Streams an uploaded file into the store before the action runs, so that no database transaction stays open while
/// bytes trickle in. Where the action does not keep it, it is removed; where the process dies first, it is an orphan
/// that no row names.
/// </summary>
internal sealed partial class Uploads(RequestDelegate next, IFileStore files, ILogger<Uploads> logger)
{
    private const int FormOverhead = 64 * 1024;
    private const string Part = "file";

    public async Task InvokeAsync(HttpContext context, SupportDb db, TenantContext tenant)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<TakesUploadAttribute>() is null)
        {
            await next(context);
            return;
        }
        var limits = await db.Organizations.AsNoTracking().Select(o => o.Limits).SingleAsync(context.RequestAborted);
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limits.AttachmentBytes + FormOverhead;
        var upload = await ReceiveAsync(context, tenant.Required, limits);
        context.Features.Set(upload);
        context.Features.Set(new RequestFingerprint(SHA256.HashData(Encoding.UTF8.GetBytes($"{upload.Name}\n{upload.File.Sha256}"))));
        try
        {
            await next(context);
        }
        finally
        {
            // The status does not tell: a client may hang up after the commit, and a replay answers 201 too.
            if (!await IsKeptAsync(db, upload))
                await ForgetAsync(upload.File.Key);
        }
    }

    private async Task<bool> IsKeptAsync(SupportDb db, ReceivedUpload upload)
    {
        if (upload.Attachment is not { } id)
            return false;
        try
        {
            return await db.Attachments.AnyAsync(a => a.Id == id, CancellationToken.None);
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException)
        {
            // Not known: a file too many is better than one too few.
            Log.NotForgotten(logger, upload.File.Key, error);
            return true;
        }
    }

    private async Task<ReceivedUpload> ReceiveAsync(HttpContext context, Id<Tenant> organization, OrganizationLimits limits)
    {
        var boundary = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            ? HeaderUtilities.RemoveQuotes(type.Boundary).ToString()
            : throw new SupportException(ErrorCode.UnsupportedMediaType, "Send multipart/form-data with one part named file.");
        if (boundary.Length is 0 or > 70)
            throw new SupportException(ErrorCode.InvalidRequest, "The multipart boundary is missing or too long.");
        try
        {
            var reader = new MultipartReader(boundary, context.Request.Body);
            var section = await reader.ReadNextSectionAsync(context.RequestAborted);
            if (section?.GetContentDispositionHeader() is not { } disposition || !disposition.IsFileDisposition() || disposition.Name != Part)
                throw SupportException.Invalid("/file", "The first part must be a file named file.");
            var name = FileNames.Safe((disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName).ToString());
            var upload = await StoreAsync(section.Body, name, organization, limits, context.RequestAborted);
            if (await reader.ReadNextSectionAsync(context.RequestAborted) is not null)
            {
                await ForgetAsync(upload.File.Key);
                throw SupportException.Invalid("/file", "Send one file at a time, and nothing else.");
            }
            return upload;
        }
        catch (Exception error) when (error is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new SupportException(ErrorCode.InvalidRequest, "The multipart body is cut off or damaged.");
        }
    }

    private async Task<ReceivedUpload> StoreAsync(Stream body, string name, Id<Tenant> organization, OrganizationLimits limits, CancellationToken cancellationToken)
    {
        var head = new byte[FileTypes.HeadBytes];
        var read = await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
        if (read == 0)
            throw SupportException.Invalid("/file", "The file is empty.");
        var sniffed = FileTypes.Sniff(head.AsSpan(0, read), name);
        if (sniffed.ContentType is null)
            throw SupportException.Invalid("/file", sniffed.Refusal!);
        var key = $"{organization.Value:N}/{Guid.CreateVersion7():N}";
        var content = new Prefixed(head.AsMemory(0, read), body);
        try
        {
            var stored = await files.WriteAsync(key, content, limits.AttachmentBytes, cancellationToken);
            return new(name, sniffed.ContentType, stored);
        }
        catch (IOException error) when (!content.IsBroken)
        {
            throw new InvalidOperationException("The file store failed.", error);
        }
        catch (FileTooLargeException)
        {
            throw new SupportException(ErrorCode.BodyTooLarge, $"The file is larger than the {limits.AttachmentBytes} bytes that this organization may attach.", ("/file", "Is too large."));
        }
    }

    private async Task ForgetAsync(string key)
    {
        try
        {
            await files.DeleteAsync(key, CancellationToken.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.NotForgotten(logger, key, error);
        }
    }

    /// <summary>The bytes that were looked at, then the rest.</summary>
    private sealed class Prefixed(ReadOnlyMemory<byte> head, Stream rest) : Stream
    {
        private ReadOnlyMemory<byte> left = head;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        /// <summary>Whether what the client sent could not be read: else it is the store that failed.</summary>
        public bool IsBroken { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (left.IsEmpty)
            {
                try
                {
                    return await rest.ReadAsync(buffer, cancellationToken);
                }
                catch (IOException)
                {
                    IsBroken = true;
                    throw;
                }
            }
            var count = Math.Min(left.Length, buffer.Length);
            left[..count].CopyTo(buffer);
            left = left[count..];
            return count;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The file {Key} may be kept for nothing.")]
        public static partial void NotForgotten(ILogger logger, string key, Exception error);
    }
}
