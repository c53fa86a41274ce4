using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>
/// Copies the files of an installation from disk to S3 and proves each copy by reading it back. It deletes nothing, can
/// be killed at any time and run again, and skips what is there already with the same size and hash.
/// </summary>
internal sealed class MoveFiles(DiskFileStore disk, S3FileStore s3, Action<string> say)
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);
    private readonly Stopwatch sinceSaid = new();
    private long total;
    private long totalBytes;
    private long copied;
    private long copiedBytes;
    private long present;
    private long gone;

    /// <summary>The command <c>move-files</c>. It needs no database, and runs beside an API that serves from either store.</summary>
    public static async Task<int> RunAsync(IServiceProvider services, Action<string> say, CancellationToken stopping)
    {
        var folder = services.GetRequiredService<PlatformSettings>().FilesDirectory;
        if (services.GetRequiredService<IFileStore>() is not S3FileStore s3)
            return Commands.Refuse("Set Files__S3__Bucket and the other settings below Files:S3, so that it is known where to move the files.");
        if (!DiskFileStore.Exists(folder))
            return Commands.Refuse("There is no file store on disk below DATA_DIR, so there is nothing to move.");
        try
        {
            return await new MoveFiles(new DiskFileStore(folder), s3, say).RunAsync(stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return Commands.Refuse("Stopped. Run it again: it goes on where it stopped.");
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Commands.Refuse($"{error.Message} {error.InnerException?.Message} Run it again: it goes on where it stopped.");
        }
    }

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var file in disk.ListAsync(cancellationToken))
        {
            total++;
            totalBytes += file.Bytes;
        }
        Say($"Found {total} files ({Size(totalBytes)}) on disk. They are copied to S3; those on disk stay.");
        await s3.CheckAsync(cancellationToken);
        sinceSaid.Start();
        // Listed anew, so that what was written meanwhile is copied too.
        await Parallel.ForEachAsync(disk.ListAsync(cancellationToken), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (file, stop) =>
        {
            await CopyAsync(file.Key, stop);
            SayHowFar();
        });
        Say($"Done: {copied} files ({Size(copiedBytes)}) copied and read back, {present} were there already, {gone} were deleted meanwhile. Nothing was deleted on disk.");
        return 0;
    }

    private async Task CopyAsync(string key, CancellationToken cancellationToken)
    {
        if (await ReadAsync(disk, key, cancellationToken) is not { } source)
        {
            Interlocked.Increment(ref gone);
            return;
        }
        if (await IsThereAsync(source, cancellationToken))
        {
            Interlocked.Increment(ref present);
            return;
        }
        await using (var content = await disk.OpenReadAsync(key, cancellationToken))
        {
            if (content is null)
            {
                Interlocked.Increment(ref gone);
                return;
            }
            await s3.WriteAsync(key, content, source.Bytes, source.Sha256, cancellationToken);
        }
        // A copy that is not there proves nothing either.
        if (await ReadAsync(s3, key, cancellationToken) != source)
        {
            // Or the next run would take its word for what it holds.
            await s3.DeleteAsync(key, CancellationToken.None);
            throw new FileStoreException($"The copy of {key} differs from the file on disk, and was removed.");
        }
        Interlocked.Increment(ref copied);
        Interlocked.Add(ref copiedBytes, source.Bytes);
    }

    private async Task<bool> IsThereAsync(StoredFile source, CancellationToken cancellationToken)
    {
        if (await s3.FindAsync(source.Key, cancellationToken) is not { } found || found.Bytes != source.Bytes)
            return false;
        // Without a note of its hash only its bytes tell.
        return found.Sha256 is { } hash ? hash == source.Sha256 : await ReadAsync(s3, source.Key, cancellationToken) == source;
    }

    private static async Task<StoredFile?> ReadAsync(IFileStore store, string key, CancellationToken cancellationToken)
    {
        await using var content = await store.OpenReadAsync(key, cancellationToken);
        return content is null ? null : new(key, content.Length, Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)));
    }

    private void SayHowFar()
    {
        lock (sinceSaid)
        {
            if (sinceSaid.Elapsed < Silence)
                return;
            sinceSaid.Restart();
        }
        Say($"{Interlocked.Read(ref copied) + Interlocked.Read(ref present) + Interlocked.Read(ref gone)} of {total} files done, {Size(Interlocked.Read(ref copiedBytes))} copied.");
    }

    private void Say(FormattableString sentence) => say(sentence.ToString(CultureInfo.InvariantCulture));

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
    };
}
