using System.Text;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Tickets;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Api.Tests.Tickets;

public sealed class AttachmentsTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("0123456789 the content of a file");

    [Fact]
    public async Task A_file_goes_with_a_comment_once()
    {
        var org = await World.NewOrganizationAsync();
        var ticket = (await org.TicketAsync(new { comment = (object?)null })).Id();
        var path = $"tickets/{ticket}/comments";
        string[] files = [await UploadAsync(org), await UploadAsync(org)];

        var comment = (await org.Api.PostAsync(path, new { body = "See these.", attachment_ids = files })).MustBe(201).Json;

        Assert.Equal(files.Order(StringComparer.Ordinal), comment.At("attachments").EnumerateArray().Select(a => a.Id()).Order(StringComparer.Ordinal));
        Assert.All(comment.At("attachments").EnumerateArray(), a => Assert.Equal((ticket, comment.Id()), (a.Text("ticket_id"), a.Text("comment_id"))));
        Assert.Equal(files, (await org.Api.GetAsync($"tickets/{ticket}/attachments")).Ids());
        Assert.Equal(ticket, (await org.Api.GetAsync($"attachments/{files[0]}")).MustBe(200).Text("ticket_id"));
        (await org.Api.PostAsync(path, new { body = "Again.", attachment_ids = new[] { await UploadAsync(org), files[0] } })).MustRefuse(422, "validation_failed", "/attachment_ids/1");
        (await org.Api.PostAsync("tickets", new { subject = "x", requester = new { id = org.AdminId }, comment = new { body = "x", attachment_ids = files } }))
            .MustRefuse(422, "validation_failed", "/comment/attachment_ids/0", "/comment/attachment_ids/1");
        var e = Assert.Single(await org.AllEventsAsync($"tickets/{ticket}/events?types=ticket.replied"));
        Assert.Equal(2, e.At("data/attachments").GetArrayLength());
        Assert.DoesNotContain("/files/", e.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_file_in_two_comments_at_once_goes_with_one()
    {
        var org = await World.NewOrganizationAsync();
        var one = $"tickets/{(await org.TicketAsync()).Id()}/comments";
        var two = $"tickets/{(await org.TicketAsync()).Id()}/comments";
        var file = await UploadAsync(org);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => org.Api.PostAsync(i % 2 == 0 ? one : two, new { body = "Mine.", attachment_ids = new[] { file } })));

        var taken = Assert.Single(answers, a => a.Status == 201);
        Assert.All(answers.Where(a => a != taken), a => a.MustRefuse(422, "validation_failed", "/attachment_ids/0"));
        Assert.Equal(taken.Text("id"), (await org.Api.GetAsync($"attachments/{file}")).Text("comment_id"));
    }

    [Fact]
    public async Task Another_organizations_file_is_not_there()
    {
        var org = await World.NewOrganizationAsync();
        var other = await World.NewOrganizationAsync();
        var file = await UploadAsync(other);
        var path = $"tickets/{(await org.TicketAsync()).Id()}";

        (await org.Api.GetAsync($"attachments/{file}")).MustRefuse(404, "not_found");
        (await org.Api.PostAsync($"{path}/comments", new { body = "x", attachment_ids = new[] { file } })).MustRefuse(422, "validation_failed", "/attachment_ids/0");
        Assert.True((await other.Api.GetAsync($"attachments/{file}")).MustBe(200).Json.IsNull("ticket_id"));
    }

    [Fact]
    public async Task A_file_is_downloaded_by_its_signed_url_without_a_credential()
    {
        var org = await World.NewOrganizationAsync();
        var file = (await org.Api.UploadAsync(Content, "Bericht für „Ä“.txt")).MustBe(201);
        var shown = await org.Api.GetAsync($"attachments/{file.Text("id")}");
        Assert.Equal("no-store", shown.Header("Cache-Control"));

        foreach (var url in (string[])[file.Text("download_url"), shown.Text("download_url")])
        {
            var answer = (await org.World.Anonymous.GetAsync(new Uri(url).AbsolutePath)).MustBe(200);
            Assert.Equal(Content, answer.Body);
            Assert.Equal("application/octet-stream", answer.Header("Content-Type"));
            Assert.Equal("nosniff", answer.Header("X-Content-Type-Options"));
            Assert.StartsWith("attachment;", answer.Header("Content-Disposition"), StringComparison.Ordinal);
            Assert.Contains("filename*=UTF-8''Bericht%20f%C3%BCr", answer.Header("Content-Disposition"), StringComparison.Ordinal);
            Assert.Contains("sandbox", answer.Header("Content-Security-Policy"), StringComparison.Ordinal);
            Assert.Equal("bytes", answer.Header("Accept-Ranges"));
        }
    }

    [Fact]
    public async Task A_part_of_a_file_is_downloaded_by_its_range()
    {
        var org = await World.NewOrganizationAsync();
        var path = await DownloadPathAsync(org, await UploadAsync(org));

        var part = (await org.World.Anonymous.GetAsync(path, ("Range", "bytes=2-5"))).MustBe(206);
        var tail = (await org.World.Anonymous.GetAsync(path, ("Range", "bytes=-4"))).MustBe(206);

        Assert.Equal("2345"u8.ToArray(), part.Body);
        Assert.Equal($"bytes 2-5/{Content.Length}", part.Header("Content-Range"));
        Assert.Equal(Content[^4..], tail.Body);
        Assert.Equal(416, (await org.World.Anonymous.GetAsync(path, ("Range", "bytes=999-"))).Status);
    }

    [Fact]
    public async Task A_url_that_was_tampered_with_is_no_url_of_ours()
    {
        var org = await World.NewOrganizationAsync();
        var path = await DownloadPathAsync(org, await UploadAsync(org));

        for (var i = path.LastIndexOf('/') + 1; i < path.Length; i += 17)
            (await org.World.Anonymous.GetAsync($"{path[..i]}{(path[i] == 'A' ? 'B' : 'A')}{path[(i + 1)..]}")).MustRefuse(404, "not_found");
        (await org.World.Anonymous.GetAsync(path[..^5])).MustRefuse(404, "not_found");
        // A cursor is sealed by the same keys, for another purpose.
        for (var i = 0; i < 2; i++)
            await org.TicketAsync();
        (await org.World.Anonymous.GetAsync($"files/{(await org.Api.GetAsync("tickets?limit=1")).Text("next_cursor")}")).MustRefuse(404, "not_found");
    }

    [Fact]
    public async Task A_url_ends_by_time_and_with_its_organization()
    {
        var org = await World.NewOrganizationAsync();
        var file = await UploadAsync(org);
        var box = org.World.Services.GetRequiredService<SecretBox>();
        string PathUntil(DateTimeOffset until) => "files/" + box.SealText("download",
            $"{Id<Tenant>.Parse(org.Id, null).Value:N}{Id<Attachment>.Parse(file, null).Value:N}{until.ToUnixTimeSeconds()}");

        (await org.World.Anonymous.GetAsync(PathUntil(TimeProvider.System.GetUtcNow().AddSeconds(-1)))).MustRefuse(410, "link_expired");
        var good = PathUntil(TimeProvider.System.GetUtcNow().AddMinutes(5));
        (await org.World.Anonymous.GetAsync(good)).MustBe(200);
        // By real time, wherever the organization's clock stands.
        (await org.Api.PatchAsync("organization", new { clock_offset_seconds = 86_400 })).MustBe(200);
        (await org.World.Anonymous.GetAsync(good)).MustBe(200);
        (await org.World.Operator.PostAsync($"organizations/{org.Id}/suspend")).MustBe(200);
        (await org.World.Anonymous.GetAsync(good)).MustRefuse(404, "not_found");
    }

    private static async Task<string> UploadAsync(Org org) => (await org.Api.UploadAsync(Content, "file.txt")).MustBe(201).Text("id");

    private static async Task<string> DownloadPathAsync(Org org, string file) => new Uri((await org.Api.GetAsync($"attachments/{file}")).MustBe(200).Text("download_url")).AbsolutePath;
}
