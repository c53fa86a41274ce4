using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Testing;

/// <summary>What is written on tickets.</summary>
internal static partial class FakeComments
{
    private const int MostBytesInEvents = 32 * 1024;
    private static readonly string[] Visibilities = ["public", "internal"];

    public static readonly Shape NewComment = new(
        new("body", Kind.Text) { Required = true, Rules = [Rules.NotBlank, Rules.Most(65_536)] },
        new("body_format", Kind.Word) { NeverNull = true, Words = ["markdown", "text", "html"] },
        new("visibility", Kind.Word) { NeverNull = true, Words = Visibilities },
        new("author", Kind.Object) { Inner = FakeUsers.Reference },
        new("in_reply_to", Kind.Id) { Prefix = "cmt" },
        new("attachment_ids", Kind.Ids) { Prefix = "att", Rules = [Rules.Most(20)] });

    public static Answer List(Call call)
    {
        var ticket = FakeTickets.Find(call);
        var visibility = call.Word("visibility", Visibilities);
        if (call.Text("sort") is { } sort && sort is not ("created_at" or "-created_at"))
            throw Refusal.Unreadable("sort", "Expected one of: created_at, -created_at.");
        var blocks = call.Included("total", "blocks").Contains("blocks");
        var comments = call.Store.Comments.Rows.Where(c => c.Value.TicketId == ticket.Id && (visibility is null || c.Value.Visibility.Value == visibility));
        return call.Page(comments, c => Call.KeyOf(c.CreatedAt), c => c.Id, call.Text("sort") == "-created_at", c => Show(call, c, blocks), null, "blocks");
    }

    public static Answer Create(Call call)
    {
        var blocks = IncludesBlocks(call);
        var body = NewComment.Read(call.Json());
        var ticket = FakeTickets.Find(call);
        call.CheckIfMatch(ticket);
        var comment = Write(call.Work, ticket, body, call.Store.Me, "");
        return call.Created(comment, $"tickets/{ticket.Id}/comments/{comment.Id}", Show(call, comment, blocks));
    }

    public static Answer Get(Call call)
    {
        var blocks = IncludesBlocks(call);
        var (ticket, id) = (call.Id(0, "tkt"), call.Id(1, "cmt"));
        var comment = call.Store.Comments.Find(id) is { } found && found.Value.TicketId == ticket && call.Store.Tickets.Find(ticket) is { Value.DeletedAt: null } ? found : throw Refusal.NotFound("comment");
        return call.Show(comment, Show(call, comment, blocks), versionCoversBody: false);
    }

    /// <summary>Writes a comment, which stands at the pointer in the body, with all it does to its ticket.</summary>
    public static Row<Comment> Write(Work work, Row<Ticket> ticket, JsonElement body, Row<User> actingAs, string pointer)
    {
        var store = work.Store;
        var author = (body.Get("author") is { } named ? FakeUsers.FindOrAdd(work, named, pointer + "/author") : actingAs).Value;
        var visibility = new CommentVisibility(body.Text("visibility") ?? "public");
        if (author.Role == "customer" && visibility == CommentVisibility.Internal)
            throw Refusal.Invalid(pointer + "/visibility", "A customer cannot write an internal note.");
        var answered = body.Text("in_reply_to") is not { } id ? null
            : store.Comments.Find(id)?.Value is { } there && there.TicketId == ticket.Id ? there : throw Refusal.Invalid(pointer + "/in_reply_to", "There is no such comment on this ticket.");
        if (answered?.Visibility == CommentVisibility.Internal && visibility == CommentVisibility.Public)
            throw Refusal.Invalid(pointer + "/in_reply_to", "A public comment cannot answer an internal note.");
        var files = Files(store, body.Texts("attachment_ids"), pointer);
        var comment = Render(new Comment
        {
            Id = store.Ids.New("cmt"),
            TicketId = ticket.Id,
            Author = AuthorOf(author),
            AuthorKind = author.Role == "customer" ? AuthorKind.Customer : AuthorKind.Agent,
            Visibility = visibility,
            Channel = ticket.Value.Channel,
            Body = body.Text("body")!,
            BodyFormat = new(body.Text("body_format") ?? "markdown"),
            InReplyTo = answered?.Id,
            CreatedAt = work.Now,
            Version = 1,
        });
        foreach (var file in files)
        {
            file.Value = file.Value with { TicketId = ticket.Id, CommentId = comment.Id };
            work.Touch(file);
        }
        comment = comment with { Attachments = [.. files.Select(f => f.Value with { Version = f.Version + 1 })] };
        FakeTickets.Take(work, ticket, comment);
        return work.Add(store.Comments, comment, visibility == CommentVisibility.Public ? "ticket.replied" : "ticket.note_added");
    }

