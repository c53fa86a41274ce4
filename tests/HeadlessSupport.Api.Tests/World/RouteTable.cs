using System.Text.RegularExpressions;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.DependencyInjection;

namespace HeadlessSupport.Api.Tests;

/// <summary>Every action of the running program, so that a test of all routes cannot forget a new one.</summary>
internal static class RouteTable
{
    public static IReadOnlyList<ApiRoute> Of(World world) =>
    [
        .. world.Services.GetRequiredService<IActionDescriptorCollectionProvider>().ActionDescriptors.Items
            .OfType<ControllerActionDescriptor>().Select(a => new ApiRoute(a)).OrderBy(r => r.Name, StringComparer.Ordinal),
    ];
}

/// <summary>One action: what it takes and what it needs.</summary>
internal sealed partial class ApiRoute(ControllerActionDescriptor action)
{
    /// <summary>The operation's name, such as <c>Tickets_Create</c>.</summary>
    public string Name { get; } = action.AttributeRouteInfo!.Name!;

    public HttpMethod Method { get; } = new(action.EndpointMetadata.OfType<Microsoft.AspNetCore.Routing.HttpMethodMetadata>().Single().HttpMethods.Single());

    /// <summary>Below <c>/api/v1/</c>, with <c>{id}</c> and the like.</summary>
    public string Template { get; } = action.AttributeRouteInfo!.Template!["api/v{version:apiVersion}/".Length..];

    /// <summary>What stands in its path, in order.</summary>
    public IReadOnlyList<(string Name, Type Type)> PathParameters { get; } =
        [.. action.Parameters.Where(p => p.BindingInfo?.BindingSource == BindingSource.Path).Select(p => (p.BindingInfo!.BinderModelName ?? p.Name, p.ParameterType))];

    /// <summary>The record that its JSON body is, or that a merge patch makes.</summary>
    public Type? Body { get; } = BodyOf(action);

    public bool TakesPatch { get; } = action.Parameters.Any(p => p.ParameterType.IsAssignableTo(typeof(IMergePatch)));

    public bool TakesUpload => Name == "Attachments_Create";

    /// <summary>The record of its query parameters.</summary>
    public Type? Query { get; } = action.Parameters.Where(p => p.BindingInfo?.BindingSource == BindingSource.Query).Select(p => p.ParameterType).SingleOrDefault();

    public bool IsList => Query?.IsAssignableTo(typeof(PageQuery)) == true;

    public IReadOnlyList<string> Permissions { get; } = [.. action.EndpointMetadata.OfType<RequiresAttribute>().Select(r => r.Permission)];

    public bool IsAnonymous { get; } = action.EndpointMetadata.OfType<IAllowAnonymous>().Any();

    public bool IsForOperator => Permissions.Contains(RequiresAttribute.Operator);

    public IEnumerable<(string Name, Type Type)> Ids => PathParameters.Where(p => p.Type.IsAssignableTo(typeof(IId)));

    /// <summary>Its path with these values.</summary>
    public string Path(Func<string, string> value) => Parameter().Replace(Template, m => value(m.Groups["name"].Value));

    /// <summary>Its path in this organization, with one parameter replaced.</summary>
    public string Path(Furnished org, string? parameter = null, string? value = null) =>
        Path(name => name == parameter ? value! : org.ValueOf(name, PathParameters.Single(p => p.Name == name).Type));

    /// <summary>The prefix of an id in its path.</summary>
    public static string Prefix(Type idType) => (string)idType.GetGenericArguments()[0].GetProperty(nameof(IEntity.Prefix))!.GetValue(null)!;

    public override string ToString() => $"{Method} {Template}";

    private static Type? BodyOf(ControllerActionDescriptor action)
    {
        var type = action.Parameters.SingleOrDefault(p => p.BindingInfo?.BindingSource == BindingSource.Body)?.ParameterType;
        return type?.IsAssignableTo(typeof(IMergePatch)) == true ? type.GetGenericArguments()[0] : type;
    }

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
