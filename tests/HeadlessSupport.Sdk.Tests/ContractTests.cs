using System.Net;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;

namespace HeadlessSupport.Sdk.Tests;

/// <summary>The public face against openapi.yaml, read as text: paths, methods and operation ids stand on lines of their own.</summary>
public sealed partial class ContractTests
{
    [Fact]
    public async Task Every_operation_is_reachable_through_the_public_face()
    {
        var contract = await File.ReadAllTextAsync(Repository("openapi.yaml"));
        var operations = Operations(contract);
        var handler = new Recorder();
        using var http = new HttpClient(handler);
        using var hs = new HeadlessSupportClient(new HeadlessSupportOptions { BaseAddress = new Uri("http://127.0.0.1:1"), ApiKey = "hs_test_1", MaxRetries = 0 }, http);

        foreach (var property in typeof(HeadlessSupportClient).GetProperties().Where(p => p.PropertyType.IsInterface && p.PropertyType != typeof(ILive)))
            await CallAllAsync(property.GetValue(hs)!, property.PropertyType);

        var reached = handler.Requests.Select(r => string.Join(" and ", operations.Where(o => o.Method == r.Method && o.Path.IsMatch(r.Path)).Select(o => o.Id).DefaultIfEmpty($"unknown {r.Method} {r.Path}"))).ToHashSet();
        Assert.Empty(operations.Select(o => o.Id).Except(reached));
        Assert.DoesNotContain(reached, r => r.StartsWith("unknown", StringComparison.Ordinal));
        Assert.True(operations.Count >= 130, $"Only {operations.Count} operations were read.");
    }

    [Fact]
    public void Every_type_of_event_has_a_class_of_its_own_with_the_data_of_the_contract()
    {
        var contract = File.ReadAllText(Repository("openapi.yaml"));
        var webhooks = contract[contract.IndexOf("\nwebhooks:", StringComparison.Ordinal)..];
        var types = WebhookLine().Matches(webhooks).Select(m => (Type: m.Groups[1].Value, Data: m.Groups[2].Value)).ToList();

        Assert.True(types.Count >= 70, $"Only {types.Count} types were read.");
        foreach (var (type, data) in types)
        {
            var e = Event.Parse(Encoding.UTF8.GetBytes($$"""{"id":"evt_1","type":"{{type}}","sequence":1,"data":{"id":"x_1"} }"""));
            Assert.NotEqual(typeof(Event), e.GetType());
            Assert.Equal(string.Concat(type.Split('.', '_').Select(w => char.ToUpperInvariant(w[0]) + w[1..])), e.GetType().Name);
            var property = e.GetType().GetProperty("Data")!;
            Assert.Equal(data, property.PropertyType.Name);
            Assert.Equal("x_1", property.PropertyType.GetProperty("Id")!.GetValue(property.GetValue(e)));
            Assert.Equal(type, ((Event)Activator.CreateInstance(e.GetType())!).Type);
        }
    }

    [Fact]
    public void An_event_of_an_unknown_type_is_an_event()
    {
        var e = Event.Parse("""{"id":"evt_1","type":"planet.born","sequence":9,"data":{"x":1},"changes":{"a":{"from":null,"to":2}},"weather":"fair"}"""u8);

        Assert.Equal(typeof(Event), e.GetType());
        Assert.Equal(1, e.RawData.GetProperty("x").GetInt32());
        Assert.Equal(2, e.Changes["a"].To.GetInt32());
        Assert.Equal("fair", e.AdditionalMembers["weather"].GetString());
        Assert.Throws<System.Text.Json.JsonException>(() => Event.Parse("{}"u8));
    }

    private static List<(string Id, string Method, Regex Path)> Operations(string contract)
    {
        var (path, method) = ("", "");
        var found = new List<(string, string, Regex)>();
        foreach (var line in contract[..contract.IndexOf("\nwebhooks:", StringComparison.Ordinal)].Split('\n'))
        {
            if (PathLine().Match(line) is { Success: true } p)
                path = p.Groups[1].Value;
            else if (MethodLine().Match(line) is { Success: true } m)
                method = m.Groups[1].Value.ToUpperInvariant();
            else if (OperationLine().Match(line) is { Success: true } o)
                found.Add((o.Groups[1].Value, method, new Regex("^" + PathParameter().Replace(path, "x_1") + "$")));
        }
        return found;
    }

    // Whatever a method takes it is given; what is sent is all that matters.
    private static async Task CallAllAsync(object resource, Type face)
    {
        foreach (var property in face.GetProperties())
            await CallAllAsync(property.GetValue(resource)!, property.PropertyType);
        foreach (var method in face.GetMethods().Where(m => !m.IsSpecialName))
        {
            var answer = method.Invoke(resource, [.. method.GetParameters().Select(Argument)]);
            try
            {
                if (answer is Task task)
                    await task;
                else
                    await (Task)typeof(ContractTests).GetMethod(nameof(BeginAsync), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(answer!.GetType().GetInterfaces().Single(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>)).GenericTypeArguments).Invoke(null, [answer])!;
            }
            catch (HeadlessSupportException)
            {
                // The answer is none.
            }
        }
    }

    private static async Task BeginAsync<T>(IAsyncEnumerable<T> list)
    {
        await foreach (var _ in list)
            break;
    }

    private static object? Argument(ParameterInfo parameter) => parameter.ParameterType switch
    {
        _ when parameter.Name == "contentType" => "text/plain",
        var t when t == typeof(string) => "x_1",
        var t when t == typeof(Stream) => new MemoryStream(),
        var t when t == typeof(CancellationToken) => CancellationToken.None,
        var t when t == typeof(AuditExportFormat) => AuditExportFormat.Csv,
        var t when t.Name.EndsWith("Request", StringComparison.Ordinal) => Activator.CreateInstance(t),
        _ => null,
    };

    private static string Repository(string file, [System.Runtime.CompilerServices.CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "..", "..", file);

    [GeneratedRegex("^  '?(/api/.*?)'?:$")]
    private static partial Regex PathLine();

    [GeneratedRegex("^    (get|put|post|patch|delete):$")]
    private static partial Regex MethodLine();

    [GeneratedRegex("^      operationId: (.+)$")]
    private static partial Regex OperationLine();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex PathParameter();

    [GeneratedRegex(@"enum:\s+- (\w+\.\w+)\s.*?\s+data:\s+(?:description:[^\n]*\s+)?\$ref: '#/components/schemas/(\w+)'", RegexOptions.Singleline)]
    private static partial Regex WebhookLine();

    /// <summary>Keeps what is asked, and answers just enough for the next step.</summary>
    private sealed class Recorder : HttpMessageHandler
    {
        public List<(string Method, string Path)> Requests { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add((request.Method.Method, request.RequestUri!.AbsolutePath));
            // A stream is not asked for twice.
            if (request.RequestUri.AbsolutePath.EndsWith("/stream", StringComparison.Ordinal))
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.BadRequest));
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StringContent("""{"data":[],"has_more":false,"download_url":"http://127.0.0.1:1/api/v1/files/x_1"}""", Encoding.UTF8, "application/json"),
            });
        }
    }
}
