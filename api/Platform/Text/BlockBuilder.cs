using System.Globalization;
using System.Text;
using AngleSharp.Dom;

namespace HeadlessSupport.Api.Platform.Text;

/// <summary>Builds the block tree from sanitized HTML.</summary>
/// <remarks>It recurses; <see cref="BoundedHtml"/> keeps the depth small.</remarks>
internal sealed class BlockBuilder
{
    private readonly List<Block> blocks = [];
    private readonly InlineLine line = new();

    private BlockBuilder()
    {
    }

    /// <summary>The blocks of an element's content.</summary>
    public static IReadOnlyList<Block> Build(INode content) => Build(content, default);

    private static List<Block> Build(INode content, InlineStyle style)
    {
        var builder = new BlockBuilder();
        builder.AddChildren(content, style);
        builder.EndParagraph();
        return builder.blocks;
    }

    private void AddChildren(INode parent, InlineStyle style)
    {
        foreach (var child in parent.ChildNodes)
            Add(child, style);
    }

    private void Add(INode node, InlineStyle style)
    {
        if (node is IText text)
            line.Add(text.Data, style);
        if (node is not IElement element)
            return;
        switch (element.LocalName)
        {
            case "p" or "div" or "li" or "caption":
                EndParagraph();
                AddChildren(element, style);
                EndParagraph();
                break;
            case "hr":
                EndParagraph();
                break;
            case "h1" or "h2" or "h3" or "h4" or "h5" or "h6":
                AddHeading(element, style);
                break;
            case "blockquote":
                AddBlock(new Block { Type = "quote", Blocks = Build(element, style) });
                break;
            case "ul" or "ol":
                AddList(element, style);
                break;
            case "pre":
                AddCode(element);
                break;
            case "table":
                AddTable(element, style);
                break;
            default:
                AddInline(element, style);
                break;
        }
    }

    private void AddBlock(Block block)
    {
        EndParagraph();
        // An empty quote, list or code block says nothing.
        if (block is { Blocks.Count: > 0 } or { Items.Count: > 0 } or { Text.Length: > 0 })
            blocks.Add(block);
    }

    private void AddInline(IElement element, InlineStyle style)
    {
        switch (element.LocalName)
        {
            case "br":
                line.Break();
                break;
            case "img" when element.GetAttribute("src") is { } src:
                line.Image(src, element.GetAttribute("alt"));
                break;
            case "img":
                line.Add(element.GetAttribute("alt") ?? "", style);
                break;
            case "a" when element.GetAttribute("href") is { } href:
                AddLink(element, href, style);
                break;
            default:
                AddChildren(element, style.With(element.LocalName));
                break;
        }
    }

    // A link may hold paragraphs; its pieces stay on one line, parted by breaks.
    private void AddLink(IElement element, string href, InlineStyle style)
    {
        line.Begin(href);
        AddPieces(element, style);
        line.End();
    }

    private void AddPieces(INode parent, InlineStyle style)
    {
        foreach (var child in parent.ChildNodes)
        {
            if (child is IText text)
                line.Add(text.Data, style);
            if (child is not IElement element)
                continue;
            var isBlock = HtmlPolicy.Blocks.Contains(element.LocalName) || element.LocalName is "tr";
            if (isBlock)
                line.BreakUnlessFirst();
            if (element.LocalName is "br" or "img")
                AddInline(element, style);
            else
                AddPieces(element, style.With(element.LocalName));
            if (element.LocalName is "td" or "th")
                line.Add(" ", style);
        }
    }

    private void AddHeading(IElement element, InlineStyle style)
    {
        EndParagraph();
        foreach (var child in element.ChildNodes)
        {
            if (child is IElement inner && HtmlPolicy.Blocks.Contains(inner.LocalName))
                AddPieces(inner, style);
            else
                Add(child, style);
        }
        if (line.Take() is { Count: > 0 } inlines)
            blocks.Add(new Block { Type = "heading", Level = element.LocalName[1] - '0', Inlines = inlines });
    }

    private void AddList(IElement element, InlineStyle style)
    {
        var items = new List<Block>();
        foreach (var child in element.ChildNodes)
        {
            var content = child is IElement { LocalName: "li" } ? Build(child, style) : BuildAlone(child, style);
            if (content.Count > 0 || child is IElement { LocalName: "li" })
                items.Add(new Block { Type = "item", Blocks = content });
        }
        var ordered = element.LocalName is "ol";
        AddBlock(new Block { Type = "list", Ordered = ordered, Start = ordered ? Start(element) : null, Items = items });
    }

    private static int? Start(IElement element) =>
        int.TryParse(element.GetAttribute("start"), NumberStyles.None, CultureInfo.InvariantCulture, out var start) && start is not 1
            ? start
            : null;

    private static List<Block> BuildAlone(INode node, InlineStyle style)
    {
        var builder = new BlockBuilder();
        builder.Add(node, style);
        builder.EndParagraph();
        return builder.blocks;
    }

    private void AddCode(IElement element)
    {
        var text = new StringBuilder();
        Collect(element, text);
        var language = HtmlPolicy.LanguageOf(element.QuerySelector("code")?.GetAttribute("class"));
        AddBlock(new Block { Type = "code", Language = language, Text = text.ToString().TrimEnd('\n') });
    }

    private static void Collect(INode node, StringBuilder text)
    {
        foreach (var child in node.ChildNodes)
        {
            if (child is IText piece)
                text.Append(piece.Data);
            else if (child is IElement { LocalName: "br" })
                text.Append('\n');
            else
                Collect(child, text);
        }
    }

    // The tree has no tables: rows of short cells are the lines of a paragraph, and a layout table is what stands in it.
    private void AddTable(IElement table, InlineStyle style)
    {
        EndParagraph();
        foreach (var part in table.ChildNodes)
            AddTablePart(part, style);
        EndParagraph();
    }

    private void AddTablePart(INode part, InlineStyle style)
    {
        if (part is not IElement element)
            return;
        if (element.LocalName is "tr")
            AddRow(element, style);
        else if (element.LocalName is "thead" or "tbody" or "tfoot")
        {
            foreach (var row in element.ChildNodes)
                AddTablePart(row, style);
        }
        else
            Add(element, style);
    }

    private void AddRow(IElement row, InlineStyle style)
    {
        var cells = row.Children.Select(cell => Build(cell, style.With(cell.LocalName))).Where(cell => cell.Count > 0).ToList();
        if (cells.All(cell => cell is [{ Type: "paragraph" }]))
        {
            line.BreakUnlessFirst();
            line.AddCells(cells.Select(cell => cell[0].Inlines!));
            return;
        }
        EndParagraph();
        blocks.AddRange(cells.SelectMany(cell => cell));
    }

    private void EndParagraph()
    {
        if (line.Take() is { Count: > 0 } inlines)
            blocks.Add(new Block { Type = "paragraph", Inlines = inlines });
    }
}
