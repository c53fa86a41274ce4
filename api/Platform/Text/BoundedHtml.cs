using System.Text;
using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace HeadlessSupport.Api.Platform.Text;

/// <summary>
/// Rewrites any HTML as well-nested HTML of allowed tags, at most <see cref="MaxLevels"/> deep, in linear time.
/// </summary>
/// <remarks>
/// It stands before the parser, whose tree may cost quadratic time and memory on hostile input (10,000 open tags, or
/// formatting tags that are opened anew in each paragraph), and spares everything after it deep recursion. It is no
/// sanitizer: that one sees the whole result again.
/// </remarks>
internal sealed class BoundedHtml
{
    /// <summary>
    /// How deep tags may stand inside one another; a table counts once with its rows and cells. A tag that would be
    /// deeper goes and leaves its content. JSON readers usually stop at 64 levels, of which a block takes two.
    /// </summary>
    public const int MaxLevels = 20;

    // More attributes than this on one tag are not looked at; no allowed tag has use for as many.
    private const int MaxAttributes = 8;

    private readonly StringBuilder output = new();
    private readonly List<string> open = [];
    private readonly Dictionary<string, int> omitted = new(StringComparer.Ordinal);
    private int levels;
    private bool broken;

    private BoundedHtml()
    {
    }

