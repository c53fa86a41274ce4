using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HeadlessSupport;

/// <summary>Verifies what webhooks bring (Standard Webhooks), and signs for tests.</summary>
public static class Webhooks
{
    /// <summary>The header that names the event: the same however often it is sent.</summary>
    public const string IdHeader = "webhook-id";

    /// <summary>The header that says when it was sent, in seconds since 1970.</summary>
    public const string TimestampHeader = "webhook-timestamp";

    /// <summary>The header with the signatures.</summary>
    public const string SignatureHeader = "webhook-signature";

    private const string SecretPrefix = "whsec_";
    private static readonly TimeSpan DefaultTolerance = TimeSpan.FromMinutes(5);

    /// <summary>Verifies a webhook and reads its event.</summary>
    /// <param name="body">The body, byte by byte as it came.</param>
    /// <param name="header">Gives a header of the request by its name; null where it is missing.</param>
    /// <param name="secrets">The endpoint's secret, <c>whsec_…</c>; two while it is rotated.</param>
    /// <param name="tolerance">How far its time may be off; 5 minutes unless set.</param>
    /// <param name="time">The clock to compare with; the system's unless set.</param>
    /// <returns>The event; of its own class where the type is known. Deal with each <see cref="Event.Id"/> once.</returns>
    /// <exception cref="SignatureException">It does not come from the API, or was sent too long ago.</exception>
    public static Event ConstructEvent(ReadOnlySpan<byte> body, Func<string, string?> header, IEnumerable<string> secrets, TimeSpan? tolerance = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(secrets);
        var id = Required(header, IdHeader);
        var timestamp = Required(header, TimestampHeader);
        var signatures = Required(header, SignatureHeader);
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 253402300799)
            throw new SignatureException($"{TimestampHeader} is no time.");
        var off = ((time ?? TimeProvider.System).GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration();
        if (off > (tolerance ?? DefaultTolerance))
            throw new SignatureException($"It was sent {off.TotalMinutes:0} minutes ago or ahead; check this machine's clock.");

        var verified = false;
        var any = false;
        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        foreach (var secret in secrets)
        {
            any = true;
            var expected = Hash(secret, id, timestamp, body);
            foreach (var signature in signatures.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                verified |= signature.StartsWith("v1,", StringComparison.Ordinal)
                    && Convert.TryFromBase64String(signature[3..], given, out var length)
                    && CryptographicOperations.FixedTimeEquals(given[..length], expected);
            }
        }
        if (!any)
            throw new ArgumentException("Give the endpoint's secret.", nameof(secrets));
        if (!verified)
            throw new SignatureException("No signature is by a secret that was given. The body must be the bytes as they came.");
        try
        {
            return Event.Parse(body);
        }
        catch (JsonException e)
        {
            throw new SignatureException("It is signed, but no event.", e);
        }
    }

    /// <summary>Verifies a webhook and reads its event.</summary>
    /// <param name="body">The body as it came.</param>
    /// <param name="headers">The headers of the request, by name.</param>
    /// <param name="secret">The endpoint's secret, <c>whsec_…</c>.</param>
    /// <returns>The event; of its own class where the type is known. Deal with each <see cref="Event.Id"/> once.</returns>
    /// <exception cref="SignatureException">It does not come from the API, or was sent too long ago.</exception>
    public static Event ConstructEvent(string body, IEnumerable<KeyValuePair<string, string>> headers, string secret)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentNullException.ThrowIfNull(headers);
        return ConstructEvent(Encoding.UTF8.GetBytes(body), name => headers.FirstOrDefault(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value, [secret]);
    }

    /// <summary>Signs a body as the API does: for tests of what receives webhooks.</summary>
    /// <param name="body">The body.</param>
    /// <param name="id">The event's id.</param>
    /// <param name="secret">The secret, <c>whsec_…</c>.</param>
    /// <param name="sentAt">When it is said to be sent.</param>
    /// <returns>The three headers.</returns>
    public static IReadOnlyDictionary<string, string> Sign(ReadOnlySpan<byte> body, string id, string secret, DateTimeOffset sentAt)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        var timestamp = sentAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            [IdHeader] = id,
            [TimestampHeader] = timestamp,
            [SignatureHeader] = "v1," + Convert.ToBase64String(Hash(secret, id, timestamp, body)),
        };
    }

    private static string Required(Func<string, string?> header, string name) =>
        header(name) is { Length: > 0 } value ? value : throw new SignatureException($"The header {name} is missing.");

    private static byte[] Hash(string secret, string id, string timestamp, ReadOnlySpan<byte> body)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(secret, nameof(secret));
        byte[] key;
        try
        {
            key = Convert.FromBase64String(secret.StartsWith(SecretPrefix, StringComparison.Ordinal) ? secret[SecretPrefix.Length..] : secret);
        }
        catch (FormatException e)
        {
            throw new ArgumentException("A secret looks like whsec_ and base64, as the API showed it.", nameof(secret), e);
        }
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp}."));
        hmac.AppendData(body);
        return hmac.GetHashAndReset();
    }
}

/// <summary>A webhook does not come from the API, or was sent too long ago. Answer 400, and do nothing.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="innerException">What it came from.</param>
public class SignatureException(string message, Exception? innerException = null) : HeadlessSupportException(message, innerException);
