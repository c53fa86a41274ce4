using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Api.Tests.Architecture;

public sealed class ContractTests
{
    [Fact]
    public async Task The_committed_contract_is_what_the_code_says()
    {
        var world = await World.GetAsync();
        var served = await world.Anonymous.GetAsync("/openapi/v1.yaml");
        Assert.True(Repository.Read("openapi.yaml").Trim() == Encoding.UTF8.GetString(served.MustBe(200).Body).Trim(), "openapi.yaml differs from the code: run ./run openapi and commit it.");
    }

    [Fact]
    public async Task Every_action_is_in_the_contract_and_the_reverse()
    {
        var world = await World.GetAsync();
        var actions = world.Services.GetRequiredService<IApiDescriptionGroupCollectionProvider>().ApiDescriptionGroups.Items
            .SelectMany(g => g.Items).Select(a => $"{a.HttpMethod} /{a.RelativePath}").Order(StringComparer.Ordinal).ToList();
        var operations = (await OperationsAsync(world)).Select(o => $"{o.Method} {o.Path}").Order(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(actions);
        Assert.Equal(actions, operations);
    }

    [Fact]
    public async Task Every_operation_says_what_a_developer_needs()
    {
        foreach (var (method, path, operation) in await OperationsAsync(await World.GetAsync()))
        {
            var where = $"{method} {path}";
            foreach (var member in (string[])["operationId", "summary", "description"])
                Assert.True(operation.TryGetProperty(member, out var text) && text.GetString()!.Length > 0, $"{where} has no {member}");
            Assert.True(operation.GetProperty("tags").GetArrayLength() == 1, $"{where} has no tag");
            foreach (var parameter in operation.TryGetProperty("parameters", out var parameters) ? parameters.EnumerateArray() : default)
                Assert.True(parameter.TryGetProperty("description", out _), $"{where} does not describe {parameter.GetProperty("name")}");
            var successes = operation.GetProperty("responses").EnumerateObject().Where(r => r.Name[0] == '2').ToList();
            Assert.True(successes.Count == 1, $"{where} has {successes.Count} success codes; SDKs want one");
            if (successes[0].Value.TryGetProperty("content", out var content) && content.TryGetProperty("application/json", out var json))
                Assert.True(json.TryGetProperty("example", out _), $"{where} shows no example answer");
            if (operation.TryGetProperty("requestBody", out var body) && body.GetProperty("content").TryGetProperty("application/json", out var request))
                Assert.True(request.TryGetProperty("example", out _), $"{where} shows no example request");
        }
    }

    [Fact]
    public async Task Everything_in_the_contract_is_described()
    {
        var document = (await (await World.GetAsync()).Anonymous.GetAsync("/openapi/v1.json")).MustBe(200).Json;
        var schemas = document.At("components/schemas").EnumerateObject().ToList();
        Assert.NotEmpty(schemas);
        var silent = schemas.Where(s => !Says(s.Value, "description")).Select(s => s.Name).ToList();
        silent.AddRange(schemas.SelectMany(s => SilentMembers(s.Name, s.Value)));
        foreach (var (name, operation) in new[] { "paths", "webhooks" }.SelectMany(p => document.GetProperty(p).EnumerateObject()).SelectMany(p => p.Value.EnumerateObject().Select(o => ($"{o.Name.ToUpperInvariant()} {p.Name}", o.Value))))
        {
            if (!Says(operation, "summary") && !Says(operation, "description"))
                silent.Add(name);
            if (operation.TryGetProperty("parameters", out var parameters))
                silent.AddRange(parameters.EnumerateArray().Where(p => !Says(p, "description")).Select(p => $"{name} {p.GetProperty("name").GetString()}"));
        }
        Assert.True(silent.Count == 0, $"SDKs have nothing to say about these; give them a summary or <param> text at their records, or a common one in ReferenceSchemas:\n{string.Join('\n', silent)}");
    }

    [Fact]
    public async Task Every_operation_names_the_permissions_it_needs()
    {
        var world = await World.GetAsync();
        var operations = (await OperationsAsync(world)).ToDictionary(o => o.Operation.GetProperty("operationId").GetString()!, o => o.Operation, StringComparer.Ordinal);
        foreach (var route in RouteTable.Of(world))
        {
            var operation = operations[route.Name];
            if (route.IsAnonymous)
            {
                Assert.False(operation.TryGetProperty("x-permissions", out _), route.Name);
                continue;
            }
            Assert.Equal(route.Permissions, operation.GetProperty("x-permissions").EnumerateArray().Select(p => p.GetString()!));
            Assert.All(route.Permissions.Where(p => p != HeadlessSupport.Api.Platform.Tenancy.RequiresAttribute.Operator), p => Assert.Contains($"`{p}`", operation.GetProperty("description").GetString(), StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task The_contract_has_no_union_that_generators_break_on()
    {
        var world = await World.GetAsync();
        var document = Encoding.UTF8.GetString((await world.Anonymous.GetAsync("/openapi/v1.json")).MustBe(200).Body);
        Assert.DoesNotContain("anyOf", document, StringComparison.Ordinal);
        Assert.DoesNotContain("discriminator", document, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examples_of_requests_are_accepted_by_the_reader()
    {
        var world = await World.GetAsync();
        var org = await world.FoundAsync();
        foreach (var (method, path, operation) in await OperationsAsync(world))
        {
            if (path.Contains('{', StringComparison.Ordinal) || method != "POST" || !operation.TryGetProperty("requestBody", out var body) || !body.GetProperty("content").TryGetProperty("application/json", out var json))
                continue;
            var api = path.EndsWith("/organizations", StringComparison.Ordinal) ? world.Operator : org.Api;
            var answer = await api.PostAsync(path, json.GetProperty("example").GetRawText());
            // Where no resolver reaches the internet, the example's host has no address.
            if (path.EndsWith("/webhook-endpoints", StringComparison.Ordinal) && answer.Status == 422)
            {
                answer.MustRefuse(422, "validation_failed", "/url");
                continue;
            }
            if (path.EndsWith("/sso-connections", StringComparison.Ordinal) && answer.Status == 422)
            {
                answer.MustRefuse(422, "validation_failed", "/issuer");
                continue;
            }
            // Only an app that somebody published can be installed.
            if (path.EndsWith("/app-installs", StringComparison.Ordinal))
            {
                answer.MustRefuse(422, "validation_failed", "/app_id");
                continue;
            }
            Assert.True(answer.Status is 200 or 201 or 409, $"The example of {path} is answered with {answer.Status}: {Encoding.UTF8.GetString(answer.Body)}");
        }
    }

    [Fact]
    public async Task Every_event_type_is_in_the_webhooks_with_its_data()
    {
        var document = (await (await World.GetAsync()).Anonymous.GetAsync("/openapi/v1.json")).MustBe(200).Json;
        var types = typeof(SupportDb).Assembly.GetTypes().Where(t => t is { IsAbstract: true, IsSealed: true } && t.Name.EndsWith("Events", StringComparison.Ordinal))
            .SelectMany(t => t.GetFields().Where(f => f.IsLiteral)).Select(f => (string)f.GetRawConstantValue()!).Order(StringComparer.Ordinal);
        Assert.Equal(types, document.GetProperty("webhooks").EnumerateObject().Select(w => w.Name).Order(StringComparer.Ordinal));
        foreach (var webhook in document.GetProperty("webhooks").EnumerateObject())
        {
            var schema = webhook.Value.At("post/requestBody/content").GetProperty("application/json").GetProperty("schema");
            var data = schema.At("allOf/1/properties/data/$ref").GetString()!;
            Assert.True(document.At("components/schemas").TryGetProperty(data["#/components/schemas/".Length..], out _), $"{webhook.Name} carries {data}, which is not there.");
        }
    }

    // Members whose description does not stand on themselves: one inside a union or behind a reference is not found by generators.
    private static IEnumerable<string> SilentMembers(string name, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (var part in schema.EnumerateObject().Where(p => p.Name is "items" or "additionalProperties"))
        {
            foreach (var silent in SilentMembers(name, part.Value))
                yield return silent;
        }
        foreach (var part in schema.EnumerateObject().Where(p => p.Name is "oneOf" or "allOf" && p.Value.ValueKind == JsonValueKind.Array).SelectMany(p => p.Value.EnumerateArray()))
        {
            foreach (var silent in SilentMembers(name, part))
                yield return silent;
        }
        foreach (var member in schema.TryGetProperty("properties", out var members) ? members.EnumerateObject().ToList() : [])
        {
            var path = $"{name}.{member.Name}";
            if (!Says(member.Value, "description"))
                yield return path;
            foreach (var silent in SilentMembers(path, member.Value))
                yield return silent;
        }
    }

    private static bool Says(JsonElement element, string member) =>
        element.TryGetProperty(member, out var text) && !string.IsNullOrWhiteSpace(text.GetString());

    private static async Task<List<(string Method, string Path, JsonElement Operation)>> OperationsAsync(World world)
    {
        var document = (await world.Anonymous.GetAsync("/openapi/v1.json")).MustBe(200).Json;
        return [.. document.GetProperty("paths").EnumerateObject().SelectMany(p => p.Value.EnumerateObject().Select(o => (o.Name.ToUpperInvariant(), p.Name, o.Value)))];
    }
}
