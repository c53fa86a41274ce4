namespace HeadlessSupport.Api.Webhooks;

/// <summary>When a failed delivery is tried again.</summary>
internal static class WebhookRetries
{
    private static readonly TimeSpan[] Table =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(24);

    /// <summary>An endpoint that fails for so long is disabled.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(5);

    /// <summary>How often it is tried in all.</summary>
    public static int Most => Table.Length + 1;

    /// <param name="tries">Those so far, the failed one among them.</param>
    /// <param name="retryAfter">What the receiver asked for; a day at most.</param>
    /// <returns>Null where it is not tried again.</returns>
    public static DateTimeOffset? Next(int tries, DateTimeOffset now, DateTimeOffset? retryAfter)
    {
        if (tries > Table.Length)
            return null;
        // Up to a tenth more, so that what failed together does not come back together.
        var next = now + (Table[tries - 1] * (1 + (Random.Shared.NextDouble() / 10)));
        var asked = retryAfter > now + LongestWait ? now + LongestWait : retryAfter;
        return asked > next ? asked : next;
    }
}
