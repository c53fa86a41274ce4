namespace HeadlessSupport.AspNetCore;

/// <summary>How webhooks are received.</summary>
public sealed class HeadlessSupportWebhookOptions
{
    /// <summary>The secret of the webhook endpoint, <c>whsec_…</c>. While it is rotated give both, the new and the old one.</summary>
    public IList<string> Secrets { get; set; } = [];

    /// <summary>How far the time of a webhook may be off this machine's clock; 5 minutes unless set.</summary>
    public TimeSpan Tolerance { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The options without their secrets.</summary>
    /// <returns>How many secrets there are.</returns>
    public override string ToString() => $"{nameof(HeadlessSupportWebhookOptions)} {{ Secrets = {Secrets.Count} }}";

    /// <summary>What is wrong with the options, one sentence each.</summary>
    internal IEnumerable<string> Mistakes()
    {
        if (Secrets.Count == 0)
            yield return $"{nameof(Secrets)} must hold the webhook endpoint's secret, whsec_…, which the API showed when the endpoint was made.";
        if (Secrets.Any(secret => !IsSecret(secret)))
            yield return $"{nameof(Secrets)} must hold secrets as the API showed them: whsec_ and base64.";
        if (Tolerance <= TimeSpan.Zero)
            yield return $"{nameof(Tolerance)} must be more than nothing.";
    }

    private static bool IsSecret(string secret)
    {
        try
        {
            return HeadlessSupport.Webhooks.Sign([], "evt", secret, DateTimeOffset.UnixEpoch).Count > 0;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
