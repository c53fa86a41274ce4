using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace HeadlessSupport;

/// <summary>Signs JWTs that tell a widget who is at the page. For server code: the secret must never reach a page.</summary>
public static class EndUserJwt
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);
    private static readonly string Header = Text("""{"alg":"HS256","typ":"JWT"}"""u8);

    /// <summary>Signs who is at the page, for <c>POST /api/v1/widget/{key}/tokens</c>.</summary>
    /// <param name="widgetSecret">The widget key's secret, <c>whk_…</c>.</param>
    /// <param name="userId">Your own id for them.</param>
    /// <param name="email">Their address; null to say nothing of it.</param>
    /// <param name="name">Their name; null to say nothing of it.</param>
    /// <param name="validFor">How long it is good, at most an hour; five minutes unless set.</param>
    /// <param name="time">The clock; the system's unless set.</param>
    /// <returns>The JWT.</returns>
    /// <exception cref="ArgumentException">Something is empty, or the time too long.</exception>
    public static string Create(string widgetSecret, string userId, string? email = null, string? name = null, TimeSpan? validFor = null, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(widgetSecret);
        ArgumentException.ThrowIfNullOrWhiteSpace(userId);
        var length = validFor ?? TimeSpan.FromMinutes(5);
        if (length <= TimeSpan.Zero || length > Longest)
            throw new ArgumentException("A JWT for an end user is good for at most an hour.", nameof(validFor));
        var now = (time ?? TimeProvider.System).GetUtcNow();

        using var claims = new MemoryStream();
        using (var writer = new Utf8JsonWriter(claims))
        {
            writer.WriteStartObject();
            writer.WriteString("sub", userId);
            if (email is not null)
                writer.WriteString("email", email);
            if (name is not null)
                writer.WriteString("name", name);
            writer.WriteNumber("iat", now.ToUnixTimeSeconds());
            writer.WriteNumber("exp", (now + length).ToUnixTimeSeconds());
            writer.WriteEndObject();
        }
        var signed = $"{Header}.{Text(claims.ToArray())}";
        return $"{signed}.{Text(HMACSHA256.HashData(Encoding.UTF8.GetBytes(widgetSecret), Encoding.ASCII.GetBytes(signed)))}";
    }

    // Base64url without padding (RFC 7515).
    private static string Text(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
