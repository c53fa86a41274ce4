using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.Formatters;

namespace HeadlessSupport.Api.Platform.Tenancy;

/// <summary>Lets end users call an action; all others answer them 403.</summary>
/// <param name="body">What they may send, as pointers without the first slash, separated by spaces; whatever stands below a named member that has no named members of its own is theirs too.</param>
/// <param name="query">The query parameters that they may use, separated by spaces.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
internal sealed class ForCustomersAttribute(string body = "", string query = "") : Attribute
{
    public string[] Body { get; } = body.Split(' ', StringSplitOptions.RemoveEmptyEntries);
    public string[] Query { get; } = query.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Says of a response record which members end users are shown; none named means all. A record without this shows them nothing.</summary>
/// <param name="names">As on the wire.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class CustomersSeeAttribute(params string[] names) : Attribute
{
    public string[] Names { get; } = names;
}

/// <summary>
/// Where end users meet the same resources as staff: what they send is held against <see cref="ForCustomersAttribute"/>,
/// and what they are answered is cut down to <see cref="CustomersSeeAttribute"/>.
/// </summary>
internal sealed class Customers(TenantContext tenant) : IAsyncResourceFilter, IAlwaysRunResultFilter
{
    /// <summary>How answers and events are written for end users.</summary>
    public static JsonSerializerOptions Json { get; } = NewOptions();

    // After the options that it takes.
    private static readonly SystemTextJsonOutputFormatter Formatter = NewFormatter();

    public Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        if (tenant.Sight.EndUser is not null && context.ActionDescriptor.EndpointMetadata.OfType<ForCustomersAttribute>().FirstOrDefault() is { } may)
        {
            CheckQuery(context.HttpContext, may);
            CheckBody(context.HttpContext, may);
        }
        return next();
    }

    public void OnResultExecuting(ResultExecutingContext context)
    {
        if (tenant.Sight.EndUser is null || context.Result is not ObjectResult result)
            return;
        result.Formatters.Clear();
        result.Formatters.Add(Formatter);
    }

    public void OnResultExecuted(ResultExecutedContext context) { }

    private static void CheckQuery(HttpContext context, ForCustomersAttribute may)
    {
        foreach (var name in context.Request.Query.Keys)
        {
            if (!may.Query.Contains(name, StringComparer.OrdinalIgnoreCase))
                throw SupportException.Unreadable(name, $"End users cannot use this parameter.{(may.Query.Length == 0 ? "" : $" They can use {string.Join(", ", may.Query)}.")}");
        }
    }

    // The bytes are looked at, since a member that was sent with its default looks like one that was not.
    private static void CheckBody(HttpContext context, ForCustomersAttribute may)
    {
        if (context.Features.Get<BufferedBody>() is not { } body)
            return;
        var wrong = new List<(string, string)>();
        try
        {
            using var document = JsonDocument.Parse(body.Content.GetBuffer().AsMemory(0, (int)body.Content.Length), new JsonDocumentOptions { MaxDepth = Http.Json.MaxDepth });
            Collect(document.RootElement, "", may.Body, wrong);
        }
        catch (JsonException)
        {
            // No JSON: the deserializer says where.
        }
        if (wrong.Count > 0)
            throw new SupportException(ErrorCode.ValidationFailed, "End users cannot set some of these members.", wrong);
    }

    private static void Collect(JsonElement value, string at, string[] may, List<(string, string)> wrong)
    {
        if (value.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in value.EnumerateObject())
        {
            var path = at + member.Name;
            if (!may.Contains(path))
                wrong.Add(("/" + string.Join('/', path.Split('/').Select(JsonErrors.Escape)), "End users cannot set this."));
            else if (Array.Exists(may, m => m.StartsWith(path + "/", StringComparison.Ordinal)))
                Collect(member.Value, path + "/", may, wrong);
        }
    }

    private static JsonSerializerOptions NewOptions()
    {
        var options = Http.Json.Configure(new JsonSerializerOptions(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { Cut } } });
        options.MakeReadOnly();
        return options;
    }

    private static SystemTextJsonOutputFormatter NewFormatter()
    {
        var formatter = new SystemTextJsonOutputFormatter(Json);
        formatter.SupportedMediaTypes.Remove("text/json");
        return formatter;
    }

    private static void Cut(JsonTypeInfo type)
    {
        // Bodies as trees are made for showing.
        if (type.Kind != JsonTypeInfoKind.Object || type.Type.Assembly != typeof(Customers).Assembly || type.Type.Namespace == typeof(Text.Block).Namespace)
            return;
        var seen = type.Type.GetCustomAttribute<CustomersSeeAttribute>();
        foreach (var member in type.Properties.Where(p => seen is null || (seen.Names.Length > 0 && !seen.Names.Contains(p.Name))))
            member.ShouldSerialize = (_, _) => false;
    }
}
