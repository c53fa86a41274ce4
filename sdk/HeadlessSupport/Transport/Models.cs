using System.Collections.ObjectModel;
using System.Text.Json;

namespace HeadlessSupport.Transport;

/// <summary>What generated models share.</summary>
internal static class Models
{
    public static IReadOnlyDictionary<string, JsonElement> NoMembers { get; } = ReadOnlyDictionary<string, JsonElement>.Empty;
}
