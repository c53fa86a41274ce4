using System.Text;
using HeadlessSupport.Api.Platform.Conditions;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Platform.FullText;

/// <summary>How a term is looked for.</summary>
public enum TermKind
{
    /// <summary>In any form: <c>print</c> finds printing too.</summary>
    Word,

    /// <summary>Exactly these words in this order.</summary>
    Phrase,

    /// <summary>Any word that begins so.</summary>
    Prefix,
}

/// <summary>One thing to find, or to leave out.</summary>
public sealed record SearchTerm(TermKind Kind, string Text, bool Excluded = false);

/// <summary>
/// What is looked for: words, <c>"phrases"</c>, <c>prefix*</c>, and with a leading minus what must not be there. The
/// candidate functions take it from here, whoever made it.
/// </summary>
public sealed record SearchTerms(IReadOnlyList<SearchTerm> Terms)
{
    /// <summary>More are refused.</summary>
    public const int Most = 32;

    /// <summary>Longest <c>q</c>, in characters.</summary>
    public const int MaxLength = 500;

    /// <summary>Reads a <c>q</c>. A quote that is never closed goes to the end, as someone still types; a term of signs only asks for nothing.</summary>
    /// <exception cref="SupportException">It is blank or has too many terms: 400.</exception>
    public static SearchTerms Parse(string q)
    {
        if (string.IsNullOrWhiteSpace(q))
            throw SupportException.Unreadable("q", "Is blank: say what to find, or leave it out.");
        var terms = new List<SearchTerm>();
        var rest = q.AsSpan();
        while (Next(ref rest) is { } term)
        {
            if (term.Text.Any(char.IsLetterOrDigit) || term.Text.Any(char.IsSurrogate))
                terms.Add(term);
            if (terms.Count > Most)
                throw SupportException.Unreadable("q", $"Has more than {Most} words and phrases.");
        }
        return new(terms);
    }

    /// <summary>The words of a condition (<see cref="Condition.SplitWords"/>).</summary>
    /// <exception cref="SupportException">There are too many, or a phrase ends in a star: invalid_condition.</exception>
    public static SearchTerms Of(IReadOnlyList<(Words Words, bool IsExcluded)> words)
    {
        if (words.Count > Most)
            throw words[Most].Words.Place.Refuse($"At most {Most} words and phrases can be searched for.");
        if (words.FirstOrDefault(w => w.Words is { IsPhrase: true, Prefix: true }).Words is { } phrase)
            throw phrase.Place.Refuse("A search takes a star after a single word only, not after a phrase.");
        return new([.. words.Select(w => new SearchTerm(w.Words.IsPhrase ? TermKind.Phrase : w.Words.Prefix ? TermKind.Prefix : TermKind.Word, Plain(w.Words.Text), w.IsExcluded))]);
    }

    /// <summary>Whether anything is to be found, and not only left out.</summary>
    public bool AsksFor => Terms.Any(t => !t.Excluded);

    private static SearchTerm? Next(ref ReadOnlySpan<char> rest)
    {
        rest = rest.TrimStart();
        if (rest.IsEmpty)
            return null;
        var excluded = rest.Length > 1 && rest[0] == '-' && !char.IsWhiteSpace(rest[1]);
        if (excluded)
            rest = rest[1..];
        if (IsQuote(rest[0]))
        {
            var phrase = rest[1..];
            var close = phrase.IndexOfAny(Quotes);
            rest = close < 0 ? [] : phrase[(close + 1)..];
            return new(TermKind.Phrase, Plain(close < 0 ? phrase : phrase[..close]), excluded);
        }
        var end = 0;
        while (end < rest.Length && !char.IsWhiteSpace(rest[end]) && !IsQuote(rest[end]))
            end++;
        var word = rest[..end];
        rest = rest[end..];
        return word[^1] == '*'
            ? new(TermKind.Prefix, Plain(word.TrimEnd('*')), excluded)
            : new(TermKind.Word, Plain(word), excluded);
    }

    private const string Quotes = "\"“”„";

    private static bool IsQuote(char c) => Quotes.Contains(c, StringComparison.Ordinal);

    // Control characters separate nothing and mean nothing.
    private static string Plain(ReadOnlySpan<char> text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text)
            plain.Append(char.IsControl(c) ? ' ' : c);
        return plain.ToString();
    }
}
