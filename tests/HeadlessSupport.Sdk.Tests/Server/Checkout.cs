namespace HeadlessSupport.Sdk.Tests.Server;

/// <summary>
/// The repository as somebody has it who has just cloned it from GitHub, with the packages made there. It is a copy of the
/// files as they are here, so that nothing is built where these tests run.
/// </summary>
public sealed class Checkout : IAsyncLifetime
{
    public const string Remote = "https://github.com/headless-support/headless-support";
    private static readonly HashSet<string> Made = new(StringComparer.Ordinal) { ".git", ".data", ".tools", "artifacts", "bin", "node_modules", "obj", "TestResults" };

    public string Folder { get; } = Directory.CreateTempSubdirectory("headless-support-checkout-").FullName;

    public string Packages => Path.Combine(Folder, "artifacts", "packages");

    public string Commit { get; private set; } = "";

    public async Task InitializeAsync()
    {
        // More than enough for a slow machine that also does something else.
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(15));
        Copy(new DirectoryInfo(RootOf(AppContext.BaseDirectory)), Folder);
        await GitAsync("init", "-q");
        await GitAsync("add", "-A");
        await GitAsync("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "As it is");
        await GitAsync("remote", "add", "origin", Remote + ".git");
        Commit = await GitAsync("rev-parse", "HEAD");
        await Running.ToEndAsync(Folder, ["bash", "run", "packages"], patience.Token);

        Task<string> GitAsync(params string[] arguments) => Running.ToEndAsync(
            Folder,
            ["git", .. arguments],
            patience.Token,
            // One moment for all: the same files are then the same commit.
            new Dictionary<string, string> { ["GIT_AUTHOR_DATE"] = "2026-01-01T00:00:00Z", ["GIT_COMMITTER_DATE"] = "2026-01-01T00:00:00Z" });
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return Task.CompletedTask;
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.EnumerateFiles().Where(f => f.LinkTarget is null && f.Name != ".git"))
            file.CopyTo(Path.Combine(to, file.Name));
        foreach (var folder in from.EnumerateDirectories().Where(d => !Made.Contains(d.Name)))
            Copy(folder, Path.Combine(to, folder.Name));
    }

    private static string RootOf(string folder)
    {
        while (!File.Exists(Path.Combine(folder, "HeadlessSupport.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        return folder;
    }
}

/// <summary>Tests that need packages or build something themselves: they share one copy, and run when the others are done.</summary>
[CollectionDefinition(nameof(Checkout), DisableParallelization = true)]
public sealed class UsesCheckout : ICollectionFixture<Checkout>;
