using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using HeadlessSupport.Api.Platform;
using HeadlessSupport.Api.Platform.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Client;
using OpenIddict.Server;

namespace HeadlessSupport.Api.SignIn;

/// <summary>
/// The keys that sign tokens, kept sealed in the database so that every node signs with the same and publishes all.
/// A new one is made every 60 days and published two days before it signs; an old one is published until it ends.
/// </summary>
internal sealed partial class SigningKeys(IDbContextFactory<AccountsDb> accounts, SecretBox box, TimeProvider time, ILogger<SigningKeys> logger)
    : BackgroundService, IConfigureOptions<OpenIddictServerOptions>, IOptionsChangeTokenSource<OpenIddictServerOptions>,
        IConfigureOptions<OpenIddictClientOptions>, IOptionsChangeTokenSource<OpenIddictClientOptions>
{
    private const string Purpose = "signing-keys";
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Renewed = TimeSpan.FromDays(60);
    private static readonly TimeSpan Lasts = TimeSpan.FromDays(95);
    private static readonly TimeSpan PublishedAhead = TimeSpan.FromDays(2);

    private CancellationTokenSource changed = new();
    private IReadOnlyList<SigningKey> current = [];
    private string known = "";

    public string Name => Options.DefaultName;

    public IChangeToken GetChangeToken() => new CancellationChangeToken(changed.Token);

    /// <summary>Hands OpenIddict the keys; it signs with the newest that is not of the future.</summary>
    public void Configure(OpenIddictServerOptions options) => Add(options.SigningCredentials, options.EncryptionCredentials);

    /// <summary>The same protect what comes back from other issuers: that it was we who sent the person there.</summary>
    public void Configure(OpenIddictClientOptions options) => Add(options.SigningCredentials, options.EncryptionCredentials);

    // From memory: options that failed to be made stay so, and the database may be away just now.
    private void Add(List<SigningCredentials> signing, List<EncryptingCredentials> encryption)
    {
        foreach (var key in current)
        {
            if (!box.TryOpen(Purpose, key.Certificate, out var certificate) || !box.TryOpen(Purpose, key.EncryptionKey, out var secret))
                throw new InvalidOperationException("A signing key in the database cannot be opened with this installation's key ring.");
            signing.Add(new SigningCredentials(new X509SecurityKey(X509CertificateLoader.LoadPkcs12(certificate, null)), SecurityAlgorithms.RsaSha256));
            encryption.Add(new EncryptingCredentials(new SymmetricSecurityKey(secret) { KeyId = key.Id.ToString("N") }, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
        }
    }

    /// <summary>Nothing is served before the keys are there.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Makes the next key where the newest is old, and takes away those that ended.</summary>
    public async Task MakeAsync(CancellationToken cancellationToken)
    {
        await using var db = await accounts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        // One node at a time, so that two that start together do not each sign with a key of their own.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(7262531190452)", cancellationToken);
        var now = time.GetUtcNow();
        var newest = await db.SigningKeys.OrderByDescending(k => k.CreatedAt).FirstOrDefaultAsync(cancellationToken);
        if (newest is null || newest.CreatedAt + Renewed <= now)
            db.Add(Make(now, newest is null ? now.AddMinutes(-5) : now + PublishedAhead));
        db.RemoveRange(await db.SigningKeys.Where(k => k.NotAfter < now).ToListAsync(cancellationToken));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Rounds.RunAsync(async stopping =>
    {
        await Task.Delay(Look, time, stopping);
        await RefreshAsync(stopping);
    }, error => Log.Failed(logger, error), stoppingToken);

    /// <summary>Makes OpenIddict read the keys again where there are others, or another's time to sign has come.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await MakeAsync(cancellationToken);
        var now = time.GetUtcNow();
        await using var db = await accounts.CreateDbContextAsync(cancellationToken);
        var keys = await db.SigningKeys.AsNoTracking().Where(k => k.NotAfter > now).OrderByDescending(k => k.NotBefore).ToListAsync(cancellationToken);
        var fingerprint = string.Join(' ', keys.Select(k => $"{k.Id:N}{(k.NotBefore <= now ? "+" : "-")}"));
        if (fingerprint == known)
            return;
        (current, known) = (keys, fingerprint);
        var before = Interlocked.Exchange(ref changed, new CancellationTokenSource());
        await before.CancelAsync();
        before.Dispose();
    }

    private SigningKey Make(DateTimeOffset now, DateTimeOffset notBefore)
    {
        using var rsa = RSA.Create(2048);
        var request = new CertificateRequest("CN=HeadlessSupport token signing", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        using var certificate = request.CreateSelfSigned(notBefore, notBefore + Lasts);
        return new(box.Seal(Purpose, certificate.Export(X509ContentType.Pkcs12)), box.Seal(Purpose, RandomNumberGenerator.GetBytes(32)), notBefore, notBefore + Lasts, now);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The keys that sign tokens could not be looked up.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
