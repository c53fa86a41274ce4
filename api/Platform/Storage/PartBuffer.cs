using System.Buffers;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>One part of an upload. It grows as it is filled, since most files are much smaller than a part.</summary>
internal sealed class PartBuffer(int capacity) : IDisposable
{
    private const int FirstBytes = 64 * 1024;

    // Asked for at once: a sender of few bytes at a time is read as they come.
    private const int ReadBytes = 80 * 1024;

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(FirstBytes, capacity));

    public int Count { get; private set; }

    public bool IsFull => Count == capacity;

    /// <summary>Takes the next part, up to its capacity or the content's end.</summary>
    public async Task FillAsync(Intake intake, CancellationToken cancellationToken)
    {
        Count = 0;
        while (!IsFull)
        {
            if (Count == buffer.Length)
                Grow();
            var room = Math.Min(buffer.Length, capacity) - Count;
            var read = await intake.ReadAsync(buffer.AsMemory(Count, Math.Min(room, ReadBytes)), cancellationToken);
            if (read == 0)
                return;
            Count += read;
        }
    }

    /// <summary>What it holds, from its beginning; good until the next part.</summary>
    public MemoryStream Open() => new(buffer, 0, Count, writable: false);

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer, clearArray: true);

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(buffer.Length * 2, capacity));
        buffer.AsSpan(0, Count).CopyTo(larger);
        Dispose();
        buffer = larger;
    }
}
