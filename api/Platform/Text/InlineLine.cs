using System.Text;

namespace HeadlessSupport.Api.Platform.Text;

/// <summary>The marks of a text.</summary>
internal readonly record struct InlineStyle(bool Bold, bool Italic, bool Strike, bool Code)
{
    public InlineStyle With(string tag) => tag switch
    {
        "b" or "strong" or "th" => this with { Bold = true },
        "i" or "em" => this with { Italic = true },
        "s" or "del" => this with { Strike = true },
        "code" or "kbd" => this with { Code = true },
        _ => this,
    };

    public Inline Apply(string text) => new()
    {
        Type = "text",
        Text = text,
        Bold = Bold ? true : null,
        Italic = Italic ? true : null,
        Strike = Strike ? true : null,
        Code = Code ? true : null,
    };
}

/// <summary>The pieces of the paragraph being read, with spaces joined as a browser joins them.</summary>
internal sealed class InlineLine
{
    private List<Inline> pieces = [];
    private List<Inline>? outside;
    private string? href;
    private readonly StringBuilder text = new();
    private InlineStyle style;

    // True at a line's beginning and after a space: what HTML would not show there is not added.
    private bool afterSpace = true;

    public void Add(string added, InlineStyle addedStyle)
    {
        if (addedStyle != style)
            EndText();
        style = addedStyle;
        foreach (var character in added)
        {
            var isSpace = character is ' ' or '\n' or '\t' or '\r' or '\f';
            if (!isSpace)
                text.Append(character);
            else if (!afterSpace)
                text.Append(' ');
            afterSpace = isSpace;
        }
    }

    public void AddCells(IEnumerable<IReadOnlyList<Inline>> cells)
    {
        EndText();
        var from = pieces.Count;
        foreach (var cell in cells)
        {
            if (pieces.Count > from)
                pieces.Add(default(InlineStyle).Apply(" | "));
            pieces.AddRange(cell);
        }
        afterSpace = pieces.Count == 0;
    }

    public void Break()
    {
        EndText(trim: true);
        pieces.Add(new Inline { Type = "break" });
        afterSpace = true;
    }

    public void BreakUnlessFirst()
    {
        if ((pieces.Count > 0 || text.Length > 0) && pieces is not [.., { Type: "break" }])
            Break();
    }

    public void Image(string src, string? alt)
    {
        EndText();
        pieces.Add(new Inline { Type = "image", Src = src, Alt = string.IsNullOrWhiteSpace(alt) ? null : alt.Trim() });
        afterSpace = false;
    }

    public void Begin(string link)
    {
        EndText();
        (outside, pieces, href) = (pieces, [], link);
    }

    public void End()
    {
        EndText();
        var link = new Inline { Type = "link", Href = href, Inlines = WithoutOuterBreaks(pieces) };
        (pieces, outside, href) = (outside!, null, null);
        // A link around nothing cannot be seen or followed.
        if (link.Inlines.Count > 0)
            pieces.Add(link);
    }

    /// <summary>Hands out the line and begins a new one.</summary>
    public List<Inline> Take()
    {
        EndText(trim: true);
        var taken = WithoutOuterBreaks(pieces);
        pieces = [];
        afterSpace = true;
        // Mail programs keep lines apart by paragraphs of one unbreakable space.
        return taken.TrueForAll(piece => piece.Type is "break" || string.IsNullOrWhiteSpace(piece.Text) && piece.Type is "text")
            ? []
            : taken;
    }

    private static List<Inline> WithoutOuterBreaks(List<Inline> pieces)
    {
        var first = pieces.FindIndex(piece => piece.Type is not "break");
        var last = pieces.FindLastIndex(piece => piece.Type is not "break");
        return first < 0 ? [] : pieces[first..(last + 1)];
    }

    private void EndText(bool trim = false)
    {
        if (trim && text.Length > 0 && text[^1] is ' ')
            text.Length--;
        if (text.Length > 0)
            pieces.Add(style.Apply(text.ToString()));
        text.Clear();
    }
}
