using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace HeadlessSupport.Transport;

/// <summary>
/// Sends requests: with the key, in time, again where that is safe and may help, and with the API's refusals as
/// exceptions. It holds no state but what it was made with.
/// </summary>
internal sealed class Wire
{
    /// <summary>Set on a request by a handler that tries again by itself: then the wire does not.</summary>
    public static readonly HttpRequestOptionsKey<bool> RetriedElsewhere = new("HeadlessSupport.RetriedElsewhere");

    private const int MostProblemBytes = 64 * 1024;
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(8);
    private static readonly MediaTypeHeaderValue JsonType = new("application/json");
    private static readonly string UserAgent = $"HeadlessSupport.Net/{Telemetry.Version} (.NET {Environment.Version})";

    private readonly Func<HttpClient> http;
    private readonly Func<CancellationToken, ValueTask<string>>? accessToken;
    private readonly AuthenticationHeaderValue? key;
    private readonly int maxRetries;
    private readonly TimeSpan tryTimeout;
    private readonly TimeSpan timeout;
    private readonly TimeProvider time;
    private readonly Action<HttpResponseMessage>? seen;

    public Wire(HeadlessSupportOptions options, Func<HttpClient> http)
    {
        if (options.Mistakes().ToList() is { Count: > 0 } mistakes)
            throw new ArgumentException(string.Join(' ', mistakes), nameof(options));
        this.http = http;
        BaseAddress = options.BaseAddress!.AbsolutePath.EndsWith('/') ? options.BaseAddress : new Uri(options.BaseAddress.AbsoluteUri + "/");
        key = options.ApiKey is { } apiKey ? new AuthenticationHeaderValue("Bearer", apiKey) : null;
        accessToken = options.AccessToken;
        maxRetries = options.MaxRetries;
        tryTimeout = options.TryTimeout;
        timeout = options.Timeout;
        time = options.TimeProvider;
    }

    private Wire(Wire of, Action<HttpResponseMessage> seen)
    {
        (http, BaseAddress, key, accessToken, maxRetries, tryTimeout, timeout, time) =
            (of.http, of.BaseAddress, of.key, of.accessToken, of.maxRetries, of.tryTimeout, of.timeout, of.time);
        this.seen = seen;
    }

    public Uri BaseAddress { get; }

    public TimeProvider Time => time;

    /// <summary>The same wire, whose successful answers are shown before they are read.</summary>
    public Wire SeenBy(Action<HttpResponseMessage> answer) => new(this, answer);

    public async ValueTask<string> TokenAsync(CancellationToken cancellationToken) =>
        key?.Parameter ?? await accessToken!(cancellationToken).ConfigureAwait(false);

