using System.Linq.Expressions;
using System.Text;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>A field of text that is searched by words: each value is a phrase of one or more, a star at its end makes it a prefix.</summary>
internal sealed class TextField<T>(string name, Column<T, string> column, string json)
{
    public Test<T> Bind(Comparison comparison, Viewpoint from)
    {
        if (comparison.Operator == Operator.Any)
            return new(column.IsPresent(), data => data.At(json) is not null);
        if (comparison.Operator != Operator.In)
            throw comparison.RefuseOperator(name);
        var matches = comparison.Values.Select((value, i) => WordMatch.HasWords(value)
            ? WordMatch.Of(value.TrimEnd('*'), value.EndsWith('*'))
            : throw comparison.RefuseValue(i, name, "words with a letter or digit"));
        return Containing([.. matches]);
    }

    public Test<T> Containing(Words words) => Containing([WordMatch.Of(words.Text, words.Prefix)]);

    private Test<T> Containing(List<WordMatch> matches)
    {
        var pattern = WordMatch.Pattern(matches);
        return new(
            column.Where(value => Expression.Call(IsMatch, value, Rows.Parameter(pattern), Expression.Constant(RegexOptions.Singleline))),
            data => data.TextAt(json) is { } text && WordMatch.Normalize(text) is var normal && matches.Exists(m => m.IsIn(normal)))
        { Weight = 2 * matches.Count };
    }

    private static readonly System.Reflection.MethodInfo IsMatch = typeof(Regex).GetMethod(nameof(Regex.IsMatch), [typeof(string), typeof(string), typeof(RegexOptions)])!;
}

/// <summary>
/// Words in a text, without regard to case, the same in .NET and in a PostgreSQL of any locale: which characters make
/// a word and which letters are one is said here, to the last character, and the pattern spells it out.
/// </summary>
internal sealed record WordMatch(string Wanted)
{
    // ASCII letters and digits, and everything beyond Latin-1's signs but punctuation.
    private static readonly (int First, int Last)[] WordCharacters =
    [
        ('0', '9'), ('A', 'Z'), ('a', 'z'), (0xAA, 0xAA), (0xB5, 0xB5), (0xBA, 0xBA), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x1FFF),
        (0x2070, 0x2DFF), (0x2E80, 0x2FFF), (0x3004, 0x3007), (0x3021, 0xFEFF), (0xFF10, 0xFF19), (0xFF21, 0xFF3A), (0xFF41, 0xFF5A), (0xFF66, 0x10FFFF),
    ];

    private static readonly string Class = string.Concat(WordCharacters.Select(r => $"\\U{r.First:X8}-\\U{r.Last:X8}"));
    private static readonly Dictionary<char, string> Cases = FindCases();

    public static WordMatch Of(string text, bool prefix) => new(prefix ? Normalize(text)[..^1] : Normalize(text));

    public static bool HasWords(string text) => text.Any(IsWordCharacter);

    public bool IsIn(string normal) => normal.Contains(Wanted, StringComparison.Ordinal);

    /// <summary>The words of a text, in one case, with one space before, between and after them.</summary>
    public static string Normalize(string text)
    {
        var normal = new StringBuilder(" ", text.Length + 2);
        foreach (var c in text)
        {
            if (IsWordCharacter(c))
                normal.Append(Fold(c));
            else if (normal[^1] != ' ')
                normal.Append(' ');
        }
        return (normal[^1] == ' ' ? normal : normal.Append(' ')).ToString();
    }

    /// <summary>A regular expression of PostgreSQL that is found in a text where one of the matches is. It has no part that could be tried in two ways.</summary>
    public static string Pattern(List<WordMatch> matches) => $"(?:^|[^{Class}])(?:{string.Join('|', matches.Select(m => m.Pattern()))})";

    private string Pattern()
    {
        var pattern = new StringBuilder();
        foreach (var word in Wanted.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            pattern.Append(pattern.Length == 0 ? "" : $"[^{Class}]+");
            foreach (var c in word)
                pattern.Append(Cases.TryGetValue(c, out var cases) ? $"[{cases}]" : c.ToString());
        }
        return pattern.Append(Wanted.EndsWith(' ') ? $"(?:[^{Class}]|$)" : "").ToString();
    }

    // Half of a character beyond U+FFFF is part of a word, as the whole is.
    private static bool IsWordCharacter(char c) => char.IsSurrogate(c) || Array.Exists(WordCharacters, r => c >= r.First && c <= r.Last);

    private static char Fold(char c) => char.ToLowerInvariant(char.ToUpperInvariant(c));

    private static Dictionary<char, string> FindCases() =>
        Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(c => !char.IsSurrogate(c) && IsWordCharacter(c)).GroupBy(Fold).Where(g => g.Count() > 1)
            .ToDictionary(g => g.Key, g => string.Concat(g));
}
