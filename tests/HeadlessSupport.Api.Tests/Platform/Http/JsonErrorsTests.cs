using CsCheck;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Tests.Platform.Http;

public sealed class JsonErrorsTests
{
    [Theory]
    [InlineData(null, "")]
    [InlineData("$", "")]
    [InlineData("$.subject", "/subject")]
    [InlineData("$.requester.email", "/requester/email")]
    [InlineData("$.items[12].create.tags[0]", "/items/12/create/tags/0")]
    [InlineData("$[3]", "/3")]
    [InlineData("$.metadata['a.b']", "/metadata/a.b")]
    [InlineData("$.metadata['a/b']", "/metadata/a~1b")]
    [InlineData("$.metadata['~']", "/metadata/~0")]
    [InlineData("$.metadata['a[0]'].x", "/metadata/a[0]/x")]
    [InlineData("$.metadata['it''s']", "/metadata/it''s")]
    public void The_serializers_path_becomes_a_pointer(string? path, string pointer) => Assert.Equal(pointer, JsonErrors.Pointer(path));

    [Theory]
    [InlineData("", "")]
    [InlineData("Requester.Email", "/requester/email")]
    [InlineData("Tags[0]", "/tags/0")]
    [InlineData("CustomFields", "/custom_fields")]
    public void A_key_of_the_model_state_becomes_a_pointer(string key, string pointer) => Assert.Equal(pointer, JsonErrors.PointerOfKey(key));

    [Fact]
    public void Escaping_loses_nothing() => Gen.String[Gen.Char["ab~/01"], 0, 12].Sample(name =>
    {
        var escaped = JsonErrors.Escape(name);
        return !escaped.Contains('/', StringComparison.Ordinal) && escaped.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal) == name;
    });
}
