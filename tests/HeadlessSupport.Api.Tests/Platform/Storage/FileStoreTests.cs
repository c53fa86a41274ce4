using System.Security.Cryptography;
using System.Text;
using HeadlessSupport.Api.Platform.Storage;

namespace HeadlessSupport.Api.Tests.Platform.Storage;

/// <summary>What every file store promises, whatever it keeps files in.</summary>
public abstract class FileStoreTests
{
    // More than two parts of an upload to S3.
    private const int Large = 12_000_000;

    /// <summary>A store, empty at the test's beginning; a second one is what a restarted program sees.</summary>
    protected abstract IFileStore Open();

    /// <summary>Everything it keeps, drafts and unfinished uploads included.</summary>
    protected abstract IReadOnlyCollection<string> Kept();

    [Theory]
    [InlineData(1)]
    [InlineData(300_000)]
    [InlineData(5 * 1024 * 1024 - 1)]
    [InlineData(5 * 1024 * 1024)]
    [InlineData(5 * 1024 * 1024 + 1)]
    [InlineData(Large)]
    public async Task What_was_written_is_read_back_with_its_size_and_hash(int length)
    {
        var store = Open();
        var bytes = RandomNumberGenerator.GetBytes(length);

        var stored = await store.WriteAsync("org_1/att_2", new MemoryStream(bytes), bytes.Length, default);

        Assert.Equal(new StoredFile("org_1/att_2", length, Convert.ToHexStringLower(SHA256.HashData(bytes))), stored);
        (await ReadAsync(store, "org_1/att_2")).MustBe(bytes);
        Assert.Single(Kept());
    }

    [Fact]
    public async Task A_stored_file_can_be_read_from_anywhere()
    {
        var store = Open();
        var bytes = RandomNumberGenerator.GetBytes(Large);
        await store.WriteAsync("a", new MemoryStream(bytes), Large, default);

        await using var stream = await store.OpenReadAsync("a", default);
        Assert.Equal(Large, stream!.Length);
        foreach (var from in (int[])[0, 4, Large - 3, 4 * 1024 * 1024 - 1, 4 * 1024 * 1024, 7_000_000, 100, 3_000_000])
        {
            var part = new byte[Math.Min(200_000, Large - from)];
            Assert.Equal(from, stream.Seek(from, SeekOrigin.Begin));
            await stream.ReadExactlyAsync(part);
            part.MustBePart(bytes, from, part.Length);
            Assert.Equal(from + part.Length, stream.Position);
        }
        stream.Seek(-2, SeekOrigin.End);
        Assert.Equal(bytes[^2], await ByteAsync(stream));
        stream.Seek(-1, SeekOrigin.Current);
        Assert.Equal(bytes[^2], await ByteAsync(stream));
        stream.Position = 0;
        Assert.Equal(bytes[0], await ByteAsync(stream));
        stream.Position = Large + 5;
        Assert.Null(await ByteAsync(stream));
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        var store = Open();

        var stored = await store.WriteAsync("empty", Stream.Null, 0, default);

        Assert.Equal(0, stored.Bytes);
        Assert.Equal("", await ReadTextAsync(store, "empty"));
    }

    [Theory]
    [InlineData(1_000_000)]
    [InlineData(Large)]
    public async Task A_file_that_is_too_large_is_refused_and_leaves_nothing_behind(long limit)
    {
        var store = Open();
        await WriteAsync(store, "kept", "before");

        var refused = await Assert.ThrowsAsync<FileTooLargeException>(() => store.WriteAsync("kept", new Endless(), limit, default));

        Assert.Equal(limit, refused.MaxBytes);
        Assert.Equal("before", await ReadTextAsync(store, "kept"));
        Assert.Single(Kept());
    }

    [Fact]
    public async Task The_limit_itself_is_accepted()
    {
        var store = Open();

        await store.WriteAsync("exact", new MemoryStream(new byte[1000]), 1000, default);
        await Assert.ThrowsAsync<FileTooLargeException>(() => store.WriteAsync("more", new MemoryStream(new byte[1001]), 1000, default));

        Assert.Single(Kept());
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(Large)]
    public async Task An_upload_that_breaks_or_is_cancelled_leaves_nothing_behind(int after)
    {
        var store = Open();
        using var cancel = new CancellationTokenSource();

        var broken = await Assert.ThrowsAsync<IOException>(() => store.WriteAsync("broken", new Broken(after), long.MaxValue, default));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.WriteAsync("cancelled", new Endless(cancel, after), long.MaxValue, cancel.Token));

