using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>How one request went.</summary>
/// <param name="Error">The failure's name; null where it succeeded.</param>
internal sealed record WebhookOutcome(DateTimeOffset At, int? Status, string? Error, int LatencyMs, string? Answer, DateTimeOffset? RetryAfter)
{
    public bool IsGone => Status == 410;
}

/// <summary>Makes one request to a receiver, through the guard, and names what went wrong.</summary>
internal sealed class WebhookCall(IHttpClientFactory clients, TimeProvider time)
{
    private const int AnswerBytes = 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);
    private static readonly MediaTypeHeaderValue JsonType = new("application/json");
    private readonly HttpClient http = clients.CreateClient(PublicAddressGuardSetup.ClientName);

    public async Task<WebhookOutcome> SendAsync(WebhookTarget target, string id, byte[] body, CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        int? status = null;
        string? error, answer = null;
        DateTimeOffset? retryAfter = null;
        try
        {
            using var request = Request(target, id, at, body);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            status = (int)response.StatusCode;
            retryAfter = response.Headers.RetryAfter is { } after ? after.Date ?? at + after.Delta : null;
            error = NameOf(response.StatusCode);
            answer = await HeadAsync(response, limit.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException or SocketException or TimeoutException or InvalidOperationException or UriFormatException)
        {
            // Once the status is known it decides, whatever the rest of the answer does.
            error = status is { } known ? NameOf((HttpStatusCode)known) : NameOf(exception);
        }
        return new(at, status, error, (int)Stopwatch.GetElapsedTime(started).TotalMilliseconds, answer, retryAfter);
    }

    private static HttpRequestMessage Request(WebhookTarget target, string id, DateTimeOffset at, byte[] body)
    {
        var timestamp = at.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ByteArrayContent(body) { Headers = { ContentType = JsonType } } };
        request.Headers.TryAddWithoutValidation("User-Agent", "HeadlessSupport-Webhooks/1");
        foreach (var (name, value) in target.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignatures.Sign(target.KeysAt(at), id, timestamp, body));
        return request;
    }

    private static async Task<string?> HeadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[AnswerBytes];
        var read = await stream.ReadAtLeastAsync(buffer, AnswerBytes, throwOnEndOfStream: false, cancellationToken);
        // PostgreSQL's text has no zero character.
        return read == 0 ? null : Encoding.UTF8.GetString(buffer, 0, read).Replace('\0', '\uFFFD');
    }

    private static string? NameOf(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => null,
        >= 300 and < 400 => "redirect",
        var other => $"http_{other.ToString(CultureInfo.InvariantCulture)}",
    };

    private static string NameOf(Exception exception)
    {
        if (exception is ForbiddenAddressException)
            return "forbidden_address";
        for (var at = exception; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                // Before what it interrupted, which stands within it.
                case OperationCanceledException or TimeoutException:
                    return "timeout";
                case System.Security.Authentication.AuthenticationException:
                    return "tls";
                case SocketException socket:
                    return NameOf(socket.SocketErrorCode);
            }
        }
        return exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "dns",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls",
            HttpRequestException { HttpRequestError: HttpRequestError.ResponseEnded } => "connection_closed",
            HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse or HttpRequestError.HttpProtocolError } => "invalid_response",
            IOException => "connection_closed",
            _ => "connection_failed",
        };
    }

    private static string NameOf(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => "dns",
        SocketError.ConnectionRefused => "connection_refused",
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => "connection_reset",
        SocketError.TimedOut => "timeout",
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown => "unreachable",
        _ => "connection_failed",
    };
}

/// <summary>An endpoint, opened for sending.</summary>
internal sealed record WebhookTarget(Uri Url, IReadOnlyList<KeyValuePair<string, string>> Headers, IReadOnlyList<WebhookKey> Keys, int MaxConcurrency, int? RateLimit)
{
    public IReadOnlyList<WebhookKey> KeysAt(DateTimeOffset now) => Keys.Any(k => k.ExpiresAt <= now) ? [.. Keys.Where(k => k.ExpiresAt is null || k.ExpiresAt > now)] : Keys;
}
