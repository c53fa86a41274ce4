using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace HeadlessSupport;

/// <summary>
/// What is wrong with which member of a body, by its JSON pointer (RFC 6901): <c>/requester/email</c>. The first slash
/// may be left out, so that <c>Errors["subject"]</c> is found.
/// </summary>
public sealed class ValidationErrors : IReadOnlyDictionary<string, IReadOnlyList<string>>
{
    private readonly Dictionary<string, IReadOnlyList<string>> errors = new(StringComparer.Ordinal);

    internal ValidationErrors(IReadOnlyDictionary<string, IReadOnlyList<string>>? errors)
    {
        foreach (var (pointer, messages) in errors ?? this.errors)
            this.errors[pointer] = messages;
    }

    /// <summary>What is wrong with a member; empty where nothing is.</summary>
    /// <param name="key">Its pointer, or its name.</param>
    public IReadOnlyList<string> this[string key] => TryGetValue(key, out var found) ? found : [];

    /// <inheritdoc/>
    public IEnumerable<string> Keys => errors.Keys;

    /// <inheritdoc/>
    public IEnumerable<IReadOnlyList<string>> Values => errors.Values;

    /// <inheritdoc/>
    public int Count => errors.Count;

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out IReadOnlyList<string> value)
    {
        ArgumentNullException.ThrowIfNull(key);
        return errors.TryGetValue(key, out value) || errors.TryGetValue("/" + key, out value);
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, IReadOnlyList<string>>> GetEnumerator() => errors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
