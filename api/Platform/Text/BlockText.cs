using System.Globalization;
using System.Text;

namespace HeadlessSupport.Api.Platform.Text;

/// <summary>Writes a block tree as readable plain text.</summary>
internal static class BlockText
{
    /// <summary>The blocks as text: paragraphs parted by blank lines, lists with their signs, quotes with <c>&gt;</c>.</summary>
    public static string Write(IReadOnlyList<Block> blocks)
    {
        var lines = new List<string>();
        AddBlocks(lines, "", blocks, tight: false);
        return string.Join('\n', lines).Replace('\u00A0', ' ');
    }

    private static void AddBlocks(List<string> lines, string indent, IReadOnlyList<Block> blocks, bool tight)
    {
        for (var index = 0; index < blocks.Count; index++)
        {
            if (index > 0 && !tight)
                lines.Add(indent.TrimEnd());
            AddBlock(lines, indent, blocks[index]);
        }
    }

    private static void AddBlock(List<string> lines, string indent, Block block)
    {
        switch (block.Type)
        {
            case "quote":
                AddBlocks(lines, indent + "> ", block.Blocks!, tight: false);
                break;
            case "list":
                AddItems(lines, indent, block);
                break;
            case "code":
                AddLines(lines, indent, block.Text!);
                break;
            default:
                AddLines(lines, indent, Words(block.Inlines!));
                break;
        }
    }

    private static void AddItems(List<string> lines, string indent, Block list)
    {
        var number = list.Start ?? 1;
        foreach (var item in list.Items!)
        {
            var sign = list.Ordered is true ? string.Create(CultureInfo.InvariantCulture, $"{number++}. ") : "- ";
            var first = lines.Count;
            AddBlocks(lines, indent + new string(' ', sign.Length), item.Blocks!, tight: true);
            if (lines.Count == first)
                lines.Add(indent + sign.TrimEnd());
            else
                lines[first] = indent + sign + lines[first][Math.Min(indent.Length + sign.Length, lines[first].Length)..];
        }
    }

    private static void AddLines(List<string> lines, string indent, string text)
    {
        foreach (var line in text.Split('\n'))
            lines.Add((indent + line).TrimEnd());
    }

    private static string Words(IReadOnlyList<Inline> inlines)
    {
        var words = new StringBuilder();
        foreach (var inline in inlines)
        {
            _ = inline.Type switch
            {
                "text" => words.Append(inline.Text),
                "break" => words.Append('\n'),
                "image" => words.Append(inline.Alt is null ? "" : $"[{inline.Alt}]"),
                _ => words.Append(Link(inline.Href!, Words(inline.Inlines!))),
            };
        }
        return words.ToString();
    }

    private static string Link(string href, string words)
    {
        if (string.IsNullOrWhiteSpace(words))
            return href;
        return Bare(words) == Bare(href) ? words : $"{words} ({href})";
    }

    // "example.com" links to "https://example.com/" without saying it twice.
    private static string Bare(string address)
    {
        address = address.Trim().TrimEnd('/');
        foreach (var prefix in (ReadOnlySpan<string>)["https://", "http://", "mailto:"])
        {
            if (address.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                return address[prefix.Length..];
        }
        return address;
    }
}
