using System.Text;

namespace HeadlessSupport.Api.Platform.Conditions;

/// <summary>The text form: <c>status:open priority>=high -tag:spam "card declined"</c>. Reading what was written gives the same.</summary>
public static class ConditionText
{
    internal const string Quotes = "\"“”„";

    /// <summary>Reads a condition; none where there is only white space.</summary>
    /// <param name="source">The query parameter or the pointer that errors name.</param>
    /// <exception cref="Http.SupportException">invalid_condition, with the character.</exception>
    public static Condition Read(string text, string source) => new ConditionParser(text, source).Read();

    /// <summary>Writes the shortest form of it.</summary>
    public static string Write(Condition condition)
    {
        var text = new StringBuilder();
        Write(text, condition);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Condition condition)
    {
        switch (condition)
        {
            case All all:
                WriteGroup(text, all.Of, " ", inParentheses: part => part is All or Any);
                break;
            case Any any:
                WriteGroup(text, any.Of, " or ", inParentheses: part => part is Any);
                break;
            case Not not:
                text.Append('-');
                WriteGroup(text, [not.Of], "", inParentheses: part => part is All or Any);
                break;
            case Comparison comparison:
                WriteComparison(text, comparison);
                break;
            case Words words:
                var body = words.Text + (words.Prefix ? "*" : "");
                text.Append(words.IsPhrase ? Quote(body) : body);
                break;
        }
    }

    private static void WriteGroup(StringBuilder text, IReadOnlyList<Condition> parts, string between, Func<Condition, bool> inParentheses)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            text.Append(i == 0 ? "" : between);
            if (inParentheses(parts[i]))
            {
                text.Append('(');
                Write(text, parts[i]);
                text.Append(')');
            }
            else
                Write(text, parts[i]);
        }
    }

    private static void WriteComparison(StringBuilder text, Comparison comparison)
    {
        var dot = comparison.Field.IndexOf('.', StringComparison.Ordinal) + 1;
        text.Append(comparison.Field.All(IsNameCharacter) ? comparison.Field : comparison.Field[..dot] + Quote(comparison.Field[dot..]));
        text.Append(comparison.Operator switch { Operator.NotIn => "!=", Operator.Gt => ">", Operator.Gte => ">=", Operator.Lt => "<", Operator.Lte => "<=", _ => ":" });
        text.Append(comparison.Operator switch
        {
            Operator.None => "none",
            Operator.Any => "any",
            _ => string.Join(',', comparison.Values.Select(v => v.Length > 0 && v[0] != '=' && NullCheckOf(v) is null && !v.Any(EndsValue) ? v : Quote(v))),
        });
    }

    private static string Quote(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    internal static bool IsNameCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';

    /// <summary>Letters, digits, dots and dashes; after the first dot anything, which the text form then quotes.</summary>
    internal static bool IsField(string name)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return name.Length > 0 && name[0] != '-' && (dot < 0 ? name : name[..dot]).All(IsNameCharacter);
    }

    internal static bool EndsValue(char c) => EndsWord(c) || c == ',';

    internal static bool EndsWord(char c) => char.IsWhiteSpace(c) || c is '(' or ')' || IsQuote(c);

    internal static bool IsQuote(char c) => Quotes.Contains(c, StringComparison.Ordinal);

    /// <summary>What a value without quotes asks, where it asks whether there is a value at all.</summary>
    internal static Operator? NullCheckOf(string value) =>
        value.Equals("none", StringComparison.OrdinalIgnoreCase) ? Operator.None : value.Equals("any", StringComparison.OrdinalIgnoreCase) ? Operator.Any : null;

    /// <summary>
    /// Words in their one form: a star at the end is a prefix, and what the text form can only say in quotes is a phrase.
    /// </summary>
    internal static Words WordsOf(string text, bool isPhrase, Place place)
    {
        if (text.Length > Condition.MaxValue)
            throw place.Refuse(Condition.TooLong);
        if (!WordMatch.HasWords(text))
            throw place.Refuse("There is no letter or digit here to look for.");
        var body = text.TrimEnd('*');
        return new(body, isPhrase || !IsBareWord(body), body.Length < text.Length) { Place = place };
    }

    private static bool IsBareWord(string text) =>
        text[0] != '-' && !ConditionParser.Keywords.Contains(text, StringComparer.OrdinalIgnoreCase) && !text.Contains("!=", StringComparison.Ordinal) && text.All(c => !EndsWord(c) && c is not (':' or '=' or '<' or '>'));
}
