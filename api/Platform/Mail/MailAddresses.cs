using System.Diagnostics.CodeAnalysis;
using System.Text;
using MimeKit;

namespace HeadlessSupport.Api.Platform.Mail;

/// <summary>Addresses and header texts that cannot become more headers or more receivers than they should.</summary>
internal static class MailAddresses
{
    /// <summary>Reads <c>name@domain</c> or <c>Name &lt;name@domain&gt;</c>: one mailbox with a domain, on one line.</summary>
    public static bool TryRead(string text, [NotNullWhen(true)] out MailboxAddress? address) =>
        MailboxAddress.TryParse(text, out address) && address.Domain.Length > 0 && !text.AsSpan().ContainsAny('\r', '\n', '\0');

    /// <returns>Null where it is no address that mail can be sent to.</returns>
    public static MailboxAddress? Read(MailRecipient recipient)
    {
        // The bare address only: "a@b.test, c@d.test" or "x <a@b.test>" would be something else.
        if (!TryRead(recipient.Address, out var parsed) || parsed.Address != recipient.Address || !string.IsNullOrEmpty(parsed.Name))
            return null;
        return new(recipient.Name is null ? null : OneLine(recipient.Name), parsed.Address);
    }

    /// <summary>A text for a header: what would break its line becomes a space.</summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
            line.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c);
        return line.ToString().Trim();
    }
}
