namespace HeadlessSupport.Api.Platform.Database;

/// <summary>Keeps a second process out of a folder. The kernel drops the lock with the process, however it dies.</summary>
internal static class FolderLock
{
    public static FileStream Take(string folder)
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
            throw new InvalidOperationException($"Another process is using {folder}: stop it, or set DATA_DIR to another folder.", e);
        }
    }
}
