using System.Text;

namespace HeadlessSupport.Sdk.Tests;

public sealed class WebhooksTests
{
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private static readonly byte[] Body = """{"id":"evt_1","type":"ticket.created","sequence":1,"data":{"id":"tkt_1"}}"""u8.ToArray();
    private static readonly DateTimeOffset Now = new(2026, 1, 31, 9, 30, 0, TimeSpan.Zero);
    private readonly Clock clock = new(Now);

    [Fact]
    public void A_signature_is_that_of_the_standard()
    {
        // The example of standardwebhooks.com.
        var headers = Webhooks.Sign("""{"test": 2432232314}"""u8, "msg_p5jXN8AQM9LWM0D4loKWxJek", Secret, DateTimeOffset.FromUnixTimeSeconds(1614265330));

        Assert.Equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", headers["webhook-signature"]);
        Assert.Equal("1614265330", headers["webhook-timestamp"]);
    }

    [Fact]
    public void What_is_signed_is_read_as_the_class_of_its_type()
    {
        var e = Construct(Body, Webhooks.Sign(Body, "evt_1", Secret, Now), Secret);

        Assert.Equal("tkt_1", Assert.IsType<TicketCreated>(e).Data.Id);
    }

    [Fact]
    public void While_a_secret_is_rotated_either_will_do()
    {
        var old = Webhooks.Sign(Body, "evt_1", Other, Now);
        var both = new Dictionary<string, string>(old) { ["webhook-signature"] = $"v1a,xyz {Webhooks.Sign(Body, "evt_1", Secret, Now)["webhook-signature"]} {old["webhook-signature"]}" };

        Construct(Body, old, Secret, Other);
        Construct(Body, both, Secret);
        Construct(Body, both, Other);
    }

    [Fact]
    public void What_was_changed_on_the_way_is_refused()
    {
        var headers = Webhooks.Sign(Body, "evt_1", Secret, Now);
        var changed = Body.ToArray();
        changed[^3] ^= 1;

        Assert.Throws<SignatureException>(() => Construct(changed, headers, Secret));
        Assert.Throws<SignatureException>(() => Construct(Body, new Dictionary<string, string>(headers) { ["webhook-id"] = "evt_2" }, Secret));
        Assert.Throws<SignatureException>(() => Construct(Body, headers, Other));
    }

    [Theory]
    [InlineData("v1,"), InlineData("v1"), InlineData("g0hM9SsE"), InlineData("v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), InlineData("v1,not base64"), InlineData("v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void A_signature_that_is_none_is_refused(string signature) =>
        Assert.Throws<SignatureException>(() => Construct(Body, new Dictionary<string, string>(Webhooks.Sign(Body, "evt_1", Secret, Now)) { ["webhook-signature"] = signature }, Secret));

    [Theory]
    [InlineData(-301), InlineData(301)]
    public void What_was_sent_long_ago_or_ahead_is_refused(int seconds)
    {
        Assert.Throws<SignatureException>(() => Construct(Body, Webhooks.Sign(Body, "evt_1", Secret, Now.AddSeconds(seconds)), Secret));
        Construct(Body, Webhooks.Sign(Body, "evt_1", Secret, Now.AddSeconds(seconds - Math.Sign(seconds))), Secret);
    }

    [Theory]
    [InlineData("webhook-id", null), InlineData("webhook-timestamp", null), InlineData("webhook-signature", ""), InlineData("webhook-timestamp", "soon"), InlineData("webhook-timestamp", "999999999999999999")]
    public void A_header_that_is_missing_or_wrong_is_said(string name, string? value)
    {
        var headers = new Dictionary<string, string>(Webhooks.Sign(Body, "evt_1", Secret, Now));
        if (value is null)
            headers.Remove(name);
        else
            headers[name] = value;

        Assert.Contains(name, Assert.Throws<SignatureException>(() => Construct(Body, headers, Secret)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_signed_and_no_event_is_refused()
    {
        var body = "[1]"u8.ToArray();

        Assert.Equal("It is signed, but no event.", Assert.Throws<SignatureException>(() => Construct(body, Webhooks.Sign(body, "evt_1", Secret, Now), Secret)).Message);
    }

    [Fact]
    public void A_secret_that_is_none_is_a_mistake_of_the_program()
    {
        var headers = Webhooks.Sign(Body, "evt_1", Secret, Now);

        Assert.Throws<ArgumentException>(() => Construct(Body, headers, "whsec_not base64"));
        Assert.Throws<ArgumentException>(() => Construct(Body, headers));
    }

    [Fact]
    public void Text_and_a_list_of_headers_will_do_whatever_their_case()
    {
        var headers = Webhooks.Sign(Body, "evt_1", Secret, DateTimeOffset.UnixEpoch.AddSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds())).Select(h => KeyValuePair.Create(h.Key.ToUpperInvariant(), h.Value));

        Assert.IsType<TicketCreated>(Webhooks.ConstructEvent(Encoding.UTF8.GetString(Body), headers, Secret));
    }

    private Event Construct(byte[] body, IReadOnlyDictionary<string, string> headers, params string[] secrets) =>
        Webhooks.ConstructEvent(body, name => headers.GetValueOrDefault(name), secrets, time: clock);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
