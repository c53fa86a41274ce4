using System.Security.Cryptography;
using System.Text;
using CsCheck;
using HeadlessSupport.Api.Platform.Storage;

namespace HeadlessSupport.Api.Tests.Platform.Storage;

public sealed class DiskFileStoreTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("file-store-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task What_was_written_is_read_back_with_its_size_and_hash()
    {
        var store = new DiskFileStore(root);
        var bytes = RandomNumberGenerator.GetBytes(300_000);

        var stored = await store.WriteAsync("org_1/att_2", new MemoryStream(bytes), bytes.Length, default);

        Assert.Equal(new StoredFile("org_1/att_2", 300_000, Convert.ToHexStringLower(SHA256.HashData(bytes))), stored);
        Assert.Equal(bytes, await Read(store, "org_1/att_2"));
    }

    [Fact]
    public async Task A_stored_file_can_be_read_from_the_middle()
    {
        var store = new DiskFileStore(root);
        await Write(store, "a", "0123456789");

        await using var stream = await store.OpenReadAsync("a", default);
        stream!.Seek(4, SeekOrigin.Begin);
        var part = new byte[3];
        await stream.ReadExactlyAsync(part);

        Assert.Equal(10, stream.Length);
        Assert.Equal("456"u8, part);
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        var store = new DiskFileStore(root);

        var stored = await store.WriteAsync("empty", Stream.Null, 0, default);

        Assert.Equal(0, stored.Bytes);
        Assert.Equal("", await ReadText(store, "empty"));
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_refused_and_leaves_nothing_behind()
    {
        var store = new DiskFileStore(root);
        await Write(store, "kept", "before");

        var refused = await Assert.ThrowsAsync<FileTooLargeException>(
            () => store.WriteAsync("kept", new Endless(), 1_000_000, default));

        Assert.Equal(1_000_000, refused.MaxBytes);
        Assert.Equal("before", await ReadText(store, "kept"));
        Assert.Single(AllFiles());
    }

    [Fact]
    public async Task The_limit_itself_is_accepted()
    {
        var store = new DiskFileStore(root);

        await store.WriteAsync("exact", new MemoryStream(new byte[1000]), 1000, default);
        await Assert.ThrowsAsync<FileTooLargeException>(
            () => store.WriteAsync("more", new MemoryStream(new byte[1001]), 1000, default));

        Assert.Single(AllFiles());
    }

    [Fact]
    public async Task An_upload_that_breaks_or_is_cancelled_leaves_nothing_behind()
    {
        var store = new DiskFileStore(root);
        using var cancel = new CancellationTokenSource();

        await Assert.ThrowsAsync<IOException>(() => store.WriteAsync("broken", new Broken(), 1_000_000, default));
        var upload = store.WriteAsync("cancelled", new Endless(cancel), long.MaxValue, cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload);

        Assert.Empty(AllFiles());
        Assert.Null(await store.OpenReadAsync("broken", default));
        Assert.Null(await store.OpenReadAsync("cancelled", default));
    }

    [Fact]
    public async Task A_large_file_passes_in_small_pieces()
    {
        var store = new DiskFileStore(root);
        var content = new Endless(length: 20_000_000);

        await store.WriteAsync("large", content, long.MaxValue, default);

        Assert.InRange(content.LargestRead, 1, 256 * 1024);
    }

    [Fact]
    public async Task A_second_write_replaces_the_first_while_a_reader_keeps_what_it_opened()
    {
        var store = new DiskFileStore(root);
        await Write(store, "a", "first");
        await using var open = await store.OpenReadAsync("a", default);

        await Write(store, "a", "second");
        using var reader = new StreamReader(open!);

        Assert.Equal("first", await reader.ReadToEndAsync());
        Assert.Equal("second", await ReadText(store, "a"));
        Assert.Single(AllFiles());
    }

    [Fact]
    public async Task Writers_of_one_key_never_mix_their_bytes()
    {
        var store = new DiskFileStore(root);
        var contents = Enumerable.Range(0, 20).Select(index => new string((char)('a' + index), 200_000)).ToArray();

        await Task.WhenAll(contents.Select(content => Write(store, "contested", content)));

        Assert.Contains(await ReadText(store, "contested"), contents);
        Assert.Single(AllFiles());
    }

    [Fact]
    public async Task A_key_and_a_key_below_it_can_both_exist()
    {
        var store = new DiskFileStore(root);

        await Write(store, "a", "one");
        await Write(store, "a/b", "two");
        await Write(store, "a/b/c", "three");

        Assert.Equal("one", await ReadText(store, "a"));
        Assert.Equal("two", await ReadText(store, "a/b"));
        Assert.Equal("three", await ReadText(store, "a/b/c"));
    }

    [Fact]
    public async Task A_deleted_file_is_gone_and_deleting_it_again_is_no_error()
    {
        var store = new DiskFileStore(root);
        await Write(store, "a", "x");

        await store.DeleteAsync("a", default);
        await store.DeleteAsync("a", default);

        Assert.Null(await store.OpenReadAsync("a", default));
        Assert.Empty(AllFiles());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("a/")]
    [InlineData("a//b")]
    [InlineData("..")]
    [InlineData("../a")]
    [InlineData("a/../b")]
    [InlineData("a.b")]
    [InlineData("A")]
    [InlineData("a~b")]
    [InlineData("a\\b")]
    [InlineData("a b")]
    [InlineData("a\n")]
    [InlineData("a\0b")]
    [InlineData("ä")]
    [InlineData("C:")]
    public async Task A_malformed_key_is_refused_everywhere(string key)
    {
        var store = new DiskFileStore(root);

        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync(key, Stream.Null, 1, default));
        await Assert.ThrowsAsync<ArgumentException>(() => store.OpenReadAsync(key, default));
        await Assert.ThrowsAsync<ArgumentException>(() => store.DeleteAsync(key, default));
    }

    [Fact]
    public async Task A_key_has_a_longest_length()
    {
        var store = new DiskFileStore(root);

        await Write(store, new string('a', IFileStore.MaxKeyLength), "x");
        await Assert.ThrowsAsync<ArgumentException>(() => Write(store, new string('a', IFileStore.MaxKeyLength + 1), "x"));
    }

    [Fact]
    public async Task No_key_leads_outside_the_folder()
    {
        var store = new DiskFileStore(root);

        await Gen.String[Gen.OneOf(Gen.Char["./\\~a0_-"], Gen.Char), 0, 12].SampleAsync(async key =>
        {
            try
            {
                await Write(store, key, "x");
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
    public async Task The_listing_names_every_key_with_its_size_and_age()
    {
        var store = new DiskFileStore(root);
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-2);
        await Write(store, "org_1/att_1", "one");
        await Write(store, "org_1/att_2", "three");
        await Write(store, "x", "");

        var listed = new List<StoredKey>();
        await foreach (var key in store.ListAsync(default))
            listed.Add(key);

        Assert.Equal(
            [("org_1/att_1", 3L), ("org_1/att_2", 5L), ("x", 0L)],
            listed.OrderBy(key => key.Key, StringComparer.Ordinal).Select(key => (key.Key, key.Bytes)));
        Assert.All(listed, key => Assert.InRange(key.LastModified, before, before.AddMinutes(1)));
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

        _ = new DiskFileStore(root);

        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
    }

    [Fact]
    public async Task What_was_stored_is_there_after_a_restart()
    {
        await Write(new DiskFileStore(root), "a", "x");

        Assert.Equal("x", await ReadText(new DiskFileStore(root), "a"));
    }

    [Fact]
    public async Task The_check_passes_on_a_healthy_folder_and_fails_without_one()
    {
        var store = new DiskFileStore(Path.Combine(root, "inner"));

        await store.CheckAsync(default);
        Assert.Empty(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories));
        Directory.Delete(Path.Combine(root, "inner"), recursive: true);

        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => store.CheckAsync(default));
    }

    [Fact]
    public async Task Only_the_service_can_read_a_stored_file()
    {
        if (OperatingSystem.IsWindows())
            return;
        await Write(new DiskFileStore(root), "a", "x");

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(AllFiles().Single()));
    }

    private string[] AllFiles() => Directory.GetFiles(root, "*", SearchOption.AllDirectories);

    private static Task<StoredFile> Write(DiskFileStore store, string key, string content) =>
        store.WriteAsync(key, new MemoryStream(Encoding.UTF8.GetBytes(content)), 1_000_000, default);

    private static async Task<byte[]> Read(DiskFileStore store, string key)
    {
        await using var stream = await store.OpenReadAsync(key, default);
        using var bytes = new MemoryStream();
        await stream!.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static async Task<string> ReadText(DiskFileStore store, string key) =>
        Encoding.UTF8.GetString(await Read(store, key));

    /// <summary>A stream of zeros that remembers how much was asked for at once.</summary>
    private sealed class Endless(CancellationTokenSource? cancel = null, long length = long.MaxValue) : ForwardStream
    {
        private long left = length;

        public int LargestRead { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            LargestRead = Math.Max(LargestRead, buffer.Length);
            cancel?.Cancel();
            var count = (int)Math.Min(buffer.Length, left);
            buffer[..count].Clear();
            left -= count;
            return count;
        }
    }

    private sealed class Broken : ForwardStream
    {
        private bool begun;

        public override int Read(Span<byte> buffer)
        {
            if (begun)
                throw new IOException("The client is gone.");
            begun = true;
            return Math.Min(1000, buffer.Length);
        }
    }

    private abstract class ForwardStream : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return ValueTask.FromResult(Read(buffer.Span));
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
