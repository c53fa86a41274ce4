using System.Text.Json.Serialization;

namespace HeadlessSupport.Api.Platform.Text;

/// <summary>A body in the three forms in which answers carry it. All are safe to show.</summary>
/// <param name="Html">Sanitized HTML, at most 20 levels deep (a table counts as one).</param>
/// <param name="Text">The readable plain text, with the addresses of links beside their words.</param>
/// <param name="Blocks">The same as a small tree, for programs that do not show HTML.</param>
public sealed record Rendered(string Html, string Text, IReadOnlyList<Block> Blocks);

/// <summary>
/// One block of a body. <c>type</c> tells which members are there; the others are left out. Readers skip types
/// that they do not know.
/// </summary>
/// <remarks>One record for all types, since unions make generated clients unpleasant in most languages.</remarks>
public sealed record Block
{
    /// <summary>
    /// <c>paragraph</c> (inlines), <c>heading</c> (level, inlines), <c>list</c> (ordered, start, items),
    /// <c>item</c> (blocks; only in a list's items), <c>quote</c> (blocks) or <c>code</c> (text, language).
    /// </summary>
    public required string Type { get; init; }

    /// <summary>A heading's level, 1 to 6.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Level { get; init; }

    /// <summary>Whether a list is numbered.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Ordered { get; init; }

    /// <summary>A numbered list's first number, if it is not 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Start { get; init; }

    /// <summary>A list's items, each of type <c>item</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Block>? Items { get; init; }

    /// <summary>What a quote or an item holds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Block>? Blocks { get; init; }

    /// <summary>What a paragraph or a heading says.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Inline>? Inlines { get; init; }

    /// <summary>The language of a code block, if its author named one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Language { get; init; }

    /// <summary>The code of a code block, with its line ends.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }
}

/// <summary>
/// One piece of a line. <c>type</c> tells which members are there; the others are left out. Readers skip types
/// that they do not know.
/// </summary>
public sealed record Inline
{
    /// <summary>
    /// <c>text</c> (text, and bold, italic, strike, code where true), <c>link</c> (href, inlines), <c>image</c>
    /// (src, alt) or <c>break</c>.
    /// </summary>
    public required string Type { get; init; }

    /// <summary>The words of a text.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>True if the text is bold.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Bold { get; init; }

    /// <summary>True if the text is italic.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Italic { get; init; }

    /// <summary>True if the text is struck through.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Strike { get; init; }

    /// <summary>True if the text is code within a line.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Code { get; init; }

    /// <summary>Where a link leads: an <c>http</c>, <c>https</c> or <c>mailto</c> URL.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Href { get; init; }

    /// <summary>Where an image is: an <c>https</c> URL, or a <c>cid</c> URL that names a part of the same mail.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Src { get; init; }

    /// <summary>What an image shows, in words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Alt { get; init; }

    /// <summary>What a link says: texts, images and breaks.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Inline>? Inlines { get; init; }
}
