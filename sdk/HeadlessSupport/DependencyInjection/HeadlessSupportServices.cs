using HeadlessSupport;
using HeadlessSupport.Transport;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers clients of HeadlessSupport.</summary>
public static class HeadlessSupportServices
{
    /// <summary>
    /// Registers <see cref="HeadlessSupportClient"/> as a singleton. Its options are checked when the host starts. Where a
    /// resilience handler is added to what comes back, retries are left to that.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The HTTP client behind it, to add handlers to.</returns>
    public static IHttpClientBuilder AddHeadlessSupport(this IServiceCollection services, Action<HeadlessSupportOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        var builder = Add(services, Options.Options.DefaultName, configure);
        services.TryAddSingleton(provider => Make(provider, Options.Options.DefaultName));
        return builder;
    }

    /// <summary>
    /// Registers a <see cref="HeadlessSupportClient"/> under a name, as a keyed singleton: one for each organization or
    /// installation you work with. <c>[FromKeyedServices("name")]</c> gives it.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The HTTP client behind it, to add handlers to.</returns>
    public static IHttpClientBuilder AddHeadlessSupport(this IServiceCollection services, string name, Action<HeadlessSupportOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var builder = Add(services, name, configure);
        services.TryAddKeyedSingleton(name, (provider, key) => Make(provider, (string)key!));
        return builder;
    }

    private static IHttpClientBuilder Add(IServiceCollection services, string name, Action<HeadlessSupportOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<HeadlessSupportOptions>(name).Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HeadlessSupportOptions>, Validation>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHttpMessageHandlerBuilderFilter, StepAside>());
        return services.AddHttpClient(HttpName(name), http => http.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(HeadlessSupportClient.NewHandler)
            // The API's spans say what these would, by operation and without addresses; and headers may hold keys.
            .RedactLoggedHeaders(["Authorization"]);
    }

    private static HeadlessSupportClient Make(IServiceProvider provider, string name)
    {
        var factory = provider.GetRequiredService<IHttpClientFactory>();
        var http = HttpName(name);
        return new HeadlessSupportClient(provider.GetRequiredService<IOptionsMonitor<HeadlessSupportOptions>>().Get(name), () => factory.CreateClient(http));
    }

    private static string HttpName(string name) => name.Length == 0 ? Telemetry.Name : $"{Telemetry.Name}.{name}";

    private sealed class Validation : IValidateOptions<HeadlessSupportOptions>
    {
        public ValidateOptionsResult Validate(string? name, HeadlessSupportOptions options) =>
            options.Mistakes().ToList() is { Count: > 0 } mistakes ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;
    }

    /// <summary>Two that try again would multiply: where a handler of the user's does, the wire is told.</summary>
    private sealed class StepAside : IHttpMessageHandlerBuilderFilter
    {
        public Action<HttpMessageHandlerBuilder> Configure(Action<HttpMessageHandlerBuilder> next) => builder =>
        {
            next(builder);
            if (builder.Name?.StartsWith(Telemetry.Name, StringComparison.Ordinal) == true && builder.AdditionalHandlers.Any(TriesAgain))
                builder.AdditionalHandlers.Insert(0, new TellTheWire());
        };

        private static bool TriesAgain(DelegatingHandler handler) =>
            handler.GetType().Name is "ResilienceHandler" or "PolicyHttpMessageHandler" or "RetryHandler";
    }

    private sealed class TellTheWire : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Options.Set(Wire.RetriedElsewhere, true);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
