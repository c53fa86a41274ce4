using System.Diagnostics;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>Keeps a second process out of a folder. The kernel drops the lock with the process, however it dies.</summary>
internal static class FolderLock
{
    // A killed process is gone a little before the last of its threads, which still holds the lock.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static async Task<FileStream> TakeAsync(string folder, CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (UnauthorizedAccessException e)
            {
                throw new InvalidOperationException($"{folder} cannot be written: give it to the user that starts this, or set DATA_DIR to another folder.", e);
            }
            catch (IOException e)
            {
                if (Stopwatch.GetElapsedTime(began) > Patience)
                    throw new InvalidOperationException($"Another process is using {folder}: stop it, or set DATA_DIR to another folder.", e);
            }

            await Task.Delay(50, ct);
        }
    }
}
