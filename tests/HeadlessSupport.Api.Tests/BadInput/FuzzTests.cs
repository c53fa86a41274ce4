using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;

namespace HeadlessSupport.Api.Tests.BadInput;

/// <summary>Random JSON and random queries: whatever comes, the answer is never "our fault".</summary>
public sealed class FuzzTests
{
    private const int BodiesEach = 200;
    private const int QueriesEach = 60;

    private static readonly string[] Nasty =
    [
        "", " ", "\0", "\u0001", "\u007f", "\u200b", "\u202e", "\ufeff", "\uffff", "💩", "e\u0301", "İ", "ß", "null", "true", "-0", "1e999", "NaN", "Infinity", "../../etc/passwd", "%00", "'; drop table users; --",
        "{{7*7}}", "${x}", "<script>", "2026-01-01T00:00:00Z", "9998-12-31T23:59:59.9999999Z", "2026-02-30", "0001-01-01", "+00:00", "a@b.c", "a@b", "#1a73e8", "https://x.test", "https://", "javascript:alert(1)",
        "open", "closed", "internal", "public", "html", "admin", "customer", "UTC", "Europe/Berlin", "en", "::/0", "10.0.0.0/8", "10.0.0.1/8", "tickets.read", "tkt_", "usr_7zzzzzzzzzzzzzzzzzzzzzzzzz", "org_00000000000000000000000000",
    ];

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.OneOf(Nasty), Gen.String, Gen.String[Gen.Char[' ', '~'], 0, 40], Gen.Int[0, 80_000].Select(n => new string('a', n)),
        Gen.OneOf(Nasty).Array[2, 5].Select(parts => string.Concat(parts)));

    private static readonly Gen<string> Number = Gen.OneOf(
        Gen.Long.Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)), Gen.Int[-3, 100].Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        Gen.OneOf("0", "-0", "1.5", "1e3", "1E400", "-1e-400", "1e200000", "1e-200000", "0e99999999999", "9223372036854775808", "123456789012345678901234567890", "0.1000000000000000055511151231257827"));

    // Raw JSON text, since no serializer writes all that there is.
    private static readonly Gen<string> Value = Gen.Recursive<string>((depth, inner) => depth > 3
        ? Leaf
        : Gen.OneOf(Leaf, Leaf, Leaf,
            inner.Array[0, 4].Select(items => $"[{string.Join(',', items)}]"),
            Gen.Select(Text.Select(t => t.Length > 100 ? t[..100] : t), inner).Array[0, 4].Select(members => $"{{{string.Join(',', members.Select(m => $"{Quote(m.Item1)}:{m.Item2}"))}}}")));

    private static Gen<string> Leaf => Gen.OneOf(Text.Select(Quote), Text.Select(Quote), Number, Gen.OneOf("null", "true", "false", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"\\u0000\""));

    [Fact]
    public async Task No_body_is_answered_with_5xx()
    {
        foreach (var route in await BodyTests.RoutesWithBodiesAsync())
        {
            var org = await Furnished.NewAsync();
            var good = BodyTests.Good(route, org);
            await Mutated(good).SampleAsync(async body =>
            {
                var answer = await BodyTests.SendAsync(org, route, BodyTests.JsonContent(Encoding.UTF8.GetBytes(body)));
                MustBeSound(answer, $"{route}: {(body.Length > 2000 ? body[..2000] : body)}");
            }, iter: BodiesEach, threads: 1);
        }
    }

    [Fact]
    public async Task No_query_is_answered_with_5xx()
    {
        var org = await Furnished.NewAsync();
        foreach (var route in RouteTable.Of(org.Org.World).Where(r => r is { Query: not null, IsForOperator: false } && r.Method == HttpMethod.Get))
        {
            var names = route.Query!.GetProperties().Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name)).ToArray();
            var values = Gen.OneOf(Text.Select(t => t.Length > 500 ? t[..500] : t), Number, Gen.OneOf(org.Id<HeadlessSupport.Api.Tickets.Ticket>(), org.Id<HeadlessSupport.Api.Users.User>(), "none", "me", "total", "blocks", "-updated_at", "name", "ticket.*", "*"));
            var parameters = Gen.Select(Gen.OneOf(names), values).Array[1, 4];
            await parameters.SampleAsync(async query =>
            {
                var path = $"{route.Path(org)}?{string.Join('&', query.Select(p => $"{p.Item1}={Escape(p.Item2)}"))}";
                MustBeSound(await org.Api.GetAsync(path), path);
            }, iter: QueriesEach, threads: 1);
        }
    }

    // Mostly almost right, so that it gets past the reader; sometimes anything.
    private static Gen<string> Mutated(JsonObject good)
    {
        var places = Places(good, "").ToArray();
        var mutation = Gen.Select(Gen.OneOf(places), Value);
        var almost = mutation.Array[1, 3].Select(changes => Put(good, changes));
        return Gen.Frequency((9, almost), (1, Value));
    }

    private static string Put(JsonObject good, (string Pointer, string Raw)[] changes)
    {
        var body = good.DeepClone();
        for (var i = 0; i < changes.Length; i++)
        {
            var steps = changes[i].Pointer.Split('/')[1..];
            // An earlier change may have put something else where this one leads through.
            if (steps[..^1].Aggregate((JsonNode?)body, (node, step) => (node as JsonObject)?[step]) is JsonObject parent)
                parent[steps[^1]] = $"CHANGE-{i}";
        }
        var text = body.ToJsonString();
        for (var i = 0; i < changes.Length; i++)
            text = text.Replace($"\"CHANGE-{i}\"", changes[i].Raw, StringComparison.Ordinal);
        return text;
    }

    private static IEnumerable<string> Places(JsonObject body, string parent) =>
        body.SelectMany(m => m.Value is JsonObject inner ? Places(inner, $"{parent}/{m.Key}").Prepend($"{parent}/{m.Key}") : [$"{parent}/{m.Key}"]);

    private static string Quote(string text) => JsonSerializer.Serialize(text);

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(text))
            escaped.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
        return escaped.ToString();
    }

    private static void MustBeSound(Answer answer, string what)
    {
        if (answer.Status >= 500 || (answer.Status >= 400 && answer.Header("Content-Type") != "application/problem+json"))
            Assert.Fail($"{what} was answered with {answer.Status}: {Encoding.UTF8.GetString(answer.Body)}");
    }
}
