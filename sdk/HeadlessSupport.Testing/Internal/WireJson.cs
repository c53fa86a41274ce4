using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace HeadlessSupport.Testing;

/// <summary>The SDK's models as the API writes them: with their nulls, and with times that end in Z.</summary>
internal static class WireJson
{
    public static readonly JsonSerializerOptions Options = new()
    {
        TypeInfoResolver = SupportJson.Default,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 64,
        Converters = { new TimeConverter() },
    };

    // Left out where there is nothing to say, unlike all others.
    private static readonly string[] Optional = ["highlights", "blocks"];

    public static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    public static JsonObject Write<T>(T value)
    {
        var written = JsonSerializer.SerializeToNode(value, Info<T>())!.AsObject();
        foreach (var name in Optional)
        {
            if (written.TryGetPropertyValue(name, out var given) && given is null)
                written.Remove(name);
        }
        return written;
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    public static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(t => (JsonNode)JsonValue.Create(t))]);

    private sealed class TimeConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Time(value));
    }
}
