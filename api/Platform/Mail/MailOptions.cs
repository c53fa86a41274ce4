using System.Globalization;
using System.Net;
using MimeKit;

namespace HeadlessSupport.Api.Platform.Mail;

internal enum MailSecurity { Starttls, Tls, None }

/// <summary>Settings of mail, below <c>Mail</c>.</summary>
/// <param name="From">Whom mails come from.</param>
/// <param name="AllowedInTest">Addresses, and domains with a leading <c>@</c>, that test organizations' mail reaches.</param>
/// <param name="Send">Whether this node sends mail.</param>
/// <param name="Smtp">Null where mail is written to files instead.</param>
internal sealed record MailOptions(MailboxAddress From, IReadOnlyList<string> AllowedInTest, bool Send, SmtpOptions? Smtp)
{
    private static readonly string[] Names = ["From", "AllowedInTest", "Send", "Smtp"];

    /// <summary>The domain of our Message-IDs.</summary>
    public string Domain => From.Domain;

    /// <exception cref="InvalidOperationException">A setting is missing or wrong; the sentence names it.</exception>
    public static MailOptions Read(IConfiguration configuration, bool isDemo)
    {
        var section = configuration.GetSection("Mail");
        MailSettings.MustBeKnown(section, Names);
        var smtp = SmtpOptions.Read(section.GetSection("Smtp"), isDemo);
        var allowed = section.GetSection("AllowedInTest").GetChildren().Select(c => c.Value ?? "").Where(v => v.Length > 0).ToList();
        foreach (var entry in allowed.Where(e => !e.Contains('@', StringComparison.Ordinal)))
            throw MailSettings.Wrong("AllowedInTest", $"has '{entry}', which is neither an address such as ada@example.com nor a domain such as @example.com");
        return new(ReadFrom(section["From"], smtp is not null), allowed, MailSettings.Bool(section, "Send", true), smtp);
    }

    /// <summary>Whether a test organization's mail may really go there.</summary>
    public bool IsAllowedInTest(string address) => AllowedInTest.Any(a =>
        a[0] == '@' ? address.EndsWith(a, StringComparison.OrdinalIgnoreCase) : a.Equals(address, StringComparison.OrdinalIgnoreCase));

    private static MailboxAddress ReadFrom(string? value, bool required)
    {
        if (string.IsNullOrEmpty(value))
            return required ? throw MailSettings.Wrong("From", "is missing; with Mail:Smtp:Host it must say whom mails come from, such as Acme Support <support@acme.example>") : new("HeadlessSupport", "no-reply@localhost");
        return MailAddresses.TryRead(value, out var from) ? from : throw MailSettings.Wrong("From", "must be an address such as Acme Support <support@acme.example>");
    }
}

/// <summary>The server that takes our mail: settings below <c>Mail:Smtp</c>.</summary>
internal sealed record SmtpOptions(string Host, int Port, MailSecurity Security, string? UserName, string? Password, TimeSpan Timeout)
{
    private static readonly string[] Names = [nameof(Host), nameof(Port), nameof(Security), nameof(UserName), nameof(Password), nameof(Timeout)];

    public static SmtpOptions? Read(IConfigurationSection section, bool isDemo)
    {
        MailSettings.MustBeKnown(section, Names);
        var host = Set(section, nameof(Host));
        if (host is null)
        {
            return section.GetChildren().FirstOrDefault(c => !string.IsNullOrEmpty(c.Value)) is { } other
                ? throw MailSettings.Wrong("Smtp:Host", $"is missing, though Mail:Smtp:{other.Key} is set")
                : null;
        }
        if (Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw MailSettings.Wrong("Smtp:Host", "must be a host name or an IP address, without a port");
        var (user, password) = (Set(section, nameof(UserName)), Set(section, nameof(Password)));
        if (user is null != password is null)
            throw MailSettings.Wrong(user is null ? "Smtp:UserName" : "Smtp:Password", "is missing; a user name and a password are set together");
        return new(host, Number(section, nameof(Port), 587, 65_535), ReadSecurity(Set(section, nameof(Security)), isDemo || IsLoopback(host)), user, password,
            TimeSpan.FromSeconds(Number(section, nameof(Timeout), 30, 300)));
    }

    // A record prints its members, and the password must not get into a log.
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private static MailSecurity ReadSecurity(string? value, bool mayBeNone) => value switch
    {
        null or "starttls" => MailSecurity.Starttls,
        "tls" => MailSecurity.Tls,
        "none" when mayBeNone => MailSecurity.None,
        "none" => throw MailSettings.Wrong("Smtp:Security", "may be none for a server on this machine only, since mails carry links that sign in"),
        _ => throw MailSettings.Wrong("Smtp:Security", "must be starttls, tls or none"),
    };

    private static int Number(IConfigurationSection section, string name, int usual, int most)
    {
        if (Set(section, name) is not { } text)
            return usual;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw MailSettings.Wrong($"Smtp:{name}", $"must be a number from 1 to {most}");
    }

    private static bool IsLoopback(string host) => host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    // A variable that is set to nothing is one that was not set, as in compose files.
    private static string? Set(IConfigurationSection section, string name) => string.IsNullOrEmpty(section[name]) ? null : section[name];
}

internal static class MailSettings
{
    public static InvalidOperationException Wrong(string name, string what) => new($"The setting Mail:{name} {what}.");

    public static void MustBeKnown(IConfigurationSection section, string[] names)
    {
        if (section.GetChildren().FirstOrDefault(c => !names.Contains(c.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw Wrong(unknown.Path["Mail:".Length..], $"is not known; known are {string.Join(", ", names)}");
    }

    public static bool Bool(IConfigurationSection section, string name, bool usual)
    {
        if (string.IsNullOrEmpty(section[name]))
            return usual;
        return bool.TryParse(section[name], out var value) ? value : throw Wrong(name, "must be true or false");
    }
}