        // The sender's failure comes through as it is, so that nobody takes it for the store's.
        Assert.Equal("The client is gone.", broken.Message);
        Assert.Empty(Kept());
        Assert.Null(await store.OpenReadAsync("broken", default));
        Assert.Null(await store.OpenReadAsync("cancelled", default));
    }

    [Fact]
    public async Task A_large_file_passes_in_small_pieces()
    {
        var content = new Endless(length: 20_000_000);

        await Open().WriteAsync("large", content, long.MaxValue, default);

        Assert.InRange(content.LargestRead, 1, 256 * 1024);
    }

    [Fact]
    public async Task A_file_that_is_replaced_while_it_is_read_is_never_mixed()
    {
        var store = Open();
        await WriteAsync(store, "a", "first");
        await using var open = await store.OpenReadAsync("a", default);

        await WriteAsync(store, "a", "second");

        try
        {
            Assert.Equal("first", await ReadTextAsync(open!));
        }
        catch (FileStoreException)
        {
            // A store that no longer has the first may say so.
        }
        Assert.Equal("second", await ReadTextAsync(store, "a"));
        Assert.Single(Kept());
    }

    [Fact]
    public async Task A_file_that_is_deleted_while_it_is_read_is_whole_or_fails()
    {
        var store = Open();
        await WriteAsync(store, "a", "first");
        await using var open = await store.OpenReadAsync("a", default);

        await store.DeleteAsync("a", default);

        try
        {
            Assert.Equal("first", await ReadTextAsync(open!));
        }
        catch (FileStoreException)
        {
            // Gone is gone, but never an empty file.
        }
    }

    [Fact]
    public async Task A_key_and_a_key_below_it_can_both_exist()
    {
        var store = Open();

        await WriteAsync(store, "a", "one");
        await WriteAsync(store, "a/b", "two");
        await WriteAsync(store, "a/b/c", "three");

        Assert.Equal("one", await ReadTextAsync(store, "a"));
        Assert.Equal("two", await ReadTextAsync(store, "a/b"));
        Assert.Equal("three", await ReadTextAsync(store, "a/b/c"));
    }

    [Fact]
    public async Task A_deleted_file_is_gone_and_deleting_it_again_is_no_error()
    {
        var store = Open();
        await WriteAsync(store, "a", "x");

        await store.DeleteAsync("a", default);
        await store.DeleteAsync("a", default);

        Assert.Null(await store.OpenReadAsync("a", default));
        Assert.Empty(Kept());
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
        var store = Open();

        await Assert.ThrowsAsync<ArgumentException>(() => store.WriteAsync(key, Stream.Null, 1, default));
        await Assert.ThrowsAsync<ArgumentException>(() => store.OpenReadAsync(key, default));
        await Assert.ThrowsAsync<ArgumentException>(() => store.DeleteAsync(key, default));
    }

    [Fact]
    public async Task A_key_has_a_longest_length()
    {
        var store = Open();

        await WriteAsync(store, new string('a', IFileStore.MaxKeyLength), "x");
        await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(store, new string('a', IFileStore.MaxKeyLength + 1), "x"));
    }

    [Fact]
    public async Task The_listing_names_every_key_with_its_size_and_age()
    {
        var store = Open();
        var before = TimeProvider.System.GetUtcNow().AddSeconds(-2);
        await WriteAsync(store, "org_1/att_1", "one");
        await WriteAsync(store, "org_1/att_2", "three");
        await WriteAsync(store, "x", "");

        var listed = await ListAsync(store);

        Assert.Equal(
            [("org_1/att_1", 3L), ("org_1/att_2", 5L), ("x", 0L)],
            listed.OrderBy(key => key.Key, StringComparer.Ordinal).Select(key => (key.Key, key.Bytes)));
        Assert.All(listed, key => Assert.InRange(key.LastModified, before, before.AddMinutes(1)));
    }

    [Fact]
    public async Task What_was_stored_is_there_after_a_restart()
    {
        await WriteAsync(Open(), "a", "x");

        Assert.Equal("x", await ReadTextAsync(Open(), "a"));
    }

    [Fact]
    public async Task The_check_passes_and_leaves_nothing()
    {
        await Open().CheckAsync(default);

        Assert.Empty(Kept());
    }

    protected static Task<StoredFile> WriteAsync(IFileStore store, string key, string content) =>
        store.WriteAsync(key, new MemoryStream(Encoding.UTF8.GetBytes(content)), 1_000_000, default);

    protected static async Task<byte[]> ReadAsync(IFileStore store, string key)
    {
        await using var stream = await store.OpenReadAsync(key, default);
        using var bytes = new MemoryStream();
        await stream!.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    protected static async Task<string> ReadTextAsync(IFileStore store, string key) => Encoding.UTF8.GetString(await ReadAsync(store, key));

    protected static async Task<string> ReadTextAsync(Stream stream)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    protected static async Task<List<StoredKey>> ListAsync(IFileStore store)
    {
        var listed = new List<StoredKey>();
        await foreach (var key in store.ListAsync(default))
            listed.Add(key);
        return listed;
    }

    private static async Task<byte?> ByteAsync(Stream stream)
    {
        var one = new byte[1];
        return await stream.ReadAsync(one) == 1 ? one[0] : null;
    }
}
