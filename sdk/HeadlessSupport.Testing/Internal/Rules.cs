using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Testing;

/// <summary>The API's rules for values, with its sentences.</summary>
internal static partial class Rules
{
    public static readonly Func<JsonElement, string?> NotBlank = v => string.IsNullOrWhiteSpace(v.GetString()) ? "Must not be blank." : null;

    public static readonly Func<JsonElement, string?> Email = v => TryNormalizeEmail(v.GetString()!, out _) ? null : "Must be an e-mail address.";

    public static readonly Func<JsonElement, string?> Locale = v => LanguageTag().IsMatch(v.GetString()!) ? null : "Must be a language tag such as en or pt-BR.";

    public static readonly Func<JsonElement, string?> TimeZone = v =>
        v.GetString() is { Length: <= 100 } id && (id == "UTC" || id.Contains('/', StringComparison.Ordinal)) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out _) ? null : "Must be an IANA time zone such as Europe/Berlin.";

    public static readonly Func<JsonElement, string?> Metadata = v =>
        v.EnumerateObject().Count() <= 50 && v.EnumerateObject().All(p => p.Name.Length is > 0 and <= 64 && p.Value.ValueKind == JsonValueKind.String && p.Value.GetString()!.Length <= 500)
            ? null : "Must have at most 50 members, with names of 1 to 64 and strings of at most 500 characters.";

    public static readonly Func<JsonElement, string?> CustomFields = v =>
        v.EnumerateObject().Count() <= 100 && v.EnumerateObject().All(p => p.Name.Length is > 0 and <= 64 && IsPlain(p.Value) && p.Value.GetRawText().Length <= 10_000)
            ? null : "Must have at most 100 members, with names of 1 to 64 characters; each a string, number, boolean or array of strings, of at most 10,000 characters.";

    public static readonly Func<JsonElement, string?> TagNames = v =>
        v.EnumerateArray().All(n => n.ValueKind == JsonValueKind.String && n.GetString() is { Length: <= 50 } name && !string.IsNullOrWhiteSpace(name) && !name.Contains(',', StringComparison.Ordinal))
            ? null : "Each must have 1 to 50 characters, none of them a comma.";

    public static readonly Func<JsonElement, string?> Domains = v =>
        v.EnumerateArray().All(d => d.ValueKind == JsonValueKind.String && d.GetString() is { Length: <= 253 } name && Uri.CheckHostName(name.Trim()) == UriHostNameType.Dns)
            ? null : "Must be domain names such as example.com.";

    public static readonly Func<JsonElement, string?> NoComma = v => v.GetString()!.Contains(',', StringComparison.Ordinal) ? "Must not have a comma." : null;

    public static readonly Func<JsonElement, string?> Color = v => ColorCode().IsMatch(v.GetString()!) ? null : "Must be a colour such as #1a73e8.";

    public static readonly Func<JsonElement, string?> WebAddress = v => HttpAddress().IsMatch(v.GetString()!) ? null : "Must be an http or https address.";

    public static Func<JsonElement, string?> Most(int length) => v =>
        (v.ValueKind == JsonValueKind.Array ? v.GetArrayLength() : v.GetString()!.Length) > length
            ? string.Create(CultureInfo.InvariantCulture, $"Must have at most {length} {(v.ValueKind == JsonValueKind.Array ? "items" : "characters")}.") : null;

    public static Func<JsonElement, string?> Least(int count) => v =>
        v.GetArrayLength() < count ? string.Create(CultureInfo.InvariantCulture, $"Must have at least {count} items.") : null;

    public static string? NormalizeEmail(string? text) => text is not null && TryNormalizeEmail(text, out var email) ? email : null;

    public static string NormalizeTag(string name) => name.Trim().ToLowerInvariant();

    private static bool TryNormalizeEmail(string text, out string email)
    {
        email = text.Trim().ToLowerInvariant();
        var at = email.LastIndexOf('@');
        return email.Length <= 254 && at is > 0 and <= 64 && at < email.Length - 1
            && email.AsSpan(0, at).IndexOfAny(" \t\r\n<>(),;:\\\"[]@") < 0
            && email.AsSpan(at + 1).IndexOfAny(" \t\r\n<>(),;:\\\"[]@_/") < 0
            && !email.Contains("..", StringComparison.Ordinal) && email[at + 1] is not ('.' or '-') && email[^1] is not ('.' or '-')
            && !email.Any(char.IsControl);
    }

    private static bool IsPlain(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String or JsonValueKind.True or JsonValueKind.False => true,
        JsonValueKind.Number => double.IsFinite(value.GetDouble()),
        JsonValueKind.Array => value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String),
        _ => false,
    };

    [GeneratedRegex("^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LanguageTag();

    [GeneratedRegex("^#[0-9a-fA-F]{6}$", RegexOptions.None, 1000)]
    private static partial Regex ColorCode();

    [GeneratedRegex("^https?://.+", RegexOptions.None, 1000)]
    private static partial Regex HttpAddress();
}
