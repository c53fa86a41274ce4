using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Events;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Npgsql;

namespace HeadlessSupport.Api.Platform.Mail;

/// <summary>
/// Sends what is due, on every node: woken by the database once a mail is committed, and looking for itself besides.
/// Killing the process loses nothing: what it held is sent by any node once the lease is over, at worst a second time,
/// with the same Message-ID.
/// </summary>
internal sealed partial class MailSender : BackgroundService
{
    private const int AtATime = 8;
    private const int SideBySide = 4;
    private const string Channel = "outgoing_mails";
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private readonly MailQueue queue;
    private readonly MailPost post;
    private readonly TimeProvider time;
    private readonly ILogger<MailSender> logger;
    private readonly EventSignal signal = new();
    private DateTimeOffset swept;

    public MailSender(MailQueue queue, MailPost post, Notices notices, MailOptions options, TimeProvider time, ILogger<MailSender> logger)
    {
        (this.queue, this.post, this.time, this.logger) = (queue, post, time, logger);
        if (options.Send)
            notices.On(Channel, _ => signal.Wake(), signal.Wake);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(async stopping =>
    {
        if (time.GetUtcNow() - swept > SweepEvery)
        {
            await queue.SweepAsync(stopping);
            swept = time.GetUtcNow();
        }
        // A full hand says that there may be more.
        if (await RoundAsync(stopping) < AtATime)
            await signal.WaitAsync(Look, stopping);
    }, error => Log.Failed(logger, error), stoppingToken);

    /// <summary>Takes some of what is due and tries it; answers how many that were.</summary>
    internal async Task<int> RoundAsync(CancellationToken stopping)
    {
        var claimed = await queue.ClaimAsync(AtATime, stopping);
        // What has begun is seen to its end, also while the program stops.
        await Parallel.ForEachAsync(claimed, new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = CancellationToken.None }, async (mail, _) =>
        {
            if (stopping.IsCancellationRequested)
                await queue.ReleaseAsync(mail, CancellationToken.None);
            else
                await TryAsync(mail);
        });
        return claimed.Count;
    }

    private async Task TryAsync(ClaimedMail mail)
    {
        MailOutcome outcome;
        try
        {
            outcome = await post.SendAsync(mail, CancellationToken.None);
        }
#pragma warning disable CA1031 // Whatever it is, a composer's or ours, it must not stop the others.
        catch (Exception error)
        {
            Log.Unexpected(logger, mail.Kind, mail.Id, error);
            outcome = new("unexpected");
        }
#pragma warning restore CA1031
        if (outcome.Error is null)
        {
            await queue.SentAsync(mail, CancellationToken.None);
            return;
        }
        var next = outcome.IsFinal ? null : MailRetries.Next(mail.Attempts, mail.CreatedAt, time.GetUtcNow());
        await queue.FailedAsync(mail, outcome.Error, next, CancellationToken.None);
        if (next is null)
            Log.GivenUp(logger, mail.Kind, mail.Id, mail.Attempts, outcome.Error);
        else
            Log.TriedAgain(logger, mail.Kind, mail.Id, outcome.Error, next.Value);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Mail cannot be sent just now; trying again.")]
        public static partial void Failed(ILogger logger, Exception error);

        [LoggerMessage(Level = LogLevel.Error, Message = "The mail {Mail} ({Kind}) could not be sent for an unexpected reason; it is tried again.")]
        public static partial void Unexpected(ILogger logger, string kind, Guid mail, Exception error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The mail {Mail} ({Kind}) was not taken ({Error}); it is tried again at {Next}.")]
        public static partial void TriedAgain(ILogger logger, string kind, Guid mail, string error, DateTimeOffset next);

        [LoggerMessage(Level = LogLevel.Error, Message = "The mail {Mail} ({Kind}) was given up after {Attempts} attempts ({Error}).")]
        public static partial void GivenUp(ILogger logger, string kind, Guid mail, int attempts, string error);
    }
}

/// <summary>Opens a mail, has it composed if need be, and brings it to the server or into the folder.</summary>
internal sealed class MailPost(SecretBox box, MailOptions options, MailFolder folder, IServiceScopeFactory scopes, SmtpTransport? smtp = null)
{
    public async Task<MailOutcome> SendAsync(ClaimedMail claimed, CancellationToken cancellationToken)
    {
        // The ring may have its key again tomorrow.
        if (!box.TryOpen(MailOutbox.Purpose, claimed.Content, out var opened))
            return new("does not open");
        var content = JsonSerializer.Deserialize<MailContent>(opened, Json.Options)!;
        var mail = content.Mail ?? await ComposeAsync(claimed, content.Arguments!.Value, cancellationToken);
        if (mail is null)
            return MailOutcome.Taken;
        if (MailMessages.Build(mail, claimed.Id, claimed.CreatedAt, options) is not { } message)
            return new("address", IsFinal: true);
        if (smtp is not null && (!claimed.IsTest || options.IsAllowedInTest(mail.To.Address)))
            return await smtp.SendAsync(message, cancellationToken);
        await folder.WriteAsync(message, claimed.Id, claimed.CreatedAt, cancellationToken);
        return MailOutcome.Taken;
    }

    private async Task<OutgoingMail?> ComposeAsync(ClaimedMail claimed, JsonElement arguments, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (claimed.Organization is { } organization)
            scope.ServiceProvider.GetRequiredService<TenantContext>().Enter(new(organization), Actor.System, claimed.ClockOffset);
        // Of a newer release's node, perhaps: an exception, so that it is tried again.
        var composer = scope.ServiceProvider.GetServices<IMailComposer>().FirstOrDefault(c => c.Kind == claimed.Kind)
            ?? throw new InvalidOperationException($"No composer is registered for mails of the kind {claimed.Kind}.");
        return await composer.ComposeAsync(arguments, cancellationToken);
    }
}