    public static Author AuthorOf(User user) => new() { Id = user.Id, Name = user.Name, Email = user.Email, ExternalId = user.ExternalId };

    /// <summary>
    /// The comment with its body as HTML and text, far simpler than the API makes them: plain words come out the same, but
    /// no Markdown is read and no HTML is made safe.
    /// </summary>
    public static Comment Render(Comment comment)
    {
        if (comment.BodyFormat == BodyFormat.Html)
            return comment with { Html = comment.Body, Text = WebUtility.HtmlDecode(AnyElement().Replace(comment.Body, "")).Trim() };
        var paragraphs = Paragraphs(comment.Body);
        return comment with
        {
            Html = string.Join('\n', paragraphs.Select(p => $"<p>{string.Join("<br>\n", p.Select(Escape))}</p>")),
            Text = string.Join("\n\n", paragraphs.Select(p => string.Join('\n', p))),
        };
    }

    /// <summary>The comment as events carry it: a long body is cut.</summary>
    public static Comment CutForEvent(Comment comment)
    {
        var (body, text) = (Cut(comment.Body), Cut(comment.Text));
        var html = Encoding.UTF8.GetByteCount(comment.Html) > MostBytesInEvents ? "" : comment.Html;
        return comment with { Body = body, Text = text, Html = html, Truncated = body.Length < comment.Body.Length || text.Length < comment.Text.Length || html.Length < comment.Html.Length };
    }

    private static JsonObject Show(Call call, Row<Comment> comment, bool blocks)
    {
        var shown = WireJson.Write(comment.Value with { Attachments = [.. comment.Value.Attachments.Select(a => FakeAttachments.WithAddress(call, a))] });
        if (blocks)
        {
            shown["blocks"] = new JsonArray([.. Paragraphs(comment.Value.Text).Select(p => new JsonObject
            {
                ["type"] = "paragraph",
                ["inlines"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = string.Join('\n', p) }),
            })]);
        }
        return shown;
    }

    private static bool IncludesBlocks(Call call) =>
        call.Text("include") is null or "blocks" ? call.Text("include") is not null : throw Refusal.Unreadable("include", "Only blocks can be included.");

    private static List<Row<Attachment>> Files(Store store, List<string> ids, string pointer)
    {
        var found = ids.ConvertAll(store.Attachments.Find);
        var wrong = found.Select((file, i) => (File: file, Index: i)).Where(f => f.File is not { Value.CommentId: null })
            .Select(f => (string.Create(CultureInfo.InvariantCulture, $"{pointer}/attachment_ids/{f.Index}"), f.File is null ? "There is no such attachment." : "Was used by another comment already.")).ToList();
        return wrong.Count == 0 ? [.. found.OfType<Row<Attachment>>().Distinct()] : throw new Refusal(ErrorCode.ValidationFailed, "Some attachments cannot be used.", wrong);
    }

    private static List<List<string>> Paragraphs(string body)
    {
        var paragraphs = new List<List<string>>();
        List<string>? open = null;
        foreach (var line in body.ReplaceLineEndings("\n").Split('\n'))
        {
            if (string.IsNullOrWhiteSpace(line))
                open = null;
            else if (open is null)
                paragraphs.Add(open = [line.Trim()]);
            else
                open.Add(line.Trim());
        }
        return paragraphs;
    }

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    // Never within a character.
    private static string Cut(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) <= MostBytesInEvents)
            return text;
        var (bytes, length) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MostBytesInEvents)
                break;
            length += rune.Utf16SequenceLength;
        }
        return text[..length];
    }

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex AnyElement();
}
