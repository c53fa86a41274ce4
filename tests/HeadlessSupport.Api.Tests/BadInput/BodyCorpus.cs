using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Tests.BadInput;

/// <summary>A body that must be refused.</summary>
/// <param name="Statuses">What may be answered.</param>
/// <param name="Pointer">The member that the answer must point at; null where there is none.</param>
internal sealed record BadBody(string What, byte[] Bytes, int[] Statuses, string? Pointer);

/// <summary>One member of a request record, where it stands, and how it is declared.</summary>
internal sealed record Member(string Pointer, string Parent, string Name, Type Type, bool Required, IReadOnlyList<ValidationAttribute> Rules)
{
    public bool IsText => Type == typeof(string) || Type.IsEnum || Type.IsAssignableTo(typeof(IId)) || Type == typeof(DateTimeOffset);
    public bool IsList => Type != typeof(string) && Type.IsAssignableTo(typeof(IEnumerable)) && !IsMap;
    public bool IsMap => Type.IsAssignableTo(typeof(IDictionary));
    public bool IsRecord => Type.Namespace!.StartsWith("HeadlessSupport", StringComparison.Ordinal) && Type.IsClass && !Type.IsAssignableTo(typeof(IDeferred));
}

/// <summary>Spoils the good body of a route in every way there is, member by member.</summary>
internal static class BodyCorpus
{
    private const string Marker = "SPOILED-HERE";

    /// <summary>All of it.</summary>
    /// <param name="good">A body that the route accepts, with every member.</param>
    public static IEnumerable<BadBody> Of(ApiRoute route, JsonObject good)
    {
        foreach (var bad in Whole(good))
            yield return bad;
        foreach (var member in MembersOf(route.Body!, good, ""))
        {
            foreach (var bad in Spoil(member, good, route.TakesPatch))
                yield return bad;
        }
        foreach (var parent in MembersOf(route.Body!, good, "").Select(m => m.Parent).Distinct(StringComparer.Ordinal))
        {
            yield return new($"unknown member in {parent}", With(good, parent + "/no_such_member", JsonValue.Create(1)), [400], parent + "/no_such_member");
            yield return new($"member in camel case in {parent}", With(good, parent + "/NoSuchMember", JsonValue.Create(1)), [400], parent + "/NoSuchMember");
            yield return new($"NUL in a name in {parent}", With(good, parent + "/a\0b", JsonValue.Create(1)), [422], parent);
        }
    }

    /// <summary>The members of a record, and of the records in it that the body has.</summary>
    public static IEnumerable<Member> MembersOf(Type record, JsonObject body, string parent)
    {
        foreach (var parameter in record.GetConstructors().Single().GetParameters())
        {
            var property = record.GetProperty(parameter.Name!)!;
            var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(parameter.Name!);
            var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
            var nullable = Nullable.GetUnderlyingType(parameter.ParameterType) is not null || new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;
            var required = property.GetCustomAttribute<JsonRequiredAttribute>() is not null || (!parameter.HasDefaultValue && !nullable && !type.IsValueType);
            var member = new Member($"{parent}/{name}", parent, name, type, required, [.. parameter.GetCustomAttributes<ValidationAttribute>()]);
            yield return member;
            if (member.IsRecord && body[name] is JsonObject inner)
            {
                foreach (var nested in MembersOf(type, inner, member.Pointer))
                    yield return nested;
            }
        }
    }

