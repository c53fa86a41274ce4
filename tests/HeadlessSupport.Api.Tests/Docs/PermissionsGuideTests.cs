using System.Text;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tests.Docs;

/// <summary>The guide's table is the code's.</summary>
public sealed class PermissionsGuideTests
{
    [Fact]
    public void The_table_of_permissions_is_what_the_code_says()
    {
        var guide = Repository.Read("docs/guides/permissions.md").ReplaceLineEndings("\n");
        var table = Table();
        Assert.True(guide.Contains(table, StringComparison.Ordinal), $"docs/guides/permissions.md must contain:\n\n{table}");
    }

    private static string Table()
    {
        var text = new StringBuilder($"| permission | allows | {string.Join(" | ", Roles.All)} |\n| --- | --- |{string.Concat(Roles.All.Select(_ => " :-: |"))}\n");
        foreach (var word in Vocabulary.Words)
            text.Append($"| `{word.Name}` | {word.Allows} |{string.Concat(Roles.All.Select(r => Vocabulary.Of(r).Contains(word.Name) ? " yes |" : " |"))}\n");
        return text.ToString();
    }
}
