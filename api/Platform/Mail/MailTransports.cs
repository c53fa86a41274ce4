using System.Net.Security;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace HeadlessSupport.Api.Platform.Mail;

/// <summary>How a mail that was tried went.</summary>
/// <param name="Error">Null where it was taken. Never a text of the server's, which may name somebody.</param>
/// <param name="IsFinal">Whether trying again is of no use.</param>
internal sealed record MailOutcome(string? Error = null, bool IsFinal = false)
{
    public static readonly MailOutcome Taken = new();
}

/// <summary>Hands mails to the server that is set.</summary>
internal sealed class SmtpTransport(SmtpOptions options)
{
    // For the whole of it; the setting is for each of its steps.
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Whom it trusts where that is not who this machine trusts; for tests.</summary>
    internal RemoteCertificateValidationCallback? Trust { get; init; }

    public async Task<MailOutcome> SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        using var client = new SmtpClient { Timeout = (int)options.Timeout.TotalMilliseconds, CheckCertificateRevocation = false };
        if (Trust is not null)
            client.ServerCertificateValidationCallback = Trust;
        try
        {
            await client.ConnectAsync(options.Host, options.Port, Security(options.Security), patience.Token);
            if (options.UserName is not null)
                await client.AuthenticateAsync(options.UserName, options.Password!, patience.Token);
            await client.SendAsync(message, patience.Token);
        }
        catch (Exception error) when (Read(error, cancellationToken) is { } outcome)
        {
            return outcome;
        }
        await LeaveAsync(client, patience.Token);
        return MailOutcome.Taken;
    }

    // Whatever happens now, the mail was taken.
    private static async Task LeaveAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
        catch (Exception error) when (error is IOException or ProtocolException or CommandException or OperationCanceledException or TimeoutException)
        {
            // It hung up first.
        }
    }

    private static MailOutcome? Read(Exception error, CancellationToken stopping) => error switch
    {
        // What it says of us or of how we came says nothing of the mail.
        SmtpCommandException { ErrorCode: SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted } refused when (int)refused.StatusCode >= 500 => new($"smtp {(int)refused.StatusCode}", IsFinal: true),
        SmtpCommandException refused => new($"smtp {(int)refused.StatusCode}"),
        AuthenticationException or ServiceNotAuthenticatedException => new("authentication"),
        SslHandshakeException => new("tls"),
        // The server offers no STARTTLS or no authentication, which are required.
        NotSupportedException => new("not supported by the server"),
        OperationCanceledException when stopping.IsCancellationRequested => null,
        OperationCanceledException or TimeoutException => new("timeout"),
        IOException or ProtocolException or System.Net.Sockets.SocketException => new("connection"),
        _ => null,
    };

    private static SecureSocketOptions Security(MailSecurity security) => security switch
    {
        MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        MailSecurity.None => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}
