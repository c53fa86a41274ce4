namespace HeadlessSupport;

/// <summary>What one call does differently from the others.</summary>
public sealed record RequestOptions
{
    /// <summary>
    /// Names what is asked for, so that asking again does not do it again: any text of at most 255 characters that you can
    /// find again after a crash, such as the id of your own job. Without it a POST gets a random one, the same for all tries.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The <c>ETag</c> that the decision was made upon. Where the resource has changed since, the call throws <see cref="PreconditionFailedException"/>.</summary>
    public string? IfMatch { get; init; }

    /// <summary>How long all tries may take together, with the waits between; null for what the client is set to.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often it is tried again; null for what the client is set to.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>Headers to send besides. They do not replace the ones the client sets.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}
