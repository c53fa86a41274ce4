using System.Net;
using System.Text;

namespace HeadlessSupport.Api.Platform.FullText;

/// <summary>A short piece of a text, with what matched marked in <c>html</c>.</summary>
public sealed record Snippet(string Text, string Html, int Marks);

/// <summary>
/// Finds the place in a text that has most of what matched, and marks it. Works on plain text and escapes all of it,
/// so that the only tags in its HTML are its own.
/// </summary>
public sealed class Highlighter
{
    private const int Window = 160;
    private readonly HashSet<string> words = new(StringComparer.Ordinal);
    private readonly List<string[]> phrases = [];

    /// <param name="terms">What was asked for: phrases are marked where they stand whole.</param>
    /// <param name="marks">The words that matched.</param>
    public Highlighter(SearchTerms terms, IEnumerable<string> marks)
    {
        foreach (var term in terms.Terms.Where(t => !t.Excluded))
        {
            var parts = WordsOf(term.Text).Select(w => w.Word).ToArray();
            if (term.Kind == TermKind.Phrase || parts.Length > 1)
                phrases.Add(parts);
        }
        words.UnionWith(marks.Where(m => m.All(char.IsLetterOrDigit)));
    }

    /// <summary>The best piece of a text; null where nothing in it matches.</summary>
    public Snippet? Of(string text)
    {
        var marks = MarksIn(text);
        if (marks.Count == 0)
            return null;
        var (first, last) = BestOf(marks);
        var start = StartOf(text, Math.Max(0, marks[first].Start - Math.Max(20, (Window - (marks[last].End - marks[first].Start)) / 2)));
        var end = EndOf(text, Math.Min(text.Length, Math.Max(start + Window, marks[last].End)));
        return Write(text, start, end, marks.Where(m => m.Start >= start && m.End <= end), last - first + 1);
    }

    private List<(int Start, int End)> MarksIn(string text)
    {
        var all = WordsOf(text).ToList();
        var marked = new bool[all.Count];
        for (var i = 0; i < all.Count; i++)
        {
            marked[i] |= words.Contains(all[i].Word);
            foreach (var phrase in phrases)
            {
                if (phrase.Length <= all.Count - i && phrase.Select((w, n) => w == all[i + n].Word).All(same => same))
                    Array.Fill(marked, true, i, phrase.Length);
            }
        }
        return [.. all.Where((_, i) => marked[i]).Select(w => (w.Start, w.End))];
    }

    // The stretch of at most a window's length with most marks, the first of equals.
    private static (int First, int Last) BestOf(List<(int Start, int End)> marks)
    {
        var best = (First: 0, Last: 0);
        for (int first = 0, last = 0; first < marks.Count; first++)
        {
            last = Math.Max(last, first);
            while (last + 1 < marks.Count && marks[last + 1].End - marks[first].Start <= Window - 40)
                last++;
            if (last - first > best.Last - best.First)
                best = (first, last);
        }
        return best;
    }

    // Snippets begin and end between words, where one is near.
    private static int StartOf(string text, int at)
    {
        if (at == 0)
            return 0;
        for (var i = at; i < Math.Min(text.Length, at + 20); i++)
        {
            if (char.IsWhiteSpace(text[i]))
                return i + 1;
        }
        return char.IsLowSurrogate(text[at]) ? at + 1 : at;
    }

    private static int EndOf(string text, int at)
    {
        if (at == text.Length)
            return at;
        for (var i = at; i > at - 20; i--)
        {
            if (char.IsWhiteSpace(text[i]))
                return i;
        }
        return char.IsLowSurrogate(text[at]) ? at + 1 : at;
    }

    private static Snippet Write(string text, int start, int end, IEnumerable<(int Start, int End)> marks, int count)
    {
        var plain = new StringBuilder(start > 0 ? "… " : "");
        var html = new StringBuilder(start > 0 ? "… " : "");
        var at = start;
        foreach (var (from, to) in marks)
        {
            html.Append(Escape(text[at..from])).Append("<mark>").Append(Escape(text[from..to])).Append("</mark>");
            at = to;
        }
        html.Append(Escape(text[at..end])).Append(end < text.Length ? " …" : "");
        plain.Append(OneLine(text[start..end])).Append(end < text.Length ? " …" : "");
        return new(plain.ToString(), html.ToString(), count);
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(OneLine(text));

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('\t', ' ');

    private static IEnumerable<(int Start, int End, string Word)> WordsOf(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsWord(text, i))
                continue;
            var start = i;
            while (i < text.Length && IsWord(text, i))
                i++;
            yield return (start, i, text[start..i].ToLowerInvariant());
        }
    }

    private static bool IsWord(string text, int at) =>
        char.IsLetterOrDigit(text[at]) || char.IsSurrogate(text[at]) || char.GetUnicodeCategory(text[at]) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;
}
