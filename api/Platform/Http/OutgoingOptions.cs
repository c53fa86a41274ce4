namespace HeadlessSupport.Api.Platform.Http;

/// <summary>
/// What the operator allows outgoing requests to tenant-set URLs, read from the settings <c>Outgoing__…</c>.
/// The defaults are those of production; each switch is for development and tests.
/// </summary>
public sealed record OutgoingOptions
{
    /// <summary>
    /// Lets URLs lead to this machine (127.0.0.0/8, ::1, <c>localhost</c>), on any port. Never set it where tenants
    /// are strangers: it opens every service that listens beside the API.
    /// </summary>
    public bool AllowLoopback { get; init; }

    /// <summary>Lets URLs begin with <c>http://</c>; otherwise only <c>https://</c> is accepted.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Ports accepted besides 80 and 443.</summary>
    public int[] Ports { get; init; } = [];
}
