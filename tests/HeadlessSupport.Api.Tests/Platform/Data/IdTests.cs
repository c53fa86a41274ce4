using CsCheck;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Tickets;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tests.Platform.Data;

public sealed class IdTests
{
    [Fact]
    public void An_id_reads_back_as_it_was_written() => Gen.Guid.Sample(value =>
        TypeId.TryParse(TypeId.Format("tkt", value), "tkt", out var read) && read == value && Id<Ticket>.Parse(new Id<Ticket>(value).ToString(), null).Value == value);

    [Fact]
    public void Ids_sort_as_text_as_they_sort_as_values() => Gen.Guid.Select(Gen.Guid).Sample(pair =>
        Math.Sign(string.CompareOrdinal(TypeId.Format("tkt", pair.Item1), TypeId.Format("tkt", pair.Item2))) == Math.Sign(string.CompareOrdinal(pair.Item1.ToString("N"), pair.Item2.ToString("N"))));

    // From the published specification (github.com/jetify-com/typeid, spec/valid.json).
    [Theory]
    [InlineData("00000000000000000000000000", "00000000-0000-0000-0000-000000000000")]
    [InlineData("00000000000000000000000001", "00000000-0000-0000-0000-000000000001")]
    [InlineData("0000000000000000000000000g", "00000000-0000-0000-0000-000000000010")]
    [InlineData("7zzzzzzzzzzzzzzzzzzzzzzzzz", "ffffffff-ffff-ffff-ffff-ffffffffffff")]
    [InlineData("01h455vb4pex5vsknk084sn02q", "01890a5d-ac96-774b-bcce-b302099a8057")]
    public void The_published_examples_hold(string suffix, string uuid)
    {
        Assert.Equal("prefix_" + suffix, TypeId.Format("prefix", Guid.Parse(uuid)));
        Assert.True(TypeId.TryParse("prefix_" + suffix, "prefix", out var value));
        Assert.Equal(Guid.Parse(uuid), value);
    }

    [Theory]
    [InlineData("tkt_8zzzzzzzzzzzzzzzzzzzzzzzzz")] // More than 128 bits.
    [InlineData("tkt_01H455VB4PEX5VSKNK084SN02Q")] // Upper case.
    [InlineData("tkt_01h455vb4pex5vsknk084sn02i")] // A letter that the alphabet leaves out.
    [InlineData("tkt_01h455vb4pex5vsknk084sn02")]
    [InlineData("tkt_01h455vb4pex5vsknk084sn02qq")]
    [InlineData("usr_01h455vb4pex5vsknk084sn02q")]
    [InlineData("tkt-01h455vb4pex5vsknk084sn02q")]
    [InlineData("01h455vb4pex5vsknk084sn02q")]
    [InlineData("01890a5d-ac96-774b-bcce-b302099a8057")]
    [InlineData("")]
    public void Anything_else_is_no_id_of_a_ticket(string text) => Assert.False(Id<Ticket>.TryParse(text, null, out _));

    [Fact]
    public void New_ids_are_in_the_order_of_their_time()
    {
        var first = Id<User>.New();
        Thread.Sleep(2); // The time part counts milliseconds.
        Assert.True(first < Id<User>.New());
    }

    [Fact]
    public void A_key_knows_whether_it_was_damaged() => Gen.Int[0, 56].Select(Gen.Char['a', 'z']).Sample(damage =>
    {
        var key = KeyText.New("hs_test_");
        var damaged = key[..damage.Item1] + damage.Item2 + key[(damage.Item1 + 1)..];
        return KeyText.IsWellFormed(key, "hs_live_", "hs_test_") && (damaged == key || !KeyText.IsWellFormed(damaged, "hs_live_", "hs_test_"));
    }, iter: 500);
}
