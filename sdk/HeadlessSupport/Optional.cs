using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace HeadlessSupport;

/// <summary>
/// A member of an update that may be left out, cleared or set. Left alone it is not sent and stays as it is;
/// <c>null</c> clears it; a value sets it. Values convert to it by themselves: <c>AssigneeId = null</c>.
/// </summary>
/// <typeparam name="T">What the member holds.</typeparam>
public readonly struct Optional<T> : IEquatable<Optional<T>>
{
    private readonly T value;

    /// <summary>A member that is sent.</summary>
    /// <param name="value">What it is set to; null clears it.</param>
    public Optional(T value)
    {
        this.value = value;
        IsSet = true;
    }

    /// <summary>Whether it is sent.</summary>
    public bool IsSet { get; }

    /// <summary>What it is set to.</summary>
    /// <exception cref="InvalidOperationException">It is not set.</exception>
    public T Value => IsSet ? value : throw new InvalidOperationException("The member is not set.");

    /// <summary>The value, or the type's default where it is not set.</summary>
    /// <returns>The value.</returns>
    public T? GetValueOrDefault() => value;

    /// <summary>Sets the member.</summary>
    /// <param name="value">What to; null clears it.</param>
    public static implicit operator Optional<T>(T value) => new(value);

    /// <summary>Whether both are left out, or set to the same.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator ==(Optional<T> left, Optional<T> right) => left.Equals(right);

    /// <summary>Whether they differ.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool operator !=(Optional<T> left, Optional<T> right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(Optional<T> other) => IsSet == other.IsSet && EqualityComparer<T>.Default.Equals(value, other.value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Optional<T> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(IsSet, value);

    /// <summary>The value as text; empty where it is left out or null.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => value?.ToString() ?? "";
}

/// <summary>Writes a set member as its value; one that is left out is not written, for it is the default.</summary>
/// <typeparam name="T">What the member holds.</typeparam>
internal sealed class OptionalConverter<T> : JsonConverter<Optional<T>>
{
    public override bool HandleNull => true;

    public override Optional<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        new(reader.TokenType == JsonTokenType.Null ? default! : JsonSerializer.Deserialize(ref reader, TypeOf(options))!);

    public override void Write(Utf8JsonWriter writer, Optional<T> value, JsonSerializerOptions options)
    {
        if (value.GetValueOrDefault() is { } given)
            JsonSerializer.Serialize(writer, given, TypeOf(options));
        else
            writer.WriteNullValue();
    }

    private static JsonTypeInfo<T> TypeOf(JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