    private static IEnumerable<BadBody> Whole(JsonObject good)
    {
        var text = good.ToJsonString();
        yield return new("nothing", [], [400], null);
        yield return new("white space", "  \n"u8.ToArray(), [400], null);
        yield return new("null", "null"u8.ToArray(), [400], null);
        yield return new("an array", Encoding.UTF8.GetBytes($"[{text}]"), [400], "");
        yield return new("a string", "\"x\""u8.ToArray(), [400], "");
        yield return new("a number", "5"u8.ToArray(), [400], "");
        yield return new("half of it", Encoding.UTF8.GetBytes(text[..(text.Length / 2)]), [400], null);
        yield return new("something behind it", Encoding.UTF8.GetBytes(text + "x"), [400], null);
        yield return new("two of it", Encoding.UTF8.GetBytes(text + text), [400], null);
        yield return new("a trailing comma", Encoding.UTF8.GetBytes(text[..^1] + ",}"), [400], null);
        yield return new("a comment", Encoding.UTF8.GetBytes("/* hello */" + text), [400], null);
        yield return new("single quotes", Encoding.UTF8.GetBytes(text.Replace('"', '\'')), [400], null);
        yield return new("not UTF-8", [.. Encoding.UTF8.GetBytes(text[..^1]), .. ",\"x\":\""u8, 0xFF, 0xFE, .. "\"}"u8], [400], null);
        yield return new("an overlong UTF-8 form", [.. Encoding.UTF8.GetBytes(text[..^1]), .. ",\"x\":\""u8, 0xC0, 0x80, .. "\"}"u8], [400], null);
        yield return new("a raw NUL", [.. Encoding.UTF8.GetBytes(text[..^1]), .. ",\"x\":\""u8, 0, .. "\"}"u8], [400], null);
        yield return new("UTF-16", Encoding.Unicode.GetBytes(text), [400], null);
        yield return new("deep", Encoding.UTF8.GetBytes($"{text[..^1]},\"x\":{new string('[', 200)}{new string(']', 200)}}}"), [400], null);
        yield return new("bottomless", Encoding.UTF8.GetBytes(new string('[', 100_000)), [400], null);
        var first = good.First();
        yield return new("a member twice", Encoding.UTF8.GetBytes($"{text[..^1]},\"{first.Key}\":{first.Value!.ToJsonString()}}}"), [400], "/" + first.Key);
    }

    private static IEnumerable<BadBody> Spoil(Member member, JsonObject good, bool isPatch)
    {
        foreach (var (wrong, value) in WrongTypes(member))
            yield return new($"{member.Pointer} is {wrong}", With(good, member.Pointer, value), [400], member.Pointer);
        if (member.Required)
        {
            // A merge patch has no missing members, but may clear one.
            if (!isPatch || member.Parent.Length > 0)
                yield return new($"{member.Pointer} is missing", Without(good, member.Pointer, isPatch), [400, 422], member.Pointer);
            if (!MayBeNull(member))
                yield return new($"{member.Pointer} is null", With(good, member.Pointer, null), [400, 422], member.Pointer);
        }
        if (member.IsText)
        {
            yield return new($"{member.Pointer} has NUL", With(good, member.Pointer, JsonValue.Create("a\0b")), [422], member.Pointer);
            yield return new($"{member.Pointer} has half a surrogate pair", Marked(good, member.Pointer, @"""\ud800"""), [400], member.Pointer);
            yield return new($"{member.Pointer} has the other half", Marked(good, member.Pointer, @"""\udc00x"""), [400], member.Pointer);
            yield return new($"{member.Pointer} has an unknown escape", Marked(good, member.Pointer, @"""\x"""), [400], null);
            yield return new($"{member.Pointer} is too long", With(good, member.Pointer, JsonValue.Create(new string('a', 70_000))), member.Type == typeof(DateTimeOffset) ? [400] : [422], member.Pointer);
        }
        if (member.Type.IsEnum)
            yield return new($"{member.Pointer} is an unknown word", With(good, member.Pointer, JsonValue.Create("no_such_word")), [422], member.Pointer);
        if (member.Type.IsAssignableTo(typeof(IId)))
        {
            yield return new($"{member.Pointer} has a wrong prefix", With(good, member.Pointer, JsonValue.Create(TypeId.Format("zzz", Guid.CreateVersion7()))), [422], member.Pointer);
            yield return new($"{member.Pointer} is a UUID", With(good, member.Pointer, JsonValue.Create(Guid.CreateVersion7().ToString())), [422], member.Pointer);
        }
        foreach (var bad in Numbers(member, good).Concat(Collections(member, good)).Concat(Blank(member, good)))
            yield return bad;
    }

