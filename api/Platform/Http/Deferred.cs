using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>A part of a body that is read on its own, so that one bad item does not spoil the others.</summary>
public sealed class Deferred<T>(JsonElement content) : IDeferred where T : class
{
    /// <exception cref="SupportException">It is no <typeparamref name="T"/>; pointers start at this part.</exception>
    public T Read()
    {
        try
        {
            return content.Deserialize<T>(Json.Options) ?? throw new SupportException(ErrorCode.InvalidRequest, "Expected an object.");
        }
        catch (JsonException error)
        {
            throw JsonErrors.ToRefusal(error);
        }
    }
}

/// <summary>Any deferred part, for the contract.</summary>
public interface IDeferred;

internal sealed class DeferredConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(IDeferred));

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<Deferred<T>> where T : class
    {
        public override Deferred<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(JsonElement.ParseValue(ref reader));

        public override void Write(Utf8JsonWriter writer, Deferred<T> value, JsonSerializerOptions options) => throw new NotSupportedException();
    }
}
