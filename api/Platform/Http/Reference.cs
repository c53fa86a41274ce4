using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>The contract, made from the controllers, and the pages that show it.</summary>
internal static class Reference
{
    private const string Document = "v1";

    public static IServiceCollection AddReference(this IServiceCollection services)
    {
        services.AddSingleton<ReferenceOperations>();
        return services.AddOpenApi(Document, o =>
        {
            o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            o.CreateSchemaReferenceId = ReferenceSchemas.NameOf;
            o.AddSchemaTransformer(ReferenceSchemas.TransformAsync);
            o.AddOperationTransformer((operation, context, _) =>
            {
                context.ApplicationServices.GetRequiredService<ReferenceOperations>().Transform(operation, context);
                return Task.CompletedTask;
            });
            o.AddDocumentTransformer(async (document, context, cancellationToken) =>
            {
                Describe(document);
                await ReferenceWebhooks.AddAsync(document, context, cancellationToken);
                ReferenceSchemas.ShareNamed(document);
                ReferenceExamples.Add(document);
            });
        });
    }

    /// <summary>The reference as a page, for everyone: before routes and their permissions.</summary>
    public static void UseReference(this WebApplication app) =>
        app.UseSwaggerUI(ui =>
        {
            ui.RoutePrefix = "docs";
            ui.SwaggerEndpoint("/openapi/v1.json", "HeadlessSupport v1");
            ui.DocumentTitle = "HeadlessSupport API";
        });

    public static void MapReference(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapOpenApi("/openapi/{documentName}.yaml").AllowAnonymous();
        app.MapErrorPages();
        app.MapGet("/", () => Results.Redirect("/docs")).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>Writes the contract to a file, as <c>openapi.yaml</c> keeps it.</summary>
    public static async Task<int> WriteAsync(IServiceProvider services, string path)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Document).GetOpenApiDocumentAsync();
        await File.WriteAllTextAsync(path, await document.SerializeAsYamlAsync(OpenApiSpecVersion.OpenApi3_1));
        return 0;
    }

    private static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "HeadlessSupport API",
            Version = "v1",
            Description = "Customer support as an API. Members may be added to answers and values to enums at any time: readers must tolerate those they do not know.",
            Contact = new OpenApiContact { Name = "HeadlessSupport" },
            License = new OpenApiLicense { Name = "MIT", Identifier = "MIT" },
        };
        document.Servers = [new OpenApiServer { Url = "http://127.0.0.1:5080", Description = "Started by ./run" }];
        document.Tags = document.Paths.SelectMany(p => p.Value.Operations ?? []).SelectMany(o => o.Value.Tags ?? new HashSet<OpenApiTagReference>()).Select(t => t.Name!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(name => new OpenApiTag { Name = name, Description = TagDescription(name) }).ToHashSet();
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [ReferenceOperations.SecurityScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key (`hs_live_…`, `hs_test_…`), or where `x-end-users` stands an end-user token (`hs_eut_…`). The permission that each operation needs stands in its `x-permissions`.",
            },
        };
        document.Components.Responses = ReferenceOperations.Problems.ToDictionary(p => p.Name, p => (IOpenApiResponse)new OpenApiResponse
        {
            Description = p.Description,
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [Http.Problems.ContentType] = new OpenApiMediaType { Schema = new OpenApiSchemaReference("Problem", document) } },
        }, StringComparer.Ordinal);
        // Order that no dictionary decides, so that the file changes only where the contract does.
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(p => p.Key, StringComparer.Ordinal))
            paths.Add(path, item);
        document.Paths = paths;
    }

    private static string TagDescription(string tag) => tag switch
    {
        "ApiKeys" => "Credentials for programs.",
        "Attachments" => "Files: uploaded, then named by a comment.",
        "Comments" => "What people write on a ticket.",
        "Companies" => "The firms that customers belong to.",
        "EndUsers" => "Tokens with which customers use the API themselves.",
        "Events" => "Everything that happens, in one order.",
        "Inboxes" => "Where tickets come in.",
        "Organization" => "One's own organization.",
        "Organizations" => "All organizations of the installation, for its operator.",
        "Tags" => "Words that tickets are marked with.",
        "Teams" => "Staff who share work.",
        "Tickets" => "What people need help with.",
        "Me" => "Whose credential it is.",
        "WidgetKeys" => "Keys by which web pages and apps bring people to a chat inbox.",
        "WebhookEndpoints" => "Where events are sent as they happen, and what was sent.",
        "Users" => "Staff and customers.",
        _ => tag,
    };
}
