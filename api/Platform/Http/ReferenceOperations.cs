using System.Xml.Linq;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>What the house's habits add to each operation of the contract: errors, headers, security, descriptions.</summary>
internal sealed class ReferenceOperations
{
    public const string SecurityScheme = "bearer";

    /// <summary>The errors any operation may answer with, as shared responses.</summary>
    public static readonly (int Status, string Name, string Description)[] Problems =
    [
        (400, "BadRequest", "The request cannot be read: JSON, a type, an unknown member or parameter, a cursor."),
        (401, "Unauthenticated", "A valid credential is needed."),
        (403, "Forbidden", "The credential lacks a permission; `detail` names it."),
        (404, "NotFound", "There is nothing here, or it is not yours."),
        (409, "Conflict", "The current state forbids this."),
        (410, "Gone", "The signed link has expired."),
        (412, "PreconditionFailed", "`If-Match` is stale; `errors` names the members that clash."),
        (413, "BodyTooLarge", "The body is too large."),
        (415, "UnsupportedMediaType", "The content type is not supported."),
        (422, "ValidationFailed", "Some values are not valid; `errors` points at each."),
        (429, "RateLimited", "Too many requests; `Retry-After` says how long to wait."),
        (500, "Internal", "Something went wrong on our side; name the `trace_id` to support."),
        (503, "Unavailable", "The service cannot answer just now; `Retry-After` says when to try again."),
    ];

    // Summaries of the properties of filter records: the generator reads those of bodies only.
    private readonly Dictionary<string, string> summaries = Load();

    public void Transform(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        var description = context.Description;
        var metadata = description.ActionDescriptor.EndpointMetadata;
        var anonymous = metadata.OfType<IAllowAnonymous>().Any();
        var method = description.HttpMethod!;
        var inPath = description.ParameterDescriptions.Any(p => p.Source.Id == "Path");
        DescribeParameters(operation, description);
        DescribeBody(operation, method, metadata);
        Secure(operation, context.Document!, metadata, anonymous);
        if (method == "POST" && !anonymous)
            AddHeader(operation, Idempotency.Header, "A random value of yours; the same one gets the same answer for 24 hours, and nothing is done twice.", 255);
        if (method is "PATCH" or "PUT" or "DELETE" || (method == "POST" && inPath))
            AddHeader(operation, "If-Match", "The `ETag` you decided upon; refused with 412 where the resource has changed since.", null);
        DescribeAnswers(operation);
        AddProblems(operation, context.Document!, method, inPath, anonymous);
        operation.Deprecated = description.IsDeprecated;
    }

