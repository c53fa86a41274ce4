using System.Text.Json;
using System.Text.RegularExpressions;
using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Tickets;
using Wire = HeadlessSupport.Api.Platform.Http.Json;

namespace HeadlessSupport.Api.Tests.Platform.Conditions;

public sealed class ConditionGuideTests
{
    private static readonly string Guide = Repository.Read("docs/guides/conditions.md");
    private static readonly Viewpoint From = new(new(2026, 3, 15, 12, 0, 0, TimeSpan.Zero), Guid.CreateVersion7());

    [Fact]
    public void Its_examples_are_conditions()
    {
        var examples = Blocks("text").SelectMany(b => b.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Concat(TableExamples()).ToList();
        Assert.True(examples.Count >= 25, $"Only {examples.Count} examples were found.");
        Assert.All(examples, text => TicketFields.All.Bind(ConditionText.Read(text, "q"), From));
    }

    [Fact]
    public void Its_json_is_a_condition()
    {
        var nodes = Blocks("json").Select(b => JsonSerializer.Deserialize<ConditionNode>(b, Wire.Options)!).ToList();
        Assert.NotEmpty(nodes);
        Assert.All(nodes, node => TicketFields.All.Bind(node.Read(""), From));
    }

    // The first column of the table of what to write.
    private static IEnumerable<string> TableExamples()
    {
        var table = Guide[Guide.IndexOf("| write | for |", StringComparison.Ordinal)..];
        return table[..table.IndexOf("\n\n", StringComparison.Ordinal)].Split('\n').Skip(2)
            .SelectMany(row => Regex.Matches(row.Split('|')[1], "`[^`]+`", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(m => m.Value.Trim('`')));
    }

    private static IEnumerable<string> Blocks(string language) =>
        Regex.Matches(Guide, $"(?<=```{language}\n).*?(?=```)", RegexOptions.Singleline, TimeSpan.FromSeconds(1)).Select(m => m.Value);
}
