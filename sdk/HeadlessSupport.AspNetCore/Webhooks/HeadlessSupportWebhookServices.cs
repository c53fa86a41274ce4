using HeadlessSupport.AspNetCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Sets how webhooks of HeadlessSupport are received.</summary>
public static class HeadlessSupportWebhookServices
{
    /// <summary>Sets the secrets that webhooks are verified by. They are checked when the host starts.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The services.</returns>
    /// <example><code>builder.Services.AddHeadlessSupportWebhooks(o => o.Secrets = [builder.Configuration["HeadlessSupport:WebhookSecret"]!]);</code></example>
    public static IServiceCollection AddHeadlessSupportWebhooks(this IServiceCollection services, Action<HeadlessSupportWebhookOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<HeadlessSupportWebhookOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HeadlessSupportWebhookOptions>, Validation>());
        return services;
    }

    private sealed class Validation : IValidateOptions<HeadlessSupportWebhookOptions>
    {
        public ValidateOptionsResult Validate(string? name, HeadlessSupportWebhookOptions options) =>
            options.Mistakes().ToList() is { Count: > 0 } mistakes ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
    }
}
