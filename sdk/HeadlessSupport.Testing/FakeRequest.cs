using System.Text;

namespace HeadlessSupport.Testing;

/// <summary>A request that reached the fake, as it came: each try is one.</summary>
public sealed record FakeRequest
{
    private FakeRequest(string method, string path, string query, IReadOnlyDictionary<string, string> headers, string body)
    {
        (Method, Path, Query, Headers, Body) = (method, path, query, headers, body);
    }

    /// <summary>The HTTP method: <c>POST</c>.</summary>
    public string Method { get; }

    /// <summary>The path without its query: <c>/api/v1/tickets</c>.</summary>
    public string Path { get; }

    /// <summary>The query as it was sent, with its question mark; empty where there was none.</summary>
    public string Query { get; }

    /// <summary>The headers, found in upper and lower case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The body as text; empty where there was none.</summary>
    public string Body { get; }

    /// <summary>The request's first line.</summary>
    /// <returns>Method, path and query.</returns>
    public override string ToString() => $"{Method} {Path}{Query}";

    internal static FakeRequest Of(HttpRequestMessage request, byte[] body)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>()))
            headers[name] = string.Join(", ", values);
        return new(request.Method.Method, request.RequestUri?.AbsolutePath ?? "", request.RequestUri?.Query ?? "", headers, Encoding.UTF8.GetString(body));
    }
}
