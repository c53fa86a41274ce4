using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using HeadlessSupport.Api.Platform.Storage;

namespace HeadlessSupport.Api.Tests.Platform.Storage;

public sealed class S3FileStoreTests(S3Server server) : FileStoreTests, IClassFixture<S3Server>, IDisposable
{
    private readonly string prefix = Guid.CreateVersion7().ToString("N");
    private readonly List<S3FileStore> opened = [];

    public void Dispose()
    {
        server.Break(null);
        opened.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task A_listing_of_many_pages_is_whole()
    {
        var store = Open();
        var keys = Enumerable.Range(0, 1050).Select(i => $"{i % 7}/{i}").ToList();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (key, _) => await WriteAsync(store, key, key));

        var listed = await ListAsync(store);

        Assert.Equal(keys.Order(StringComparer.Ordinal), listed.Select(l => l.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Another_prefix_and_the_objects_of_others_are_not_seen()
    {
        using var other = new S3FileStore(server.Options(prefix + "2"));
        using var outer = new S3FileStore(server.Options());
        await WriteAsync(other, "a", "theirs");
        using var client = Client();
        await client.PutObjectAsync(new() { BucketName = S3Server.Bucket, Key = $"{prefix}/Foreign File.txt", ContentBody = "x" });

        Assert.Empty(await ListAsync(Open()));
        Assert.Null(await Open().OpenReadAsync("a", default));
        Assert.Equal("theirs", await ReadTextAsync(outer, $"{prefix}2/a"));
    }

    [Fact]
    public async Task Unfinished_uploads_are_removed_once_they_are_old()
    {
        var store = Open();
        using var client = Client();
        foreach (var key in (string[])[$"{prefix}/a", $"{prefix}/a", $"{prefix}/b", $"{prefix}/c", $"{prefix}/d", $"{prefix}2/e", $"{prefix}2/Foreign File.txt"])
            await client.InitiateMultipartUploadAsync(new() { BucketName = S3Server.Bucket, Key = key });

        await store.RemoveLeftoversAsync(TimeProvider.System.GetUtcNow().AddHours(-1), default);
        Assert.Equal(5, server.Unfinished(prefix + "/").Count);
        await store.RemoveLeftoversAsync(TimeProvider.System.GetUtcNow().AddHours(1), default);

        Assert.Empty(server.Unfinished(prefix + "/"));
        Assert.Equal(2, server.Unfinished(prefix + "2/").Count);

        // What others keep in the same place stays.
        using var other = new S3FileStore(server.Options(prefix + "2"));
        await other.RemoveLeftoversAsync(TimeProvider.System.GetUtcNow().AddHours(1), default);
        Assert.Equal([$"{prefix}2/Foreign File.txt"], server.Unfinished(prefix + "2/"));
    }

    [Fact]
    public async Task A_service_that_cannot_list_unfinished_uploads_is_no_failure()
    {
        server.Break("no-list");

        await Open().RemoveLeftoversAsync(TimeProvider.System.GetUtcNow(), default);
    }

    [Fact]
    public async Task Many_who_ask_at_once_share_one_check()
    {
        var store = Open();

        var first = store.CheckAsync(default);

        Assert.Same(first, store.CheckAsync(default));
        await first;
    }

    [Fact]
    public async Task A_download_that_breaks_off_goes_on_where_it_was()
    {
        var store = Open();
        var bytes = RandomNumberGenerator.GetBytes(2_000_000);
        await store.WriteAsync("a", new MemoryStream(bytes), bytes.Length, default);

        server.Break("cut");
        (await ReadAsync(store, "a")).MustBe(bytes);
        server.Break("cut-at-once");
        await Assert.ThrowsAsync<FileStoreException>(() => ReadAsync(store, "a"));
    }

    [Fact]
    public async Task A_download_whose_connection_goes_silent_goes_on_over_another()
    {
        var bytes = RandomNumberGenerator.GetBytes(1_000_000);
        await Open().WriteAsync("a", new MemoryStream(bytes), bytes.Length, default);
        using var client = Client();
        var head = await client.GetObjectMetadataAsync(S3Server.Bucket, prefix + "/a");
        server.Break("stall");
        await using var stream = new S3ReadStream(client, S3Server.Bucket, prefix + "/a", bytes.Length, head.ETag, TimeSpan.FromMilliseconds(500));
        var read = new byte[bytes.Length];

        await stream.ReadExactlyAsync(read);

        read.MustBe(bytes);
    }

    [Fact]
    public async Task A_service_without_ranges_never_gives_the_wrong_bytes()
    {
        var store = Open();
        await WriteAsync(store, "a", "0123456789");
        server.Break("no-ranges");
        await using var stream = await store.OpenReadAsync("a", default);

        Assert.Equal("0123456789", await ReadTextAsync(store, "a"));
        stream!.Position = 4;
        await Assert.ThrowsAsync<FileStoreException>(async () => await stream.ReadExactlyAsync(new byte[3]));
    }

    [Fact]
    public async Task A_known_hash_is_kept_with_the_file_and_must_be_right()
    {
        var store = (S3FileStore)Open();
        var bytes = new byte[6_000_000];
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Task<StoredFile> WriteKnownAsync(string key, string? sha256, int length) => store.WriteAsync(key, new MemoryStream(bytes, 0, length), long.MaxValue, sha256, default);

        await WriteKnownAsync("large", hash, bytes.Length);
        await WriteKnownAsync("unknown", null, bytes.Length);
        var small = await WriteKnownAsync("small", null, 10);
        await Assert.ThrowsAsync<InvalidDataException>(() => WriteKnownAsync("wrong", hash, 5_999_999));
        await Assert.ThrowsAsync<InvalidDataException>(() => WriteKnownAsync("wrong", hash, 10));

        Assert.Equal((6_000_000, hash), await store.FindAsync("large", default));
        Assert.Equal((6_000_000, null), await store.FindAsync("unknown", default));
        Assert.Equal((10, small.Sha256), await store.FindAsync("small", default));
        Assert.Null(await store.FindAsync("wrong", default));
        Assert.Equal(3, Kept().Count);
    }

    [Fact]
    public Task A_missing_bucket_is_not_an_empty_one() => FailsAsync(server.Options(prefix) with { Bucket = "absent" });

    [Fact]
    public Task A_wrong_key_is_refused() => FailsAsync(server.Options(prefix) with { AccessKey = "someone" });

    [Fact]
    public Task A_service_that_is_away_is_a_failure_of_the_store() => FailsAsync(server.Options(prefix) with { Endpoint = new Uri($"http://127.0.0.1:{World.FreePort()}") });

    protected override IFileStore Open()
    {
        opened.Add(new S3FileStore(server.Options(prefix)));
        return opened[^1];
    }

    protected override IReadOnlyCollection<string> Kept() => [.. server.Objects(prefix + "/").Keys, .. server.Unfinished(prefix + "/")];

    private static async Task FailsAsync(S3Options options)
    {
        using var store = new S3FileStore(options);

        await Assert.ThrowsAsync<FileStoreException>(() => WriteAsync(store, "a", "x"));
        await Assert.ThrowsAsync<FileStoreException>(() => store.WriteAsync("a", new Endless(length: 6_000_000), long.MaxValue, default));
        await Assert.ThrowsAsync<FileStoreException>(() => store.OpenReadAsync("a", default));
        await Assert.ThrowsAsync<FileStoreException>(() => store.DeleteAsync("a", default));
        await Assert.ThrowsAsync<FileStoreException>(() => store.CheckAsync(default));
        await Assert.ThrowsAsync<FileStoreException>(() => ListAsync(store));
        await Assert.ThrowsAsync<FileStoreException>(() => store.RemoveLeftoversAsync(default, default));
    }

    private AmazonS3Client Client()
    {
        var options = server.Options();
        return new(new BasicAWSCredentials(options.AccessKey, options.SecretKey), new AmazonS3Config { ServiceURL = options.Endpoint!.ToString(), ForcePathStyle = true, AuthenticationRegion = options.Region });
    }
}
