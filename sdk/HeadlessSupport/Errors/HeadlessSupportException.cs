using System.Net;

namespace HeadlessSupport;

/// <summary>A call did not end as asked. Each kind of refusal has a class of its own below this one.</summary>
public class HeadlessSupportException : Exception
{
    /// <summary>Makes one that no answer of the API stands behind.</summary>
    /// <param name="message">What happened, and what to do.</param>
    /// <param name="innerException">What it came from.</param>
    public HeadlessSupportException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Makes one for a refusal of the API.</summary>
    /// <param name="answer">The refusal.</param>
    public HeadlessSupportException(ErrorAnswer answer)
        : base(Describe(answer ?? throw new ArgumentNullException(nameof(answer))))
    {
        Answer = answer;
    }

    /// <summary>The HTTP status; null where there was no answer.</summary>
    public HttpStatusCode? Status => Answer?.Status;

    /// <summary>The error's stable name, such as <c>validation_failed</c>; null where there was no answer of the API.</summary>
    public string? Code => Answer?.Problem?.Code;

    /// <summary>The address of a page that explains the error; null where there was no answer of the API.</summary>
    public string? Type => Answer?.Problem?.Type;

    /// <summary>The <c>Request-Id</c> under which the API's operator finds the call.</summary>
    public string? RequestId => Answer?.RequestId;

    /// <summary>All the API said (RFC 9457); null where something else answered, such as a proxy.</summary>
    public Problem? Problem => Answer?.Problem;

    /// <summary>The answer; null where there was none.</summary>
    protected ErrorAnswer? Answer { get; }

    private static string Describe(ErrorAnswer answer)
    {
        var said = answer.Problem?.Detail is { Length: > 0 } detail ? detail : $"The API answered {(int)answer.Status}.";
        return answer.Problem?.Code is { Length: > 0 } code
            ? answer.RequestId is { } id ? $"{said} ({code}, {(int)answer.Status}, {id})" : $"{said} ({code}, {(int)answer.Status})"
            : said;
    }
}

/// <summary>A refusal as it came.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Problem">The problem details; null where the body held none.</param>
/// <param name="RequestId">The <c>Request-Id</c>.</param>
/// <param name="RetryAfter">How long to wait before asking again, where the answer says so.</param>
public sealed record ErrorAnswer(HttpStatusCode Status, Problem? Problem, string? RequestId, TimeSpan? RetryAfter);

/// <summary>400: the request could not be read. Most often a member that the API does not know.</summary>
/// <param name="answer">The refusal.</param>
public class BadRequestException(ErrorAnswer answer) : HeadlessSupportException(answer);

/// <summary>401: the key or token is missing, wrong, expired or revoked.</summary>
/// <param name="answer">The refusal.</param>
public class UnauthenticatedException(ErrorAnswer answer) : HeadlessSupportException(answer);

/// <summary>403: the key or token may not do this; the message names what is missing.</summary>
/// <param name="answer">The refusal.</param>
public class ForbiddenException(ErrorAnswer answer) : HeadlessSupportException(answer);

/// <summary>404: it is not there, or belongs to another organization.</summary>
/// <param name="answer">The refusal.</param>
public class NotFoundException(ErrorAnswer answer) : HeadlessSupportException(answer);

/// <summary>409: the state forbids it.</summary>
/// <param name="answer">The refusal.</param>
public class ConflictException(ErrorAnswer answer) : HeadlessSupportException(answer);

/// <summary>410: it was there, and is no longer.</summary>
/// <param name="answer">The refusal.</param>
public class GoneException(ErrorAnswer answer) : HeadlessSupportException(answer);

/// <summary>412: the resource has changed since the <see cref="RequestOptions.IfMatch"/> that the call was made with.</summary>
/// <param name="answer">The refusal.</param>
public class PreconditionFailedException(ErrorAnswer answer) : HeadlessSupportException(answer);

/// <summary>422: the request can be read, but some values are not allowed.</summary>
/// <param name="answer">The refusal.</param>
public class ValidationException(ErrorAnswer answer) : HeadlessSupportException(answer)
{
    /// <summary>What is wrong with which member.</summary>
    public ValidationErrors Errors { get; } = new(answer.Problem?.Errors);
}

/// <summary>429: too many calls. It was tried again already where the wait was short.</summary>
/// <param name="answer">The refusal.</param>
public class RateLimitException(ErrorAnswer answer) : HeadlessSupportException(answer)
{
    /// <summary>How long to wait before asking again.</summary>
    public TimeSpan RetryAfter { get; } = answer.RetryAfter ?? TimeSpan.FromSeconds(1);
}

/// <summary>5xx: the API, or something before it, failed. It was tried again already.</summary>
/// <param name="answer">The refusal.</param>
public class ServerException(ErrorAnswer answer) : HeadlessSupportException(answer);

/// <summary>No answer came: the API could not be reached, or the connection broke. It was tried again already.</summary>
/// <param name="message">What happened.</param>
/// <param name="innerException">What it came from.</param>
public class ConnectionException(string message, Exception? innerException = null) : HeadlessSupportException(message, innerException);

/// <summary>No answer came in time. Whether the API did what was asked is not known; a POST can be asked again with the same key.</summary>
/// <param name="message">What happened.</param>
/// <param name="innerException">What it came from.</param>
public class RequestTimeoutException(string message, Exception? innerException = null) : ConnectionException(message, innerException);
