using System.Text.Json;
using HeadlessSupport.Api.Tests;

namespace HeadlessSupport.Sdk.Tests.Server;

public sealed class SmokeTests
{
    [Fact]
    public async Task A_ticket_is_created_answered_listed_and_followed()
    {
        var org = await World.NewOrganizationAsync();
        using var hs = new HeadlessSupportClient(org.Secret, org.World.Url.ToString());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var ct = patience.Token;

        Ticket t = await hs.Tickets.CreateAsync(new() { Subject = "Printer on fire", Requester = new() { Email = "a@b.co" }, Comment = new() { Body = "It burns" }, Priority = TicketPriority.Urgent, Metadata = new() { ["order"] = "4711" }, CustomFields = new() { ["seats"] = 3 } }, ct);
        Assert.Equal("4711", t.Metadata["order"]);
        Assert.Equal(3, t.CustomFields["seats"].GetInt32());
        t = await hs.Tickets.UpdateAsync(t.Id, new() { Status = TicketStatus.Pending, AssigneeId = null }, new RequestOptions { IfMatch = t.ETag }, ct);
        Assert.Equal(TicketStatus.Pending, t.Status);
        var c = await hs.Tickets.Comments.CreateAsync(t.Id, new() { Body = "On it", Visibility = CommentVisibility.Internal }, ct);
        Assert.Equal("On it", c.Text);
        var listed = new List<Ticket>();
        await foreach (var x in hs.Tickets.ListAsync(new() { Status = [TicketStatus.Pending], Sort = "-updated_at" }, ct))
            listed.Add(x);
        Assert.Equal(t.Id, Assert.Single(listed).Id);
        var raw = await hs.WithRawResponseAsync(h => h.Tickets.GetAsync(t.Id, ct));
        Assert.NotNull(raw.RequestId);
        Assert.Equal(raw.Value.ETag, raw.ETag);
        var any = await hs.SendAsync<JsonElement>(HttpMethod.Get, "/api/v1/tickets/" + t.Id, null, ct);
        Assert.Equal(t.Id, any.GetProperty("id").GetString());
        using var file = new MemoryStream("hello"u8.ToArray());
        var a = await hs.Attachments.UploadAsync("löwe.txt", file, "text/plain", cancellationToken: ct);
        Assert.Equal("löwe.txt", a.Name);
        await using (var d = await hs.Attachments.DownloadAsync(a.Id, ct))
            Assert.Equal("hello", await new StreamReader(d).ReadToEndAsync(ct));
        using var odd = new MemoryStream("hello"u8.ToArray());
        // The API gives it a name that every file system takes.
        Assert.Equal("Löwe _1_.csv", (await hs.Attachments.UploadAsync("Löwe \"1\".csv", odd, "text/csv", cancellationToken: ct)).Name);
        await Assert.ThrowsAsync<NotFoundException>(() => hs.Tickets.GetAsync("tkt_01h455vb4pex5vsknk084sn02q", ct));
        var v = await Assert.ThrowsAsync<ValidationException>(() => hs.Tickets.CreateAsync(new() { Subject = "" }, ct));
        Assert.NotEmpty(v.Errors["subject"]);
        await foreach (var e in hs.Events.StreamAsync(0, cancellationToken: ct))
        {
            if (e is TicketNoteAdded { Data: var note })
            {
                Assert.Equal(c.Id, note.Id);
                break;
            }
        }
        await using var live = await hs.Live.ConnectAsync(0, ct);
        await foreach (var e in live.EventsAsync(ct))
        {
            if (e is TicketCreated { Data: var made })
            {
                Assert.Equal(t.Id, made.Id);
                break;
            }
        }
        var presence = await live.WatchAsync(t.Id, ct);
        Assert.Equal(t.Id, presence.TicketId);
    }
}
