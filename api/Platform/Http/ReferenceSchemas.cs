using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>How our types look in the contract where the generator cannot know: ids, enums, timestamps, patches, limits.</summary>
internal static class ReferenceSchemas
{
    private const string Name = "x-schema-name";

    // What means the same in every resource, for records that say nothing of their own.
    private static readonly Dictionary<string, string> Common = new(StringComparer.Ordinal)
    {
        ["created_at"] = "When it was made, by the organization's clock.",
        ["updated_at"] = "When it last changed, by the organization's clock.",
        ["deleted_at"] = "When it was deleted, by the organization's clock; null while it is not.",
        ["version"] = "Counts its changes, from 1. In quotes it is the `ETag`.",
        ["external_id"] = "Your own id for it; null where you gave none.",
        ["custom_fields"] = "Values of your own fields.",
        ["metadata"] = "Your own strings; not shown to people.",
    };

    /// <summary>The name of a type's schema, as SDKs will call it; null for what is written in place.</summary>
    public static string? NameOf(JsonTypeInfo type)
    {
        var clr = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (clr.IsAssignableTo(typeof(IId)) || clr == typeof(JsonElement) || clr == typeof(DateTimeOffset) || clr.IsAssignableTo(typeof(IDeferred)))
            return null;
        if (clr.IsGenericType && (clr.GetGenericTypeDefinition() == typeof(Page<>) || clr.GetGenericTypeDefinition() == typeof(FullText.SearchPage<>)))
            return Short(clr.GetGenericArguments()[0]) + "Page";
        if (clr.IsAssignableTo(typeof(IMergePatch)))
            return $"Update{Stem(clr.GetGenericArguments()[0])}Request";
        return clr.Name.EndsWith("Update", StringComparison.Ordinal) && !clr.Name.StartsWith("Bulk", StringComparison.Ordinal)
            ? $"Create{Stem(clr)}Request"
            : clr.Name.EndsWith("Response", StringComparison.Ordinal) ? Short(clr) : OpenApiOptions.CreateDefaultSchemaReferenceId(type);
    }

    public static async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        var bare = Nullable.GetUnderlyingType(type) ?? type;
        if (bare.IsAssignableTo(typeof(IMergePatch)))
            await PatchAsync(schema, bare.GetGenericArguments()[0], context, cancellationToken);
        else if (bare.IsAssignableTo(typeof(IDeferred)))
            await DeferAsync(schema, bare.GetGenericArguments()[0], context, cancellationToken);
        else
            Simple(schema, bare, bare != type || IsNullable(context.JsonPropertyInfo));

