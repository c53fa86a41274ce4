using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>The server process of one cluster: found again or started, waited for, stopped.</summary>
internal sealed class Postmaster
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly PostmasterFile file;
    private readonly Process? child;

    private Postmaster(PostmasterFile file, int id, int port, Process? child = null)
    {
        this.file = file;
        this.child = child;
        Id = id;
        Port = port;
    }

    public int Id { get; }

    public int Port { get; }

    private bool IsRunning => child is null ? file.IsServedBy(Id) : !child.HasExited;

    /// <summary>
    /// Serves the cluster: through the server that a killed process left behind, else through a new one.
    /// Both can be true one after the other, since an orphan may be starting or stopping right now.
    /// </summary>
    public static async Task<Postmaster> StartOrAdoptAsync(ServerPlan plan, int preferredPort, Action<string> progress, CancellationToken ct)
    {
        var pidFile = new PostmasterFile(plan.Cluster);
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await pidFile.FindRunningAsync(ct) is { } orphan)
            {
                progress($"Taking over PostgreSQL, which still runs as process {orphan.Id}");
                var adopted = new Postmaster(pidFile, orphan.Id, orphan.Port);
                if (await adopted.AcceptsLoginAsync(plan, progress, ct))
                    return adopted;
                continue;
            }

            var logged = plan.LogLength;
            var port = FreePort(preferredPort, progress);
            var server = Process.Start(plan.Server(port))!;
            var started = new Postmaster(pidFile, server.Id, port, server);
            if (await started.BecomesReadyAsync(plan, progress, ct))
                return started;

            server.Dispose();
            var said = plan.LogSince(logged);
            if (!PassesByItself(said) || Stopwatch.GetElapsedTime(began) > Patience)
                throw new InvalidOperationException($"PostgreSQL did not start; {plan.Log} ends with:\n{said}");
            await Task.Delay(Pause * 5, ct);
        }
    }

    /// <summary>Fast shutdown: open transactions are rolled back, committed ones are checkpointed.</summary>
    public async Task StopAsync()
    {
        const int Interrupt = 2;
        var began = Stopwatch.GetTimestamp();
        while (IsRunning)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new InvalidOperationException($"PostgreSQL (process {Id}) did not stop within {Patience.TotalSeconds:0} seconds: stop it with kill -QUIT {Id}.");
            _ = Kill(Id, Interrupt);
            await Task.Delay(Pause, CancellationToken.None);
        }

        child?.Dispose();
    }

    private async Task<bool> BecomesReadyAsync(ServerPlan plan, Action<string> progress, CancellationToken ct)
    {
        try
        {
            return await AcceptsLoginAsync(plan, progress, ct);
        }
        catch
        {
            await StopAsync();
            throw;
        }
    }

    /// <summary>Waits until a login with our password succeeds. False when the server ends instead.</summary>
    private async Task<bool> AcceptsLoginAsync(ServerPlan plan, Action<string> progress, CancellationToken ct)
    {
        var heard = Stopwatch.GetTimestamp();
        var began = heard;
        var told = false;
        for (; IsRunning; await Task.Delay(Pause, ct))
        {
            try
            {
                await using var connection = new NpgsqlConnection(plan.SuperuserConnectionString(Port));
                await connection.OpenAsync(ct);
                return true;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CannotConnectNow)
            {
                // Replaying the log after a crash takes as long as it takes: a server that says so is not stuck.
                heard = Stopwatch.GetTimestamp();
                if (!told && Stopwatch.GetElapsedTime(began) > Pause * 40)
                    progress("PostgreSQL is recovering from a stop without warning");
                told |= Stopwatch.GetElapsedTime(began) > Pause * 40;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
            {
                throw new InvalidOperationException($"The cluster in {plan.Cluster} refuses the password in postgres.json: restore the postgres.json that belongs to it.", e);
            }
            catch (NpgsqlException e)
            {
                // Not listening yet, or no longer.
                if (Stopwatch.GetElapsedTime(heard) > Patience)
                    throw new InvalidOperationException($"PostgreSQL (process {Id}) does not answer on port {Port}: read {plan.Log}, and stop it with kill -INT {Id}.", e);
            }
        }

        return false;
    }

    // The backends of a killed server that have yet to notice, an orphan that was faster, a port that was taken meanwhile.
    private static bool PassesByItself(string said) =>
        said.Contains("pre-existing shared memory", StringComparison.Ordinal)
        || said.Contains("lock file \"postmaster.pid\"", StringComparison.Ordinal)
        || said.Contains("Address already in use", StringComparison.Ordinal);

    private static int FreePort(int preferred, Action<string> progress)
    {
        if (preferred != 0 && TryBind(preferred) is not null)
            return preferred;

        var port = TryBind(0)!.Value;
        if (preferred != 0)
            progress($"Port {preferred} is taken, so PostgreSQL moves to {port}");
        return port;
    }

    private static int? TryBind(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);
}
