using System.Text.RegularExpressions;

namespace HeadlessSupport.Api.Tests.Docs;

/// <summary>Links from one page of the repository to another.</summary>
internal static partial class Links
{
    /// <summary>Those of a page that lead to no file or folder.</summary>
    public static List<string> Broken(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        return [.. Inline().Matches(Repository.Read(page)).Select(m => m.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal) && target[0] != '#')
            .Where(target => !Path.Exists(Path.Combine(folder, target.Split('#')[0])))
            .Select(target => $"{page}: {target}")];
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Inline();
}
