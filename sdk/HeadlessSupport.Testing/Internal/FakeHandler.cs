using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>The door: knows who calls, finds the operation, keeps answers by their idempotency key, and words refusals.</summary>
internal sealed class FakeHandler(Store store, List<FakeRequest> requests, Queue<Fault> faults) : HttpMessageHandler
{
    private const string Root = "/api/v1/";
    private const int MostJsonBytes = 1024 * 1024;
    private static readonly TimeSpan AnswersAreKept = TimeSpan.FromHours(24);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var requestId = store.Ids.New("req");
        Fault? fault;
        lock (store.Gate)
        {
            requests.Add(FakeRequest.Of(request, body));
            faults.TryDequeue(out fault);
        }
        if (fault is { Status: { } status })
            return Respond(request, requestId, Problem(request, Failure(status)), fault.RetryAfter);
        if (fault is { IsAfterwards: false })
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The fake was told to break the connection.");
        // Taken before it is looked: what happens in between is not missed.
        var happening = store.Happening;
        var answer = Act(request, body, requestId);
        if (fault is not null)
            throw new HttpRequestException(HttpRequestError.ResponseEnded, "The fake was told to lose the answer.");
        if (FakeEvents.Patience(request) is { } patience)
        {
            var enough = Task.Delay(patience, cancellationToken);
            while (FakeEvents.IsEmpty(answer) && !enough.IsCompleted)
            {
                await Task.WhenAny(happening, enough).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                happening = store.Happening;
                answer = Act(request, body, requestId);
            }
        }
        return Respond(request, requestId, answer);
    }

    private static Refusal Failure(HttpStatusCode status)
    {
        var code = (int)status switch
        {
            401 => ErrorCode.Unauthenticated,
            403 => new ErrorCode("forbidden", 403, "The credential does not permit this"),
            404 => ErrorCode.NotFound,
            409 => ErrorCode.Conflict,
            412 => ErrorCode.PreconditionFailed,
            422 => ErrorCode.ValidationFailed,
            429 => ErrorCode.RateLimited,
            503 => ErrorCode.Unavailable,
            >= 500 => ErrorCode.Internal with { Status = (int)status },
            _ => ErrorCode.InvalidRequest with { Status = (int)status },
        };
        return new(code, "The fake was told to answer so.");
    }

    private Answer Act(HttpRequestMessage request, byte[] body, string requestId)
    {
        lock (store.Gate)
        {
            var work = new Work(store, requestId);
            try
            {
                return Find(request, body, work);
            }
            catch (Refusal refusal)
            {
                work.Undo();
                return Problem(request, refusal);
            }
        }
    }

    private Answer Find(HttpRequestMessage request, byte[] body, Work work)
    {
        var uri = request.RequestUri ?? throw new Refusal(ErrorCode.NotFound, "The request has no address.");
        var at = uri.AbsolutePath.IndexOf(Root, StringComparison.Ordinal);
        if (at < 0)
            throw new Refusal(ErrorCode.NotFound, "No such route. The API's routes begin with /api/v1 and are listed at /docs.");
        var path = uri.AbsolutePath[(at + Root.Length)..].Split('/');
        var prefix = uri.GetLeftPart(UriPartial.Authority) + uri.AbsolutePath[..at];
        var there = Route.All.Select(r => (Route: r, Free: r.Match(path))).Where(r => r.Free is not null).ToList();
        if (there.Count == 0)
            throw new Refusal(ErrorCode.NotFaked, $"FakeHeadlessSupport has no {request.Method} {Root}{string.Join('/', path)}. It has tickets, comments, users, companies, tags, attachments, events and me; for anything else use a real installation, or a mock.");
        // What stands there in words is meant before what is free.
        var found = there.Where(r => r.Route.Method == request.Method.Method).OrderBy(r => r.Free!.Count).FirstOrDefault();
        if (found.Route is null)
            throw new Refusal(ErrorCode.MethodNotAllowed, $"{request.Method} is not supported here; the Allow header names what is.");
        if (found.Route.Path != "files/*")
            CheckKey(request);
        var call = new Call(store, work, request, prefix, found.Free!, body);
        return Answer(request, call, found.Route);
    }

    private Answer Answer(HttpRequestMessage request, Call call, Route route)
    {
        if (call.Body.Length > MostJsonBytes && route.Path != "attachments")
            throw new Refusal(ErrorCode.BodyTooLarge, "The body is larger than this route takes.");
        if (request.Method != HttpMethod.Post || call.Header("Idempotency-Key") is not { } key)
            return Do(call, route);
        if (key.Length is 0 or > 255 || key.Any(c => c is < ' ' or > '~'))
            throw Refusal.Unreadable("Idempotency-Key", "Use 1 to 255 printable ASCII characters, best a random UUID.");
        var scope = request.RequestUri!.AbsolutePath + "\n" + key;
        var fingerprint = FakeAttachments.Fingerprint(call, route) ?? Convert.ToHexString(SHA256.HashData([.. Encoding.UTF8.GetBytes(request.RequestUri.Query + "\n"), .. call.Body]));
        if (store.Answers.TryGetValue(scope, out var kept) && call.Work.Now - kept.At < AnswersAreKept)
        {
            return kept.Fingerprint == fingerprint
                ? kept.Answer with { IsReplay = true }
                : throw new Refusal(ErrorCode.IdempotencyKeyReused, "This Idempotency-Key was used with another body. Use a new key for a new request.", ("Idempotency-Key", "Was used with another body."));
        }
        Answer answer;
        try
        {
            answer = Do(call, route);
        }
        catch (Refusal refusal) when (refusal.Code.Status is 409 or 422)
        {
            call.Work.Undo();
            answer = Problem(request, refusal);
        }
        store.Answers[scope] = new Kept(fingerprint, answer, call.Work.Now);
        return answer;
    }

    private static Answer Do(Call call, Route route)
    {
        var known = route.Query.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (call.QueryNames.FirstOrDefault(n => !known.Contains(n)) is { } unknown)
            throw Refusal.Unreadable(unknown, $"There is no such query parameter here.{(known.Length == 0 ? "" : $" Known: {string.Join(", ", known.Order(StringComparer.Ordinal))}.")}");
        var answer = route.Answer(call);
        call.Work.Save();
        return answer;
    }

    private static void CheckKey(HttpRequestMessage request)
    {
        if (request.Headers.Authorization is not { } given)
            throw new Refusal(ErrorCode.Unauthenticated, "Send an API key: Authorization: Bearer hs_…");
        if (!given.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || string.IsNullOrWhiteSpace(given.Parameter))
            throw new Refusal(ErrorCode.Unauthenticated, "Send the credential as Authorization: Bearer hs_…");
    }

    private static Answer Problem(HttpRequestMessage request, Refusal refusal)
    {
        var errors = new JsonObject();
        foreach (var pointer in refusal.Errors.GroupBy(e => e.Pointer, e => e.Message, StringComparer.Ordinal))
            errors[pointer.Key] = WireJson.Array(pointer.Distinct(StringComparer.Ordinal));
        var json = new JsonObject
        {
            ["type"] = $"{request.RequestUri?.GetLeftPart(UriPartial.Authority)}/errors/{refusal.Code.Code}",
            ["title"] = refusal.Code.Title,
            ["status"] = refusal.Code.Status,
            ["detail"] = refusal.Message,
            ["instance"] = request.RequestUri?.AbsolutePath,
            ["code"] = refusal.Code.Code,
            ["trace_id"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
            ["errors"] = errors.Count == 0 ? null : errors,
        };
        return new(refusal.Code.Status, json) { ETag = refusal.ETag };
    }

    private static HttpResponseMessage Respond(HttpRequestMessage request, string requestId, Answer answer, TimeSpan? retryAfter = null)
    {
        var response = new HttpResponseMessage((HttpStatusCode)answer.Status) { RequestMessage = request };
        response.Headers.TryAddWithoutValidation("Request-Id", requestId);
        if (answer.ETag is { } etag)
            response.Headers.TryAddWithoutValidation("ETag", etag);
        if (answer.Location is { } location)
            response.Headers.TryAddWithoutValidation("Location", location);
        if (answer.Next is { } next)
            response.Headers.TryAddWithoutValidation("Link", $"<{next}>; rel=\"next\"");
        if (answer.IsReplay)
            response.Headers.TryAddWithoutValidation("Idempotency-Replayed", "true");
        if (answer.Status == 401)
            response.Headers.WwwAuthenticate.Add(new AuthenticationHeaderValue("Bearer"));
        if (retryAfter is { } wait)
            response.Headers.TryAddWithoutValidation("Retry-After", ((long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture));
        if (answer.Content is { } content)
        {
            response.Content = content();
        }
        else if (answer.Json is { } json)
        {
            response.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json.ToJsonString(WireJson.Options)));
            response.Content.Headers.ContentType = new MediaTypeHeaderValue(answer.Status >= 400 ? "application/problem+json" : "application/json") { CharSet = answer.Status >= 400 ? null : "utf-8" };
        }
        return response;
    }
}

/// <summary>What the next request meets instead of its answer.</summary>
/// <param name="Status">What it is answered with; null where the connection breaks.</param>
/// <param name="RetryAfter">When to ask again.</param>
/// <param name="IsAfterwards">Whether what it asks is done before that.</param>
internal sealed record Fault(HttpStatusCode? Status, TimeSpan? RetryAfter, bool IsAfterwards);
