using MimeKit;
using MimeKit.Text;

namespace HeadlessSupport.Api.Platform.Mail;

internal static class MailMessages
{
    /// <param name="id">The same each time it is tried, and so is its Message-ID: a receiver who gets it twice can see that.</param>
    /// <returns>Null where its receiver's address is none.</returns>
    public static MimeMessage? Build(OutgoingMail mail, Guid id, DateTimeOffset at, MailOptions options)
    {
        if (MailAddresses.Read(mail.To) is not { } to)
            return null;
        var message = new MimeMessage { Subject = MailAddresses.OneLine(mail.Subject), Date = at, MessageId = $"{id:N}@{options.Domain}" };
        message.From.Add(options.From);
        message.To.Add(to);
        // Nobody's holiday notice should answer it.
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        var text = new TextPart(TextFormat.Plain) { Text = mail.Text };
        message.Body = mail.Html is null ? text : new MultipartAlternative(text, new TextPart(TextFormat.Html) { Text = mail.Html });
        return message;
    }
}
