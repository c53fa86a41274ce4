using System.Diagnostics;
using System.Globalization;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>The <c>postmaster.pid</c> of a cluster, which outlives a server that was killed.</summary>
internal sealed class PostmasterFile(string cluster)
{
    private readonly string path = Path.Combine(cluster, "postmaster.pid");

    /// <summary>The server that runs on the cluster now, or null. A file that would keep a new one from starting is removed.</summary>
    public async Task<(int Id, int Port)?> FindRunningAsync(CancellationToken ct)
    {
        // A server that is being started writes the file in one go, but not at the moment it creates it.
        for (var attempt = 0; attempt < 20 && File.Exists(path) && Read() is null; attempt++)
            await Task.Delay(50, ct);

        if (!File.Exists(path))
            return null;
        if (Read() is { } entry)
        {
            if (IsServedBy(entry.Id))
                return entry;
            // PostgreSQL clears away the file of a dead process by itself, checking shared memory too. It gives up
            // when the number was handed to another process since, which after a restart of the machine is likely.
            if (!IsAlive(entry.Id))
                return null;
        }

        File.Delete(path);
        return null;
    }

    /// <summary>Whether a process is the server of this cluster: a server works in its data directory, its backends included.</summary>
    public bool IsServedBy(int process)
    {
        if (!OperatingSystem.IsLinux())
            return IsAlive(process, "postgres");
        try
        {
            return new FileInfo($"/proc/{process}/cwd").LinkTarget == cluster;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsAlive(int process, string? name = null)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited && (name is null || found.ProcessName == name);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private (int Id, int Port)? Read()
    {
        try
        {
            // Process, data directory, start time, port, … The process of a single-user server has a minus sign.
            var lines = File.ReadAllLines(path);
            return lines.Length > 3
                && int.TryParse(lines[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
                && int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                ? (Math.Abs(id), port)
                : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
