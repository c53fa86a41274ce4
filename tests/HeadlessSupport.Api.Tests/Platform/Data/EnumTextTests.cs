using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Tickets;

namespace HeadlessSupport.Api.Tests.Platform.Data;

public sealed class EnumTextTests
{
    [Fact]
    public void Words_are_snake_case_and_read_back()
    {
        Assert.Equal("new, open, pending, on_hold, solved, closed", EnumText<TicketStatus>.All);
        foreach (var status in Enum.GetValues<TicketStatus>())
        {
            Assert.Equal(status, EnumText<TicketStatus>.Read(EnumText<TicketStatus>.Write(status)));
            Assert.True(EnumText<TicketStatus>.TryRead(EnumText<TicketStatus>.Write(status), out var read) && read == status);
        }
    }

    // Neither a number, nor .NET's own spelling, nor a list of flags.
    [Theory]
    [InlineData("OnHold")]
    [InlineData("ON_HOLD")]
    [InlineData("1")]
    [InlineData("new,open")]
    [InlineData(" open")]
    [InlineData("")]
    public void Nothing_else_is_a_word(string text) => Assert.False(EnumText<TicketStatus>.TryRead(text, out _));
}
