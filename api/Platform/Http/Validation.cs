using System.ComponentModel.DataAnnotations;
using System.Net;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>BCP 47 language tag, such as <c>en</c> or <c>pt-BR</c>.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class LocaleAttribute() : RegularExpressionAttribute("^[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}$");

/// <summary>IANA time zone, such as <c>Europe/Berlin</c>.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class TimeZoneAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is null || (value is string { Length: <= 100 } id && (id == "UTC" || id.Contains('/', StringComparison.Ordinal)) && TimeZoneInfo.TryFindSystemTimeZoneById(id, out _));
}

/// <summary>Strings with at least one character that is not white space.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class NotBlankAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is null || (value is string text && !string.IsNullOrWhiteSpace(text));
}

/// <summary>An e-mail address as people use them: one @, a domain with a dot or none, at most 254 characters, no spaces.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class EmailAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is null || (value is string text && Emails.TryNormalize(text, out _));
}

/// <summary>Integrators' own strings: at most 50, keys of 1 to 64 characters, values of at most 500.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class MetadataAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is null || (value is Dictionary<string, string> pairs && pairs.Count <= 50 && pairs.All(p => p.Key.Length is > 0 and <= 64 && p.Value is { Length: <= 500 }));
}

/// <summary>A member that has a default where it is left out, and that cannot be null: nullable annotations do not say so to validation.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class NotNullAttribute : ValidationAttribute
{
    public NotNullAttribute() => ErrorMessage = "Must not be null; leave it out for the default.";

    public override bool IsValid(object? value) => value is not null;
}

/// <summary>Custom field values: at most 100, keys of 1 to 64 characters, each a string, number (that a double can hold), boolean or array of strings, at most 10,000 characters.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class CustomFieldsAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) =>
        value is null || (value is Dictionary<string, System.Text.Json.JsonElement> fields && fields.Count <= 100
            && fields.All(p => p.Key.Length is > 0 and <= 64 && IsPlain(p.Value) && p.Value.GetRawText().Length <= 10_000));

    private static bool IsPlain(System.Text.Json.JsonElement value) => value.ValueKind switch
    {
        System.Text.Json.JsonValueKind.String or System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False => true,
        System.Text.Json.JsonValueKind.Number => IsDouble(value),
        System.Text.Json.JsonValueKind.Array => value.EnumerateArray().All(v => v.ValueKind == System.Text.Json.JsonValueKind.String),
        _ => false,
    };

    // JSON sets numbers no bounds, but columns and clients do: what fits a double fits all of them.
    private static bool IsDouble(System.Text.Json.JsonElement value)
    {
        var text = value.GetRawText();
        var e = text.IndexOfAny(['e', 'E']);
        return double.IsFinite(value.GetDouble()) && (e < 0 || (int.TryParse(text.AsSpan(e + 1), System.Globalization.CultureInfo.InvariantCulture, out var exponent) && exponent is >= -308 and <= 308));
    }
}

internal static class Emails
{
    /// <summary>Trimmed and in lower case, so that it can be compared with <c>=</c>.</summary>
    public static bool TryNormalize(string text, out string email)
    {
        email = text.Trim().ToLowerInvariant();
        var at = email.LastIndexOf('@');
        return email.Length <= 254 && at is > 0 and <= 64 && at < email.Length - 1
            && email.AsSpan(0, at).IndexOfAny(" \t\r\n<>(),;:\\\"[]@") < 0
            && email.AsSpan(at + 1).IndexOfAny(" \t\r\n<>(),;:\\\"[]@_/") < 0
            && !email.Contains("..", StringComparison.Ordinal) && email[at + 1] is not ('.' or '-') && email[^1] is not ('.' or '-')
            && !email.Any(char.IsControl);
    }

    public static string? Normalize(string? text) => text is not null && TryNormalize(text, out var email) ? email : null;
}

/// <summary>Strings of a list, each of so many characters and not blank.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class EachOfAttribute : ValidationAttribute
{
    private readonly int min;
    private readonly int max;

    public EachOfAttribute(int min, int max)
    {
        this.min = min;
        this.max = max;
        ErrorMessage = $"Each must have {min} to {max} characters and not be blank.";
    }

    public override bool IsValid(object? value) =>
        value is null || (value is IEnumerable<string> texts && texts.All(t => t is not null && t.Length >= min && t.Length <= max && !string.IsNullOrWhiteSpace(t)));
}

/// <summary>Words of a list, each one of these.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class EachOneOfAttribute : ValidationAttribute
{
    public EachOneOfAttribute(params string[] words)
    {
        Words = words;
        ErrorMessage = $"Each must be one of: {string.Join(", ", words)}.";
    }

    public string[] Words { get; }

    public override bool IsValid(object? value) => value is null || (value is List<string> texts && texts.TrueForAll(Words.Contains));
}

/// <summary>Networks in CIDR form.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class NetworksAttribute : ValidationAttribute
{
    public NetworksAttribute() => ErrorMessage = "Must be networks such as 203.0.113.0/24 or 2001:db8::/32.";

    public override bool IsValid(object? value) => value is null || (value is List<string> networks && networks.TrueForAll(n => n is not null && IPNetwork.TryParse(n, out _)));
}

/// <summary>Lists of networks that may come.</summary>
internal static class NetworkLists
{
    public static IPNetwork[] Parse(IEnumerable<string>? networks) => [.. (networks ?? []).Select(n => IPNetwork.Parse(n))];

    /// <summary>Whether the address is in one of the networks; no networks mean all.</summary>
    public static bool Admit(IPNetwork[] networks, IPAddress? from) =>
        networks.Length == 0 || (from is not null && Array.Exists(networks, n => n.Contains(from.IsIPv4MappedToIPv6 ? from.MapToIPv4() : from)));
}
