using System.Text.Json;
using CsCheck;
using HeadlessSupport.Api.Platform.Conditions;
using Wire = HeadlessSupport.Api.Platform.Http.Json;

namespace HeadlessSupport.Api.Tests.Platform.Conditions;

public sealed class ConditionIdentityTests
{
    private static readonly Gen<Condition> Writable = ConditionGen.Anything.Where(c => ConditionGen.Count(c) <= Condition.MaxConditions && ConditionText.Write(c).Length <= Condition.MaxText);

    [Fact]
    public void What_is_written_as_text_reads_as_the_same() =>
        Writable.Sample(condition => Assert.Equal(condition, ConditionText.Read(ConditionText.Write(condition), "q")), iter: 5000);

    [Fact]
    public void What_is_written_as_json_reads_as_the_same() =>
        Writable.Sample(condition => Assert.Equal(condition, ThroughJson(condition)), iter: 5000);

    [Fact]
    public void Text_that_went_through_json_is_the_same_text() =>
        Writable.Select(ConditionText.Write).Sample(text => Assert.Equal(text, ConditionText.Write(ThroughJson(ConditionText.Read(text, "q")))), iter: 5000);

    private static Condition ThroughJson(Condition condition) =>
        JsonSerializer.Deserialize<ConditionNode>(JsonSerializer.Serialize(ConditionNode.From(condition), Wire.Options), Wire.Options)!.Read("");
}
