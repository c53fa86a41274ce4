using HeadlessSupport.Api.Platform.Events;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>Wakes this node's sender. Losing a wake-up loses nothing: a sweep follows.</summary>
public sealed class WebhookSignal : EventSignal;
