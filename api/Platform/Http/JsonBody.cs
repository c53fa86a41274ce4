using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Net.Http.Headers;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>
/// Reads a JSON body once (it is at most 1 MiB), so that an action can be run again after a lost race and an
/// idempotency key can be tied to its content; and refuses text that no database column can hold.
/// </summary>
internal static class JsonBody
{
    /// <summary>Largest JSON body, in bytes.</summary>
    public const int MaxBytes = 1024 * 1024;

    public static async Task Read(HttpContext context, RequestDelegate next)
    {
        var request = context.Request;
        if (request.ContentType is not { } type || !type.Split(';')[0].Contains("json", StringComparison.OrdinalIgnoreCase) || request.ContentLength == 0)
        {
            await next(context);
            return;
        }
        CheckType(type);
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        Check(body.GetBuffer().AsSpan(0, (int)body.Length));
        body.Position = 0;
        request.Body = body;
        context.Features.Set(new BufferedBody(body));
        await next(context);
    }

    // MVC takes every +json, but a JSON Patch read as a merge patch would be another change than was meant. And what is
    // checked here must be what is read later, so nobody may read the same bytes as other letters.
    private static void CheckType(string type)
    {
        if (!MediaTypeHeaderValue.TryParse(type, out var parsed) || !(parsed.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) || parsed.MediaType.Equals("application/merge-patch+json", StringComparison.OrdinalIgnoreCase)))
            throw new SupportException(ErrorCode.UnsupportedMediaType, "Send application/json; PATCH takes application/merge-patch+json too.");
        if (parsed.Charset.HasValue && !HeaderUtilities.RemoveQuotes(parsed.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            throw new SupportException(ErrorCode.UnsupportedMediaType, "JSON is UTF-8. Leave the charset out, or send charset=utf-8.");
    }

    private static void Check(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
            throw new SupportException(ErrorCode.InvalidJson, "The body is not valid UTF-8.");
        // Only an escape can spell NUL or half a surrogate pair, so most bodies need no second look.
        if (bytes.IndexOf("\\u"u8) >= 0)
            CheckEscapes(bytes);
    }

    private static void CheckEscapes(ReadOnlySpan<byte> bytes)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = Json.MaxDepth });
        var place = new List<Step>();
        try
        {
            while (reader.Read())
                Visit(ref reader, place);
        }
        catch (JsonException)
        {
            // Not JSON: the deserializer says where.
        }
    }

    private static void Visit(ref Utf8JsonReader reader, List<Step> place)
    {
        if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
        {
            place.RemoveAt(place.Count - 1);
            return;
        }
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            place[^1] = place[^1] with { Name = "" };
            place[^1] = place[^1] with { Name = Text(ref reader, place) };
            return;
        }
        if (place.Count > 0 && place[^1].Name is null)
            place[^1] = place[^1] with { Index = place[^1].Index + 1 };
        if (reader.TokenType == JsonTokenType.StartObject)
            place.Add(new("", -1));
        else if (reader.TokenType == JsonTokenType.StartArray)
            place.Add(new(null, -1));
        else if (reader.TokenType == JsonTokenType.String)
            Text(ref reader, place);
    }

    private static string Text(ref Utf8JsonReader reader, List<Step> place)
    {
        string text;
        try
        {
            text = reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw new SupportException(ErrorCode.InvalidJson, "A string has half a surrogate pair.", (Pointer(place), "Has half a surrogate pair."));
        }
        if (text.Contains('\0', StringComparison.Ordinal))
            throw SupportException.Invalid(Pointer(place), "Must not have the character NUL.");
        return text;
    }

    private static string Pointer(List<Step> place) =>
        string.Concat(place.Where(s => s.Name != "").Select(s => "/" + (s.Name is null ? s.Index.ToString() : JsonErrors.Escape(s.Name))));

    /// <summary>One step of the way to a value: a member's name, or in an array (no name) its index.</summary>
    private readonly record struct Step(string? Name, int Index);
}

/// <summary>The body, kept so that it can be read again.</summary>
internal sealed record BufferedBody(MemoryStream Content)
{
    public ReadOnlySpan<byte> Bytes => Content.GetBuffer().AsSpan(0, (int)Content.Length);

    public void Rewind() => Content.Position = 0;
}
