using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;

namespace HeadlessSupport.Api.Tests.Tickets;

/// <summary>Attachments of an API that keeps its files in S3.</summary>
public sealed class S3AttachmentsTests(S3AttachmentsTests.Installation installation) : IClassFixture<S3AttachmentsTests.Installation>
{
    private const int Megabyte = 1024 * 1024;

    private S3Server Server => installation.Server;

    private Node Node => installation.Node;

    [Fact]
    public async Task A_file_is_uploaded_attached_and_downloaded_whole_and_in_ranges()
    {
        var org = await World.NewOrganizationAsync();
        var api = new Api(Node.Url, org.Secret);
        var content = Random(12_000_000);

        var attachment = (await api.UploadAsync(content, "picture.png")).MustBe(201).Json;
        var ticket = (await org.TicketAsync()).Id();
        (await api.PostAsync($"tickets/{ticket}/comments", new { body = "See.", attachment_ids = new[] { attachment.Id() } })).MustBe(201);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(content)), attachment.Text("sha256"));
        var url = new Uri((await api.GetAsync($"attachments/{attachment.Id()}")).Text("download_url")).AbsolutePath;
        var anonymous = new Api(Node.Url, null);
        (await anonymous.GetAsync(url)).MustBe(200).Body.MustBe(content);
        foreach (var (range, from, to) in ((string, int, int)[])[("bytes=0-0", 0, 1), ("bytes=100-199", 100, 200), ("bytes=4194300-8388700", 4_194_300, 8_388_701), ("bytes=-5", 11_999_995, 12_000_000)])
        {
            var part = (await anonymous.GetAsync(url, ("Range", range))).MustBe(206);
            part.Body.MustBePart(content, from, to - from);
            Assert.Equal($"bytes {from}-{to - 1}/12000000", part.Header("Content-Range"));
        }
        (await anonymous.GetAsync(url, ("Range", "bytes=12000000-"))).MustBe(416);
    }

    [Fact]
    public async Task What_is_refused_is_not_kept()
    {
        var org = await World.NewOrganizationAsync();
        (await org.World.Operator.PatchAsync($"organizations/{org.Id}", new { limits = new { attachment_bytes = 7 * Megabyte, storage_bytes = 10 * Megabyte } })).MustBe(200);
        var api = new Api(Node.Url, org.Secret);

        (await api.UploadAsync(Random(7 * Megabyte + 1), "a.png")).MustRefuse(413, "body_too_large", "/file");
        (await api.UploadAsync(Random(6 * Megabyte), "b.png")).MustBe(201);
        (await api.UploadAsync(Random(6 * Megabyte), "c.png")).MustRefuse(409, "conflict", "/file");

        Assert.Single(installation.Objects(org));
        Assert.Empty(installation.Unfinished(org));
    }

    [Fact]
    public async Task While_the_store_is_away_files_wait_and_then_all_goes_on()
    {
        var org = await World.NewOrganizationAsync();
        await using var server = await S3Server.NewAsync();
        await using var node = await Node.StartAsync(org.World, server.Settings);
        var api = new Api(node.Url, org.Secret);
        var anonymous = new Api(node.Url, null);
        var first = (await api.UploadAsync(Random(100), "a.png")).MustBe(201);
        async Task<string> UrlAsync() => new Uri((await api.GetAsync($"attachments/{first.Text("id")}")).Text("download_url")).AbsolutePath;

        await server.KillAsync();
        foreach (var size in (int[])[100, 6 * Megabyte])
        {
            var refused = (await api.UploadAsync(Random(size), "b.png", ("Idempotency-Key", $"k{size}"))).MustRefuse(503, "unavailable");
            Assert.Equal("5", refused.Header("Retry-After"));
        }
        (await anonymous.GetAsync(await UrlAsync())).MustRefuse(503, "unavailable");
        await Try.UntilAsync(503, () => anonymous.GetAsync("/health/ready"));
        Assert.Equal("failed", (await anonymous.GetAsync("/health/ready")).MustBe(503).Json.Text("checks/files"));
        Assert.Equal(1, await installation.RowsAsync(org));
        // What needs no file goes on.
        await org.TicketAsync();

        await server.StartAsync();
        (await api.UploadAsync(Random(100), "b.png", ("Idempotency-Key", "k100"))).MustBe(201);
        (await anonymous.GetAsync(await UrlAsync())).MustBe(200);
        await Try.UntilAsync(200, () => anonymous.GetAsync("/health/ready"));
        Assert.Equal(2, await installation.RowsAsync(org));

        // The file was found, but then its bytes do not come: still an answer that can be read.
        server.Break("no-reads");
        var broken = (await anonymous.GetAsync(await UrlAsync())).MustRefuse(503, "unavailable");
        Assert.Null(broken.Header("Content-Disposition"));
        (await anonymous.GetAsync(await UrlAsync(), ("Range", "bytes=5-9"))).MustRefuse(503, "unavailable");
    }

    [Fact]
    public async Task An_upload_that_loses_its_store_in_the_middle_leaves_no_row()
    {
        var org = await World.NewOrganizationAsync();
        await using var server = await S3Server.NewAsync();
        await using var node = await Node.StartAsync(org.World, server.Settings);
        var killed = false;
        using var content = new Stepwise(async sent =>
        {
            if (sent < 8 * Megabyte || killed)
                return;
            await Try.UntilAsync(() => Task.FromResult(server.Unfinished().Count > 0 ? "" : null));
            await server.KillAsync();
            killed = true;
        }, 20 * Megabyte);

        (await new Api(node.Url, org.Secret).SendAsync(HttpMethod.Post, "attachments", content.AsForm())).MustRefuse(503, "unavailable");

        Assert.True(killed);
        Assert.Equal(0, await installation.RowsAsync(org));
        Assert.Empty(server.Objects());
    }

    [Fact]
    public async Task Memory_does_not_grow_with_the_file_up_or_down()
    {
        var org = await World.NewOrganizationAsync();
        (await org.World.Operator.PatchAsync($"organizations/{org.Id}", new { limits = new { attachment_bytes = 200 * Megabyte, storage_bytes = 1000L * Megabyte } })).MustBe(200);
        // A process of its own, since other tests' requests take memory too.
        await using var node = await Node.StartAsync(org.World, Server.Settings);
        var api = new Api(node.Url, org.Secret);
        for (var i = 0; i < 3; i++)
            Assert.Equal(20 * Megabyte, await RoundTripAsync(api, node, 20 * Megabyte));
        var before = PeakMemory(node);

        Assert.Equal(100 * Megabyte, await RoundTripAsync(api, node, 100 * Megabyte));

        Assert.InRange(PeakMemory(node) - before, 0, 40L * Megabyte);
    }

    private static async Task<long> RoundTripAsync(Api api, Node node, int bytes)
    {
        using var content = new Stepwise(_ => Task.CompletedTask, bytes);
        var attachment = (await api.SendAsync(HttpMethod.Post, "attachments", content.AsForm())).MustBe(201);
        using var http = new HttpClient();
        await using var download = await http.GetStreamAsync(new Uri(node.Url, new Uri(attachment.Text("download_url")).AbsolutePath));
        var buffer = new byte[Megabyte];
        long total = 0;
        int read;
        while ((read = await download.ReadAsync(buffer)) > 0)
            total += read;
        return total;
    }

    private static long PeakMemory(Node node) =>
        long.Parse(File.ReadLines($"/proc/{node.ProcessId}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    // Looks like a picture, since what a file looks like decides whether it is taken.
    private static byte[] Random(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        ((byte[])[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]).CopyTo(bytes, 0);
        return bytes;
    }

    /// <summary>An API beside the world's own, over the same database, with its files in S3.</summary>
    public sealed class Installation : IAsyncLifetime
    {
        public S3Server Server { get; } = new();

        public Node Node { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            await Server.StartAsync();
            Node = await Node.StartAsync(await World.GetAsync(), [.. Server.Settings, ("Files__S3__Prefix", "attachments")]);
        }

        public async Task DisposeAsync()
        {
            await Node.DisposeAsync();
            await Server.DisposeAsync();
        }

        internal IEnumerable<string> Objects(Org org) => Server.Objects(Prefix(org)).Keys;

        internal IReadOnlyList<string> Unfinished(Org org) => Server.Unfinished(Prefix(org));

        internal async Task<int> RowsAsync(Org org)
        {
            await using var connection = new Npgsql.NpgsqlConnection(org.World.SystemConnectionString);
            await connection.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand("select count(*)::int from attachments where organization_id = $1", connection);
            command.Parameters.AddWithValue(TenantOf(org));
            return (int)(await command.ExecuteScalarAsync())!;
        }

        private static string Prefix(Org org) => $"attachments/{TenantOf(org):N}/";

        private static Guid TenantOf(Org org) => Id<Tenant>.Parse(org.Id, null).Value;
    }

    /// <summary>A file of letters that tells how much of it was sent.</summary>
    private sealed class Stepwise(Func<long, Task> sentSoFar, int bytes) : HttpContent
    {
        private static readonly byte[] Piece = [.. Enumerable.Repeat((byte)'x', 64 * 1024)];

        public MultipartFormDataContent AsForm()
        {
            var form = new MultipartFormDataContent();
            Headers.ContentType = new MediaTypeHeaderValue("text/plain");
            form.Add(this, "file", "large.txt");
            return form;
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var left = bytes; left > 0; left -= Piece.Length)
            {
                await stream.WriteAsync(Piece.AsMemory(0, Math.Min(left, Piece.Length)));
                await stream.FlushAsync();
                await sentSoFar(bytes - left);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes;
            return true;
        }
    }
}
