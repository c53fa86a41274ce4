using System.Text.Json;
using HeadlessSupport.Api.Platform.Http;
using HouseJson = HeadlessSupport.Api.Platform.Http.Json;

namespace HeadlessSupport.Api.Tests.Platform.Http;

public sealed class MergePatchTests
{
    // The examples of RFC 7396, appendix A. Ours patch objects, so those whose target or patch is none are left out.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"a":"foo"}""", """{"b":{"bb":{"ccc":null}}}""", """{"a":"foo","b":{"bb":{}}}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void The_examples_of_the_standard_hold(string target, string patch, string result)
    {
        var current = Deserialize<Dictionary<string, JsonElement>>(target);
        var merged = Deserialize<MergePatch<Dictionary<string, JsonElement>>>(patch).Apply(current);
        Assert.True(JsonElement.DeepEquals(Deserialize<JsonElement>(result), JsonSerializer.SerializeToElement(merged)), JsonSerializer.Serialize(merged));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("12")]
    public void A_patch_is_an_object(string patch) => Assert.Throws<UnreadableMemberException>(() => Deserialize<MergePatch<Dictionary<string, JsonElement>>>(patch));

    [Fact]
    public void It_names_the_members_it_mentions() => Assert.Equal(["subject", "tags"], Deserialize<MergePatch<Dictionary<string, JsonElement>>>("""{"subject":null,"tags":{"x":1}}""").Members);

    private static T Deserialize<T>(string json) => JsonSerializer.Deserialize<T>(json, HouseJson.Options)!;
}
