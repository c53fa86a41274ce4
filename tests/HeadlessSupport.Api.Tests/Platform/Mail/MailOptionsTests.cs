using HeadlessSupport.Api.Platform.Mail;
using Microsoft.Extensions.Configuration;

namespace HeadlessSupport.Api.Tests.Platform.Mail;

public sealed class MailOptionsTests
{
    private const string Complete = "From=Acme Support <support@acme.test>;Smtp:Host=mail.acme.test;Smtp:UserName=user;Smtp:Password=secret";

    [Theory]
    [InlineData("")]
    [InlineData("Smtp:Host=;Smtp:Password=;From=")]
    public void With_nothing_set_mail_is_written_to_files(string settings)
    {
        var options = Read(settings);
        Assert.Null(options.Smtp);
        Assert.True(options.Send);
    }

    [Fact]
    public void What_is_not_set_is_as_most_servers_want_it()
    {
        var options = Read(Complete);
        Assert.Equal(new SmtpOptions("mail.acme.test", 587, MailSecurity.Starttls, "user", "secret", TimeSpan.FromSeconds(30)), options.Smtp);
        Assert.Equal(("Acme Support", "support@acme.test", "acme.test"), (options.From.Name, options.From.Address, options.Domain));
        Assert.DoesNotContain("secret", options.Smtp!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Mail_in_the_clear_stays_on_this_machine()
    {
        Assert.Equal(MailSecurity.None, Read(Complete + ";Smtp:Host=localhost;Smtp:Security=none").Smtp!.Security);
        Assert.Equal(MailSecurity.None, Read(Complete + ";Smtp:Host=::1;Smtp:Security=none").Smtp!.Security);
    }

    [Theory]
    [InlineData("Smtp:Host=mail.acme.test", "From")]
    [InlineData(Complete + ";From=support", "From")]
    [InlineData(Complete + ";From=a@b.test, c@d.test", "From")]
    [InlineData("From=a@b.test;Smtp:Port=25", "Smtp:Host")]
    [InlineData(Complete + ";Smtp:Host=mail.acme.test:25", "Smtp:Host")]
    [InlineData(Complete + ";Smtp:Port=0", "Smtp:Port")]
    [InlineData(Complete + ";Smtp:Port=many", "Smtp:Port")]
    [InlineData(Complete + ";Smtp:Security=none", "Smtp:Security")]
    [InlineData(Complete + ";Smtp:Security=ssl", "Smtp:Security")]
    [InlineData(Complete + ";Smtp:UserName=", "Smtp:UserName")]
    [InlineData(Complete + ";Smtp:Password=", "Smtp:Password")]
    [InlineData(Complete + ";Smtp:Timeout=0", "Smtp:Timeout")]
    [InlineData(Complete + ";Smtp:Hosts=x", "Smtp:Hosts")]
    [InlineData(Complete + ";Form=x", "Form")]
    [InlineData(Complete + ";Send=perhaps", "Send")]
    [InlineData(Complete + ";AllowedInTest:0=acme.test", "AllowedInTest")]
    public void A_wrong_setting_is_named(string settings, string name)
    {
        var sentence = Assert.Throws<InvalidOperationException>(() => Read(settings)).Message;
        Assert.StartsWith($"The setting Mail:{name} ", sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", sentence, StringComparison.Ordinal);
    }

    private static MailOptions Read(string settings) => MailOptions.Read(new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(s => s.Split('=', 2)).GroupBy(s => s[0], StringComparer.Ordinal)
            .Select(s => KeyValuePair.Create("Mail:" + s.Key, (string?)s.Last()[1])))
        .Build(), isDemo: false);
}
