using System.Net;
using System.Net.Http.Headers;

namespace HeadlessSupport;

/// <summary>A value, and the answer it came with.</summary>
/// <typeparam name="T">What was asked for.</typeparam>
public sealed class ApiResponse<T>
{
    internal ApiResponse(T value, HttpStatusCode status, HttpResponseHeaders headers)
    {
        Value = value;
        Status = status;
        Headers = headers;
    }

    /// <summary>What was asked for.</summary>
    public T Value { get; }

    /// <summary>The HTTP status.</summary>
    public HttpStatusCode Status { get; }

    /// <summary>The headers: <c>RateLimit</c>, <c>Location</c>, <c>Link</c> and all others.</summary>
    public HttpResponseHeaders Headers { get; }

    /// <summary>Names the request, for the API's operator.</summary>
    public string? RequestId => Header("Request-Id");

    /// <summary>The version that was answered, for <see cref="RequestOptions.IfMatch"/>.</summary>
    public string? ETag => Headers.ETag?.Tag;

    /// <summary>Whether the answer is that of an earlier request with the same idempotency key.</summary>
    public bool IsReplay => Header("Idempotency-Replayed") == "true";

    /// <summary>A header's value; null where there is none.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value.</returns>
    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
