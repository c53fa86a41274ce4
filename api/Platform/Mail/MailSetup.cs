namespace HeadlessSupport.Api.Platform.Mail;

internal static class MailSetup
{
    public static void AddMail(this IServiceCollection services, IConfiguration configuration, PlatformSettings settings)
    {
        var options = MailOptions.Read(configuration, settings.Profile == PlatformSettings.Demo);
        services.AddSingleton(options)
            .AddSingleton<MailOutbox>()
            .AddSingleton<MailQueue>()
            .AddSingleton(new MailFolder(Path.Combine(settings.DataDirectory, "mail")))
            .AddSingleton<MailPost>()
            .AddSingleton<MailSender>();
        if (options.Smtp is not null)
            services.AddSingleton(new SmtpTransport(options.Smtp));
        if (options.Send)
            services.AddHostedService(p => p.GetRequiredService<MailSender>());
        if (options is { Send: true, Smtp: null } && settings.Profile == PlatformSettings.Production)
            services.AddHostedService<MailWarning>();
    }
}

/// <summary>Says at the start of a production node that its mail reaches nobody.</summary>
internal sealed partial class MailWarning(MailFolder folder, ILogger<MailWarning> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Log.SendsNothing(logger, folder.Path);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Mail reaches nobody: it is written to {Folder}. Set Mail:Smtp:Host and Mail:From to have it sent.")]
        public static partial void SendsNothing(ILogger logger, string folder);
    }
}
