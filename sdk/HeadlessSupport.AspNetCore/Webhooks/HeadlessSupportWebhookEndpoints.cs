using HeadlessSupport;
using HeadlessSupport.AspNetCore;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps where webhooks of HeadlessSupport arrive.</summary>
public static class HeadlessSupportWebhookEndpoints
{
    /// <summary>
    /// Receives webhooks and handles events of one type. What is not signed by the API gets 400; events of other types get
    /// 204, and nothing is done. When the handler throws, the answer is 500, and the API sends the event again.
    /// </summary>
    /// <typeparam name="TEvent">The type, such as <see cref="TicketCreated"/>.</typeparam>
    /// <param name="endpoints">The program's endpoints.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="handler">What to do. The API waits for 15 seconds, then the token is cancelled. Deal with each <see cref="Event.Id"/> once: an event may come again.</param>
    /// <param name="secrets">The endpoint's secret, <c>whsec_…</c>; two while it is rotated. None for those of <see cref="HeadlessSupportWebhookOptions"/>.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="InvalidOperationException">There is no secret.</exception>
    /// <example><code>app.MapHeadlessSupportWebhook("/hooks/support", (TicketCreated e, CancellationToken ct) => PageSomeoneAsync(e.Data, ct));</code></example>
    public static IEndpointConventionBuilder MapHeadlessSupportWebhook<TEvent>(this IEndpointRouteBuilder endpoints, string pattern, Func<TEvent, CancellationToken, Task> handler, params string[] secrets)
        where TEvent : Event =>
        endpoints.MapHeadlessSupportWebhook(pattern, handlers => handlers.On(handler), secrets);

    /// <summary>
    /// Receives webhooks and handles events of one type by a service. What is not signed by the API gets 400; events of other
    /// types get 204, and nothing is done. When the handler throws, the answer is 500, and the API sends the event again.
    /// </summary>
    /// <typeparam name="TEvent">The type, such as <see cref="TicketCreated"/>.</typeparam>
    /// <typeparam name="TService">A registered service; it may be scoped.</typeparam>
    /// <param name="endpoints">The program's endpoints.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="handler">What to do. The API waits for 15 seconds, then the token is cancelled. Deal with each <see cref="Event.Id"/> once: an event may come again.</param>
    /// <param name="secrets">The endpoint's secret, <c>whsec_…</c>; two while it is rotated. None for those of <see cref="HeadlessSupportWebhookOptions"/>.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="InvalidOperationException">There is no secret, or the service is not registered.</exception>
    /// <example><code>app.MapHeadlessSupportWebhook("/hooks/support", (TicketCreated e, IMyService s, CancellationToken ct) => s.Handle(e.Data, ct));</code></example>
    public static IEndpointConventionBuilder MapHeadlessSupportWebhook<TEvent, TService>(this IEndpointRouteBuilder endpoints, string pattern, Func<TEvent, TService, CancellationToken, Task> handler, params string[] secrets)
        where TEvent : Event
        where TService : notnull =>
        endpoints.MapHeadlessSupportWebhook(pattern, handlers => handlers.On(handler), secrets);

    /// <summary>
    /// Receives webhooks and handles events of several types. What is not signed by the API gets 400; events that no handler
    /// is for get 204, and nothing is done. When a handler throws, the answer is 500, and the API sends the event again.
    /// </summary>
    /// <param name="endpoints">The program's endpoints.</param>
    /// <param name="pattern">The path.</param>
    /// <param name="add">Adds the handlers. The API waits for 15 seconds for all of them together.</param>
    /// <param name="secrets">The endpoint's secret, <c>whsec_…</c>; two while it is rotated. None for those of <see cref="HeadlessSupportWebhookOptions"/>.</param>
    /// <returns>The endpoint.</returns>
    /// <exception cref="InvalidOperationException">There is no secret or no handler, or a service is not registered.</exception>
    /// <example><code>
    /// app.MapHeadlessSupportWebhook("/hooks/support", hooks => hooks
    ///     .On&lt;TicketReplied>((e, ct) => NotifyAsync(e.Data, ct))
    ///     .OnAny((Event e, IQueue queue, CancellationToken ct) => queue.AddAsync(e, ct)));
    /// </code></example>
    public static IEndpointConventionBuilder MapHeadlessSupportWebhook(this IEndpointRouteBuilder endpoints, string pattern, Action<WebhookHandlers> add, params string[] secrets)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentException.ThrowIfNullOrWhiteSpace(pattern);
        ArgumentNullException.ThrowIfNull(add);
        ArgumentNullException.ThrowIfNull(secrets);
        var handlers = new WebhookHandlers();
        add(handlers);
        handlers.Check(endpoints.ServiceProvider);
        var options = OptionsOf(endpoints.ServiceProvider, secrets);

        RequestDelegate receive = context => WebhookReceiver.ReceiveAsync(context, handlers, options());
        return endpoints.MapPost(pattern, receive)
            .WithDisplayName($"Webhooks of HeadlessSupport {pattern}")
            // The signature says who sends: nobody signs in here, and no form was shown before.
            .AllowAnonymous()
            .DisableAntiforgery();
    }

    /// <summary>The options at each request, since settings may change while the program runs; checked once now.</summary>
    private static Func<HeadlessSupportWebhookOptions> OptionsOf(IServiceProvider services, string[] secrets)
    {
        var monitor = services.GetRequiredService<IOptionsMonitor<HeadlessSupportWebhookOptions>>();
        if (secrets.Length == 0)
        {
            Check(monitor.CurrentValue);
            return () => monitor.CurrentValue;
        }
        var given = new HeadlessSupportWebhookOptions { Secrets = secrets };
        Check(given);
        return () => given;
    }

    private static void Check(HeadlessSupportWebhookOptions options)
    {
        if (options.Mistakes().ToList() is { Count: > 0 } mistakes)
            throw new InvalidOperationException($"Webhooks cannot be verified. {string.Join(' ', mistakes)} Set it by AddHeadlessSupportWebhooks, or give it when mapping.");
    }
}