    private static IEnumerable<BadBody> Numbers(Member member, JsonObject good)
    {
        if (member.Type != typeof(int) && member.Type != typeof(long))
            yield break;
        foreach (var number in (string[])["1e400", "9223372036854775808", "-9223372036854775809", "1.5"])
            yield return new($"{member.Pointer} is {number}", Marked(good, member.Pointer, number), [400], member.Pointer);
        if (member.Type == typeof(int))
            yield return new($"{member.Pointer} is beyond 32 bits", Marked(good, member.Pointer, "5000000000"), [400], member.Pointer);
        if (member.Rules.OfType<RangeAttribute>().SingleOrDefault() is { } range)
        {
            var least = Convert.ToInt64(range.Minimum, System.Globalization.CultureInfo.InvariantCulture);
            yield return new($"{member.Pointer} is too small", With(good, member.Pointer, JsonValue.Create(least - 1)), [422], member.Pointer);
            yield return new($"{member.Pointer} is much too small", Marked(good, member.Pointer, member.Type == typeof(long) ? "-9223372036854775808" : "-2147483648"), [422], member.Pointer);
            if (range.Maximum is int most)
                yield return new($"{member.Pointer} is too large", With(good, member.Pointer, JsonValue.Create(most + 1L)), [422], member.Pointer);
            if (range.Maximum is int && member.Type == typeof(long))
                yield return new($"{member.Pointer} is much too large", Marked(good, member.Pointer, "9223372036854775807"), [422], member.Pointer);
        }
    }

    private static IEnumerable<BadBody> Collections(Member member, JsonObject good)
    {
        if (member.IsMap)
        {
            foreach (var bad in Maps(member, good))
                yield return bad;
        }
        if (!member.IsList)
            yield break;
        var most = member.Rules.OfType<MaxLengthAttribute>().Single().Length;
        var item = At(good, member.Pointer)!.AsArray()[0]!;
        yield return new($"{member.Pointer} has too many", With(good, member.Pointer, new JsonArray([.. Enumerable.Range(0, most + 1).Select(_ => item.DeepClone())])), [422], member.Pointer);
        if (member.Type == typeof(List<string>))
        {
            yield return new($"{member.Pointer} has a null", With(good, member.Pointer, new JsonArray((JsonNode?)null)), [422], member.Pointer);
            yield return new($"{member.Pointer} has a blank", With(good, member.Pointer, new JsonArray(" ")), [422], null);
            yield return new($"{member.Pointer} has a long one", With(good, member.Pointer, new JsonArray(new string('a', 70_000))), [422], null);
        }
        if (item is JsonValue)
        {
            yield return new($"{member.Pointer}/0 is a number", With(good, member.Pointer, new JsonArray(5)), [400], member.Pointer + "/0");
            yield return new($"{member.Pointer}/0 has NUL", With(good, member.Pointer, new JsonArray("a\0")), [422], member.Pointer + "/0");
        }
    }

    private static IEnumerable<BadBody> Maps(Member member, JsonObject good)
    {
        var isMetadata = member.Type == typeof(Dictionary<string, string>);
        yield return new($"{member.Pointer} has NUL in a value", With(good, member.Pointer, new JsonObject { ["a"] = "x\0" }), [422], member.Pointer + "/a");
        yield return new($"{member.Pointer} has NUL in a name", With(good, member.Pointer, new JsonObject { ["a\0"] = "x" }), [422], member.Pointer);
        yield return new($"{member.Pointer} has half a pair in a name", Marked(good, member.Pointer, """{"\ud800":"x"}"""), [400], member.Pointer);
        yield return new($"{member.Pointer} has a name twice", Marked(good, member.Pointer, """{"a":"x","a":"y"}"""), [400], null);
        yield return new($"{member.Pointer} has a long name", With(good, member.Pointer, new JsonObject { [new string('a', 65)] = "x" }), [422], member.Pointer);
        yield return new($"{member.Pointer} has an empty name", With(good, member.Pointer, new JsonObject { [""] = "x" }), [422], member.Pointer);
        yield return new($"{member.Pointer} has too much", With(good, member.Pointer, new JsonObject(Enumerable.Range(0, 101).Select(i => KeyValuePair.Create($"k{i}", (JsonNode?)"x")))), [422], member.Pointer);
        yield return new($"{member.Pointer} has a long value", With(good, member.Pointer, new JsonObject { ["a"] = new string('a', 10_001) }), [422], member.Pointer);
        if (isMetadata)
        {
            yield return new($"{member.Pointer} has a number", With(good, member.Pointer, new JsonObject { ["a"] = 5 }), [400], member.Pointer + "/a");
            yield break;
        }
        yield return new($"{member.Pointer} has an object", With(good, member.Pointer, new JsonObject { ["a"] = new JsonObject { ["b"] = 1 } }), [422], member.Pointer);
        yield return new($"{member.Pointer} has an array of numbers", With(good, member.Pointer, new JsonObject { ["a"] = new JsonArray(1) }), [422], member.Pointer);
        yield return new($"{member.Pointer} has a number beyond all columns", Marked(good, member.Pointer, """{"a":1e200000}"""), [422], member.Pointer);
    }

