using HeadlessSupport.Api.Platform.Mail;
using MimeKit;

namespace HeadlessSupport.Api.Tests.Platform.Mail;

public sealed class MailMessagesTests
{
    private static readonly MailOptions Options = new(new MailboxAddress("Acme Support", "support@acme.test"), [], true, null);
    private static readonly DateTimeOffset At = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_letter_is_text_and_HTML_with_the_headers_of_a_machine()
    {
        var letter = new Letter(new("Acme", "#ffcc00"), "Join Acme", ["Ada invites you.", "It takes a minute."], new("Accept", "https://support.acme.test/accept?token=a&b=c"), "You did not ask for this? Ignore it.");
        var id = Guid.CreateVersion7();
        var message = await SentAsync(OutgoingMail.Of("invitation", null, new("bob@customer.test", "Bob"), letter), id);

        Assert.Equal(("\"Acme Support\" <support@acme.test>", "\"Bob\" <bob@customer.test>", "Join Acme", At), (message.From.ToString(), message.To.ToString(), message.Subject, message.Date));
        Assert.Equal(($"{id:N}@acme.test", "auto-generated"), (message.MessageId, message.Headers["Auto-Submitted"]));
        var parts = Assert.IsType<MultipartAlternative>(message.Body);
        Assert.Equal(["text/plain", "text/html"], parts.Select(p => p.ContentType.MimeType));
        foreach (var body in (string[])[message.TextBody!, message.HtmlBody!])
            Assert.All(["Join Acme", "Ada invites you.", "It takes a minute.", "Accept", "Ignore it."], text => Assert.Contains(text, body, StringComparison.Ordinal));
        Assert.Contains("\nhttps://support.acme.test/accept?token=a&b=c\r\n".ReplaceLineEndings("\n"), message.TextBody!.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("href=\"https://support.acme.test/accept?token=a&amp;b=c\"", message.HtmlBody, StringComparison.Ordinal);
        // What can be read on yellow.
        Assert.Contains("background:#ffcc00;color:#000000", message.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_people_wrote_becomes_a_header_or_markup()
    {
        var letter = new Letter(new("<b>Acme</b>", "red;} body{"), "Hi\r\nBcc: eve@evil.test\r\n\r\nbody", ["<script>alert(1)</script>"], new("\"><img src=x>", "https://a.test/\"onclick=x"));
        var message = await SentAsync(OutgoingMail.Of("invitation", null, new("bob@customer.test", "Bob\r\nCc: eve@evil.test"), letter));

        Assert.Equal("Hi  Bcc: eve@evil.test    body", message.Subject);
        Assert.Equal(["bob@customer.test"], message.GetRecipients().Select(r => r.Address));
        Assert.Empty(message.Cc.Concat(message.Bcc));
        Assert.All(["<script", "<img", "<b>", "red;", "\"onclick"], text => Assert.DoesNotContain(text, message.HtmlBody, StringComparison.Ordinal));
        Assert.Throws<ArgumentException>(() => (letter with { Button = new("Go", "javascript:alert(1)") }).ToHtml());
        Assert.Throws<ArgumentException>(() => (letter with { Button = new("Go", "/accept") }).ToText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ada")]
    [InlineData("ada@")]
    [InlineData("Ada <ada@acme.test>")]
    [InlineData("ada@acme.test, eve@evil.test")]
    [InlineData("ada@acme.test\nBcc: eve@evil.test")]
    [InlineData("all: ada@acme.test;")]
    public void What_is_no_single_address_gets_no_mail(string address) =>
        Assert.Null(MailMessages.Build(new("invitation", null, new(address), "Hi", "Hi"), Guid.CreateVersion7(), At, Options));

    [Fact]
    public async Task Other_alphabets_arrive_as_they_were_written()
    {
        var message = await SentAsync(new("invitation", null, new("bob@customer.test", "Ζωή"), "Ελάτε 🎉", "Καλημέρα"));
        Assert.Equal(("Ζωή", "Ελάτε 🎉", "Καλημέρα"), (message.To.Mailboxes.Single().Name, message.Subject, message.TextBody!.Trim()));
    }

    [Fact]
    public async Task The_folder_keeps_the_newest_and_shows_them_to_their_owner_only()
    {
        var root = Directory.CreateTempSubdirectory("headless-support-mail-").FullName;
        try
        {
            var folder = new MailFolder(Path.Combine(root, "mail")) { Most = 3 };
            var ids = Enumerable.Range(0, 5).Select(_ => Guid.CreateVersion7()).ToArray();
            for (var i = 0; i < 5; i++)
                await folder.WriteAsync(MailMessages.Build(new("x", null, new($"u{i}@acme.test"), "Hi", "Hi"), ids[i], At.AddSeconds(i), Options)!, ids[i], At.AddSeconds(i), CancellationToken.None);
            // Once more, as after a crash.
            await folder.WriteAsync(MailMessages.Build(new("x", null, new("u4@acme.test"), "Hi", "Hi"), ids[4], At.AddSeconds(4), Options)!, ids[4], At.AddSeconds(4), CancellationToken.None);

            Assert.Equal(["u4@acme.test", "u3@acme.test", "u2@acme.test"], folder.List().Select(n => MimeMessage.Load(folder.Open(n)!).To.ToString()));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Path, folder.List()[0])));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.Path));
            foreach (var name in (string[])["../operator.key", "..%2Fx.eml", "nothing.eml", "/etc/passwd", "20261124T120000000-0.eml"])
                Assert.Null(folder.Open(name));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<MimeMessage> SentAsync(OutgoingMail mail, Guid? id = null)
    {
        using var wire = new MemoryStream();
        await MailMessages.Build(mail, id ?? Guid.CreateVersion7(), At, Options)!.WriteToAsync(wire);
        wire.Position = 0;
        return await MimeMessage.LoadAsync(wire);
    }
}
