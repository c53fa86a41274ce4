using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Tests.Platform.Http;

public sealed class ErrorPagesTests
{
    [Fact]
    public void Every_error_code_has_a_page_under_its_title()
    {
        const BindingFlags fields = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        var codes = typeof(ErrorCode).Assembly.GetTypes().Where(t => !t.ContainsGenericParameters).SelectMany(t => t.GetFields(fields))
            .Where(f => f.FieldType == typeof(ErrorCode)).Select(f => (ErrorCode)f.GetValue(null)!).ToList();
        Assert.NotEmpty(codes);
        foreach (var code in codes)
            Assert.StartsWith($"# {code.Title}\n\n`{code.Code}`, HTTP {code.Status}\n", Repository.Read($"docs/errors/{code.Code}.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_type_of_a_problem_leads_to_its_page()
    {
        var world = await World.GetAsync();
        var type = new Uri((await world.Anonymous.GetAsync("tickets")).MustBe(401).Text("type"));
        var page = (await world.Anonymous.GetAsync(type.AbsolutePath)).MustBe(200);
        var html = Encoding.UTF8.GetString(page.Body);
        Assert.Equal("text/html; charset=utf-8", page.Header("Content-Type"));
        Assert.Contains("<title>A valid credential is needed – HeadlessSupport</title>", html, StringComparison.Ordinal);
        Assert.Contains("<h1>A valid credential is needed</h1>", html, StringComparison.Ordinal);
        var style = html[(html.IndexOf("<style>", StringComparison.Ordinal) + 7)..html.IndexOf("</style>", StringComparison.Ordinal)];
        Assert.Contains($"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style)))}'", page.Header("Content-Security-Policy"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no_such_code")]
    [InlineData("Not_Found")]
    [InlineData("..%2Ferrors%2Fnot_found")]
    public async Task What_is_no_code_has_no_page(string code)
    {
        var world = await World.GetAsync();
        (await world.Anonymous.GetAsync($"/errors/{code}")).MustRefuse(404, "not_found");
    }
}
