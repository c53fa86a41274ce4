using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using HeadlessSupport.Api.Platform.Events;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>The contract's <c>webhooks</c>: every event type, with the shape of its <c>data</c>.</summary>
internal static class ReferenceWebhooks
{
    private static readonly (string Name, string Description)[] Headers =
    [
        ("webhook-id", "The event's id, the same however often it is sent: do nothing twice for one id."),
        ("webhook-timestamp", "When it was sent, in seconds since 1970; refuse what is older than some minutes."),
        ("webhook-signature", "Signatures of `{webhook-id}.{webhook-timestamp}.{body}`, separated by spaces: one for each valid secret."),
    ];

    /// <summary>Event types and the records that they carry.</summary>
    public static IReadOnlyList<(string Type, Type Data)> Types { get; } =
    [
        .. from type in typeof(ReferenceWebhooks).Assembly.GetTypes()
           let ofClass = type.GetCustomAttribute<CarriesAttribute>()
           where ofClass is not null
           from field in type.GetFields(BindingFlags.Public | BindingFlags.Static)
           let name = (string)field.GetRawConstantValue()!
           orderby name
           select (name, (field.GetCustomAttribute<CarriesAttribute>() ?? ofClass).Data),
    ];

    /// <summary>Adds them, and the schemas of records that no operation answers with.</summary>
    public static async Task AddAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Webhooks ??= new Dictionary<string, IOpenApiPathItem>(StringComparer.Ordinal);
        foreach (var (type, data) in Types)
        {
            var name = ReferenceSchemas.NameOf(JsonTypeInfo.CreateJsonTypeInfo(data, Json.Options))!;
            if (document.Components?.Schemas?.ContainsKey(name) != true)
                document.AddComponent<IOpenApiSchema>(name, await context.GetOrCreateSchemaAsync(data, null, cancellationToken));
            document.Webhooks[type] = new OpenApiPathItem { Operations = new() { [HttpMethod.Post] = Operation(document, type, name) } };
        }
    }

    private static OpenApiOperation Operation(OpenApiDocument document, string type, string data) => new()
    {
        OperationId = "on_" + type.Replace('.', '_'),
        Summary = type,
        Description = $"Sent to endpoints that ask for `{type}`. `data` is the resource (`{data}`) as it was then.",
        Tags = new HashSet<OpenApiTagReference> { new("WebhookEndpoints", document) },
        Security = [],
        Parameters = [.. Headers.Select(h => new OpenApiParameter { Name = h.Name, In = ParameterLocation.Header, Required = true, Description = h.Description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } })],
        RequestBody = new OpenApiRequestBody
        {
            Required = true,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { ["application/json"] = new() { Schema = Envelope(document, type, data) } },
        },
        Responses = new OpenApiResponses { ["2XX"] = new OpenApiResponse { Description = "Received. Any other answer, or none within 15 seconds, has it sent again later; 410 disables the endpoint." } },
    };

    // The envelope is the Event's, and data the record's.
    private static OpenApiSchema Envelope(OpenApiDocument document, string type, string data) => new()
    {
        AllOf =
        [
            new OpenApiSchemaReference("Event", document),
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                {
                    ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Enum = [JsonValue.Create(type)], Description = "What happened." },
                    ["data"] = new OpenApiSchemaReference(data, document) { Description = "The resource as it was then." },
                },
            },
        ],
    };
}
