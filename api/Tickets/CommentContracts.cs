using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json.Serialization;
using HeadlessSupport.Api.Inboxes;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Platform.Text;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.Tickets;

/// <summary>What someone wrote.</summary>
/// <param name="TicketId">The ticket it was written on.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="AuthorKind">As what its author wrote it. More words may be added: readers must tolerate them.</param>
/// <param name="Visibility">Whether the requester reads it too. Cannot be changed.</param>
/// <param name="Channel">How its ticket came. More words are added: readers must tolerate them.</param>
/// <param name="Body">As given, in <c>body_format</c>.</param>
/// <param name="BodyFormat">How <c>body</c> is written.</param>
/// <param name="Html">The same as HTML that is safe to show.</param>
/// <param name="Text">The same as plain text.</param>
/// <param name="Truncated">True where an event carries only the beginning of a long body.</param>
/// <param name="InReplyTo">The comment it answers.</param>
/// <param name="Attachments">The files that it names.</param>
/// <param name="Blocks">Always for end users, else only with <c>include=blocks</c>; never in events: the same as a tree, for showing it without setting HTML.</param>
[CustomersSee("id", "ticket_id", "author", "author_kind", "html", "text", "truncated", "in_reply_to", "attachments", "created_at", "blocks")]
public sealed record CommentResponse(
    Id<Comment> Id, Id<Ticket> TicketId, AuthorResponse Author, AuthorKind AuthorKind, CommentVisibility Visibility, Channel Channel, string Body, BodyFormat BodyFormat,
    string Html, string Text, bool Truncated, Id<Comment>? InReplyTo, IReadOnlyList<AttachmentResponse> Attachments, DateTimeOffset CreatedAt, int Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Block>? Blocks = null)
{
    public static CommentResponse From(Comment c) => From(c, int.MaxValue);

    /// <param name="limit">Longest body, HTML and text, each in bytes of UTF-8.</param>
    internal static CommentResponse From(Comment c, int limit)
    {
        var body = Cut(c.Body, limit);
        var text = Cut(c.Text, limit);
        // Cut HTML would not be HTML: a long one is left out, and the text stands for it.
        var html = Cut(c.Html, limit).Length < c.Html.Length ? "" : c.Html;
        return new(
            c.Id, c.TicketId, AuthorResponse.From(c.Author), c.AuthorKind, c.Visibility, c.Channel, body, c.BodyFormat,
            html, text, body.Length < c.Body.Length || html.Length < c.Html.Length || text.Length < c.Text.Length,
            c.InReplyToId, [.. c.Attachments.Select(AttachmentResponse.From)], c.CreatedAt, c.Version);
    }

    // Never within a character.
    internal static string Cut(string text, int limit)
    {
        if (text.Length <= limit / 3 || Encoding.UTF8.GetByteCount(text) <= limit)
            return text;
        var bytes = 0;
        var length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > limit)
                break;
            length += rune.Utf16SequenceLength;
        }
        return text[..length];
    }
}

/// <summary>Who wrote.</summary>
/// <param name="Id">Their id as a user; begins with <c>usr_</c>.</param>
/// <param name="Name">All that end users are shown of them.</param>
/// <param name="Email">Their address, in lower case; null where none is known.</param>
/// <param name="ExternalId">Your own id for them; null where you gave none.</param>
[CustomersSee("name")]
public sealed record AuthorResponse(Id<User> Id, string? Name, string? Email, string? ExternalId)
{
    public static AuthorResponse From(User u) => new(u.Id, u.Name, u.Email, u.ExternalId);
}

/// <summary>Something to write on a ticket.</summary>
/// <param name="Body">At most 64 Ki characters.</param>
/// <param name="BodyFormat"><c>markdown</c> unless said otherwise.</param>
/// <param name="Visibility">Whether the requester reads it too.</param>
/// <param name="Author">Who wrote it; left out, the user whom the API key acts as (and in a new ticket the requester).</param>
/// <param name="InReplyTo">The comment it answers, on the same ticket.</param>
/// <param name="AttachmentIds">Files uploaded before; each can be used once.</param>
public sealed record CreateCommentRequest(
    [NotBlank, MaxLength(65_536)] string Body,
    BodyFormat BodyFormat = BodyFormat.Markdown,
    CommentVisibility Visibility = CommentVisibility.Public,
    PersonReference? Author = null,
    Id<Comment>? InReplyTo = null,
    [MaxLength(20)] List<Id<Attachment>>? AttachmentIds = null);

/// <summary>What more to show of a comment.</summary>
public sealed record CommentView : IQueryParameters
{
    /// <summary><c>blocks</c> adds the body as a tree.</summary>
    [RegularExpression("^blocks$", ErrorMessage = "Only blocks can be included.")]
    public string? Include { get; init; }
}

/// <summary>Filters of the list of comments.</summary>
public sealed record CommentFilter : PageQuery
{
    /// <summary>Only <c>public</c> or only <c>internal</c>.</summary>
    public CommentVisibility? Visibility { get; init; }

    /// <summary><c>created_at</c>, the oldest first, or <c>-created_at</c>.</summary>
    [System.ComponentModel.DefaultValue("created_at"), MaxLength(50)]
    public string Sort { get; init; } = "created_at";

    protected override string[] Includable => ["total", "blocks"];
}

/// <summary>A file.</summary>
/// <param name="Name">File name, without any path.</param>
/// <param name="ContentType">What the content looks like, whatever the sender said.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">In hexadecimal.</param>
/// <param name="TicketId">The ticket it belongs to, once a comment names it.</param>
/// <param name="CommentId">The comment that names it; null until one does.</param>
/// <param name="DownloadUrl">Signed, good for 15 minutes, for anyone who has it. Not in events.</param>
[CustomersSee]
public sealed record AttachmentResponse(
    Id<Attachment> Id, string Name, string ContentType, long Size, string Sha256, Id<Ticket>? TicketId, Id<Comment>? CommentId, DateTimeOffset CreatedAt, int Version,
    string? DownloadUrl = null)
{
    public static AttachmentResponse From(Attachment a) => new(
        a.Id, a.Name, a.ContentType, a.Size, Convert.ToHexStringLower(a.Sha256), a.TicketId, a.CommentId, a.CreatedAt, a.Version);
}
