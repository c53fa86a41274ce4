using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.AspNetCore;

/// <summary>
/// What is done with the events that come. All handlers that an event is for are called, one after the other in the order
/// they were added. When one throws, the rest are not called, and the event comes again, for all of them.
/// </summary>
public sealed class WebhookHandlers
{
    private readonly List<Handler> all = [];

    internal WebhookHandlers()
    {
    }

    /// <summary>Handles events of one type.</summary>
    /// <typeparam name="TEvent">The type, such as <see cref="TicketReplied"/>.</typeparam>
    /// <param name="handler">What to do. Its token is cancelled when the API no longer waits for the answer.</param>
    /// <returns>The same, to add more.</returns>
    public WebhookHandlers On<TEvent>(Func<TEvent, CancellationToken, Task> handler) where TEvent : Event
    {
        ArgumentNullException.ThrowIfNull(handler);
        all.Add(new(typeof(TEvent), null, (happened, _, ct) => handler((TEvent)happened, ct)));
        return this;
    }

    /// <summary>Handles events of one type by a service.</summary>
    /// <typeparam name="TEvent">The type, such as <see cref="TicketReplied"/>.</typeparam>
    /// <typeparam name="TService">A registered service; it may be scoped.</typeparam>
    /// <param name="handler">What to do. Its token is cancelled when the API no longer waits for the answer.</param>
    /// <returns>The same, to add more.</returns>
    public WebhookHandlers On<TEvent, TService>(Func<TEvent, TService, CancellationToken, Task> handler)
        where TEvent : Event
        where TService : notnull
    {
        ArgumentNullException.ThrowIfNull(handler);
        all.Add(new(typeof(TEvent), typeof(TService), (happened, services, ct) => handler((TEvent)happened, services.GetRequiredService<TService>(), ct)));
        return this;
    }

    /// <summary>Handles every event, also of types that this version of the package does not know.</summary>
    /// <param name="handler">What to do. Its token is cancelled when the API no longer waits for the answer.</param>
    /// <returns>The same, to add more.</returns>
    public WebhookHandlers OnAny(Func<Event, CancellationToken, Task> handler) => On(handler);

    /// <summary>Handles every event by a service, also of types that this version of the package does not know.</summary>
    /// <typeparam name="TService">A registered service; it may be scoped.</typeparam>
    /// <param name="handler">What to do. Its token is cancelled when the API no longer waits for the answer.</param>
    /// <returns>The same, to add more.</returns>
    public WebhookHandlers OnAny<TService>(Func<Event, TService, CancellationToken, Task> handler) where TService : notnull => On(handler);

    internal async Task HandleAsync(Event happened, IServiceProvider services, CancellationToken cancellationToken)
    {
        foreach (var handler in all)
        {
            if (handler.Of.IsInstanceOfType(happened))
                await handler.Call(happened, services, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Finds what is missing while the program starts, and not when the first event comes.</summary>
    internal void Check(IServiceProvider services)
    {
        if (all.Count == 0)
            throw new InvalidOperationException("The webhook has no handler: add one by On or OnAny.");
        var known = services.GetService<IServiceProviderIsService>();
        if (all.Find(h => h.Service is { } service && known?.IsService(service) == false)?.Service is { } missing)
            throw new InvalidOperationException($"The webhook's handler needs a {missing.Name}, which is not registered.");
    }

    private sealed record Handler(Type Of, Type? Service, Func<Event, IServiceProvider, CancellationToken, Task> Call);
}
