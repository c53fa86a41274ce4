using System.Net.Http.Headers;
using System.Text.Json;

namespace HeadlessSupport.Testing;

/// <summary>Signs events as the API does when it sends them, to test an endpoint that receives webhooks.</summary>
/// <example>
/// <code>
/// var webhook = WebhookSigner.Sign(TestData.Event&lt;TicketReplied&gt;(), secret);
/// var answer = await app.SendAsync(webhook.ToRequest("/hooks/support"));
/// </code>
/// </example>
public static class WebhookSigner
{
    /// <summary>A secret to configure the endpoint with in tests.</summary>
    public const string Secret = "whsec_dGhpcyBzZWNyZXQgaXMgZm9yIHRlc3RzIG9ubHk=";

    /// <summary>Signs an event.</summary>
    /// <param name="happened">The event: of <see cref="TestData"/> or of <see cref="FakeHeadlessSupport.Events"/>.</param>
    /// <param name="secret">The secret that the endpoint verifies with.</param>
    /// <param name="sentAt">When it is said to be sent; now unless set. The endpoint refuses what is older than some minutes.</param>
    /// <returns>The body and its headers.</returns>
    public static SignedWebhook Sign(Event happened, string secret = Secret, DateTimeOffset? sentAt = null)
    {
        ArgumentNullException.ThrowIfNull(happened);
        var body = JsonSerializer.SerializeToUtf8Bytes(happened, SupportJson.Default.Event);
        return new(body, Webhooks.Sign(body, happened.Id, secret, sentAt ?? TimeProvider.System.GetUtcNow()));
    }
}

/// <summary>A webhook as it is sent.</summary>
/// <param name="Body">The body, which no byte may be changed of.</param>
/// <param name="Headers">The headers that sign it.</param>
public sealed record SignedWebhook(ReadOnlyMemory<byte> Body, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The webhook as a request.</summary>
    /// <param name="address">Where the endpoint is, absolute or below the client's base address.</param>
    /// <returns>The request.</returns>
    public HttpRequestMessage ToRequest(string address)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReadOnlyMemoryContent(Body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}
