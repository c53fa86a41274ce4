using System.Text.RegularExpressions;

namespace HeadlessSupport.Api.Platform.Storage;

/// <summary>Where an S3-compatible service keeps the files: settings below <c>Files:S3</c>.</summary>
/// <param name="Endpoint">The service's address; null for Amazon's own.</param>
/// <param name="Region">The region that requests are signed for; services other than Amazon's take <c>us-east-1</c> or name another.</param>
/// <param name="Bucket">Must exist.</param>
/// <param name="Prefix">Before every key, with its final slash; empty for none.</param>
/// <param name="ForcePathStyle">Whether the bucket stands in the path instead of the host name.</param>
internal sealed partial record S3Options(Uri? Endpoint, string Region, string Bucket, string AccessKey, string SecretKey, string Prefix, bool ForcePathStyle)
{
    private const string Section = "Files:S3";
    private static readonly string[] Names = [nameof(Endpoint), nameof(Region), nameof(Bucket), nameof(AccessKey), nameof(SecretKey), nameof(Prefix), nameof(ForcePathStyle)];

    /// <returns>Null where nothing of it is set: then the files are on disk.</returns>
    /// <exception cref="InvalidOperationException">A setting is missing or wrong; the sentence names it.</exception>
    public static S3Options? Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        // A variable that is set to nothing is one that was not set, as in compose files.
        var set = section.GetChildren().Where(c => !string.IsNullOrEmpty(c.Value)).ToDictionary(c => c.Key, c => c.Value!, StringComparer.OrdinalIgnoreCase);
        if (set.Count == 0)
            return null;
        if (set.Keys.FirstOrDefault(k => !Names.Contains(k, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw Wrong(unknown, $"is not known; known are {string.Join(", ", Names)}");
        var endpoint = ReadEndpoint(set.GetValueOrDefault(nameof(Endpoint)));
        return new(
            endpoint,
            Matching(nameof(Region), set.GetValueOrDefault(nameof(Region)) ?? (endpoint is null ? null : "us-east-1"), RegionPattern(), "a region such as eu-central-1"),
            Matching(nameof(Bucket), set.GetValueOrDefault(nameof(Bucket)), BucketPattern(), "a bucket's name"),
            Present(nameof(AccessKey), set.GetValueOrDefault(nameof(AccessKey))),
            Present(nameof(SecretKey), set.GetValueOrDefault(nameof(SecretKey))),
            ReadPrefix(set.GetValueOrDefault(nameof(Prefix))),
            ReadStyle(set.GetValueOrDefault(nameof(ForcePathStyle)), endpoint is not null));
    }

    // A record prints its members, and these must not get into a log.
    public override string ToString() => $"{Bucket}/{Prefix} at {Endpoint?.ToString() ?? $"Amazon S3, {Region}"}";

    private static Uri? ReadEndpoint(string? value)
    {
        if (value is null)
            return null;
        return Uri.TryCreate(value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Query.Length == 0 && uri.UserInfo.Length == 0
            ? uri
            : throw Wrong(nameof(Endpoint), "must be an http or https address such as https://s3.example.com");
    }

    private static string ReadPrefix(string? value)
    {
        var prefix = value?.Trim('/') ?? "";
        if (prefix.Length == 0)
            return "";
        return prefix.Length <= 200 && PrefixPattern().IsMatch(prefix)
            ? prefix + "/"
            : throw Wrong(nameof(Prefix), "may have letters, digits, '_', '-' and '.' between single slashes, at most 200 characters");
    }

    private static bool ReadStyle(string? value, bool usual)
    {
        if (value is null)
            return usual;
        return bool.TryParse(value, out var parsed) ? parsed : throw Wrong(nameof(ForcePathStyle), "must be true or false");
    }

    private static string Present(string name, string? value) => value ?? throw Wrong(name, "is missing");

    private static string Matching(string name, string? value, Regex pattern, string what) =>
        pattern.IsMatch(Present(name, value)) ? value! : throw Wrong(name, $"must be {what}");

    private static InvalidOperationException Wrong(string name, string what) => new($"The setting {Section}:{name} {what}.");

    [GeneratedRegex(@"\A[a-z0-9-]{1,50}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RegionPattern();

    // Wider than Amazon's rule, since other services allow more; narrow enough that it stays one part of the path.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{2,62}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BucketPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PrefixPattern();
}
