using System.Buffers;
using System.Text;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>Reads a file's first bytes as text and tells scripts and web pages from harmless text.</summary>
internal static class TextHead
{
    // No text has these; tabs, line ends, form feeds and the escape of coloured logs are missing here on purpose.
    private static readonly SearchValues<char> Unreadable = SearchValues.Create(
        "\0\u0001\u0002\u0003\u0004\u0005\u0006\u000E\u000F\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019"
        + "\u001A\u001C\u001D\u001E\u001F");

    private static readonly string[] ScriptBeginnings =
    [
        "#!", "<?php", "<%", "@echo off", "[InternetShortcut]", "[Desktop Entry]", "Windows Registry Editor", "REGEDIT4",
    ];

    private static readonly string[] PageBeginnings =
    [
        "<!doctype html", "<html", "<head", "<body", "<script", "<iframe", "<h1", "<div", "<font", "<table", "<a", "<style",
        "<title", "<b", "<br", "<p", "<meta", "<link", "<base", "<img", "<form", "<object", "<embed", "<template",
    ];

    private static readonly string[] PageMarks =
    [
        "<svg", ":svg", "<html", "<script", "<body", "<job", "<package", "<scriptlet", "<xsl:", "<?xml-stylesheet",
        "<!doctype html", "<!doctype svg", "<!entity", "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg",
    ];

    /// <summary>The text without leading blanks; null if the bytes are no text.</summary>
    /// <param name="head">The file's first bytes; they may end within a character.</param>
    /// <param name="guess">Whether bytes that are not UTF-8 may still be text in a single-byte encoding.</param>
    public static string? Read(ReadOnlySpan<byte> head, bool guess)
    {
        if (head.StartsWith<byte>([0xFF, 0xFE]))
            return IfReadable(Encoding.Unicode.GetString(head[2..]));
        if (head.StartsWith<byte>([0xFE, 0xFF]))
            return IfReadable(Encoding.BigEndianUnicode.GetString(head[2..]));
        if (IsUtf8(head))
            return IfReadable(Encoding.UTF8.GetString(head));
        return guess ? IfReadable(Encoding.Latin1.GetString(head)) : null;
    }

    /// <summary>Whether the text is a script or a shortcut that a system would run.</summary>
    public static bool IsScript(string text) =>
        ScriptBeginnings.Any(beginning => text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase));

    /// <summary>
    /// Whether the text is a page that a browser would run. As in browsers (https://mimesniff.spec.whatwg.org/) only
    /// what begins like a page is one; XML may name its kind later.
    /// </summary>
    public static bool IsPage(string text) =>
        text.StartsWith('<')
        && (text.StartsWith("<!--", StringComparison.Ordinal)
            || PageBeginnings.Any(tag => BeginsWithTag(text, tag))
            || PageMarks.Any(mark => text.Contains(mark, StringComparison.OrdinalIgnoreCase))
            || HidesItsElement(text));

    private static bool BeginsWithTag(string text, string tag) =>
        text.StartsWith(tag, StringComparison.OrdinalIgnoreCase)
        && (text.Length == tag.Length || !char.IsAsciiLetterOrDigit(text[tag.Length]));

    // XML whose first element is pushed out of sight by a comment or a document type could be anything.
    private static bool HidesItsElement(string text)
    {
        if (text.Length < 2 || text[1] is not ('?' or '!'))
            return false;
        for (var index = text.IndexOf('<'); index >= 0 && index + 1 < text.Length; index = text.IndexOf('<', index + 1))
        {
            if (text[index + 1] is not ('?' or '!'))
                return false;
        }
        return true;
    }

    private static bool IsUtf8(ReadOnlySpan<byte> head)
    {
        while (!head.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(head, out _, out var read);
            if (status == OperationStatus.NeedMoreData)
                return true;
            if (status != OperationStatus.Done)
                return false;
            head = head[read..];
        }
        return true;
    }

    private static string? IfReadable(string text) =>
        text.AsSpan().ContainsAny(Unreadable) ? null : text.TrimStart('\uFEFF').TrimStart();
}
