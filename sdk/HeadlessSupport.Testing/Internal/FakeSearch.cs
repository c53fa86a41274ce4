using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Testing;

/// <summary>A search far simpler than the API's: every word or "phrase" must stand somewhere, and no -word.</summary>
internal static partial class FakeSearch
{
    public static JsonObject Outcome => new() { ["cut"] = false, ["alike"] = false };

    /// <summary>Whether texts are found by this question.</summary>
    public static Func<IEnumerable<string?>, bool> For(string q)
    {
        if (string.IsNullOrWhiteSpace(q))
            throw Refusal.Unreadable("q", "Is blank: say what to find, or leave it out.");
        var terms = Term().Matches(q).Select(m => (Text: m.Groups["phrase"].Success ? m.Groups["phrase"].Value : m.Groups["word"].Value.TrimEnd('*'), IsPhrase: m.Groups["phrase"].Success, IsExcluded: m.Groups["not"].Success)).ToList();
        if (terms.Find(t => !t.IsPhrase && Field().IsMatch(t.Text)).Text is { } field)
            throw new Refusal(ErrorCode.NotFaked, $"FakeHeadlessSupport finds words, and reads no conditions such as {field}. Filter by the list's other parameters, or use a real installation.");
        return texts =>
        {
            var all = string.Join('\n', texts.OfType<string>());
            return terms.TrueForAll(t => all.Contains(t.Text, StringComparison.OrdinalIgnoreCase) != t.IsExcluded);
        };
    }

    [GeneratedRegex("""(?<not>-)?(?:"(?<phrase>[^"]*)"?|(?<word>[^\s"]+))""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Term();

    [GeneratedRegex("^[a-z_.]+(:|[<>]=?)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();
}
