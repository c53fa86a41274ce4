namespace HeadlessSupport.Api.Tests.Platform.Storage;

/// <summary>A stream of zeros that remembers how much was asked for at once.</summary>
internal sealed class Endless(CancellationTokenSource? cancel = null, long length = long.MaxValue) : ForwardStream
{
    private long left = length;

    public int LargestRead { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        LargestRead = Math.Max(LargestRead, buffer.Length);
        cancel?.Cancel();
        var count = (int)Math.Min(buffer.Length, left);
        buffer[..count].Clear();
        left -= count;
        return count;
    }
}

/// <summary>A stream that breaks after so many bytes.</summary>
internal sealed class Broken(long after) : ForwardStream
{
    private long left = after;

    public override int Read(Span<byte> buffer)
    {
        if (left == 0)
            throw new IOException("The client is gone.");
        var count = (int)Math.Min(buffer.Length, left);
        buffer[..count].Clear();
        left -= count;
        return count;
    }
}

internal abstract class ForwardStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
