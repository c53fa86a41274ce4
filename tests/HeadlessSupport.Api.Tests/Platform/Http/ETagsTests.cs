using CsCheck;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Tests.Platform.Http;

public sealed class ETagsTests
{
    [Fact]
    public void An_etag_reads_back_as_it_was_written() => Gen.Int[1, int.MaxValue].Sample(version => ETags.Parse(ETags.Of(version)).SequenceEqual([version]) && ETags.Contains(ETags.Of(version), ETags.Of(version)));

    [Fact]
    public void A_list_names_each() => Assert.Equal([3, 7, 12], ETags.Parse("\"3\", \"7\",\"12\""));

    [Fact]
    public void Foreign_and_weak_ones_in_a_list_match_nothing() => Assert.Equal([7], ETags.Parse("W/\"3\", \"7\", \"abc\""));

    // If-Match compares strongly (RFC 9110, 13.1.1), so a weak one can never match.
    [Theory]
    [InlineData("3")]
    [InlineData("\"")]
    [InlineData("\"3")]
    [InlineData("\"\"")]
    [InlineData("\"-3\"")]
    [InlineData("\"3.0\"")]
    [InlineData("\" 3\"")]
    [InlineData("\"99999999999\"")]
    [InlineData("W/\"3\"")]
    [InlineData("\"abc\"")]
    [InlineData("\"3\" \"4\"")]
    public void Anything_else_is_refused(string header) => Assert.Equal("invalid_request", Assert.Throws<SupportException>(() => ETags.Parse(header)).Code.Code);
}
