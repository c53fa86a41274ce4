using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace HeadlessSupport.Testing;

/// <summary>What the fake answers.</summary>
internal sealed record Answer(int Status, JsonNode? Json = null)
{
    public string? ETag { get; init; }
    public string? Location { get; init; }

    /// <summary>The address of the next page.</summary>
    public string? Next { get; init; }

    /// <summary>What stands in the body instead of JSON.</summary>
    public Func<HttpContent>? Content { get; init; }

    public bool IsReplay { get; init; }
}

/// <summary>A request on its way: what it asks, and what it changes.</summary>
internal sealed class Call(Store store, Work work, HttpRequestMessage request, string prefix, IReadOnlyList<string> path, byte[] body)
{
    private readonly List<KeyValuePair<string, string>> query = Parse(request.RequestUri!.Query);

    public Store Store { get; } = store;

    public Work Work { get; } = work;

    public byte[] Body { get; } = body;

    public MediaTypeHeaderValue? ContentType => request.Content?.Headers.ContentType;

    /// <summary>The body, which must be JSON.</summary>
    public byte[] Json() => ContentType?.MediaType is "application/json" or "application/merge-patch+json"
        ? Body
        : throw new Refusal(ErrorCode.UnsupportedMediaType, "Send application/json; PATCH takes application/merge-patch+json too.");

    /// <summary>The free parts of the path, decoded.</summary>
    public IReadOnlyList<string> Path { get; } = path;

    public IEnumerable<string> QueryNames => query.Select(q => q.Key);

    /// <summary>An address of the API.</summary>
    /// <param name="of">Below <c>/api/v1/</c>.</param>
    public string Address(string of) => $"{prefix}/api/v1/{of}";

    /// <summary>The id at this place of the path.</summary>
    public string Id(int place, string prefix) =>
        Ids.IsId(Path[place], prefix) ? Path[place] : throw new Refusal(ErrorCode.NotFound, $"Expected an id that begins with {prefix}_ in the path.");

    public string? Text(string name) => query.FirstOrDefault(q => q.Key == name).Value is { Length: > 0 } value ? value : null;

    public string? Id(string name, string prefix) =>
        Text(name) is not { } text || Ids.IsId(text, prefix) ? Text(name) : throw Refusal.Unreadable(name, $"Expected an id that begins with {prefix}_.");

    public string? Word(string name, params string[] words) =>
        Text(name) is not { } text || words.Contains(text) ? Text(name) : throw Refusal.Unreadable(name, $"Expected one of: {string.Join(", ", words)}.");

    public List<string>? Words(string name, params string[] words)
    {
        var given = Text(name)?.Split(',', StringSplitOptions.TrimEntries).ToList();
        return given is null || given.TrueForAll(words.Contains) ? given : throw Refusal.Unreadable(name, $"Expected one or more of: {string.Join(", ", words)}.");
    }

    public bool Flag(string name) => Word(name, "true", "false") == "true";

    public long? Number(string name, long least = long.MinValue, long most = long.MaxValue)
    {
        if (Text(name) is not { } text)
            return null;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw Refusal.Unreadable(name, "Expected a whole number that is not too large.");
        return number >= least && number <= most ? number : throw Refusal.Unreadable(name, string.Create(CultureInfo.InvariantCulture, $"Must be from {least} to {most}."));
    }

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        var hasOffset = text.Length == 10 || (text.Length >= 17 && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-'));
        return hasOffset && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw Refusal.Unreadable(name, "Expected a timestamp such as 2026-01-31T09:30:00Z.");
    }

    public string? Header(string name) => request.Headers.TryGetValues(name, out var values) ? string.Join(",", values) : null;

    /// <summary>Honours <c>If-Match</c> before these members are changed: a stale one is refused, with those that changed since.</summary>
    public void CheckIfMatch(Row row, params IEnumerable<string> members)
    {
        if (Header("If-Match") is not { } header || header == "*")
            return;
        var known = Versions(header);
        if (known.Count == 0)
            throw Refusal.Unreadable("If-Match", "Send an ETag as you got it, in quotes: If-Match: \"3\".");
        if (known.Contains(row.Version))
            return;
        var since = known.Max();
        var changed = Store.Events.Where(e => e.ResourceId == row.Id && e.Version > since).SelectMany(e => e.Changed).ToHashSet(StringComparer.Ordinal);
        var what = changed.Count == 0 ? "" : $" Changed since: {string.Join(", ", changed.Order(StringComparer.Ordinal))}.";
        throw new Refusal(ErrorCode.PreconditionFailed, string.Create(CultureInfo.InvariantCulture, $"It is at version {row.Version} now, not {since}.{what} Read it again, and decide."),
            [.. members.Where(changed.Contains).Select(m => ("/" + m, "Was changed by someone else in the meantime."))])
        {
            ETag = ETagOf(row.Version),
        };
    }

    /// <summary>200 with the version; 304 where the caller has it, and it tells all that is shown.</summary>
    public Answer Show(Row row, JsonNode shown, bool versionCoversBody = true)
    {
        var etag = ETagOf(row.Version);
        return versionCoversBody && request.Method == HttpMethod.Get && Header("If-None-Match") is { } known && (known == "*" || known.Contains(etag, StringComparison.Ordinal))
            ? new Answer(304) { ETag = etag }
            : new Answer(200, shown) { ETag = etag };
    }