    /// <summary>Sends a request and reads its answer.</summary>
    /// <exception cref="HeadlessSupportException">The API refused it, or no answer came.</exception>
    public async Task<T> SendAsync<T>(ApiRequest<T> request, RequestOptions? options, CancellationToken cancellationToken)
    {
        var activity = Telemetry.Start(request.Operation, request.Method, BaseAddress);
        var began = time.GetTimestamp();
        var idempotencyKey = request.Method == HttpMethod.Post ? options?.IdempotencyKey ?? RandomNumberGenerator.GetHexString(32, lowercase: true) : null;
        var wholeTime = options?.Timeout ?? (request.Content is null ? timeout : Timeout.InfiniteTimeSpan);
        var retries = options?.MaxRetries ?? maxRetries;
        var lost = false;
        int? status = null;
        string? error = null;
        var tries = 0;
        try
        {
            while (true)
            {
                tries++;
                HeadlessSupportException failure;
                TimeSpan? asked = null;
                bool again;
                using (var message = await ComposeAsync(request, options, idempotencyKey, cancellationToken).ConfigureAwait(false))
                {
                    using var timer = new CancellationTokenSource(TryTime(request, wholeTime, began), time);
                    await using var stop = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), timer).ConfigureAwait(false);
                    HttpResponseMessage? response = null;
                    try
                    {
                        response = await http().SendAsync(message, HttpCompletionOption.ResponseHeadersRead, timer.Token).ConfigureAwait(false);
                        status = (int)response.StatusCode;
                        if (response.IsSuccessStatusCode || (lost && request.Method == HttpMethod.Delete && response.StatusCode == HttpStatusCode.NotFound))
                        {
                            seen?.Invoke(response);
                            var answer = await ReadAsync(request, response, timer.Token).ConfigureAwait(false);
                            if (answer is HttpResponseMessage)
                                response = null;
                            return answer;
                        }
                        var refusal = await RefusalAsync(response, timer.Token).ConfigureAwait(false);
                        failure = ExceptionOf(refusal);
                        asked = refusal.RetryAfter;
                        again = MayPass(refusal);
                        // 429, 503 and «in progress» were refused before anything was done.
                        lost |= refusal.Status is HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout;
                    }
                    catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
                    {
                        failure = new RequestTimeoutException($"{request.Operation} got no answer in time.", e);
                        (again, lost) = (true, true);
                    }
                    catch (Exception e) when (e is HttpRequestException or IOException)
                    {
                        failure = new ConnectionException($"{request.Operation} got no answer: {e.Message}", e);
                        (again, lost) = (true, lost || !NeverSent(e));
                    }
                    finally
                    {
                        response?.Dispose();
                    }
                    again &= tries <= retries && !request.OnlyOnce && !message.Options.TryGetValue(RetriedElsewhere, out _);
                    // A change that was made, and whose answer was lost, would refuse its own repetition.
                    again &= !(lost && options?.IfMatch is not null && request.Method != HttpMethod.Post);
                }
                var wait = asked ?? Backoff(tries);
                if (!again || (wholeTime != Timeout.InfiniteTimeSpan && time.GetElapsedTime(began) + wait >= wholeTime))
                {
                    error = failure.Code ?? failure.GetType().Name;
                    throw failure;
                }
                Telemetry.Retried(request.Operation);
                await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            error = "cancelled";
            throw;
        }
        finally
        {
            Telemetry.Ended(activity, request.Operation, time.GetElapsedTime(began), status, error, tries);
        }
    }

    private async ValueTask<HttpRequestMessage> ComposeAsync<T>(ApiRequest<T> request, RequestOptions? options, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var message = new HttpRequestMessage(request.Method, new Uri(BaseAddress, request.Path)) { VersionPolicy = HttpVersionPolicy.RequestVersionOrHigher };
        var headers = message.Headers;
        headers.Authorization = key ?? new AuthenticationHeaderValue("Bearer", await accessToken!(cancellationToken).ConfigureAwait(false));
        headers.TryAddWithoutValidation("User-Agent", UserAgent);
        headers.TryAddWithoutValidation("Accept", request.Answer is null ? "*/*" : "application/json");
        if (idempotencyKey is not null)
            headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey);
        if (options?.IfMatch is { } version)
            headers.TryAddWithoutValidation("If-Match", version);
        foreach (var (name, value) in options?.Headers ?? EmptyHeaders)
        {
            if (!headers.Contains(name))
                headers.TryAddWithoutValidation(name, value);
        }
        if (request.Content is { } content)
        {
            message.Content = content();
        }
        else if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = JsonType;
        }
        return message;
    }

    private static async ValueTask<T> ReadAsync<T>(ApiRequest<T> request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response is T open)
            return open;
        if (request.Answer is null)
            return default!;
        var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            try
            {
                return await JsonSerializer.DeserializeAsync(body, request.Answer, cancellationToken).ConfigureAwait(false) ?? throw new JsonException("It is null.");
            }
            catch (JsonException e)
            {
                throw new HeadlessSupportException($"The answer of {request.Operation} cannot be read: {e.Message}", e);
            }
        }
    }

    private static async Task<ErrorAnswer> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Problem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType is "application/problem+json" or "application/json")
        {
            try
            {
                var body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
                var read = new byte[MostProblemBytes];
                var length = await body.ReadAtLeastAsync(read, read.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                problem = JsonSerializer.Deserialize(read.AsSpan(0, length), SupportJson.Default.Problem);
            }
            catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
            {
                // What is not the API's has only its status.
            }
        }
        var requestId = response.Headers.TryGetValues("Request-Id", out var ids) ? ids.FirstOrDefault() : null;
        return new ErrorAnswer(response.StatusCode, problem, requestId, RetryAfterOf(response));
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response)
    {
        var retryAfter = response.Headers.RetryAfter;
        if (retryAfter?.Delta is { } delta)
            return delta;
        return retryAfter?.Date is { } date && response.Headers.Date is { } now ? date > now ? date - now : TimeSpan.Zero : null;
    }

    private static HeadlessSupportException ExceptionOf(ErrorAnswer answer) => (int)answer.Status switch
    {
        400 => new BadRequestException(answer),
        401 => new UnauthenticatedException(answer),
        403 => new ForbiddenException(answer),
        404 => new NotFoundException(answer),
        409 => new ConflictException(answer),
        410 => new GoneException(answer),
        412 => new PreconditionFailedException(answer),
        422 => new ValidationException(answer),
        429 => new RateLimitException(answer),
        >= 500 => new ServerException(answer),
        _ => new HeadlessSupportException(answer),
    };

    private static bool MayPass(ErrorAnswer answer) =>
        (int)answer.Status is 408 or 429 or 500 or 502 or 503 or 504 || answer.Problem?.Code == "request_in_progress";

    private static bool NeverSent(Exception e) => e is HttpRequestException
    {
        HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
    };

    private TimeSpan TryTime<T>(ApiRequest<T> request, TimeSpan whole, long began)
    {
        var own = request.Content is null ? tryTimeout : Timeout.InfiniteTimeSpan;
        if (whole == Timeout.InfiniteTimeSpan)
            return own;
        var left = whole - time.GetElapsedTime(began);
        if (left <= TimeSpan.Zero)
            left = TimeSpan.FromTicks(1);
        return own != Timeout.InfiniteTimeSpan && own < left ? own : left;
    }

    // Doubling, and somewhere in the upper half, so that what failed together does not come back together.
    private static TimeSpan Backoff(int tries)
    {
        var full = Math.Min(FirstWait.TotalMilliseconds * Math.Pow(2, tries - 1), LongestWait.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(full * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private static readonly Dictionary<string, string> EmptyHeaders = [];
}
