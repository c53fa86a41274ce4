using System.Globalization;
using Microsoft.Net.Http.Headers;

namespace HeadlessSupport.Api.Platform.Http;

/// <summary>A resource's version as a strong ETag: <c>"7"</c>.</summary>
internal static class ETags
{
    public static string Of(int version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>The versions an <c>If-Match</c> header names.</summary>
    /// <exception cref="SupportException">It is no list of our ETags (RFC 9110, 13.1.1).</exception>
    public static List<int> Parse(string header)
    {
        if (EntityTagHeaderValue.TryParseStrictList([header], out var tags) && tags.Count > 0)
        {
            var versions = new List<int>();
            foreach (var tag in tags)
            {
                if (!tag.IsWeak && int.TryParse(tag.Tag.AsSpan().Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
                    versions.Add(version);
            }
            if (versions.Count > 0)
                return versions;
        }
        throw SupportException.Unreadable("If-Match", "Send an ETag as you got it, in quotes: If-Match: \"3\".");
    }

    public static bool Contains(string header, string etag) =>
        EntityTagHeaderValue.TryParseList([header], out var tags) && tags.Any(t => t.Tag == etag);
}
