using System.Text.Json;
using HeadlessSupport.Api.Platform.Conditions;

namespace HeadlessSupport.Api.Tests.Platform.Conditions;

/// <summary>The kinds of fields over a thing of our own, as objects; TicketFieldsAgreementTests goes through the database.</summary>
public sealed class FieldsTests
{
    private static readonly Fields<Lamp> Lamps = new Fields<Lamp>()
        .Flag("lit", l => l.IsLit, "lit")
        .Flag("tested", l => l.IsTested, "tested")
        .Ordered<Power>("power", l => l.Power, "power")
        .Number("watts", l => l.Watts, "watts")
        .Exact("maker", l => l.Maker, "made.by");

    [Theory]
    [InlineData("lit:true", true)]
    [InlineData("lit:FALSE", false)]
    [InlineData("lit:any", true)]
    [InlineData("tested:true", false)]
    [InlineData("tested:true,false", false)]
    [InlineData("-tested:true", true)]
    [InlineData("tested:none", true)]
    [InlineData("power>=weak", true)]
    [InlineData("power>strong", false)]
    [InlineData("power<strong", false)]
    [InlineData("power<=strong -power:weak", true)]
    [InlineData("watts>=60 watts<=60 watts:60", true)]
    [InlineData("watts>60 or watts<60", false)]
    [InlineData("maker:Acme", true)]
    [InlineData("maker:acme", false)]
    public void Objects_and_data_agree(string text, bool holds)
    {
        var bound = Bind(text);
        var data = JsonSerializer.SerializeToElement(new { lit = true, tested = (bool?)null, power = "strong", watts = 60, made = new { by = "Acme" } });
        Assert.Equal(holds, bound.Holds(data));
        Assert.Equal(holds, bound.ToExpression().Compile()(new(true, null, Power.Strong, 60, "Acme")));
    }

    [Fact]
    public void What_is_missing_in_the_data_has_no_value() => Assert.True(Bind("lit:none power:none maker:none -watts>1").Holds(JsonSerializer.SerializeToElement(new { made = "by hand", watts = "60" })));

    [Theory]
    [InlineData("lit:yes", 5, "true or false")]
    [InlineData("lit>true", 4, "no order")]
    [InlineData("a", 1, "Words cannot be looked for here")]
    [InlineData("bulb:a", 1, "there are lit, maker, power, tested, watts")]
    public void Points_at_what_does_not_fit(string text, int character, string why) => ConditionTextTests.MustRefuse(() => Bind(text), "q", $"At character {character}:", why);

    private static Bound<Lamp> Bind(string text) => Lamps.Bind(ConditionText.Read(text, "q"), new(default, null));

    private sealed record Lamp(bool IsLit, bool? IsTested, Power Power, int Watts, string? Maker);

    private enum Power { Weak, Strong }
}
