using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Testing;

/// <summary>A search far simpler than the API's: every word or "phrase" must stand somewhere, and no -word.</summary>
internal static partial class FakeSearch
{
    public static JsonObject Outcome => new() { ["cut"] = false, ["alike"] = false };

    public static bool Matches(string q, IEnumerable<string?> texts)
    {
        var all = string.Join('\n', texts.OfType<string>());
        foreach (Match term in Term().Matches(q))
        {
            var word = term.Groups["phrase"].Success ? term.Groups["phrase"].Value : term.Groups["word"].Value.TrimEnd('*');
            if (!term.Groups["phrase"].Success && Field().IsMatch(word))
                throw new Refusal(ErrorCode.NotFaked, $"FakeHeadlessSupport finds words, and reads no conditions such as {word}. Filter by the list's other parameters, or use a real installation.");
            if (all.Contains(word, StringComparison.OrdinalIgnoreCase) == term.Groups["not"].Success)
                return false;
        }
        return true;
    }

    [GeneratedRegex("""(?<not>-)?(?:"(?<phrase>[^"]*)"?|(?<word>[^\s"]+))""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Term();

    [GeneratedRegex("^[a-z_.]+(:|[<>]=?)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();
}
