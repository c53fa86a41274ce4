using System.Collections.Concurrent;
using System.Text.Json;
using HeadlessSupport.Api.Platform.Http;
using Microsoft.IdentityModel.Tokens;

namespace HeadlessSupport.Api.EndUsers;

/// <summary>
/// The signing keys that organizations publish, fetched through the guarded client. Kept for ten minutes; a key that is
/// not among them has them fetched again, at most once a minute, so that nobody's made-up tokens make us ask all the time.
/// </summary>
internal sealed class WidgetJwks(IHttpClientFactory clients, TimeProvider time)
{
    private const int MostBytes = 64 * 1024;
    private const int MostUrls = 10_000;
    private const int LeastRsaBits = 2048;
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, Published> known = new(StringComparer.Ordinal);

    /// <summary>Those that may have signed: of this id, where the token names one.</summary>
    /// <exception cref="SupportException">They cannot be had, or there is none such: 401.</exception>
    public async Task<SecurityKey[]> KeysAsync(string url, string? kid, string alg, CancellationToken cancellationToken)
    {
        if (known.Count >= MostUrls)
            known.Clear();
        var published = known.GetOrAdd(url, _ => new());
        await published.Turn.WaitAsync(cancellationToken);
        try
        {
            var age = published.At is { } at ? time.GetElapsedTime(at) : TimeSpan.MaxValue;
            if (age > Kept || (age > Rest && Fitting(published.Keys, kid, alg).Length == 0))
            {
                published.At = time.GetTimestamp();
                // What cannot be had now leaves what was known.
                published.Keys = await FetchAsync(url, cancellationToken) ?? published.Keys;
            }
            if (published.Keys is null)
                throw WidgetJwt.Refuse("the keys cannot be fetched from jwks_url");
            return Fitting(published.Keys, kid, alg) is { Length: > 0 } fitting ? fitting : throw WidgetJwt.Refuse("no key of jwks_url fits its kid and alg");
        }
        finally
        {
            published.Turn.Release();
        }
    }

    private static SecurityKey[] Fitting(IReadOnlyList<JsonWebKey>? keys, string? kid, string alg) =>
        [.. (keys ?? []).Where(k => (string.IsNullOrEmpty(kid) || k.Kid == kid) && (k.Alg is null or "" || k.Alg == alg) && Fits(k, alg))];

    // A shared secret that stands in a public document is none.
    private static bool Fits(JsonWebKey key, string alg) => alg switch
    {
        SecurityAlgorithms.RsaSha256 => key.Kty == JsonWebAlgorithmsKeyTypes.RSA && key.KeySize >= LeastRsaBits,
        SecurityAlgorithms.EcdsaSha256 => key.Kty == JsonWebAlgorithmsKeyTypes.EllipticCurve && key.Crv == "P-256",
        _ => false,
    };

    private async Task<IReadOnlyList<JsonWebKey>?> FetchAsync(string url, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var answer = await clients.CreateClient(PublicAddressGuardSetup.ClientName).GetAsync(new Uri(url), HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (!answer.IsSuccessStatusCode)
                return null;
            await using var body = await answer.Content.ReadAsStreamAsync(patience.Token);
            var bytes = new byte[MostBytes + 1];
            var length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, patience.Token);
            return length > MostBytes ? null : Read(bytes.AsSpan(0, length));
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException or ArgumentException or FormatException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private static List<JsonWebKey> Read(ReadOnlySpan<byte> json) =>
        [.. new JsonWebKeySet(System.Text.Encoding.UTF8.GetString(json)).Keys.Where(k => k.Use is null or "" or JsonWebKeyUseNames.Sig)];

    private sealed class Published
    {
        public SemaphoreSlim Turn { get; } = new(1);
        public IReadOnlyList<JsonWebKey>? Keys { get; set; }
        public long? At { get; set; }
    }
}
