using System.Text.RegularExpressions;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>What a key may look like, the same in every store.</summary>
internal static partial class FileKeys
{
    public static bool IsKey(string key) => key.Length <= IFileStore.MaxKeyLength && Pattern().IsMatch(key);

    /// <exception cref="ArgumentException">It is no key.</exception>
    public static void Check(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (!IsKey(key))
            throw new ArgumentException("A key has lower-case letters, digits, _ and - between single slashes.", nameof(key));
    }

    [GeneratedRegex(@"\A[a-z0-9_-]+(?:/[a-z0-9_-]+)*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}
