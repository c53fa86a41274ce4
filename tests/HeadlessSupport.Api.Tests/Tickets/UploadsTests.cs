using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class UploadsTests
{
    private static readonly byte[] Note = Encoding.UTF8.GetBytes("Just a note.");

    [Fact]
    public async Task A_file_is_kept_with_its_size_its_hash_and_what_it_is()
    {
        var org = await World.NewOrganizationAsync();

        var answer = (await org.Api.UploadAsync(Note, "../../etc/no te.txt")).MustBe(201);

        var attachment = answer.Json;
        Assert.StartsWith("att_", attachment.Id(), StringComparison.Ordinal);
        Assert.Equal(("no te.txt", "text/plain", Note.Length), (attachment.Text("name"), attachment.Text("content_type"), attachment.Int("size")));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Note)), attachment.Text("sha256"));
        Assert.True(attachment.IsNull("ticket_id"));
        Assert.True(attachment.IsNull("comment_id"));
        Assert.EndsWith($"/api/v1/attachments/{attachment.Id()}", answer.Header("Location"), StringComparison.Ordinal);
        Assert.Equal("\"1\"", answer.ETag);
        Assert.Single(await StoredAsync(org));
        var e = Assert.Single(await org.AllEventsAsync("events?types=attachment.created"));
        // Whoever reads events must not get a key to the file with them.
        Assert.True(e.IsNull("data/download_url"));
    }

    [Theory]
    [InlineData("MZ\u0090\0\u0003", "setup.exe")]
    [InlineData("MZ\u0090\0\u0003", "photo.png")]
    [InlineData("<!doctype html><script>evil()</script>", "page.html")]
    [InlineData("<html><body>x</body></html>", "letter.txt")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"evil()\"/>", "logo.svg")]
    [InlineData("#!/bin/sh\nrm -rf /", "run.txt")]
    [InlineData("", "empty.txt")]
    public async Task What_is_not_welcome_is_refused_and_not_kept(string content, string name)
    {
        var org = await World.NewOrganizationAsync();

        (await org.Api.UploadAsync(Encoding.Latin1.GetBytes(content), name)).MustRefuse(422, "validation_failed", "/file");

        Assert.Empty(await StoredAsync(org));
    }

    [Fact]
    public async Task A_form_that_is_none_is_refused_and_leaves_nothing()
    {
        var org = await World.NewOrganizationAsync();
        async Task<Answer> SendAsync(string body, string type = "multipart/form-data; boundary=XX")
        {
            using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body.ReplaceLineEndings("\r\n")));
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            return await org.Api.SendAsync(HttpMethod.Post, "attachments", content);
        }
        const string file = "--XX\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\n\nHello.\n";

        (await SendAsync(file + "--XX--\n")).MustBe(201);
        var kept = await StoredAsync(org);
        (await SendAsync(file + file + "--XX--\n")).MustRefuse(422, "validation_failed", "/file");
        (await SendAsync(file + "--XX\nContent-Disposition: form-data; name=\"title\"\n\nHello.\n--XX--\n")).MustRefuse(422, "validation_failed", "/file");
        (await SendAsync(file.Replace("name=\"file\"", "name=\"upload\"", StringComparison.Ordinal) + "--XX--\n")).MustRefuse(422, "validation_failed", "/file");
        (await SendAsync(file.Replace("; filename=\"a.txt\"", "", StringComparison.Ordinal) + "--XX--\n")).MustRefuse(422, "validation_failed", "/file");
        (await SendAsync("--XX\n\nHello.\n--XX--\n")).MustRefuse(422, "validation_failed", "/file");
        (await SendAsync("--XX--\n")).MustRefuse(422, "validation_failed", "/file");
        (await SendAsync(file)).MustRefuse(400, "invalid_request");
        (await SendAsync(file[..^4])).MustRefuse(400, "invalid_request");
        (await SendAsync("")).MustRefuse(400, "invalid_request");
        (await SendAsync(file + "--XX--\n", "multipart/form-data")).MustRefuse(400, "invalid_request");
        (await SendAsync(file + "--XX--\n", "multipart/form-data; boundary=" + new string('X', 71))).MustRefuse(400, "invalid_request");
        (await SendAsync(file + "--XX--\n", "multipart/form-data; boundary=YY")).MustRefuse(400, "invalid_request");
        (await SendAsync("{}", "application/json")).MustRefuse(415, "unsupported_media_type");
        (await SendAsync("Hello.", "text/plain")).MustRefuse(415, "unsupported_media_type");
        (await (await org.WithScopesAsync("attachments.read")).UploadAsync(Note, "a.txt")).MustRefuse(403, "forbidden");

        Assert.Equal(kept, await StoredAsync(org));
    }

    [Fact]
    public async Task A_client_that_hangs_up_leaves_nothing()
    {
        var org = await World.NewOrganizationAsync();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(IPAddress.Loopback, org.World.Url.Port);
            var head = $"POST /api/v1/attachments HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {org.Secret}\r\nContent-Type: multipart/form-data; boundary=XX\r\nContent-Length: 1000000\r\n\r\n"
                + "--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n" + new string('x', 200_000);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            await UntilAsync(() => Directory.EnumerateFiles(org.World.DataDirectory, "*", SearchOption.AllDirectories).Any(f => new FileInfo(f) is { Exists: true } i && i.FullName.Contains("/files/", StringComparison.Ordinal)));
        }
        // The next request is served, and of the one before nothing is left.
        (await org.Api.UploadAsync(Note, "a.txt")).MustBe(201);
        Assert.Single(await StoredAsync(org));
    }

    [Fact]
    public async Task A_file_over_the_limit_is_refused_and_not_kept()
    {
        var org = await World.NewOrganizationAsync();
        await LimitAsync(org, attachmentBytes: 1000, storageBytes: 1_000_000);

        (await org.Api.UploadAsync(Text(1001), "a.txt")).MustRefuse(413, "body_too_large", "/file");
        (await org.Api.UploadAsync(Text(60_000), "a.txt")).MustRefuse(413, "body_too_large", "/file");
        // Beyond what a form may need around the file it is not even read.
        (await org.Api.UploadAsync(Text(200_000), "a.txt")).MustRefuse(413, "body_too_large");
        Assert.Empty(await StoredAsync(org));
        Assert.Equal(1000, (await org.Api.UploadAsync(Text(1000), "a.txt")).MustBe(201).Json.Int("size"));
    }

    [Fact]
    public async Task The_quota_is_used_to_the_last_byte_and_a_refusal_uses_none()
    {
        var org = await World.NewOrganizationAsync();
        await LimitAsync(org, attachmentBytes: 1000, storageBytes: 1500);
        (await org.Api.UploadAsync(Text(900), "a.txt")).MustBe(201);

        (await org.Api.UploadAsync(Text(601), "b.txt")).MustRefuse(409, "conflict", "/file");
        (await org.Api.UploadAsync(Text(601), "b.txt", ("Idempotency-Key", "k"))).MustRefuse(409, "conflict", "/file");
        (await org.Api.UploadAsync(Text(600), "b.txt")).MustBe(201);
        (await org.Api.UploadAsync(Text(1), "c.txt")).MustRefuse(409, "conflict", "/file");

        Assert.Equal(2, (await StoredAsync(org)).Count);
        Assert.Equal(2, (await org.AllEventsAsync("events?types=attachment.created")).Count);
    }

    [Fact]
    public async Task Uploads_at_once_do_not_get_past_the_quota_together()
    {
        var org = await World.NewOrganizationAsync();
        await LimitAsync(org, attachmentBytes: 1000, storageBytes: 2500);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => org.Api.UploadAsync(Text(1000), $"{i}.txt")));

        Assert.Equal(2, answers.Count(a => a.Status == 201));
        Assert.All(answers.Where(a => a.Status != 201), a => a.MustRefuse(409, "conflict", "/file"));
        Assert.Equal(2, (await StoredAsync(org)).Count);
    }

    [Fact]
    public async Task A_replayed_upload_keeps_the_first_file_only()
    {
        var org = await World.NewOrganizationAsync();
        var key = ("Idempotency-Key", "upload");
        var first = (await org.Api.UploadAsync(Note, "a.txt", key)).MustBe(201);

        var replay = (await org.Api.UploadAsync(Note, "a.txt", key)).MustBe(201);

        Assert.Equal("true", replay.Header("Idempotency-Replayed"));
        Assert.Equal(first.Text("id"), replay.Text("id"));
        (await org.Api.UploadAsync(Text(20), "a.txt", key)).MustRefuse(422, "idempotency_key_reused", "Idempotency-Key");
        (await org.Api.UploadAsync(Note, "b.txt", key)).MustRefuse(422, "idempotency_key_reused", "Idempotency-Key");
        Assert.Single(await StoredAsync(org));
        Assert.Equal(Note, (await org.World.Anonymous.GetAsync(PathOf((await org.Api.GetAsync($"attachments/{first.Text("id")}")).Text("download_url")))).MustBe(200).Body);
    }

    [Fact]
    public async Task A_store_that_fails_is_not_the_clients_fault()
    {
        var org = await World.NewOrganizationAsync();
        var directory = Directory.CreateTempSubdirectory("headless-support-node-").FullName;
        await using var node = await Node.StartAsync(org.World, ("DATA_DIR", directory));
        var api = new Api(node.Url, org.Secret);
        (await api.UploadAsync(Note, "a.txt")).MustBe(201);
        var drafts = Path.Combine(directory, "files", "temp");
        Directory.Delete(drafts, recursive: true);
        await File.WriteAllTextAsync(drafts, "In the way.");

        (await api.UploadAsync(Note, "b.txt", ("Idempotency-Key", "k"))).MustRefuse(500, "internal");
        Assert.Equal(503, (await new Api(node.Url, null).GetAsync("/health/ready")).Status);
        File.Delete(drafts);
        Directory.CreateDirectory(drafts);

        // Nothing was kept under the key, so the same request can be sent again.
        (await api.UploadAsync(Note, "b.txt", ("Idempotency-Key", "k"))).MustBe(201);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Memory_does_not_grow_with_the_file()
    {
        const int megabyte = 1024 * 1024;
        var org = await World.NewOrganizationAsync();
        await LimitAsync(org, attachmentBytes: 200 * megabyte, storageBytes: 1000L * megabyte);
        // A process of its own, since in this one other tests take memory too.
        await using var node = await Node.StartAsync(org.World);
        var api = new Api(node.Url, org.Secret);
        for (var i = 0; i < 3; i++)
            (await api.SendAsync(HttpMethod.Post, "attachments", Large(20 * megabyte))).MustBe(201);
        var before = PeakMemory(node);

        var large = (await api.SendAsync(HttpMethod.Post, "attachments", Large(120 * megabyte))).MustBe(201);

        Assert.Equal(120 * megabyte, large.Json.Int("size"));
        Assert.InRange(PeakMemory(node) - before, 0, 40L * megabyte);
    }

    private static byte[] Text(int length) => Encoding.ASCII.GetBytes(new string('x', length));

    private static string PathOf(string url) => new Uri(url).AbsolutePath;

    private static async Task LimitAsync(Org org, long attachmentBytes, long storageBytes) =>
        (await org.World.Operator.PatchAsync($"organizations/{org.Id}", new { limits = new { attachment_bytes = attachmentBytes, storage_bytes = storageBytes } })).MustBe(200);

    // A file's name on disk begins with its organization; drafts have other names, and none may be left.
    private static async Task<List<string>> StoredAsync(Org org)
    {
        var organization = HeadlessSupport.Api.Platform.Data.Id<HeadlessSupport.Api.Platform.Tenancy.Tenant>.Parse(org.Id, null).Value.ToString("N");
        var store = (HeadlessSupport.Api.Platform.Storage.IFileStore)org.World.Services.GetService(typeof(HeadlessSupport.Api.Platform.Storage.IFileStore))!;
        var keys = new List<string>();
        await foreach (var stored in store.ListAsync(CancellationToken.None))
        {
            if (stored.Key.StartsWith(organization, StringComparison.Ordinal))
                keys.Add(stored.Key);
        }
        return keys;
    }

    private static MultipartFormDataContent Large(int bytes)
    {
        var form = new MultipartFormDataContent();
        form.Add(new Repeated(bytes), "file", "large.txt");
        return form;
    }

    private static long PeakMemory(Node node) =>
        long.Parse(File.ReadLines($"/proc/{node.ProcessId}/status").Single(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var i = 0; !holds(); i++)
        {
            Assert.True(i < 500, "It does not come to hold.");
            await Task.Delay(20);
        }
    }

    private sealed class Repeated(int bytes) : HttpContent
    {
        private static readonly byte[] Piece = Text(64 * 1024);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var left = bytes; left > 0; left -= Piece.Length)
                await stream.WriteAsync(Piece.AsMemory(0, Math.Min(left, Piece.Length)));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = bytes;
            return true;
        }
    }
}
