using System.Diagnostics;
using System.Text;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Database;

/// <summary>How one cluster is served: by which programs and user, on which files, with which settings.</summary>
internal sealed record ServerPlan(OsUser User, PostgresBinaries Binaries, string Cluster, string Log, string SuperuserPassword, bool Fsync)
{
    // A session of its own keeps Ctrl-C in a terminal, which reaches the whole process group, for us alone:
    // the server must outlive our last statements. macOS has no setsid program, but Perl.
    private static readonly string[] OwnSession = OperatingSystem.IsMacOS()
        ? ["/usr/bin/perl", "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV or die $!", "--"]
        : ["setsid"];

    /// <summary>Every step of this line replaces itself by the next, so the process started is the server.</summary>
    public ProcessStartInfo Server(int port) => Command.Describe(
        [
            .. OwnSession,
            .. User.As(["sh", "-c", "umask 077; exec \"$@\" >>\"$0\" 2>&1 </dev/null", Log]),
            Binaries.Postgres, "-D", Cluster, "-p", $"{port}",
            .. Settings().SelectMany(setting => new[] { "-c", setting }),
        ],
        "/",
        cleanEnvironment: true);

    public string SuperuserConnectionString(int port) =>
        ConnectionString(port, "postgres", "postgres", SuperuserPassword, pooled: false);

    public static string ConnectionString(int port, string database, string login, string password, bool pooled = true) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Database = database,
            Username = login,
            Password = password,
            Pooling = pooled,
            // Loopback only: asking for encryption would cost a round trip and a look for a Kerberos library.
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    public long LogLength => File.Exists(Log) ? new FileInfo(Log).Length : 0;

    /// <summary>The last lines that the server logged after <paramref name="offset"/>.</summary>
    public string LogSince(long offset)
    {
        if (LogLength <= offset)
            return "(nothing)";
        using var log = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Seek(offset, SeekOrigin.Begin);
        using var reader = new StreamReader(log, Encoding.UTF8);
        return string.Join('\n', reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(12));
    }

    // On the command line and not in the cluster's files, so that an old cluster follows a new release of ours.
    private IEnumerable<string> Settings()
    {
        yield return "listen_addresses=127.0.0.1";
        yield return "unix_socket_directories=";
        yield return "timezone=UTC";
        yield return "log_timezone=UTC";
        yield return "cluster_name=headless-support";
        // Three logins with a pool of Npgsql's default size each.
        yield return "max_connections=320";
        yield return "jit=off";
        // Values of rows are personal data and have no place in a log.
        yield return "log_error_verbosity=terse";
        yield return "log_min_error_statement=panic";
        if (Fsync)
            yield break;
        yield return "fsync=off";
        yield return "full_page_writes=off";
    }
}
