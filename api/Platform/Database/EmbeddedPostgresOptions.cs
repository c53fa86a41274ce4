namespace HeadlessSupport.Api.Platform.Database;

/// <summary>What an <see cref="EmbeddedPostgres"/> may be told.</summary>
/// <param name="DataDirectory">The folder that holds <c>postgres.json</c>, the lock and, where PostgreSQL can reach it, the cluster. Created when missing.</param>
/// <param name="Fsync">False only in tests: a crash of the machine, not of a process, may then lose commits.</param>
/// <param name="DatabaseName">The database that the three connection strings name; created when missing.</param>
/// <param name="Binaries">
/// Where <c>initdb</c> and <c>postgres</c> come from: a folder, <c>npm</c>, or null to search.
/// Null falls back to the environment variable <c>SUPPORT_POSTGRES_BINARIES</c>, which takes the same values.
/// </param>
public sealed record EmbeddedPostgresOptions(
    string DataDirectory,
    bool Fsync = true,
    string DatabaseName = "support",
    string? Binaries = null);
