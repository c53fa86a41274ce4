using CsCheck;
using HeadlessSupport.Api.Platform.Storage;

namespace HeadlessSupport.Api.Tests.Platform.Storage;

public sealed class DiskFileStoreTests : FileStoreTests, IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("file-store-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    protected override IFileStore Open() => new DiskFileStore(root);

    protected override IReadOnlyCollection<string> Kept() => AllFiles();

    [Fact]
    public async Task A_reader_keeps_what_it_opened()
    {
        var store = new DiskFileStore(root);
        await WriteAsync(store, "a", "first");
        await using var replaced = await store.OpenReadAsync("a", default);
        await WriteAsync(store, "a", "second");
        await using var deleted = await store.OpenReadAsync("a", default);
        await store.DeleteAsync("a", default);

        Assert.Equal("first", await ReadTextAsync(replaced!));
        Assert.Equal("second", await ReadTextAsync(deleted!));
        Assert.Empty(AllFiles());
    }

    [Fact]
    public async Task Writers_of_one_key_never_mix_their_bytes()
    {
        var store = new DiskFileStore(root);
        var contents = Enumerable.Range(0, 20).Select(index => new string((char)('a' + index), 200_000)).ToArray();

        await Task.WhenAll(contents.Select(content => WriteAsync(store, "contested", content)));

        Assert.Contains(await ReadTextAsync(store, "contested"), contents);
        Assert.Single(AllFiles());
    }

    [Fact]
    public async Task No_key_leads_outside_the_folder()
    {
        var store = new DiskFileStore(root);

        await Gen.String[Gen.OneOf(Gen.Char["./\\~a0_-"], Gen.Char), 0, 12].SampleAsync(async key =>
        {
            try
            {
                await WriteAsync(store, key, "x");
            }
            catch (ArgumentException)
            {
                return;
            }
            Assert.Matches(@"\A[a-z0-9_/-]+\z", key);
        }, iter: 300, threads: 1);

        Assert.Equal(["files", "temp"], Directory.EnumerateFileSystemEntries(root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Drafts_of_a_killed_process_are_removed_at_start_once_a_day_old()
    {
        _ = new DiskFileStore(root);
        var old = Path.Combine(root, "temp", "old");
        var young = Path.Combine(root, "temp", "young");
        await File.WriteAllTextAsync(old, "x");
        await File.WriteAllTextAsync(young, "x");
        File.SetLastWriteTimeUtc(old, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-25));
        File.SetLastWriteTimeUtc(young, TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-23));

        var store = new DiskFileStore(root);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
        await store.RemoveLeftoversAsync(TimeProvider.System.GetUtcNow().AddHours(-24), default);
        Assert.True(File.Exists(young));
        await store.RemoveLeftoversAsync(TimeProvider.System.GetUtcNow().AddHours(-22), default);
        Assert.False(File.Exists(young));
    }

    [Fact]
    public async Task Without_its_folder_everything_fails_as_the_stores_fault()
    {
        var place = Path.Combine(root, "inner");
        var store = new DiskFileStore(place);
        await store.CheckAsync(default);
        Directory.Delete(place, recursive: true);

        await Assert.ThrowsAsync<FileStoreException>(() => store.CheckAsync(default));
        await Assert.ThrowsAsync<FileStoreException>(() => WriteAsync(store, "a", "x"));
        await Assert.ThrowsAsync<FileStoreException>(() => ListAsync(store));
        Assert.False(Directory.Exists(place));
    }

    [Fact]
    public async Task Only_the_service_can_read_a_stored_file()
    {
        if (OperatingSystem.IsWindows())
            return;
        await WriteAsync(new DiskFileStore(root), "a", "x");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(AllFiles().Single()));
    }

    private string[] AllFiles() => Directory.GetFiles(root, "*", SearchOption.AllDirectories);
}
