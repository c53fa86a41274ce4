using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Jobs;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>Has replays worked on. One whose job is lost is found by <see cref="SweepWebhooksJob"/>.</summary>
public sealed class WebhookReplays(OrganizationJobs jobs)
{
    internal void Start(WebhookReplay replay) => Start(replay.OrganizationId.Value, replay.Id.Value);

    internal void Start(Guid organization, Guid replay) =>
        jobs.Enqueue<ReplayWebhooksJob>(new(organization), JobQueues.Slow, job => job.RunAsync(replay, CancellationToken.None));
}
