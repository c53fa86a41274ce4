using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>
/// Keeps files in a folder: <c>files/{two digits of the key's hash}/{key}</c>, written in <c>temp/</c> first.
/// Nodes may share the folder over a network file system.
/// </summary>
/// <remarks>
/// A key's <c>/</c> is a <c>~</c> in its file name, so that <c>a</c> and <c>a/b</c> can both exist, as they can in S3.
/// </remarks>
public sealed partial class DiskFileStore : IFileStore
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

    /// <inheritdoc/>
    public async Task<StoredFile> WriteAsync(
        string key, Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        var path = PathOf(key);
        var draft = Path.Combine(temp, Path.GetRandomFileName());
        try
        {
            var stored = await WriteDraftAsync(draft, key, content, maxBytes, cancellationToken);
            MoveTo(path, draft);
            return stored;
        }
        catch
        {
            File.Delete(draft);
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
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        cancellationToken.ThrowIfCancellationRequested();
        // Folders are made by the first file they hold, and a file that is not there is no error.
        if (File.Exists(path))
            File.Delete(path);
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
        finally
        {
            // The folder may be gone; the reason to report is the one above.
            if (File.Exists(probe))
                File.Delete(probe);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredKey> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var folder in new DirectoryInfo(files).EnumerateDirectories())
        {
            // The disk answers synchronously; a caller with other work gets a turn at each folder.
            await Task.Yield();
            foreach (var file in folder.EnumerateFiles())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var key = file.Name.Replace('~', '/');
                if (IsKey(key) && file.Exists)
                    yield return new StoredKey(key, file.Length, new DateTimeOffset(file.LastWriteTimeUtc));
            }
        }
    }

    private string PathOf(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!IsKey(key))
            throw new ArgumentException("A key has lower-case letters, digits, _ and - between single slashes.", nameof(key));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(key), hash);
        return Path.Combine(files, hash[0].ToString("x2"), key.Replace('/', '~'));
    }

    private static bool IsKey(string key) => key.Length <= IFileStore.MaxKeyLength && KeyPattern().IsMatch(key);

    [GeneratedRegex(@"\A[a-z0-9_-]+(?:/[a-z0-9_-]+)*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyPattern();

    private static async Task<StoredFile> WriteDraftAsync(
        string draft, string key, Stream content, long maxBytes, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            await using var file = new FileStream(draft, DraftOptions());
            long bytes = 0;
            int read;
            while ((read = await content.ReadAsync(buffer, cancellationToken)) > 0)
            {
                bytes += read;
                if (bytes > maxBytes)
                    throw new FileTooLargeException(maxBytes);
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            // The bytes must be on disk before the name is, or a loss of power leaves an empty file under its key.
            file.Flush(flushToDisk: true);
            return new StoredFile(key, bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
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
            try
            {
                if (file.LastWriteTimeUtc < before.UtcDateTime)
                    file.Delete();
            }
            catch (IOException)
            {
                // Another node starts too and was first.
            }
        }
    }

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
