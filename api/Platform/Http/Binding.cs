using System.Globalization;
using System.Reflection;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ModelBinding.Metadata;
using Microsoft.AspNetCore.Mvc.ModelBinding.Validation;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>How MVC's findings about a request become our refusals.</summary>
internal static class Binding
{
    public static SupportException ToRefusal(ActionContext context)
    {
        var errors = context.ModelState.Where(e => e.Value!.Errors.Count > 0).ToList();
        foreach (var error in errors.SelectMany(e => e.Value!.Errors))
        {
            if (error.Exception is JsonException json)
                return JsonErrors.ToRefusal(json);
        }
        var parameters = context.ActionDescriptor.Parameters.ToDictionary(p => p.BindingInfo?.BinderModelName ?? p.Name, p => p, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, _) in errors)
        {
            if (parameters.TryGetValue(key, out var parameter) && parameter.BindingInfo?.BindingSource == BindingSource.Path && parameter.ParameterType.IsAssignableTo(typeof(IId)))
                return new(ErrorCode.NotFound, $"Expected an id that begins with {Prefix(parameter.ParameterType)}_ in the path.");
        }
        var inQuery = QueryNames(context);
        var unreadable = errors.Where(e => inQuery.Contains(e.Key)).SelectMany(e => e.Value!.Errors, (e, m) => (e.Key, Say(m))).ToList();
        if (unreadable.Count > 0)
            return new(ErrorCode.InvalidRequest, unreadable[0].Item2, unreadable);
        if (errors.Exists(e => e.Value!.Errors.Any(m => m.ErrorMessage.Contains("non-empty request body", StringComparison.Ordinal))))
            return new(ErrorCode.InvalidJson, "Send a JSON body.", ("", "Send a JSON body."));
        var invalid = errors.SelectMany(e => e.Value!.Errors, (e, m) => (JsonErrors.PointerOfKey(e.Key), Say(m))).ToList();
        return new(ErrorCode.ValidationFailed, invalid.Count == 1 ? invalid[0].Item2 : "Some values are not valid; errors names each.", invalid);
    }

    /// <summary>The query parameters that an action takes.</summary>
    public static HashSet<string> QueryNames(ActionContext context)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var metadata = context.HttpContext.RequestServices.GetRequiredService<IModelMetadataProvider>();
        foreach (var parameter in context.ActionDescriptor.Parameters.Where(p => p.BindingInfo?.BindingSource == BindingSource.Query))
        {
            if (parameter.ParameterType.IsAssignableTo(typeof(IQueryParameters)))
                names.UnionWith(metadata.GetMetadataForType(parameter.ParameterType).Properties.Select(p => p.BinderModelName ?? p.PropertyName!));
            else
                names.Add(parameter.BindingInfo!.BinderModelName ?? parameter.Name);
        }
        return names;
    }

    internal static string Prefix(Type idType) =>
        (string)idType.GetGenericArguments()[0].GetProperty(nameof(IEntity.Prefix), BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;

    private static string Say(ModelError error) => error.ErrorMessage.Length > 0 ? error.ErrorMessage : "The value cannot be read.";
}

/// <summary>Query parameters are snake_case, as everything on the wire.</summary>
internal sealed class SnakeCaseQuery : IBindingMetadataProvider, IDisplayMetadataProvider
{
    public void CreateBindingMetadata(BindingMetadataProviderContext context)
    {
        if (context.Key.MetadataKind == ModelMetadataKind.Property && context.Key.ContainerType!.IsAssignableTo(typeof(IQueryParameters)))
            context.BindingMetadata.BinderModelName ??= JsonNamingPolicy.SnakeCaseLower.ConvertName(context.Key.Name!);
    }

    // Messages name the member by its pointer, so the name need not stand in the sentence too.
    public void CreateDisplayMetadata(DisplayMetadataProviderContext context) => context.DisplayMetadata.DisplayName ??= () => "value";
}

