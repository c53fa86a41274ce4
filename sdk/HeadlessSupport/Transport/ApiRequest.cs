using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace HeadlessSupport.Transport;

/// <summary>One call of the API before it is sent: which operation, where, with what, and how its answer is read.</summary>
internal readonly record struct ApiRequest<T>(string Operation, HttpMethod Method, string Path, byte[]? Body, JsonTypeInfo<T>? Answer)
{
    /// <summary>A body that is made anew for each try, such as an upload; null where <see cref="Body"/> says it all.</summary>
    public Func<HttpContent>? Content { get; init; }

    /// <summary>Whether <see cref="Content"/> can be sent only once.</summary>
    public bool OnlyOnce { get; init; }
}

/// <summary>The answer of an operation that has none.</summary>
internal readonly struct Nothing;

/// <summary>How generated requests write their parts.</summary>
internal static class Write
{
    /// <summary>A value as one segment of a path.</summary>
    /// <exception cref="ArgumentException">It is empty, or would lead to another path.</exception>
    public static string Segment(string value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value);
        if (value is "." or "..")
            throw new ArgumentException("A segment of dots would lead to another path.", nameof(value));
        return Uri.EscapeDataString(value);
    }

    public static byte[] Body<T>(T body, JsonTypeInfo<T> type) where T : class
    {
        ArgumentNullException.ThrowIfNull(body);
        return JsonSerializer.SerializeToUtf8Bytes(body, type);
    }
}

/// <summary>A path and its query, of which only what is given is written.</summary>
internal struct Query(string path)
{
    private StringBuilder? text;

    public void Add(string name, string? value)
    {
        if (value is null)
            return;
        text = text is null ? new StringBuilder(path, path.Length + 64).Append('?') : text.Append('&');
        text.Append(name).Append('=').Append(Uri.EscapeDataString(value));
    }

    public void Add(string name, int? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, bool? value) => Add(name, value is { } given ? given ? "true" : "false" : null);

    public void Add(string name, DateTimeOffset? value) => Add(name, value?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));

    public void Add<T>(string name, T? value) where T : struct, IOpenEnum<T> => Add(name, value?.Value);

    public override readonly string ToString() => text?.ToString() ?? path;
}
