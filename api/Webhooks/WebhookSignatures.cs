using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace HeadlessSupport.Api.Webhooks;

/// <summary>Signatures of Standard Webhooks (https://www.standardwebhooks.com): of id, time and body, with each key that is valid.</summary>
internal static class WebhookSignatures
{
    public const string V1 = "v1";
    public const string V1a = "v1a";

    /// <summary>The header <c>webhook-signature</c>.</summary>
    public static string Sign(IReadOnlyList<WebhookKey> keys, string id, long timestamp, byte[] body)
    {
        var content = Content(id, timestamp, body);
        var header = new StringBuilder();
        foreach (var key in keys)
        {
            if (header.Length > 0)
                header.Append(' ');
            header.Append(key.Scheme).Append(',').Append(Convert.ToBase64String(key.Pair is { } pair ? SignPair(pair, content) : HMACSHA256.HashData(key.Shared, content)));
        }
        return header.ToString();
    }

    private static byte[] Content(string id, long timestamp, byte[] body)
    {
        var head = Encoding.ASCII.GetBytes($"{id}.{timestamp.ToString(System.Globalization.CultureInfo.InvariantCulture)}.");
        var content = new byte[head.Length + body.Length];
        head.CopyTo(content, 0);
        body.CopyTo(content, head.Length);
        return content;
    }

    private static byte[] SignPair(Ed25519PrivateKeyParameters pair, byte[] content)
    {
        var signer = new Ed25519Signer();
        signer.Init(forSigning: true, pair);
        signer.BlockUpdate(content, 0, content.Length);
        return signer.GenerateSignature();
    }
}

/// <summary>A key, opened.</summary>
internal sealed record WebhookKey(string Scheme, byte[] Shared, Ed25519PrivateKeyParameters? Pair, DateTimeOffset? ExpiresAt)
{
    public static WebhookKey Of(string scheme, byte[] key, DateTimeOffset? expiresAt) =>
        new(scheme, key, scheme == WebhookSignatures.V1a ? new Ed25519PrivateKeyParameters(key) : null, expiresAt);
}