/// <summary>A query parameter nobody reads is a typo: refused, not ignored.</summary>
internal sealed class UnknownQueryFilter : IAsyncResourceFilter
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, HashSet<string>> known = new(StringComparer.Ordinal);

    public Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next)
    {
        if (context.HttpContext.Request.Query.Count > 0 && context.ActionDescriptor is ControllerActionDescriptor)
        {
            var names = known.GetOrAdd(context.ActionDescriptor.Id, static (_, c) => Binding.QueryNames(c), context);
            foreach (var (name, values) in context.HttpContext.Request.Query)
            {
                if (!names.Contains(name))
                    throw SupportException.Unreadable(name, $"There is no such query parameter here.{(names.Count == 0 ? "" : $" Known: {string.Join(", ", names.Order(StringComparer.Ordinal))}.")}");
                if (values.Any(v => v is not null && v.Contains('\0', StringComparison.Ordinal)))
                    throw SupportException.Unreadable(name, "Must not have the character NUL.");
            }
            CheckEncoding(context.HttpContext.Request.QueryString.Value!);
        }
        return next();
    }

    private static void CheckEncoding(string query)
    {
        foreach (var part in query.TrimStart('?').Split('&'))
        {
            if (!PercentEncoding.IsSound(part))
                throw SupportException.Unreadable(Uri.UnescapeDataString(part.Split('=')[0]), "The value is not percent-encoded UTF-8.");
        }
    }
}

/// <summary>Percent-encoding as clients send it. The server leaves what it cannot decode as it stands; to us that would be other text than was meant.</summary>
internal static class PercentEncoding
{
    /// <summary>True where each percent sign has its two digits and the bytes are UTF-8.</summary>
    public static bool IsSound(ReadOnlySpan<char> text)
    {
        if (!text.Contains('%'))
            return true;
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
                bytes.AddRange(System.Text.Encoding.UTF8.GetBytes([text[i]]));
            else if (i + 2 < text.Length && byte.TryParse(text.Slice(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
            {
                bytes.Add(value);
                i += 2;
            }
            else
                return false;
        }
        return System.Text.Unicode.Utf8.IsValid(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bytes));
    }
}

/// <summary>Validation messages in our words.</summary>
internal sealed class PlainMessages : IValidationMetadataProvider
{
    private const string Locale = "Must be a language tag such as en or pt-BR.";

    public void CreateValidationMetadata(ValidationMetadataProviderContext context)
    {
        var rules = context.ValidationMetadata.ValidatorMetadata;
        foreach (var pattern in rules.OfType<System.ComponentModel.DataAnnotations.RegularExpressionAttribute>().Where(p => !System.Text.RegularExpressions.Regex.IsMatch("", p.Pattern, System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1))).ToList())
        {
            // The attribute lets an empty text pass, whatever its pattern says.
            rules.Add(new NotBlankAttribute { ErrorMessage = pattern.ErrorMessage ?? (pattern is LocaleAttribute ? Locale : null) });
        }
        for (var i = 0; i < rules.Count; i++)
        {
            // A range of ints turns the value into an int first, and a long that is none would throw.
            if (rules[i] is System.ComponentModel.DataAnnotations.RangeAttribute { Minimum: int least, Maximum: int most, ErrorMessage: var message } && context.Key.ModelType == typeof(long))
                rules[i] = new System.ComponentModel.DataAnnotations.RangeAttribute(typeof(long), least.ToString(CultureInfo.InvariantCulture), most.ToString(CultureInfo.InvariantCulture)) { ErrorMessage = message };
        }
        foreach (var rule in rules.OfType<System.ComponentModel.DataAnnotations.ValidationAttribute>())
        {
            if (rule.ErrorMessage is not null || rule.ErrorMessageResourceName is not null)
                continue;
            rule.ErrorMessage = rule switch
            {
                System.ComponentModel.DataAnnotations.RequiredAttribute => "Is required.",
                System.ComponentModel.DataAnnotations.MaxLengthAttribute max => $"Must have at most {max.Length} {Unit(context)}.",
                System.ComponentModel.DataAnnotations.MinLengthAttribute min => $"Must have at least {min.Length} {Unit(context)}.",
                System.ComponentModel.DataAnnotations.StringLengthAttribute length => $"Must have {length.MinimumLength} to {length.MaximumLength} characters.",
                System.ComponentModel.DataAnnotations.RangeAttribute { Maximum: double and >= long.MaxValue } range => $"Must be {range.Minimum} or more.",
                System.ComponentModel.DataAnnotations.RangeAttribute range => $"Must be from {range.Minimum} to {range.Maximum}.",
                System.ComponentModel.DataAnnotations.EmailAddressAttribute => "Must be an e-mail address.",
                LocaleAttribute => Locale,
                TimeZoneAttribute => "Must be an IANA time zone such as Europe/Berlin.",
                NotBlankAttribute => "Must not be blank.",
                EmailAttribute => "Must be an e-mail address.",
                MetadataAttribute => "Must have at most 50 members, with names of 1 to 64 and strings of at most 500 characters.",
                CustomFieldsAttribute => "Must have at most 100 members, with names of 1 to 64 characters; each a string, number, boolean or array of strings, of at most 10,000 characters.",
                System.ComponentModel.DataAnnotations.RegularExpressionAttribute => "Has characters that are not allowed here.",
                _ => null,
            };
        }
    }

