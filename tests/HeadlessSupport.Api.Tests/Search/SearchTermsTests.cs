using CsCheck;
using HeadlessSupport.Api.Platform.FullText;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Tests.Search;

public sealed class SearchTermsTests
{
    [Theory]
    [InlineData("card declined", "Word:card Word:declined")]
    [InlineData("  card\tdeclined ", "Word:card Word:declined")]
    [InlineData("\"card declined\" now", "Phrase:card declined Word:now")]
    [InlineData("now\"card declined\"then", "Word:now Phrase:card declined Word:then")]
    [InlineData("„card declined“", "Phrase:card declined")]
    [InlineData("\"card declined", "Phrase:card declined")]
    [InlineData("print*", "Prefix:print")]
    [InlineData("print**", "Prefix:print")]
    [InlineData("-spam", "-Word:spam")]
    [InlineData("-\"card declined\" -pre*", "-Phrase:card declined -Prefix:pre")]
    [InlineData("- spam -- * \"\" !?", "Word:spam")]
    [InlineData("e-mail bob@x.test", "Word:e-mail Word:bob@x.test")]
    [InlineData("a\u0001b", "Word:a b")]
    public void A_question_is_read(string q, string expected) =>
        Assert.Equal(expected, string.Join(' ', SearchTerms.Parse(q).Terms.Select(t => $"{(t.Excluded ? "-" : "")}{t.Kind}:{t.Text}")));

    [Fact]
    public void Blank_and_endless_questions_are_refused()
    {
        Assert.Equal("q", Assert.Throws<SupportException>(() => SearchTerms.Parse(" ")).Errors[0].Pointer);
        Assert.Equal(32, SearchTerms.Parse(string.Join(' ', Enumerable.Repeat("a", 32))).Terms.Count);
        Assert.Equal("q", Assert.Throws<SupportException>(() => SearchTerms.Parse(string.Join(' ', Enumerable.Repeat("a", 33)))).Errors[0].Pointer);
    }

    [Fact]
    public void Any_text_is_read_or_refused_for_a_reason()
    {
        Gen.OneOf(Gen.String, Gen.Char["ab -*\"“”„'\\%\n"].Array[0, 60].Select(c => new string(c))).Sample(q =>
        {
            try
            {
                Assert.All(SearchTerms.Parse(q).Terms, t => Assert.NotEqual("", t.Text.Trim()));
            }
            catch (SupportException refusal)
            {
                Assert.Equal(ErrorCode.InvalidRequest, refusal.Code);
            }
        }, iter: 10_000);
    }
}
