using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace HeadlessSupport.Api.Tests;

/// <summary>Calls the API over HTTP with one credential. Paths are below <c>/api/v1/</c>, or absolute with a leading slash.</summary>
public sealed class Api(Uri url, string? credential)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 200 });

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, null, headers);

    public Task<Answer> PostAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, path, Json.Content(body), headers);

    public Task<Answer> PutAsync(string path, object? body = null, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Put, path, Json.Content(body), headers);

    public Task<Answer> PatchAsync(string path, object body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Patch, path, Json.Content(body), headers);

    public Task<Answer> DeleteAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Delete, path, null, headers);

    /// <summary>Uploads a file as the one part of a form.</summary>
    public Task<Answer> UploadAsync(byte[] content, string name, params (string Name, string Value)[] headers)
    {
        var form = new MultipartFormDataContent();
        form.Add(new ByteArrayContent(content), "file", name);
        return SendAsync(HttpMethod.Post, "attachments", form, headers);
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(url, path.StartsWith('/') ? path : "/api/v1/" + path)) { Content = content };
        if (credential is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var headersOfAnswer = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        // A stream of events has no end.
        var body = response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? [] : await response.Content.ReadAsByteArrayAsync();
        return new Answer($"{method} {path}", (int)response.StatusCode, body, headersOfAnswer);
    }

    /// <summary>Every item of a list, page by page.</summary>
    public async Task<List<JsonElement>> AllAsync(string path, int limit = 100)
    {
        var items = new List<JsonElement>();
        var start = $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit={limit}";
        string? cursor = null;
        do
        {
            var page = await GetAsync(cursor is null ? start : $"{start}&cursor={cursor}");
            page.MustBe(200);
            items.AddRange(page.Json.GetProperty("data").EnumerateArray());
            cursor = page.Json.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);
        return items;
    }
}

/// <summary>What came back.</summary>
public sealed class Answer(string request, int status, byte[] body, Dictionary<string, string> headers)
{
    private readonly Lazy<JsonElement> json = new(() => JsonSerializer.Deserialize<JsonElement>(body));

    public int Status => status;
    public byte[] Body => body;
    public JsonElement Json => json.Value;
    public string? ETag => Header("ETag");
    public string? Code => Json.TryGetProperty("code", out var code) ? code.GetString() : null;

    public string? Header(string name) => headers.GetValueOrDefault(name);

    public string Text(string member) => Json.GetProperty(member).GetString()!;

    /// <summary>Fails with the whole answer where the status is another.</summary>
    public Answer MustBe(int expected, string? code = null)
    {
        if (status != expected || (code is not null && Code != code))
            Assert.Fail($"{request} answered {status}, not {expected} {code}: {Encoding.UTF8.GetString(body)}");
        return this;
    }

    /// <summary>A problem of this status and code that points at these members.</summary>
    public Answer MustRefuse(int expected, string code, params string[] pointers)
    {
        MustBe(expected, code);
        Assert.Equal("application/problem+json", Header("Content-Type"));
        Assert.Equal(expected, Json.GetProperty("status").GetInt32());
        foreach (var member in (string[])["type", "title", "detail", "instance", "trace_id"])
            Assert.False(string.IsNullOrEmpty(Text(member)), $"{member} is empty");
        var named = Json.GetProperty("errors") is { ValueKind: JsonValueKind.Object } errors ? errors.EnumerateObject().Select(p => p.Name).ToList() : [];
        foreach (var pointer in pointers)
            Assert.True(named.Contains(pointer), $"{request} names {string.Join(" ", named)}, not {pointer}: {Encoding.UTF8.GetString(body)}");
        return this;
    }
}

internal static class Json
{
    public static HttpContent? Content(object? body) => body switch
    {
        null => null,
        HttpContent content => content,
        string raw => new StringContent(raw, Encoding.UTF8, "application/json"),
        byte[] raw => new ByteArrayContent(raw) { Headers = { ContentType = new("application/json") } },
        _ => new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json"),
    };

    /// <summary>One object with the members of both; the second wins.</summary>
    public static JsonObject Merge(object first, object? second)
    {
        var merged = JsonSerializer.SerializeToNode(first)!.AsObject();
        if (second is not null)
        {
            foreach (var (name, value) in JsonSerializer.SerializeToNode(second)!.AsObject())
                merged[name] = value?.DeepClone();
        }
        return merged;
    }
}
