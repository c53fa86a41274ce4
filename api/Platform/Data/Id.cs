using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using HeadlessSupport.Api.Platform.Http;

namespace HeadlessSupport.Api.Platform.Data;

/// <summary>Something with an id of its own. The prefix shows on the wire what an id belongs to (<c>tkt_…</c>).</summary>
public interface IEntity
{
    /// <summary>Three lower-case letters, never changed once published.</summary>
    static abstract string Prefix { get; }
}

/// <summary>
/// The id of a <typeparamref name="T"/>: a UUIDv7 in the database, prefixed base32 at the edge
/// (TypeID, https://github.com/jetify-com/typeid: <c>tkt_01h455vb4pex5vsknk084sn02q</c>). Sorts by time of creation.
/// </summary>
[JsonConverter(typeof(IdJsonConverter))]
public readonly record struct Id<T>(Guid Value) : IParsable<Id<T>>, IComparable<Id<T>>, IId
    where T : IEntity
{
    /// <summary>A new id. Its time part is real time, also in an organization whose clock is moved.</summary>
    public static Id<T> New() => new(Guid.CreateVersion7());

    public int CompareTo(Id<T> other) => Value.CompareTo(other.Value);

    public override string ToString() => TypeId.Format(T.Prefix, Value);

    public static Id<T> Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var id) ? id : throw new FormatException($"Not an id that begins with {T.Prefix}_.");

    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Id<T> result)
    {
        var ok = TypeId.TryParse(s, T.Prefix, out var value);
        result = new(value);
        return ok;
    }

    public static bool operator <(Id<T> left, Id<T> right) => left.CompareTo(right) < 0;
    public static bool operator <=(Id<T> left, Id<T> right) => left.CompareTo(right) <= 0;
    public static bool operator >(Id<T> left, Id<T> right) => left.CompareTo(right) > 0;
    public static bool operator >=(Id<T> left, Id<T> right) => left.CompareTo(right) >= 0;
}

/// <summary>Any <see cref="Id{T}"/>, for code that handles them by reflection (binding, the contract).</summary>
public interface IId
{
    Guid Value { get; }
}

internal sealed class IdJsonConverter : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) =>
        typeToConvert.IsGenericType && typeToConvert.GetGenericTypeDefinition() == typeof(Id<>);

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(Converter<>).MakeGenericType(typeToConvert.GetGenericArguments()))!;

    private sealed class Converter<T> : JsonConverter<Id<T>> where T : IEntity
    {
        public override Id<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new UnreadableMemberException("Expected an id: a string.");
            return TypeId.TryParse(reader.GetString(), T.Prefix, out var value)
                ? new(value)
                : throw new InvalidMemberException($"Expected an id that begins with {T.Prefix}_.");
        }

        public override void Write(Utf8JsonWriter writer, Id<T> value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