        if (bare.IsEnum || (bare.Assembly == typeof(ReferenceSchemas).Assembly && !bare.IsAssignableTo(typeof(IDeferred))))
            Mark(schema, bare);
        if (context.JsonPropertyInfo is { } property)
            Limit(schema, property);
        if (schema.Type?.HasFlag(JsonSchemaType.Array) == true && schema.Items is null && bare.IsGenericType)
            schema.Items = await context.GetOrCreateSchemaAsync(bare.GetGenericArguments()[0], null, cancellationToken);
        if (bare.IsAssignableTo(typeof(IEnumerable<KeyValuePair<string, JsonElement>>)))
            schema.AdditionalProperties ??= new OpenApiSchema();
        // The generator reads no summary of an enum that is always nullable.
        if (bare.IsEnum && context.JsonPropertyInfo is null)
            schema.Description ??= bare.GetCustomAttribute<DescriptionAttribute>()?.Description;
        if (bare == typeof(Stream))
            schema.Description = "The content of a file.";
        if (bare == typeof(JsonElement) && context.JsonPropertyInfo is { Name: "data" })
            schema.Type = JsonSchemaType.Object;
        if (schema.Properties is not null && bare.GetCustomAttribute<CustomersSeeAttribute>() is { Names.Length: > 0 } seen)
        {
            // One schema for staff and end users: what only staff are shown may be missing.
            schema.Required?.IntersectWith(seen.Names);
            schema.Description = $"{schema.Description} End users are shown only {string.Join(", ", seen.Names.Select(n => $"`{n}`"))}.".Trim();
        }
        if (schema.Properties is { Count: > 0 } && !IsRequest(bare))
        {
            // Answers grow: a reader that refuses new members would break.
            schema.AdditionalPropertiesAllowed = true;
        }
    }

    private static void Simple(OpenApiSchema schema, Type type, bool nullable)
    {
        if (type.IsAssignableTo(typeof(IId)))
        {
            schema.Type = JsonSchemaType.String;
            schema.Pattern = IdPattern(type);
            // The generator takes the C# type's own summary where the member has none.
            if (schema.Description?.StartsWith("The id of a T", StringComparison.Ordinal) == true)
                schema.Description = null;
        }
        else if (type == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String;
            schema.Format = "date-time";
        }
        else if (type.IsEnum)
        {
            schema.Type = JsonSchemaType.String;
            schema.Enum = [.. Enum.GetValues(type).Cast<object>().Select(v => (JsonNode)JsonSerializer.SerializeToNode(v, type, Json.Options)!)];
            schema.Extensions ??= new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal);
            schema.Extensions["x-enumNames"] = new JsonNodeExtension(new JsonArray([.. Enum.GetNames(type).Select(n => JsonValue.Create(n))]));
        }
        else
        {
            return;
        }
        if (nullable && !type.IsEnum)
            schema.Type |= JsonSchemaType.Null;
    }

    public static string IdPattern(Type idType) => $"^{Binding.Prefix(idType)}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$";

    // The patch of a thing has its members, none of them required.
    private static async Task PatchAsync(OpenApiSchema schema, Type of, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var whole = await context.GetOrCreateSchemaAsync(of, null, cancellationToken);
        schema.Type = JsonSchemaType.Object;
        schema.Properties = whole.Properties?.ToDictionary(p => p.Key, p => WithoutDefault(p.Value), StringComparer.Ordinal);
        schema.Required = null;
        schema.AdditionalPropertiesAllowed = false;
        schema.Description = "JSON Merge Patch (RFC 7396): members left out stay as they are, null clears, objects merge.";
    }

    private static IOpenApiSchema WithoutDefault(IOpenApiSchema schema)
    {
        if (schema is not OpenApiSchema { Default: not null })
            return schema;
        var copy = (OpenApiSchema)schema.CreateShallowCopy();
        copy.Default = null;
        return copy;
    }

    private static async Task DeferAsync(OpenApiSchema schema, Type of, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var whole = await context.GetOrCreateSchemaAsync(of, null, cancellationToken);
        schema.Type = JsonSchemaType.Object | JsonSchemaType.Null;
        schema.Properties = whole.Properties;
        schema.Required = whole.Required;
        schema.AdditionalPropertiesAllowed = false;
        schema.Description ??= whole.Description;
        Mark(schema, of);
    }

    /// <summary>
    /// The generator writes a named schema in place where a member adds something to it (a default, a description). In
    /// place, an SDK would make a type of its own of each: they become references again, with what was added beside.
    /// </summary>
    public static void ShareNamed(OpenApiDocument document)
    {
        var schemas = document.Components!.Schemas ??= new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        var open = new Queue<OpenApiSchema>(schemas.Values.OfType<OpenApiSchema>());
        while (open.TryDequeue(out var owner))
        {
            owner.Extensions?.Remove(Name);
            foreach (var (name, member) in owner.Properties?.ToList() ?? [])
            {
                var shared = Share(member, owner.Required?.Contains(name) == true);
                Describe(name, shared);
                owner.Properties![name] = shared;
            }
            if (owner.Items is not null)
                owner.Items = Share(owner.Items, always: true);
            if (owner.AdditionalProperties is not null)
                owner.AdditionalProperties = Share(owner.AdditionalProperties, always: true);
        }

        IOpenApiSchema Share(IOpenApiSchema schema, bool always)
        {
            if (schema is not OpenApiSchema inline)
                return schema;
            if (inline.Extensions?.TryGetValue(Name, out var mark) != true)
            {
                open.Enqueue(inline);
                return inline;
            }
            var id = ((JsonNodeExtension)mark!).Node.GetValue<string>();
            if (!schemas.ContainsKey(id))
            {
                inline.Type &= ~JsonSchemaType.Null;
                document.AddComponent<IOpenApiSchema>(id, inline);
                open.Enqueue(inline);
            }
            var reference = new OpenApiSchemaReference(id, document) { Description = inline.Description, Default = inline.Default };
            return always || inline.Default is not null ? reference : new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, reference] };
        }
    }

    // The description belongs to the member: generators do not look for it inside a union.
    private static void Describe(string name, IOpenApiSchema member)
    {
        if (member is OpenApiSchemaReference whole)
        {
            whole.Reference.Description ??= Common.GetValueOrDefault(name);
            return;
        }
        var schema = (OpenApiSchema)member;
        foreach (var reference in schema.OneOf?.OfType<OpenApiSchemaReference>() ?? [])
            (schema.Description, reference.Reference.Description) = (schema.Description ?? reference.Reference.Description, null);
        schema.Description ??= name == "id" && schema.Pattern is { } pattern ? $"Names it. Begins with `{pattern[1..pattern.IndexOf('_', StringComparison.Ordinal)]}_`." : Common.GetValueOrDefault(name);
    }

    private static void Mark(OpenApiSchema schema, Type type)
    {
        if (NameOf(JsonTypeInfo.CreateJsonTypeInfo(type, Json.Options)) is not { } name)
            return;
        schema.Extensions ??= new Dictionary<string, IOpenApiExtension>(StringComparer.Ordinal);
        schema.Extensions[Name] = new JsonNodeExtension(JsonValue.Create(name));
    }

    // Validation attributes stand on the records' parameters, which the generator does not read.
    private static void Limit(OpenApiSchema schema, JsonPropertyInfo property)
    {
        var attributes = property.AssociatedParameter?.AttributeProvider?.GetCustomAttributes(inherit: true) ?? property.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [];
        foreach (var attribute in attributes)
        {
            switch (attribute)
            {
                case MaxLengthAttribute max when IsText(property):
                    schema.MaxLength = max.Length;
                    break;
                case MaxLengthAttribute max:
                    schema.MaxItems = max.Length;
                    break;
                case MinLengthAttribute min when !IsText(property):
                    schema.MinItems = min.Length;
                    break;
                case NotBlankAttribute:
                    schema.MinLength = 1;
                    break;
                case RangeAttribute range:
                    schema.Minimum = Convert.ToString(range.Minimum, CultureInfo.InvariantCulture);
                    schema.Maximum = range.Maximum is double and >= long.MaxValue ? null : Convert.ToString(range.Maximum, CultureInfo.InvariantCulture);
                    break;
                case RegularExpressionAttribute regex:
                    schema.Pattern = regex.Pattern;
                    break;
                case EmailAttribute:
                    schema.Format = "email";
                    break;
            }
        }
        if (property.AssociatedParameter is { HasDefaultValue: true, DefaultValue: not null } parameter && schema.Type is not null && schema.Enum is null)
            schema.Default = JsonSerializer.SerializeToNode(parameter.DefaultValue, parameter.ParameterType, Json.Options);
    }

    private static bool IsText(JsonPropertyInfo property) => property.PropertyType == typeof(string);

    private static bool IsNullable(JsonPropertyInfo? property) => property is not null && Nullable.GetUnderlyingType(property.PropertyType) is not null;

    private static bool IsRequest(Type type) =>
        type.Name.EndsWith("Request", StringComparison.Ordinal) || type.Name.EndsWith("Update", StringComparison.Ordinal) || type.Name.EndsWith("Reference", StringComparison.Ordinal)
        || type.Name is "BulkTicketItem" or "FirstAdmin" || type.IsAssignableTo(typeof(IMergePatch)) || type.IsAssignableTo(typeof(IDeferred));

    private static string Short(Type type) => type.Name.EndsWith("Response", StringComparison.Ordinal) ? type.Name[..^"Response".Length] : type.Name;

    private static string Stem(Type type) => type.Name.EndsWith("Update", StringComparison.Ordinal) ? type.Name[..^"Update".Length] : type.Name;
}
