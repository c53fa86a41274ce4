using System.Text.Json;
using System.Text.Json.Serialization;

namespace HeadlessSupport;

/// <summary>
/// A word from a list that grows: values that this version of the package does not know are kept as they came.
/// </summary>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IOpenEnum<TSelf> where TSelf : struct, IOpenEnum<TSelf>
{
    /// <summary>The word as it is sent.</summary>
    string Value { get; }

    /// <summary>The value that stands for a word, known or not.</summary>
    /// <param name="value">The word as it is sent.</param>
    static abstract TSelf From(string value);
}

/// <summary>Reads and writes an open enum as its word.</summary>
/// <typeparam name="T">The open enum.</typeparam>
internal sealed class OpenEnumConverter<T> : JsonConverter<T> where T : struct, IOpenEnum<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        T.From(reader.GetString() ?? throw new JsonException("Expected a word."));

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
