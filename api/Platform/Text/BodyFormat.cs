namespace HeadlessSupport.Api.Platform.Text;

/// <summary>How a body was written.</summary>
public enum BodyFormat
{
    /// <summary>CommonMark with links, tables and strike-through; a line end is a line end. HTML in it is shown, not read.</summary>
    Markdown,

    /// <summary>HTML, as mail programs write it.</summary>
    Html,

    /// <summary>Plain text; only web and mail addresses become links.</summary>
    Text,
}