    /// <summary>The rewritten HTML.</summary>
    public static string From(string html)
    {
        var rewriting = new BoundedHtml();
        using var source = new TextSource(html);
        rewriting.Rewrite(new HtmlTokenizer(source, HtmlEntityProvider.Resolver)
        {
            SkipComments = true,
            SkipProcessingInstructions = true,
            ShouldEmitAttribute = (ref tag, name) =>
                tag.Attributes.Count < MaxAttributes
                && HtmlPolicy.Attributes.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name.Span),
        });
        return rewriting.output.ToString();
    }

    private void Rewrite(HtmlTokenizer tokenizer)
    {
        while (tokenizer.Get() is { Type: not HtmlTokenType.EndOfFile } token)
        {
            if (token.Type is HtmlTokenType.Character)
                Write(token.Data);
            else if (token.Type is HtmlTokenType.StartTag)
                Begin(token.AsTag(), tokenizer);
            else if (token.Type is HtmlTokenType.EndTag && HtmlPolicy.NameOf(token.Name) is { } name)
                End(name);
        }
        CloseFrom(0);
    }

    private void Write(string text)
    {
        broken &= string.IsNullOrWhiteSpace(text);
        HtmlWriter.Escape(output, text);
    }

    private void Begin(HtmlTagToken tag, HtmlTokenizer tokenizer)
    {
        if (Vanishes(tag, tokenizer))
            return;
        if (HtmlPolicy.NameOf(tag.Name) is not { } name)
            return;
        CloseWhatEndsBy(name);
        if (name is "br" or "hr" or "img")
            Emit(name, tag);
        else if (Fits(name))
            Open(name, tag);
        else
            Omit(name);
    }

    /// <summary>Skips elements whose content is not for reading, whole.</summary>
    private static bool Vanishes(HtmlTagToken tag, HtmlTokenizer tokenizer)
    {
        if (ModeWithin(tag.Name) is { } mode)
            tokenizer.State = mode;
        else if (tag.Name is not ("svg" or "math" or "template"))
            return false;
        else if (tag.IsSelfClosing && tag.Name is not "template")
            return true;

        var depth = 1;
        while (depth > 0 && tokenizer.Get() is { Type: not HtmlTokenType.EndOfFile } token)
        {
            if (token.Type is HtmlTokenType.StartTag && ModeWithin(token.Name) is { } inner)
                tokenizer.State = inner;
            if (token.Type is HtmlTokenType.StartTag or HtmlTokenType.EndTag && token.Name == tag.Name)
                depth += token.Type is HtmlTokenType.StartTag ? 1 : -1;
        }
        return true;
    }

    // What stands in these is no HTML to a browser, so it must not be read as such here either.
    private static HtmlParseMode? ModeWithin(string name) => name switch
    {
        "script" => HtmlParseMode.Script,
        "style" or "iframe" or "noembed" or "noframes" or "noscript" or "xmp" => HtmlParseMode.Rawtext,
        "title" or "textarea" => HtmlParseMode.RCData,
        "plaintext" => HtmlParseMode.Plaintext,
        _ => null,
    };

    private void CloseWhatEndsBy(string name)
    {
        if (HtmlPolicy.Blocks.Contains(name))
            CloseNearest(static tag => tag is "p", static tag => HtmlPolicy.Blocks.Contains(tag) || IsCell(tag));
        if (name is "a")
            CloseNearest(static tag => tag is "a", static tag => tag is "table" || IsCell(tag));
        else if (name is "li")
            CloseNearest(static tag => tag is "li", static tag => tag is "ul" or "ol" or "blockquote" or "table" || IsCell(tag));
        else if (IsCell(name))
            CloseNearest(IsCell, static tag => tag is "table");
        else if (name is "tr")
            CloseNearest(static tag => tag is "tr" or "caption", static tag => tag is "table");
        else if (HtmlPolicy.TableParts.Contains(name))
            CloseNearest(static tag => tag is "thead" or "tbody" or "tfoot" or "caption", static tag => tag is "table");
    }

    private static bool IsCell(string tag) => tag is "td" or "th" or "caption";

    private void CloseNearest(Predicate<string> wanted, Predicate<string> boundary)
    {
        for (var index = open.Count - 1; index >= 0; index--)
        {
            if (wanted(open[index]))
            {
                CloseFrom(index);
                return;
            }
            if (boundary(open[index]))
                return;
        }
    }

    private bool Fits(string name)
    {
        // Parts of a table that went itself must not be taken for parts of the one around it.
        if (HtmlPolicy.TableParts.Contains(name))
            return open.Contains("table") && omitted.GetValueOrDefault("table") == 0;
        return !Counts(name) || levels < MaxLevels;
    }

    private static bool Counts(string name) => !HtmlPolicy.TableParts.Contains(name);

    private void Open(string name, HtmlTagToken tag)
    {
        Emit(name, tag);
        open.Add(name);
        levels += Counts(name) ? 1 : 0;
    }

    private void Emit(string name, HtmlTagToken tag)
    {
        broken = name is "br";
        output.Append('<').Append(name);
        foreach (var attribute in tag.Attributes)
        {
            if (!HtmlPolicy.Allows(name, attribute.Name, attribute.Value))
                continue;
            output.Append(' ').Append(attribute.Name).Append("=\"");
            HtmlWriter.Escape(output, attribute.Value);
            output.Append('"');
        }
        output.Append('>');
    }

    private void Omit(string name)
    {
        omitted[name] = omitted.GetValueOrDefault(name) + 1;
        Separate(name);
    }

    /// <summary>Keeps words apart that only tags kept apart.</summary>
    private void Separate(string name)
    {
        if (name is "td" or "th")
            output.Append(' ');
        else if (!broken && (HtmlPolicy.Blocks.Contains(name) || name is "tr"))
        {
            output.Append("<br>");
            broken = true;
        }
    }

    private void End(string name)
    {
        // The innermost tag ends first, and that is one that went.
        if (omitted.GetValueOrDefault(name) is var count and > 0)
        {
            omitted[name] = count - 1;
            Separate(name);
            return;
        }
        for (var index = open.Count - 1; index >= 0; index--)
        {
            if (open[index] == name)
            {
                CloseFrom(index);
                return;
            }
            if (Shields(open[index], name))
                return;
        }
    }

    // A stray end tag in a cell or a nested list does not tear the whole table or list apart.
    private static bool Shields(string around, string name) => around switch
    {
        "table" => name is not "table",
        "td" or "th" or "caption" => name is not "table" && !HtmlPolicy.TableParts.Contains(name),
        "ul" or "ol" => name is "li",
        _ => false,
    };

    private void CloseFrom(int index)
    {
        for (var last = open.Count - 1; last >= index; last--)
        {
            output.Append("</").Append(open[last]).Append('>');
            levels -= Counts(open[last]) ? 1 : 0;
            open.RemoveAt(last);
        }
    }
}
