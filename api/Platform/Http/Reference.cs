using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>The contract, made from the controllers, and the pages that show it.</summary>
internal static class Reference
{
    public static IServiceCollection AddReference(this IServiceCollection services) => services.AddOpenApi("v1", o =>
    {
        o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
    });

    public static void MapReference(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
        app.MapOpenApi("/openapi/{documentName}.yaml").AllowAnonymous();
        app.UseSwaggerUI(ui =>
        {
            ui.RoutePrefix = "docs";
            ui.SwaggerEndpoint("/openapi/v1.json", "HeadlessSupport v1");
            ui.DocumentTitle = "HeadlessSupport API";
        });
        app.MapGet("/", () => Results.Redirect("/docs")).AllowAnonymous().ExcludeFromDescription();
    }

    public static async Task<int> PrintAsync(IServiceProvider services)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>("v1").GetOpenApiDocumentAsync();
        Console.Write(await document.SerializeAsYamlAsync(OpenApiSpecVersion.OpenApi3_1));
        return 0;
    }
}
