using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>
/// Keeps files in a folder: <c>files/{two digits of the key's hash}/{key}</c>, written in <c>temp/</c> first.
/// Nodes may share the folder over a network file system.
/// </summary>
/// <remarks>
/// A key's <c>/</c> is a <c>~</c> in its file name, so that <c>a</c> and <c>a/b</c> can both exist, as they can in S3.
/// </remarks>
public sealed class DiskFileStore : IFileStore
{
    private const int BufferBytes = 80 * 1024;

    // Longer than any upload takes: another node may be writing a young one.
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1);

    private readonly string files;
    private readonly string temp;

    /// <summary>
    /// Opens the store, makes its folders and removes what a killed process left in <c>temp/</c> more than a day ago.
    /// </summary>
    /// <param name="root">The store's folder; made if missing.</param>
    /// <param name="time">The clock by which leftovers age; the system's if not given.</param>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be made.</exception>
    public DiskFileStore(string root, TimeProvider? time = null)
    {
        files = Path.Combine(Path.GetFullPath(root), "files");
        temp = Path.Combine(Path.GetFullPath(root), "temp");
        Directory.CreateDirectory(temp);
        Directory.CreateDirectory(files);
        RemoveLeftovers((time ?? TimeProvider.System).GetUtcNow() - LeftoverAge);
    }

    /// <summary>Whether there is a store at this place already.</summary>
    public static bool Exists(string root) => Directory.Exists(Path.Combine(root, "files"));

    /// <inheritdoc/>
    public async Task<StoredFile> WriteAsync(
        string key, Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        using var intake = new Intake(content, maxBytes);
        var path = PathOf(key);
        var draft = Path.Combine(temp, Path.GetRandomFileName());
        try
        {
            await WriteDraftAsync(draft, intake, cancellationToken);
            MoveTo(path, draft);
            return intake.Total(key);
        }
        catch (Exception error)
        {
            Discard(draft);
            if (!intake.IsBroken && IsDiskFailure(error))
                throw Failed(error);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<Stream?> OpenReadAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return Task.FromResult<Stream?>(new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                // A file may be deleted or replaced while somebody still downloads it.
                Share = FileShare.Read | FileShare.Delete,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            }));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
        catch (Exception exception) when (IsDiskFailure(exception))
        {
            throw Failed(exception);
        }
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            // Folders are made by the first file they hold, and a file that is not there is no error.
            if (File.Exists(path))
                File.Delete(path);
        }
        catch (Exception exception) when (IsDiskFailure(exception))
        {
            throw Failed(exception);
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var probe = Path.Combine(temp, Path.GetRandomFileName());
        try
        {
            await File.WriteAllTextAsync(probe, "probe", cancellationToken);
            if (!Directory.Exists(files))
                throw new DirectoryNotFoundException("The file store's folder is missing.");
        }
        catch (Exception error) when (IsDiskFailure(error))
        {
            throw Failed(error);
        }
        finally
        {
            Discard(probe);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredKey> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var folder in Guarded(new DirectoryInfo(files).EnumerateDirectories))
        {
            // The disk answers synchronously; a caller with other work gets a turn at each folder.
            await Task.Yield();
            foreach (var file in Guarded(folder.EnumerateFiles))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var key = file.Name.Replace('~', '/');
                if (FileKeys.IsKey(key) && file.Exists)
                    yield return new StoredKey(key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
            }
        }
    }

    /// <inheritdoc/>
    public Task RemoveLeftoversAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        RemoveLeftovers(before);
        return Task.CompletedTask;
    }

    private string PathOf(string key)
    {
        FileKeys.Check(key);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(key), hash);
        return Path.Combine(files, hash[0].ToString("x2"), key.Replace('/', '~'));
    }

    private static async Task WriteDraftAsync(string draft, Intake intake, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var file = new FileStream(draft, DraftOptions());
            int read;
            while ((read = await intake.ReadAsync(buffer, cancellationToken)) > 0)
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            // The bytes must be on disk before the name is, or a loss of power leaves an empty file under its key.
            file.Flush(flushToDisk: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static FileStreamOptions DraftOptions()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    private void MoveTo(string path, string draft)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            MakeDurable(files);
        }
        File.Move(draft, path, overwrite: true);
        MakeDurable(folder);
    }

    private void RemoveLeftovers(DateTimeOffset before)
    {
        foreach (var file in new DirectoryInfo(temp).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < before.UtcDateTime)
                Discard(file.FullName);
        }
    }

    private static void Discard(string draft)
    {
        try
        {
            // The folder itself may be what is gone.
            if (File.Exists(draft))
                File.Delete(draft);
        }
        catch (Exception error) when (IsDiskFailure(error))
        {
            // Another node was first, or the disk refuses this too; what is left goes with the leftovers.
        }
    }

    private static IEnumerable<T> Guarded<T>(Func<IEnumerable<T>> list)
    {
        IEnumerator<T>? all = null;
        try
        {
            while (Next(ref all, list))
                yield return all!.Current;
        }
        finally
        {
            all?.Dispose();
        }
    }

    private static bool Next<T>(ref IEnumerator<T>? all, Func<IEnumerable<T>> list)
    {
        try
        {
            all ??= list().GetEnumerator();
            return all.MoveNext();
        }
        catch (Exception error) when (IsDiskFailure(error))
        {
            throw Failed(error);
        }
    }

    private static bool IsDiskFailure(Exception error) => error is IOException or UnauthorizedAccessException;

    private static FileStoreException Failed(Exception error) => new("The disk does not let the file store work.", error);

    /// <summary>
    /// Writes a folder's entries to disk. A renamed file is only found again after a loss of power when its folder
    /// was synced too, which .NET has no call for; Windows does it by itself.
    /// </summary>
    private static void MakeDurable(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Native.Open([.. Encoding.UTF8.GetBytes(folder), 0], Native.ReadOnly);
        if (descriptor < 0)
            throw new IOException($"A folder of the file store cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        try
        {
            // Some network file systems know no such sync and say "invalid argument"; they sync on their own terms.
            if (Native.Sync(descriptor) < 0 && Marshal.GetLastPInvokeError() != Native.InvalidArgument)
                throw new IOException($"A folder of the file store cannot be synced (error {Marshal.GetLastPInvokeError()}).");
        }
        finally
        {
            _ = Native.Close(descriptor);
        }
    }

    private static class Native
    {
        public const int ReadOnly = 0;
        public const int InvalidArgument = 22;

        [DllImport("libc", EntryPoint = "open", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Open(byte[] path, int flags);

        [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Sync(int descriptor);

        [DllImport("libc", EntryPoint = "close")]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        public static extern int Close(int descriptor);
    }
}
