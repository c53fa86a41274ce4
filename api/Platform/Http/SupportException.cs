using System.Text.Json;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>A kind of error that the API can answer with. The code never changes once published; each has a page in docs/errors.</summary>
public sealed record ErrorCode(string Code, int Status, string Title)
{
    public static readonly ErrorCode InvalidJson = new("invalid_json", 400, "The body is not valid JSON");
    public static readonly ErrorCode InvalidRequest = new("invalid_request", 400, "The request cannot be read");
    public static readonly ErrorCode InvalidCursor = new("invalid_cursor", 400, "The cursor cannot be used");
    public static readonly ErrorCode InvalidCondition = new("invalid_condition", 400, "The condition cannot be used");
    public static readonly ErrorCode Unauthenticated = new("unauthenticated", 401, "A valid credential is needed");
    public static readonly ErrorCode OrganizationSuspended = new("organization_suspended", 401, "The organization is suspended");
    public static readonly ErrorCode Forbidden = new("forbidden", 403, "The credential does not permit this");
    public static readonly ErrorCode NotFound = new("not_found", 404, "There is nothing here");
    public static readonly ErrorCode MethodNotAllowed = new("method_not_allowed", 405, "The method is not supported here");
    public static readonly ErrorCode NotAcceptable = new("not_acceptable", 406, "The answer cannot be given in that format");
    public static readonly ErrorCode Conflict = new("conflict", 409, "The current state forbids this");
    public static readonly ErrorCode AlreadyExists = new("already_exists", 409, "It exists already");
    public static readonly ErrorCode RequestInProgress = new("request_in_progress", 409, "The same request is being worked on");
    public static readonly ErrorCode PreconditionFailed = new("precondition_failed", 412, "The resource has changed");
    public static readonly ErrorCode BodyTooLarge = new("body_too_large", 413, "The body is too large");
    public static readonly ErrorCode UnsupportedMediaType = new("unsupported_media_type", 415, "The content type is not supported");
    public static readonly ErrorCode ValidationFailed = new("validation_failed", 422, "Some values are not valid");
    public static readonly ErrorCode IdempotencyKeyReused = new("idempotency_key_reused", 422, "The idempotency key was used for another request");
    public static readonly ErrorCode RateLimited = new("rate_limited", 429, "Too many requests");
    public static readonly ErrorCode Internal = new("internal", 500, "Something went wrong on our side");
    public static readonly ErrorCode Unavailable = new("unavailable", 503, "The service cannot answer just now");
}

/// <summary>How the house says no: a code, a sentence that says what to do, and where it concerns a member, the pointer to it.</summary>
public sealed class SupportException(ErrorCode code, string detail, params IReadOnlyList<(string Pointer, string Message)> errors) : Exception(detail)
{
    public ErrorCode Code { get; } = code;

    /// <summary>JSON pointers into the body (<c>/requester/email</c>), or names of query parameters and headers without a slash.</summary>
    public IReadOnlyList<(string Pointer, string Message)> Errors { get; } = errors;

    /// <summary>Headers that go with the answer (<c>Retry-After</c>, <c>WWW-Authenticate</c>).</summary>
    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    public static SupportException Invalid(string pointer, string message) =>
        new(ErrorCode.ValidationFailed, message, (pointer, message));

    public static SupportException NotFound(string what) =>
        new(ErrorCode.NotFound, $"There is no such {what}, or it is not yours.");

    public static SupportException Unreadable(string parameter, string message) =>
        new(ErrorCode.InvalidRequest, message, (parameter, message));
}

/// <summary>A JSON value of the right type that cannot be: answered with 422 and the member's pointer, where other JSON errors are 400.</summary>
public sealed class InvalidMemberException(string message) : JsonException(message);

/// <summary>JSON of the wrong type or form, in our words: answered with 400 and the member's pointer.</summary>
public sealed class UnreadableMemberException(string message) : JsonException(message);