    private static string Unit(ValidationMetadataProviderContext context) => context.Key.ModelType == typeof(string) ? "characters" : "items";
}

/// <summary>Reads ids, enums, timestamps and whole numbers in paths and queries as they are read in JSON.</summary>
internal sealed class WireBinder : IModelBinder, IModelBinderProvider
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context)
    {
        var type = context.Metadata.UnderlyingOrModelType;
        return context.BindingInfo.BindingSource != BindingSource.Body && (type.IsEnum || type == typeof(DateTimeOffset) || type == typeof(int) || type == typeof(long) || type.IsAssignableTo(typeof(IId))) ? this : null;
    }

    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var given = bindingContext.ValueProvider.GetValue(bindingContext.ModelName);
        if (given == ValueProviderResult.None)
            return Task.CompletedTask;
        bindingContext.ModelState.SetModelValue(bindingContext.ModelName, given);
        try
        {
            bindingContext.Result = ModelBindingResult.Success(Read(given.FirstValue, bindingContext.ModelMetadata.UnderlyingOrModelType));
        }
        catch (JsonException error)
        {
            bindingContext.ModelState.AddModelError(bindingContext.ModelName, JsonErrors.ToRefusal(error).Message);
        }
        return Task.CompletedTask;
    }

    private static object? Read(string? text, Type type)
    {
        if (type != typeof(int) && type != typeof(long))
            return JsonSerializer.Deserialize(JsonSerializer.Serialize(text), type, Json.Options);
        // MVC would take 0x10 and the like too.
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || (type == typeof(int) && number is < int.MinValue or > int.MaxValue))
            throw new UnreadableMemberException("Expected a whole number that is not too large.");
        return type == typeof(int) ? (object)(int)number : number;
    }
}

/// <summary>
/// Free text in a path, decoded as it was encoded. The server leaves an encoded slash alone, since it must not become
/// a step of the path; so <c>a%2Fb</c> would come here as it stands, and look like <c>a%252Fb</c>.
/// </summary>
internal sealed class PathTextBinder : IModelBinder, IModelBinderProvider
{
    public IModelBinder? GetBinder(ModelBinderProviderContext context) =>
        context.BindingInfo.BindingSource == BindingSource.Path && context.Metadata.ModelType == typeof(string) ? this : null;

    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        var given = bindingContext.ValueProvider.GetValue(bindingContext.ModelName);
        if (given.FirstValue is not { } text)
            return Task.CompletedTask;
        bindingContext.ModelState.SetModelValue(bindingContext.ModelName, given);
        var sent = text.Contains('%', StringComparison.Ordinal) ? Sent(bindingContext.HttpContext, text) : text;
        if (PercentEncoding.IsSound(sent))
            bindingContext.Result = ModelBindingResult.Success(ReferenceEquals(sent, text) ? text : Uri.UnescapeDataString(sent));
        else
            bindingContext.ModelState.AddModelError(bindingContext.ModelName, "Must be percent-encoded UTF-8.");
        return Task.CompletedTask;
    }

    private static string Sent(HttpContext context, string text)
    {
        var place = Array.IndexOf(context.Request.Path.Value!.Split('/'), text);
        var sent = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].Split('/');
        return place >= 0 && place < sent.Length ? sent[place] : text;
    }
}
