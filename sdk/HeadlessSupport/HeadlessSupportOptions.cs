namespace HeadlessSupport;

/// <summary>How a client reaches the API.</summary>
public sealed class HeadlessSupportOptions
{
    /// <summary>Where the API is, without <c>/api/v1</c>: <c>https://support.example.com</c>. HTTPS, or HTTP on this machine only.</summary>
    public Uri? BaseAddress { get; set; }

    /// <summary>An API key, <c>hs_live_…</c> or <c>hs_test_…</c>. It is never logged or shown.</summary>
    public string? ApiKey { get; set; }

    /// <summary>
    /// Gives the token for each try instead of <see cref="ApiKey"/>: an OAuth access token, or an end user's token. Keep it
    /// until it expires; it is asked for often.
    /// </summary>
    public Func<CancellationToken, ValueTask<string>>? AccessToken { get; set; }

    /// <summary>Whether HTTP is allowed to other machines too. Keys and customers' data then travel readable for all between.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>How often a call is tried again after a failure that may pass; 2 unless set, 0 for never.</summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>How long one try may take; 30 seconds unless set. Up- and downloads may take longer.</summary>
    public TimeSpan TryTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long all tries of a call may take together, with the waits between; 100 seconds unless set.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>The clock that waits and timeouts go by.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>The options without their secrets.</summary>
    /// <returns>The address.</returns>
    public override string ToString() => $"{nameof(HeadlessSupportOptions)} {{ BaseAddress = {BaseAddress} }}";

    /// <summary>What is wrong with the options, one sentence each.</summary>
    internal IEnumerable<string> Mistakes()
    {
        if (BaseAddress is not { IsAbsoluteUri: true } address || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            yield return $"{nameof(BaseAddress)} must be where the API is, such as https://support.example.com.";
        else if (address.Scheme == Uri.UriSchemeHttp && !address.IsLoopback && !AllowHttp)
            yield return $"{nameof(BaseAddress)} must be HTTPS, or {nameof(AllowHttp)} be set: by HTTP everyone between could read the key.";
        if ((ApiKey is null) == (AccessToken is null))
            yield return $"Either {nameof(ApiKey)} or {nameof(AccessToken)} must be set.";
        if (ApiKey is not null && (ApiKey.Length == 0 || ApiKey.Any(c => c is <= ' ' or > '~')))
            yield return $"{nameof(ApiKey)} must be a key as the API showed it, hs_live_… or hs_test_….";
        if (MaxRetries is < 0 or > 10)
            yield return $"{nameof(MaxRetries)} must be 0 to 10.";
        if (TryTimeout <= TimeSpan.Zero || Timeout <= TimeSpan.Zero)
            yield return $"{nameof(TryTimeout)} and {nameof(Timeout)} must be more than nothing.";
    }
}
