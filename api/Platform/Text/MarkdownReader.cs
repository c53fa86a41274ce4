using System.Buffers;
using Markdig;
using Markdig.Extensions.AutoLinks;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Extensions.Tables;
using Markdig.Parsers;
using Markdig.Syntax;
using MarkdownBlock = Markdig.Syntax.Block;

namespace HeadlessSupport.Api.Platform.Text;

/// <summary>Turns Markdown, as people write it in chats and mails, into HTML that still has to be sanitized.</summary>
/// <remarks>
/// Markdig takes quadratic time on some inputs (measured on 1.6: half a minute for 256 KiB of <c>[a](</c>) and deep
/// recursion on others. What could cost that is no prose, so it is given up before Markdig looks at it closely.
/// </remarks>
internal static class MarkdownReader
{
    /// <summary>Lists and quotes inside one another; deeper markers are read as text.</summary>
    private const int MaxDepth = 30;

    // Each limit keeps its worst input under a quarter of a second; all are far beyond what people write.
    private const int MaxParagraphLines = 2_000;
    private const int MaxParagraphMarks = 4_000;
    private const int MaxSetextHeadings = 3_000;
    private const int MaxTableCells = 20_000;
    private const long MaxWeight = 60_000_000;

    private static readonly SearchValues<char> Marks = SearchValues.Create("[]*_~`|<:.");

    private static readonly object TallyKey = new();

    private static readonly MarkdownPipeline Pipeline = Build();

    /// <summary>The Markdown as HTML.</summary>
    /// <returns>Null if the text is too tangled to be Markdown that somebody wrote.</returns>
    public static string? ToHtml(string markdown)
    {
        try
        {
            return Markdown.ToHtml(markdown, Pipeline);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Besides our own limits Markdig has one of nesting; and whatever else it may stumble over, a message that
            // is stored must stay readable, if only as it was typed.
            return null;
        }
    }

    private static MarkdownPipeline Build()
    {
        var builder = new MarkdownPipelineBuilder()
            .DisableHtml()
            .UseAutoLinks(new AutoLinkOptions { UseHttpsForWWWLinks = true })
            .UsePipeTables(new PipeTableOptions { RequireHeaderSeparator = true })
            .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
            .UseSoftlineBreakAsHardlineBreak();
        builder.BlockParsers.Replace<QuoteBlockParser>(new ShallowQuoteParser());
        builder.BlockParsers.Replace<ListBlockParser>(new ShallowListParser());
        builder.BlockParsers.Replace<ParagraphBlockParser>(new ShortParagraphParser());
        foreach (var parser in builder.BlockParsers.Where(parser => parser is ParagraphBlockParser or HeadingBlockParser))
            parser.Closed += Weigh;
        return builder.Build();
    }

    private static bool IsDeep(BlockProcessor processor)
    {
        var depth = 0;
        for (MarkdownBlock? block = processor.GetCurrentContainerOpened(); block is not null; block = block.Parent)
            depth += block is QuoteBlock or ListBlock ? 1 : 0;
        return depth >= MaxDepth;
    }

    private static void Weigh(BlockProcessor processor, MarkdownBlock block)
    {
        if (block is not LeafBlock leaf)
            return;
        var tally = (Tally?)processor.Document.GetData(TallyKey);
        if (tally is null)
            processor.Document.SetData(TallyKey, tally = new Tally());
        long length = 0;
        long marks = 0;
        var columns = 0;
        for (var line = 0; line < leaf.Lines.Count; line++)
        {
            var text = leaf.Lines.Lines[line].Slice.AsSpan();
            length += text.Length;
            marks += CountMarks(text);
            columns = Math.Max(columns, text.Count('|'));
        }
        tally.Weight += length * marks;
        // Each row of a table is filled up to its widest.
        tally.Cells += columns * leaf.Lines.Count;
        tally.Setext += block is HeadingBlock { IsSetext: true } ? 1 : 0;
        if (marks > MaxParagraphMarks || tally.IsTooMuch)
            throw new TooTangledException();
    }

    private static int CountMarks(ReadOnlySpan<char> text)
    {
        var marks = 0;
        while (text.IndexOfAny(Marks) is var index and >= 0)
        {
            marks++;
            text = text[(index + 1)..];
        }
        return marks;
    }

    private sealed class Tally
    {
        /// <summary>Over all paragraphs, their length by their marks: what Markdig's time grows with.</summary>
        public long Weight { get; set; }

        public int Cells { get; set; }

        public int Setext { get; set; }

        public bool IsTooMuch => Weight > MaxWeight || Cells > MaxTableCells || Setext > MaxSetextHeadings;
    }

    private sealed class ShallowQuoteParser : QuoteBlockParser
    {
        public override BlockState TryOpen(BlockProcessor processor) =>
            IsDeep(processor) ? BlockState.None : base.TryOpen(processor);
    }

    private sealed class ShallowListParser : ListBlockParser
    {
        public override BlockState TryOpen(BlockProcessor processor) =>
            IsDeep(processor) ? BlockState.None : base.TryOpen(processor);
    }

    // Link definitions at a paragraph's beginning are cut off one by one, each time copying the lines that follow.
    private sealed class ShortParagraphParser : ParagraphBlockParser
    {
        public override BlockState TryContinue(BlockProcessor processor, MarkdownBlock block) =>
            block is LeafBlock { Lines.Count: > MaxParagraphLines }
                ? throw new TooTangledException()
                : base.TryContinue(processor, block);
    }

    private sealed class TooTangledException : Exception;
}