    private static IEnumerable<BadBody> Blank(Member member, JsonObject good)
    {
        if (member.Rules.OfType<NotBlankAttribute>().Any())
        {
            yield return new($"{member.Pointer} is empty", With(good, member.Pointer, ""), [422], member.Pointer);
            yield return new($"{member.Pointer} is blank", With(good, member.Pointer, " \t\u2003"), [422], member.Pointer);
        }
        if (member.Rules.OfType<RegularExpressionAttribute>().Any(r => !System.Text.RegularExpressions.Regex.IsMatch("", r.Pattern, System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))))
            yield return new($"{member.Pointer} is empty", With(good, member.Pointer, ""), [422], member.Pointer);
        if (member.Rules.OfType<EmailAttribute>().Any())
        {
            foreach (var address in (string[])["", "nobody", "@x.test", "a@", "a b@x.test", "a@b@x.test", "a@x..test", "<a@x.test>", new string('a', 65) + "@x.test"])
                yield return new($"{member.Pointer} is {address}", With(good, member.Pointer, address), [422], member.Pointer);
        }
        if (member.Type == typeof(DateTimeOffset))
        {
            foreach (var time in (string[])["tomorrow", "", "2026-13-01T00:00:00Z", "2026-01-01T00:00:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
                yield return new($"{member.Pointer} is {time}", With(good, member.Pointer, time), [400], member.Pointer);
        }
    }

    private static IEnumerable<(string, JsonNode)> WrongTypes(Member member)
    {
        var isNumber = member.Type == typeof(int) || member.Type == typeof(long);
        if (!isNumber)
            yield return ("a number", JsonValue.Create(5));
        if (member.Type != typeof(bool))
            yield return ("a boolean", JsonValue.Create(true));
        if (!member.IsText)
            yield return ("a string", JsonValue.Create("x"));
        if (!member.IsList)
            yield return ("an array", new JsonArray(1, 2));
        if (member.IsText || isNumber || member.IsList || member.Type == typeof(bool))
            yield return ("an object", new JsonObject { ["x"] = 1 });
    }

    // Must be said, and null says nobody.
    private static bool MayBeNull(Member member) => member.Name == "assignee_id";

    private static byte[] With(JsonObject good, string pointer, JsonNode? value)
    {
        var body = good.DeepClone();
        var (parent, name) = Parent(body, pointer);
        parent[name] = value;
        return JsonSerializer.SerializeToUtf8Bytes(body);
    }

    private static byte[] Without(JsonObject good, string pointer, bool isPatch)
    {
        var body = good.DeepClone();
        var (parent, name) = Parent(body, pointer);
        parent.Remove(name);
        // A patch keeps what it does not name: only null takes it away.
        if (isPatch)
            parent[name] = null;
        return JsonSerializer.SerializeToUtf8Bytes(body);
    }

    // What no serializer writes stands in raw.
    private static byte[] Marked(JsonObject good, string pointer, string raw) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(With(good, pointer, Marker)).Replace($"\"{Marker}\"", raw, StringComparison.Ordinal));

    private static JsonNode? At(JsonObject body, string pointer)
    {
        var (parent, name) = Parent(body, pointer);
        return parent[name];
    }

    private static (JsonObject Parent, string Name) Parent(JsonNode body, string pointer)
    {
        var steps = pointer.Split('/')[1..];
        return (steps[..^1].Aggregate(body, (node, step) => node.AsObject()[step]!).AsObject(), steps[^1]);
    }
}
