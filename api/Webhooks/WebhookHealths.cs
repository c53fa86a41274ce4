using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>How endpoints do, from their last attempts.</summary>
public sealed class WebhookHealths(SupportDb db, TenantContext tenant)
{
    private const int LastAttempts = 100;

    /// <summary>The same endpoints with their health and the keys to verify with.</summary>
    public async Task<IReadOnlyList<WebhookEndpointResponse>> WithHealthAsync(IReadOnlyList<WebhookEndpointResponse> endpoints, CancellationToken cancellationToken)
    {
        var ids = endpoints.Select(e => e.Id).ToList();
        var now = tenant.RealNow;
        var since = now - TimeSpan.FromHours(24);
        var kept = await db.WebhookHealths.AsNoTracking().Where(h => ids.Contains(h.EndpointId)).ToDictionaryAsync(h => h.EndpointId, cancellationToken);
        var keys = (await db.WebhookSecrets.AsNoTracking().Where(s => ids.Contains(s.EndpointId) && s.PublicKey != null && (s.ExpiresAt == null || s.ExpiresAt > now))
            .OrderByDescending(s => s.CreatedAt).ToListAsync(cancellationToken)).ToLookup(s => s.EndpointId, s => s.PublicKey!);
        var shown = new List<WebhookEndpointResponse>();
        foreach (var endpoint in endpoints)
        {
            var attempts = await db.WebhookAttempts.Where(a => a.EndpointId == endpoint.Id && a.At > since).OrderByDescending(a => a.Id).Take(LastAttempts).Select(a => a.Error == null).ToListAsync(cancellationToken);
            var health = kept.GetValueOrDefault(endpoint.Id);
            shown.Add(endpoint with
            {
                PublicKeys = [.. keys[endpoint.Id]],
                Health = new(attempts.Count == 0 ? null : Math.Round(attempts.Count(a => a) / (double)attempts.Count, 4), attempts.Count, health?.LastSuccessAt, health?.FailingSince),
            });
        }
        return shown;
    }

    /// <summary>Forgets how long it has failed: it is enabled anew.</summary>
    public async Task ForgiveAsync(WebhookEndpoint endpoint, CancellationToken cancellationToken) =>
        (await db.WebhookHealths.SingleOrDefaultAsync(h => h.EndpointId == endpoint.Id, cancellationToken))?.Forgive();
}
