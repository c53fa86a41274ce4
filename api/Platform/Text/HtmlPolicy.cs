using System.Collections.Frozen;

namespace HeadlessSupport.Api.Platform.Text;

/// <summary>What HTML a body may hold: the one allow list, for the rewriting and for the sanitizer after it.</summary>
internal static class HtmlPolicy
{
    /// <summary>The tags that stay.</summary>
    public static readonly FrozenSet<string> Tags = FrozenSet.Create(StringComparer.Ordinal,
        "a", "b", "blockquote", "br", "caption", "code", "del", "div", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i",
        "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "s", "small", "strong", "sub", "sup", "table", "tbody", "td",
        "tfoot", "th", "thead", "tr", "u", "ul");

    /// <summary>Tags that stay under another name, so that what follows has fewer to know.</summary>
    private static readonly FrozenDictionary<string, string> Aliases = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["address"] = "div",
        ["article"] = "div",
        ["aside"] = "div",
        ["center"] = "div",
        ["dd"] = "div",
        ["details"] = "div",
        ["dir"] = "ul",
        ["dl"] = "div",
        ["dt"] = "div",
        ["fieldset"] = "div",
        ["figcaption"] = "div",
        ["figure"] = "div",
        ["footer"] = "div",
        ["form"] = "div",
        ["header"] = "div",
        ["image"] = "img",
        ["legend"] = "div",
        ["main"] = "div",
        ["menu"] = "ul",
        ["nav"] = "div",
        ["samp"] = "code",
        ["section"] = "div",
        ["strike"] = "s",
        ["summary"] = "div",
        ["tt"] = "code",
        ["var"] = "code",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Tags that end the paragraph they stand in.</summary>
    public static readonly FrozenSet<string> Blocks = FrozenSet.Create(StringComparer.Ordinal,
        "blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table", "ul");

    /// <summary>Tags that only mean something inside a table.</summary>
    public static readonly FrozenSet<string> TableParts = FrozenSet.Create(StringComparer.Ordinal,
        "caption", "tbody", "td", "tfoot", "th", "thead", "tr");

    private static readonly FrozenDictionary<string, string[]> AttributesOfTags = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["a"] = ["href", "title"],
        ["code"] = ["class"],
        ["img"] = ["src", "alt", "title", "width", "height"],
        ["ol"] = ["start"],
        ["td"] = ["colspan", "rowspan"],
        ["th"] = ["colspan", "rowspan"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Every attribute that stays on some tag.</summary>
    public static readonly FrozenSet<string> Attributes =
        AttributesOfTags.Values.SelectMany(names => names).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Attributes that hold an address.</summary>
    public static readonly FrozenSet<string> UrlAttributes = FrozenSet.Create(StringComparer.Ordinal, "href", "src");

    /// <summary>The name under which a tag stays; null if it goes and leaves its content.</summary>
    public static string? NameOf(string tag) =>
        Tags.TryGetValue(tag, out var name) ? name : Aliases.GetValueOrDefault(tag);

    /// <summary>Whether an attribute may stay on a tag with its value. Addresses are judged by <see cref="Url"/>.</summary>
    public static bool Allows(string tag, string attribute, string value) =>
        AttributesOfTags.TryGetValue(tag, out var names) && names.Contains(attribute, StringComparer.Ordinal)
        && attribute switch
        {
            "class" => LanguageOf(value) is not null,
            "width" or "height" => value.Length is > 0 and <= 4 && value.All(char.IsAsciiDigit),
            "start" => value.Length is > 0 and <= 9 && value.All(char.IsAsciiDigit),
            "colspan" or "rowspan" => value.Length is 1 or 2 && value.All(char.IsAsciiDigit),
            _ => true,
        };

    /// <summary>The language that a code block's class names; null if it names none.</summary>
    public static string? LanguageOf(string? codeClass) =>
        codeClass is not null && codeClass.StartsWith("language-", StringComparison.Ordinal)
        && codeClass["language-".Length..] is { Length: > 0 and <= 30 } language
        && language.All(character => char.IsAsciiLetterOrDigit(character) || character is '+' or '-' or '#' or '.' or '_')
            ? language
            : null;

    /// <summary>The address in the form to keep; null if it may not stay on the tag.</summary>
    /// <remarks>Only whole addresses stay: a relative one would lead into whatever page shows the body.</remarks>
    public static string? Url(string tag, string? url)
    {
        url = url?.Trim();
        if (string.IsNullOrEmpty(url) || url.Any(char.IsControl) || !Uri.TryCreate(url, UriKind.Absolute, out var uri))
            return null;
        var allowed = tag switch
        {
            "a" => uri.Scheme is "http" or "https" ? uri.Host.Length > 0 : uri.Scheme is "mailto",
            "img" => uri.Scheme is "https" ? uri.Host.Length > 0 : uri.Scheme is "cid",
            _ => false,
        };
        return allowed && HasWrittenScheme(url, uri.Scheme) ? url : null;
    }

    // .NET reads some addresses that begin otherwise (a path, a UNC name); the browser would read them differently.
    private static bool HasWrittenScheme(string url, string scheme) =>
        url.StartsWith(scheme + ':', StringComparison.OrdinalIgnoreCase);
}
