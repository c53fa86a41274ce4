using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>
/// Reads an object from wherever it is asked, some megabytes a request: a range costs no more than itself, and a slow
/// reader holds no request for the length of the file.
/// </summary>
/// <param name="patience">With a connection that goes silent; a slow reader is never hurried.</param>
internal sealed class S3ReadStream(IAmazonS3 s3, string bucket, string name, long length, string etag, TimeSpan patience) : Stream
{
    private const long WindowBytes = 4 * 1024 * 1024;
    private const int Tries = 3;
    private GetObjectResponse? window;
    private long windowEnd;
    private long position;

    public override bool CanRead => true;
    public override bool CanSeek => true;
    public override bool CanWrite => false;
    public override long Length => length;

    public override long Position
    {
        get => position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            if (value == position)
                return;
            CloseWindow();
            position = value;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (position >= length || buffer.IsEmpty)
            return 0;
        for (var attempt = 1; ; attempt++)
        {
            window ??= await OpenWindowAsync(cancellationToken);
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            waiting.CancelAfter(patience);
            try
            {
                // Never beyond the window: some services answer with more than the range.
                var read = await window.ResponseStream.ReadAsync(buffer[..(int)Math.Min(buffer.Length, windowEnd - position)], waiting.Token);
                if (read == 0)
                    throw new EndOfStreamException("The file store ended its answer too early.");
                position += read;
                if (position == windowEnd)
                    CloseWindow();
                return read;
            }
            catch (Exception error) when (S3Failures.Is(error, cancellationToken))
            {
                // The connection broke; what is still missing is asked for anew.
                CloseWindow();
                if (attempt == Tries)
                    throw new FileStoreException("The file store breaks off in the middle of a file.", error);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => length + offset,
    };

    // A request over the network is no thing to block a thread for.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");
    public override void Flush() { }
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            CloseWindow();
        base.Dispose(disposing);
    }

    private async Task<GetObjectResponse> OpenWindowAsync(CancellationToken cancellationToken)
    {
        windowEnd = Math.Min(position + WindowBytes, length);
        var request = new GetObjectRequest { BucketName = bucket, Key = name, ByteRange = new ByteRange(position, windowEnd - 1), EtagToMatch = etag };
        var answer = await S3Failures.TranslateAsync(s3.GetObjectAsync, request, cancellationToken);
        // Not every service looks at If-Match, or at ranges.
        var wrong = answer.ETag != etag ? "The file was replaced while it was read."
            : position > 0 && answer.HttpStatusCode != HttpStatusCode.PartialContent ? "The file store does not serve ranges." : null;
        if (wrong is null)
            return answer;
        answer.Dispose();
        throw new FileStoreException(wrong);
    }

    private void CloseWindow()
    {
        window?.Dispose();
        window = null;
    }
}
