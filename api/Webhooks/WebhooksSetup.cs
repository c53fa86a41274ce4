using HeadlessSupport.Api.Platform.Jobs;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>Settings of webhooks, <c>Webhooks__…</c>.</summary>
/// <param name="DeliveriesKeptDays">How long deliveries and their attempts can be read.</param>
/// <param name="Send">Whether this node makes and sends deliveries.</param>
internal sealed record WebhookOptions(int DeliveriesKeptDays, bool Send)
{
    public static WebhookOptions Read(IConfiguration configuration)
    {
        var days = configuration["DeliveriesKeptDays"] ?? "30";
        if (!int.TryParse(days, System.Globalization.CultureInfo.InvariantCulture, out var number) || number is < 7 or > 3650)
            throw new InvalidOperationException($"The setting Webhooks:DeliveriesKeptDays must be a number from 7 to 3650; it is '{days}'.");
        return new(number, configuration.GetValue("Send", true));
    }
}

internal static class WebhooksSetup
{
    public static IServiceCollection AddWebhooks(this IServiceCollection services, IConfiguration configuration)
    {
        var options = WebhookOptions.Read(configuration.GetSection("Webhooks"));
        services.AddSingleton(options)
            .AddScoped<WebhookHealths>()
            .AddSingleton<WebhookSignal>()
            .AddSingleton<WebhookFilters>()
            .AddSingleton<WebhookReplays>()
            .AddTransient<ReplayWebhooksJob>()
            .AddRecurring<SweepWebhooksJob>("sweep-webhooks", job => job.RunAsync(CancellationToken.None), "* * * * *");
        services.AddSingleton<WebhookFanOut>()
            .AddSingleton<WebhookClaims>()
            .AddSingleton<WebhookCall>()
            .AddSingleton<WebhookDisabling>()
            .AddSingleton<WebhookResults>()
            .AddSingleton<WebhookSender>();
        if (options.Send)
        {
            services.AddHostedService(p => p.GetRequiredService<WebhookFanOut>());
            services.AddHostedService(p => p.GetRequiredService<WebhookSender>());
        }
        return services;
    }
}
