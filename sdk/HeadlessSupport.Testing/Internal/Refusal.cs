namespace HeadlessSupport.Testing;

/// <summary>A kind of error, as the API names it.</summary>
internal sealed record ErrorCode(string Code, int Status, string Title)
{
    public static readonly ErrorCode InvalidJson = new("invalid_json", 400, "The body is not valid JSON");
    public static readonly ErrorCode InvalidRequest = new("invalid_request", 400, "The request cannot be read");
    public static readonly ErrorCode InvalidCursor = new("invalid_cursor", 400, "The cursor cannot be used");
    public static readonly ErrorCode Unauthenticated = new("unauthenticated", 401, "A valid credential is needed");
    public static readonly ErrorCode NotFound = new("not_found", 404, "There is nothing here");
    public static readonly ErrorCode MethodNotAllowed = new("method_not_allowed", 405, "The method is not supported here");
    public static readonly ErrorCode Conflict = new("conflict", 409, "The current state forbids this");
    public static readonly ErrorCode AlreadyExists = new("already_exists", 409, "It exists already");
    public static readonly ErrorCode LinkExpired = new("link_expired", 410, "The link has expired");
    public static readonly ErrorCode PreconditionFailed = new("precondition_failed", 412, "The resource has changed");
    public static readonly ErrorCode BodyTooLarge = new("body_too_large", 413, "The body is too large");
    public static readonly ErrorCode UnsupportedMediaType = new("unsupported_media_type", 415, "The content type is not supported");
    public static readonly ErrorCode ValidationFailed = new("validation_failed", 422, "Some values are not valid");
    public static readonly ErrorCode IdempotencyKeyReused = new("idempotency_key_reused", 422, "The idempotency key was used for another request");
    public static readonly ErrorCode RateLimited = new("rate_limited", 429, "Too many requests");
    public static readonly ErrorCode Internal = new("internal", 500, "Something went wrong on our side");
    public static readonly ErrorCode Unavailable = new("unavailable", 503, "The service cannot answer just now");

    /// <summary>What no API answers: this fake has not learned it.</summary>
    public static readonly ErrorCode NotFaked = new("not_faked", 501, "The fake does not do this");
}

/// <summary>How the fake says no, with the API's words where it has them.</summary>
internal sealed class Refusal(ErrorCode code, string detail, params IReadOnlyList<(string Pointer, string Message)> errors) : Exception(detail)
{
    public ErrorCode Code { get; } = code;

    public IReadOnlyList<(string Pointer, string Message)> Errors { get; } = errors;

    /// <summary>The version that the resource is at, where an <c>If-Match</c> was stale.</summary>
    public string? ETag { get; init; }

    public static Refusal Invalid(string pointer, string message) => new(ErrorCode.ValidationFailed, message, (pointer, message));

    public static Refusal NotFound(string what) => new(ErrorCode.NotFound, $"There is no such {what}, or it is not yours.");

    public static Refusal Unreadable(string name, string message) => new(ErrorCode.InvalidRequest, message, (name, message));
}
