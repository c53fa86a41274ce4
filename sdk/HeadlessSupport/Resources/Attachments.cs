using System.Net;
using System.Net.Http.Headers;
using HeadlessSupport.Transport;

namespace HeadlessSupport;

/// <summary>Files: sent first, then named by a comment.</summary>
public interface IAttachments
{
    /// <summary>Upload a file. It is streamed, never held in memory, and stays for a week until a comment names it.</summary>
    /// <remarks>A stream that can seek is sent again after a failure that may pass; one that cannot is sent once.</remarks>
    /// <param name="name">Its name, as people will see it.</param>
    /// <param name="content">What is in it, from where the stream stands. It is left open.</param>
    /// <param name="contentType">Its media type, such as <c>image/png</c>.</param>
    /// <param name="progress">Told how many bytes were sent so far.</param>
    /// <param name="options">What this call does differently. Without a timeout it takes as long as it takes.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The attachment, to be named in <see cref="CreateCommentRequest.AttachmentIds"/>.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Attachment> UploadAsync(string name, Stream content, string contentType = "application/octet-stream", IProgress<long>? progress = null, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="UploadAsync(string, Stream, string, IProgress{long}?, RequestOptions?, CancellationToken)"/>
    Task<Attachment> UploadAsync(string name, Stream content, string contentType, IProgress<long>? progress, CancellationToken cancellationToken) => UploadAsync(name, content, contentType, progress, null, cancellationToken);

    /// <summary>Get what is known of a file.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The attachment, with an address to download it from that is good for some minutes.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Attachment> GetAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="GetAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Attachment> GetAsync(string id, CancellationToken cancellationToken) => GetAsync(id, null, cancellationToken);

    /// <summary>Download a file. It is streamed: read the stream, and dispose it.</summary>
    /// <param name="id">The attachment's id.</param>
    /// <param name="options">What this call does differently. The timeout ends with the beginning of the file.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What is in it.</returns>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    Task<Stream> DownloadAsync(string id, RequestOptions? options = null, CancellationToken cancellationToken = default);

    /// <inheritdoc cref="DownloadAsync(string, RequestOptions?, CancellationToken)"/>
    Task<Stream> DownloadAsync(string id, CancellationToken cancellationToken) => DownloadAsync(id, null, cancellationToken);
}

internal sealed class AttachmentsResource(Wire wire) : IAttachments
{
    private const string FilePath = "/api/v1/files/";

    public async Task<Attachment> UploadAsync(string name, Stream content, string contentType, IProgress<long>? progress, RequestOptions? options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(content);
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
            throw new ArgumentException("A media type looks like image/png.", nameof(contentType));
        var from = content.CanSeek ? content.Position : 0;
        return await wire.SendAsync(AttachmentsRequests.Create(Form, onlyOnce: !content.CanSeek), options, cancellationToken).ConfigureAwait(false);

        HttpContent Form()
        {
            if (content.CanSeek)
                content.Position = from;
            var file = new UploadContent(content, progress);
            file.Headers.ContentType = type;
            var form = new MultipartFormDataContent();
            // What a quoted name cannot hold stands in the encoded one only (RFC 6266).
            file.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data")
            {
                Name = "\"file\"",
                FileName = $"\"{string.Concat(name.Select(c => c is < ' ' or '"' or '\\' or > '~' ? '_' : c))}\"",
                FileNameStar = name,
            };
            form.Add(file);
            return form;
        }
    }

    public Task<Attachment> GetAsync(string id, RequestOptions? options, CancellationToken cancellationToken) =>
        wire.SendAsync(AttachmentsRequests.Get(id), options, cancellationToken);

    public async Task<Stream> DownloadAsync(string id, RequestOptions? options, CancellationToken cancellationToken)
    {
        var attachment = await GetAsync(id, options, cancellationToken).ConfigureAwait(false);
        if (attachment.DownloadUrl is not { } url || url.LastIndexOf(FilePath, StringComparison.Ordinal) is not (>= 0 and var at))
            throw new HeadlessSupportException($"{id} cannot be downloaded.");
        // The token is what grants it. The address may be another than the one this client reaches the API by.
        var token = Uri.UnescapeDataString(url[(at + FilePath.Length)..]);
        var response = await wire.SendAsync(FilesRequests.Get(token), options, cancellationToken).ConfigureAwait(false);
        return await ResponseStream.OpenAsync(response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A stream on its way, which tells how far it is and stays open.</summary>
    private sealed class UploadContent(Stream content, IProgress<long>? progress) : HttpContent
    {
        private const int ChunkBytes = 80 * 1024;

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(ChunkBytes);
            try
            {
                var sent = 0L;
                while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var read)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                    progress?.Report(sent += read);
                }
            }
            finally
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = content.CanSeek ? content.Length - content.Position : 0;
            return content.CanSeek;
        }
    }
}