    public Answer Created(Row row, string at, JsonNode shown) => new(201, shown) { ETag = ETagOf(row.Version), Location = Address(at) };

    /// <summary>The page that is asked for, of all rows of a list: ordered by a key, as text that sorts, and then by id, both the same way.</summary>
    public Answer Page<T>(IEnumerable<T> rows, Func<T, string> key, Func<T, string> id, bool descending, Func<T, JsonNode> show, JsonObject? search = null, params string[] includable)
    {
        var limit = (int)(Number("limit", 1, 100) ?? 25);
        var include = Included([.. includable.Prepend("total")]);
        var all = rows.OrderBy(r => (Key: key(r), Id: id(r)), Places).ToList();
        if (descending)
            all.Reverse();
        var place = Open(Text("cursor"))?.Split('\n') is [var lastKey, var lastId] ? (lastKey, lastId) : ((string, string)?)null;
        var rest = place is not { } last ? all : all.FindAll(r => Places.Compare((key(r), id(r)), last) * (descending ? -1 : 1) > 0);
        var page = rest.Take(limit).ToList();
        var next = rest.Count > limit ? Seal($"{key(page[^1])}\n{id(page[^1])}") : null;
        return List(page.Select(show), next, include.Contains("total") ? all.Count : null, search);
    }

    public List<string> Included(params string[] words)
    {
        var given = Text("include")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToList() ?? [];
        return given.TrueForAll(words.Contains) ? given : throw Refusal.Unreadable("include", $"Expected: {string.Join(", ", words)}.");
    }

    public Answer List(IEnumerable<JsonNode> data, string? next, int? total, JsonObject? search = null)
    {
        var json = new JsonObject { ["data"] = new JsonArray([.. data]), ["next_cursor"] = next, ["has_more"] = next is not null };
        if (total is { } counted)
            json["total"] = Math.Min(counted, 10_000);
        if (search is not null)
            json["search"] = search;
        var others = query.Where(q => q.Key != "cursor").Append(new("cursor", next ?? ""));
        return new(200, json)
        {
            Next = next is null ? null : $"{prefix}{request.RequestUri!.AbsolutePath}?{string.Join('&', others.Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value)}"))}",
        };
    }

    /// <summary>A text that opens again, is good for one thing only (this list unless said), and shows where it was changed.</summary>
    public string Seal(string place, string? scope = null)
    {
        var text = Encoding.UTF8.GetBytes(place);
        var of = Hash(Encoding.UTF8.GetBytes(scope ?? Scope()));
        return Convert.ToHexString([.. of, .. Hash([.. of, .. text]), .. text]).ToLowerInvariant();
    }

    /// <summary>The place a cursor holds; null for the beginning.</summary>
    public string? Open(string? cursor, string? scope = null)
    {
        if (cursor is null)
            return null;
        byte[] bytes;
        try
        {
            bytes = Convert.FromHexString(cursor);
        }
        catch (FormatException)
        {
            bytes = [];
        }
        if (bytes.Length < 2 * HashBytes || !Hash([.. bytes[..HashBytes], .. bytes[(2 * HashBytes)..]]).AsSpan().SequenceEqual(bytes.AsSpan(HashBytes, HashBytes)))
            throw BadCursor("The cursor is damaged. Start again without one.");
        if (!Hash(Encoding.UTF8.GetBytes(scope ?? Scope())).AsSpan().SequenceEqual(bytes.AsSpan(0, HashBytes)))
            throw BadCursor("The cursor belongs to another list or other filters. Start again without one.");
        return Encoding.UTF8.GetString(bytes.AsSpan(2 * HashBytes));
    }

    public static string ETagOf(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    public static string KeyOf(DateTimeOffset time) => time.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    private const int HashBytes = 8;

    private static readonly Comparer<(string Key, string Id)> Places = Comparer<(string Key, string Id)>.Create((a, b) =>
        string.CompareOrdinal(a.Key, b.Key) is not 0 and var byKey ? byKey : string.CompareOrdinal(a.Id, b.Id));

    // Limit may change from page to page; everything else decides what the list is.
    private string Scope() => Store.OrganizationId + request.RequestUri!.AbsolutePath
        + string.Join('&', query.Where(q => q.Key is not ("cursor" or "limit" or "include")).OrderBy(q => q.Key, StringComparer.Ordinal).Select(q => $"{q.Key}={q.Value}"));

    private static byte[] Hash(byte[] bytes) => SHA256.HashData(bytes)[..HashBytes];

    private static Refusal BadCursor(string message) => new(ErrorCode.InvalidCursor, message, ("cursor", message));

    private static List<int> Versions(string header) => [.. header.Split(',', StringSplitOptions.TrimEntries)
        .Where(t => t is ['"', _, .., '"'])
        .Select(t => int.TryParse(t.AsSpan(1, t.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1)
        .Where(v => v >= 0)];

    private static List<KeyValuePair<string, string>> Parse(string query) => [.. query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part =>
    {
        var equals = part.IndexOf('=', StringComparison.Ordinal);
        return KeyValuePair.Create(Decode(equals < 0 ? part : part[..equals]), equals < 0 ? "" : Decode(part[(equals + 1)..]));
    })];

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
