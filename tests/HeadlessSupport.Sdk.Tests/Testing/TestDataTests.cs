using System.Text;
using HeadlessSupport.Testing;

namespace HeadlessSupport.Sdk.Tests.Testing;

public sealed class TestDataTests
{
    [Fact]
    public void An_event_carries_what_it_is_about()
    {
        var comment = TestData.Comment("Thanks", authorKind: AuthorKind.Agent);
        var replied = TestData.Event<TicketReplied>(comment, sequence: 7);
        Assert.Equal("ticket.replied", replied.Type);
        Assert.Equal("Thanks", replied.Data.Text);
        Assert.Equal(comment.TicketId, replied.TicketId);
        Assert.Equal(7, replied.Sequence);
        Assert.StartsWith("evt_", replied.Id, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_comes_with_sensible_data_where_none_is_given()
    {
        Assert.Equal("Where is my order?", TestData.Event<TicketCreated>().Data.Subject);
        Assert.Equal(CommentVisibility.Internal, TestData.Event<TicketNoteAdded>().Data.Visibility);
        Assert.Equal("customer", TestData.Event<UserCreated>().Data.Role);
        Assert.Equal("Acme", TestData.Event<CompanyUpdated>().Data.Name);
        Assert.Equal("billing", TestData.Event<TagDeleted>().Data.Name);
        Assert.Equal("image/png", TestData.Event<AttachmentCreated>().Data.ContentType);
    }

    [Fact]
    public void An_event_about_something_else_is_refused()
    {
        Assert.Contains("Comment", Assert.Throws<ArgumentException>(() => TestData.Event<TicketReplied>(TestData.Ticket())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => TestData.Event<ApiKeyCreated>());
        Assert.Throws<ArgumentException>(() => TestData.Event<TagCreated>("x"));
    }

    [Fact]
    public void Ids_grow_and_look_like_the_apis()
    {
        var ids = Enumerable.Range(0, 5000).Select(_ => TestData.Id("tkt")).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ids, id => Assert.Matches("^tkt_[0-7][0-9abcdefghjkmnpqrstvwxyz]{25}$", id));
    }

    [Fact]
    public void A_signed_webhook_is_verified()
    {
        var sent = TestData.Event<TicketReplied>();
        var webhook = WebhookSigner.Sign(sent);
        var got = Webhooks.ConstructEvent(webhook.Body.Span, webhook.Headers.GetValueOrDefault, [WebhookSigner.Secret]);
        Assert.Equal(sent.Data.Id, Assert.IsType<TicketReplied>(got).Data.Id);
        var late = WebhookSigner.Sign(sent, sentAt: DateTimeOffset.UnixEpoch);
        Assert.Throws<SignatureException>(() => Webhooks.ConstructEvent(late.Body.Span, late.Headers.GetValueOrDefault, [WebhookSigner.Secret]));
        Assert.Throws<SignatureException>(() => Webhooks.ConstructEvent(webhook.Body.Span, webhook.Headers.GetValueOrDefault, ["whsec_b3RoZXI="]));
    }

    [Fact]
    public async Task A_signed_webhook_is_a_request()
    {
        var sent = TestData.Event<TicketCreated>();
        using var request = WebhookSigner.Sign(sent).ToRequest("/hooks/support");
        Assert.Equal(sent.Id, Assert.Single(request.Headers.GetValues("webhook-id")));
        Assert.Equal("application/json", request.Content!.Headers.ContentType!.MediaType);
        Assert.Equal(sent.Id, Event.Parse(await request.Content.ReadAsByteArrayAsync()).Id);
    }

    [Fact]
    public void What_happened_in_the_fake_can_be_sent_as_a_webhook()
    {
        var made = TestData.Event<TicketCreated>(TestData.Ticket("x"));
        Assert.Contains("\"subject\":\"x\"", Encoding.UTF8.GetString(WebhookSigner.Sign(made).Body.Span), StringComparison.Ordinal);
    }
}
