using HeadlessSupport.Api.Tests.Demo;

namespace HeadlessSupport.Api.Tests.Docs;

/// <summary>What the pages for newcomers tell to paste, pasted against a first start.</summary>
public sealed class PastedDocsTests
{
    [Fact]
    public async Task What_the_readme_and_the_first_ten_minutes_tell_to_paste_works()
    {
        await using var run = new FirstRun();
        run.Start("demo");
        await run.WaitForAsync("HeadlessSupport is ready");

        var readme = await Pasted.RunAsync("README.md", run.Data, run.Url);
        Assert.True(readme.ExitCode == 0, readme.Output);
        Assert.Equal([201], readme.Statuses);
        Assert.Contains("\"subject\":\"Card declined\"", readme.Output, StringComparison.Ordinal);

        var start = await Pasted.RunAsync("docs/start.md", run.Data, run.Url);
        Assert.True(start.ExitCode == 0, start.Output);
        // All succeed but the one that the page says is refused.
        Assert.Equal([412], start.Statuses.Where(s => s >= 300));
        Assert.Equal(2, start.Statuses.Where(s => s < 300).Distinct().Count());
        Assert.Contains("\"code\":\"precondition_failed\"", start.Output, StringComparison.Ordinal);
        Assert.Single(start.Output.Split('\n'), l => l.StartsWith("Idempotency-Replayed: true", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("Terminal 7: declined, code 51", start.Output, StringComparison.Ordinal);
        Assert.Contains("\"type\":\"ticket.status_changed\"", start.Output[start.Output.LastIndexOf("Terminal 7", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_guide_of_end_users_tells_to_paste_works()
    {
        await using var run = new FirstRun();
        run.Start("demo");
        await run.WaitForAsync("HeadlessSupport is ready");
        var guide = await Pasted.RunAsync("docs/guides/end-users.md", run.Data, run.Url);
        Assert.True(guide.ExitCode == 0, guide.Output);
        Assert.Equal([201, 200, 201, 201, 201], guide.Statuses);
        Assert.Contains("\"visitor\":\"", guide.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_guide_of_access_tells_to_paste_works()
    {
        await using var run = new FirstRun();
        run.Start("demo");
        await run.WaitForAsync("HeadlessSupport is ready");
        var guide = await Pasted.RunAsync("docs/guides/access.md", run.Data, run.Url);
        Assert.True(guide.ExitCode == 0, guide.Output);
        Assert.Equal([201, 200, 201, 201], guide.Statuses);
        Assert.Contains("\"scopes\":[\"tickets.read\"]", guide.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("CHANGELOG.md")]
    public void A_page_leads_nowhere_that_is_not_there(string page) => Assert.Empty(Links.Broken(page));

    [Fact]
    public void No_page_of_docs_leads_nowhere_that_is_not_there()
    {
        var pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories);
        Assert.NotEmpty(pages);
        Assert.Empty(pages.SelectMany(p => Links.Broken(Path.GetRelativePath(Repository.Root, p))));
    }
}
