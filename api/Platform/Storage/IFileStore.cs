namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>
/// Keeps the bytes of attachments and exports. A key is a path of lower-case letters, digits, <c>_</c> and <c>-</c>,
/// separated by single <c>/</c>, at most <see cref="MaxKeyLength"/> characters, given by the API and never by a user.
/// </summary>
/// <remarks>
/// Every method throws <see cref="ArgumentException"/> on a malformed key, and <see cref="FileStoreException"/> when the
/// store is away or refuses. All are safe to call at once.
/// </remarks>
public interface IFileStore
{
    /// <summary>The longest key, in characters.</summary>
    const int MaxKeyLength = 200;

    /// <summary>
    /// Stores what the stream holds from its position on, whole or not at all; a file of the same key is replaced.
    /// When the task completes, the file survives a loss of power.
    /// </summary>
    /// <param name="key">Where to keep it.</param>
    /// <param name="content">Read once, forward only; never held in memory whole.</param>
    /// <param name="maxBytes">The most bytes to accept.</param>
    /// <param name="cancellationToken">Gives up and leaves nothing behind.</param>
    /// <exception cref="FileTooLargeException">The content has more than <paramref name="maxBytes"/> bytes.</exception>
    Task<StoredFile> WriteAsync(string key, Stream content, long maxBytes, CancellationToken cancellationToken);

    /// <summary>
    /// Opens a file for reading. Where it is replaced or deleted meanwhile, the stream gives what was opened or throws
    /// <see cref="FileStoreException"/>; never a mixture.
    /// </summary>
    /// <returns>A seekable stream for asynchronous reading, so that ranges can be served; null if there is no such file.</returns>
    Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken);

    /// <summary>Removes a file; a file that is not there is no error.</summary>
    Task DeleteAsync(string key, CancellationToken cancellationToken);

    /// <summary>Proves that the store can be written to; throws what stands in the way.</summary>
    Task CheckAsync(CancellationToken cancellationToken);

    /// <summary>Lists every file in no order. What is written or deleted meanwhile may be missing or still listed.</summary>
    IAsyncEnumerable<StoredKey> ListAsync(CancellationToken cancellationToken);

    /// <summary>Removes what writers that were killed left unfinished and have not touched since.</summary>
    /// <param name="before">Longer ago than any write takes: younger ones may still be written to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task RemoveLeftoversAsync(DateTimeOffset before, CancellationToken cancellationToken);
}

/// <summary>What was stored.</summary>
/// <param name="Key">Where it is kept.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">The SHA-256 of its bytes, as 64 lower-case hexadecimal digits.</param>
public sealed record StoredFile(string Key, long Bytes, string Sha256);

/// <summary>One file of the listing.</summary>
/// <param name="Key">Where it is kept.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="LastModified">When it was written, by the store's clock.</param>
public sealed record StoredKey(string Key, long Bytes, DateTimeOffset LastModified);

/// <summary>A file has more bytes than its writer accepts.</summary>
/// <param name="maxBytes">The most bytes accepted.</param>
public sealed class FileTooLargeException(long maxBytes)
    : Exception($"The file is larger than the {maxBytes} bytes accepted.")
{
    /// <summary>The most bytes accepted.</summary>
    public long MaxBytes => maxBytes;
}

/// <summary>The store is away or refuses; trying again later may help. Says nothing of files that are not there.</summary>
public sealed class FileStoreException(string message, Exception? inner = null) : IOException(message, inner);
