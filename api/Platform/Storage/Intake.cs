using System.Security.Cryptography;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>What a store takes in: counted, hashed and stopped at the limit while it passes.</summary>
internal sealed class Intake : IDisposable
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly Stream content;
    private readonly long maxBytes;
    private long bytes;

    public Intake(Stream content, long maxBytes)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        this.content = content;
        this.maxBytes = maxBytes;
    }

    /// <summary>Whether the content could not be read: then the failure is not the store's.</summary>
    public bool IsBroken { get; private set; }

    /// <returns>How many bytes; 0 at the end.</returns>
    /// <exception cref="FileTooLargeException">There are more than accepted.</exception>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read;
        try
        {
            read = await content.ReadAsync(buffer, cancellationToken);
        }
        catch
        {
            IsBroken = true;
            throw;
        }
        bytes += read;
        if (bytes > maxBytes)
            throw new FileTooLargeException(maxBytes);
        hash.AppendData(buffer.Span[..read]);
        return read;
    }

    /// <summary>All that passed. Once, at the end.</summary>
    public StoredFile Total(string key) => new(key, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));

    public void Dispose() => hash.Dispose();
}