    private void DescribeParameters(OpenApiOperation operation, ApiDescription description)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            var known = description.ParameterDescriptions.FirstOrDefault(p => p.Name == parameter.Name);
            var type = known?.ModelMetadata is { } metadata ? Nullable.GetUnderlyingType(metadata.ModelType) ?? metadata.ModelType : null;
            if (known?.ModelMetadata is { ContainerType: { } container, PropertyName: { } property })
                parameter.Description ??= Summary(container, property);
            if (type?.IsAssignableTo(typeof(IId)) == true && parameter.Schema is OpenApiSchema schema)
            {
                schema.Type = JsonSchemaType.String;
                schema.Pattern = ReferenceSchemas.IdPattern(type);
                parameter.Description ??= $"Begins with `{Binding.Prefix(type)}_`.";
            }
            parameter.Description ??= parameter.Name switch
            {
                "name" => "The tag's name.",
                "token" => "From a `download_url`.",
                "key" => "The public text of a widget key.",
                "external_id" => "Your own id.",
                _ => null,
            };
        }
    }

    private static void DescribeBody(OpenApiOperation operation, string method, IList<object> metadata)
    {
        if (metadata.OfType<Microsoft.AspNetCore.Mvc.ConsumesAttribute>().Any(c => c.ContentTypes.Contains("multipart/form-data")))
            operation.RequestBody = FileForm();
        if (operation.RequestBody?.Content is not { } content)
            return;
        content.Remove("text/json");
        content.Remove("application/*+json");
        if (method == "PATCH" && content.TryGetValue("application/json", out var json))
            content["application/merge-patch+json"] = json;
    }

    private static OpenApiRequestBody FileForm() => new()
    {
        Required = true,
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            ["multipart/form-data"] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string>(StringComparer.Ordinal) { "file" },
                    Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                    {
                        ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary", Description = "The file, with its name." },
                    },
                },
            },
        },
    };

    private static void Secure(OpenApiOperation operation, OpenApiDocument document, IList<object> metadata, bool anonymous)
    {
        if (anonymous)
        {
            operation.Security = [];
            return;
        }
        var permissions = metadata.OfType<RequiresAttribute>().Select(r => r.Permission).ToList();
        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SecurityScheme, document)] = [] }];
        operation.Extensions ??= new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal);
        operation.Extensions["x-permissions"] = new JsonNodeExtension(new System.Text.Json.Nodes.JsonArray([.. permissions.Select(p => System.Text.Json.Nodes.JsonValue.Create(p))]));
        var needs = permissions is [RequiresAttribute.Operator] ? "Needs the operator's key." : $"Needs {string.Join(" and ", permissions.Select(p => $"`{p}`"))}.";
        if (metadata.OfType<ForCustomersAttribute>().Any())
        {
            operation.Extensions["x-end-users"] = new JsonNodeExtension(System.Text.Json.Nodes.JsonValue.Create(true));
            needs += " End users may call it.";
        }
        operation.Description = operation.Description is { Length: > 0 } text ? $"{text} {needs}" : needs;
    }

    private static void AddHeader(OpenApiOperation operation, string name, string description, int? maxLength)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = name,
            In = ParameterLocation.Header,
            Description = description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = maxLength },
        });
    }

    private static void DescribeAnswers(OpenApiOperation operation)
    {
        foreach (var (status, response) in operation.Responses ?? [])
        {
            if (response is not OpenApiResponse answer)
                continue;
            answer.Content?.Remove("text/json");
            answer.Description = status switch { "200" => "Done.", "201" => "Created.", "202" => "Accepted: it is done soon.", "204" => "Done; there is nothing to show.", _ => answer.Description };
            answer.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal) { ["Request-Id"] = Text("Names this request.") };
            // A token has no page of its own.
            if (operation.OperationId?.EndsWith("Tokens_Create", StringComparison.Ordinal) == true)
                continue;
            if (status == "201")
                answer.Headers["Location"] = Text("Where it is.");
            if (status != "202" && answer.Content?.Values.Any(m => m.Schema is OpenApiSchemaReference { Reference.Id: { } id } && !id.EndsWith("Page", StringComparison.Ordinal)) == true)
                answer.Headers["ETag"] = Text("Its version, for `If-Match`.");
        }
    }

    private static void AddProblems(OpenApiOperation operation, OpenApiDocument document, string method, bool inPath, bool anonymous)
    {
        var body = operation.RequestBody is not null;
        var query = operation.Parameters?.Any(p => p.In == ParameterLocation.Query) == true;
        foreach (var (status, name, _) in Problems)
        {
            var possible = status switch
            {
                400 => true,
                401 or 403 => !anonymous || method == "POST",
                404 => inPath,
                409 => method != "GET",
                410 => anonymous && method == "GET",
                412 => operation.Parameters?.Any(p => p.Name == "If-Match") == true,
                413 or 415 => body,
                422 => body || method == "POST",
                _ => true,
            };
            if (possible || (status == 400 && query))
                operation.Responses![status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = new OpenApiResponseReference(name, document);
        }
    }

    private static OpenApiHeader Text(string description) => new() { Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private string? Summary(Type type, string property)
    {
        for (var at = type; at is not null; at = at.BaseType)
        {
            if (summaries.TryGetValue($"P:{at.FullName}.{property}", out var text))
                return text;
        }
        return null;
    }

    private static Dictionary<string, string> Load()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "HeadlessSupport.Api.xml");
        if (!File.Exists(path))
            return [];
        return XDocument.Load(path).Descendants("member").Where(m => m.Attribute("name")!.Value.StartsWith("P:", StringComparison.Ordinal))
            .ToDictionary(m => m.Attribute("name")!.Value, m => string.Concat((m.Element("summary")?.Nodes() ?? []).Select(n => n is XElement { Name.LocalName: "c" } code ? $"`{code.Value}`" : n is XText text ? text.Value : "")).Trim(), StringComparer.Ordinal);
    }
}
