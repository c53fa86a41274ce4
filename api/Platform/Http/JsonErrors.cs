using System.Text.Json;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>Turns the serializer's complaints into ours: a JSON pointer, and words that name no .NET type.</summary>
internal static partial class JsonErrors
{
    public static SupportException ToRefusal(JsonException error)
    {
        var pointer = Pointer(error.Path);
        var message = Explain(error);
        if (error is InvalidMemberException)
            return new(ErrorCode.ValidationFailed, message, (pointer, message));
        if (Missing(error.Message) is { Count: > 0 } missing)
            return new(ErrorCode.ValidationFailed, "Is required.", missing.ConvertAll(name => ($"{pointer}/{Escape(name)}", "Is required.")));
        var code = error is UnreadableMemberException || error.Message.Contains("could not be mapped", StringComparison.Ordinal) || error.Message.Contains("could not be converted", StringComparison.Ordinal)
            ? ErrorCode.InvalidRequest
            : ErrorCode.InvalidJson;
        return new(code, message, (pointer, message));
    }

    /// <summary><c>$.requester.tags[0]</c> as <c>/requester/tags/0</c> (RFC 6901).</summary>
    public static string Pointer(string? path)
    {
        if (string.IsNullOrEmpty(path) || path == "$")
            return "";
        var pointer = new System.Text.StringBuilder();
        foreach (Match part in PathPart().Matches(path[1..]))
        {
            var name = part.Groups["quoted"].Success ? part.Groups["quoted"].Value : part.Groups["index"].Success ? part.Groups["index"].Value : part.Groups["name"].Value;
            pointer.Append('/').Append(Escape(name));
        }
        return pointer.ToString();
    }

    /// <summary>A key of MVC's model state (<c>requester.email</c>, <c>tags[0]</c>) as a pointer.</summary>
    public static string PointerOfKey(string key) => key.Length == 0 ? "" : string.Join('/', Pointer("$." + key).Split('/').Select(JsonNamingPolicy.SnakeCaseLower.ConvertName));

    public static string Escape(string name) => name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    // As the serializer says it: … was missing required properties including: 'status', 'name'.
    private static List<string> Missing(string message) =>
        message.IndexOf("missing required properties", StringComparison.Ordinal) is var start and >= 0
            ? [.. QuotedName().Matches(message, start).Select(m => m.Groups["name"].Value)]
            : [];

    private static string Explain(JsonException error)
    {
        if (error is InvalidMemberException or UnreadableMemberException)
            return error.Message;
        if (error.Message.Contains("could not be mapped", StringComparison.Ordinal))
            return "There is no such member here. Check its spelling against the reference at /docs.";
        if (error.Message.Contains("maximum configured depth", StringComparison.Ordinal))
            return $"The JSON is nested more than {Json.MaxDepth} levels deep.";
        if (error.Message.Contains("uplicate", StringComparison.Ordinal))
            return "The member stands here twice.";
        if (!error.Message.Contains("could not be converted", StringComparison.Ordinal))
            return $"The body is not valid JSON{(error.LineNumber is { } line ? $" (line {line + 1}, byte {error.BytePositionInLine + 1})" : "")}.";
        // Within a record the message names the record; what was wanted stands in the cause.
        return $"Expected {Name(error.InnerException?.Message ?? error.Message)}.";
    }

    private static string Name(string message) => message switch
    {
        _ when message.Contains("as a string", StringComparison.Ordinal) || message.Contains("System.String.", StringComparison.Ordinal) => "a string",
        _ when message.Contains("as a boolean", StringComparison.Ordinal) || message.Contains("Boolean", StringComparison.Ordinal) => "true or false",
        _ when message.Contains("as a number", StringComparison.Ordinal) || message.Contains("Int32", StringComparison.Ordinal) || message.Contains("Int64", StringComparison.Ordinal) => "a whole number that is not too large",
        _ when message.Contains("Dictionary", StringComparison.Ordinal) => "an object",
        _ when message.Contains("List", StringComparison.Ordinal) => "an array",
        _ => "a value of another type",
    };

    [GeneratedRegex("'(?<name>[^']+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex QuotedName();

    [GeneratedRegex(@"\['(?<quoted>.*?)'\]|\[(?<index>\d+)\]|\.(?<name>[^.\[]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PathPart();
}
