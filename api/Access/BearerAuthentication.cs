using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace HeadlessSupport.Api.Access;

/// <summary><c>Authorization: Bearer</c>: an API key, or the operator's key. Knows the organization and the actor from here on.</summary>
internal sealed class BearerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, CredentialCache credentials, OperatorKey operatorKey, TenantContext tenant)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Where browsers connect, whose WebSockets and EventSources cannot send headers.</summary>
    private const string Live = "/live";

    private static readonly ClaimsPrincipal Operator = new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, "operator"), new(PermissionClaims.Permission, RequiresAttribute.Operator)], CredentialCache.Scheme));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0 && Request.Path.StartsWithSegments(Live, StringComparison.Ordinal) && Request.Query["access_token"].ToString() is { Length: > 0 } token)
            header = "Bearer " + token;
        if (header.Length == 0)
            return AuthenticateResult.NoResult();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return Refuse("Send the credential as Authorization: Bearer hs_…");
        var secret = header["Bearer ".Length..].Trim();
        if (operatorKey.Is(secret))
        {
            tenant.EnterAsOperator();
            return Accept(Operator);
        }
        if (!KeyText.IsWellFormed(secret, "hs_live_", "hs_test_"))
            return Refuse("That is no API key of ours: its checksum is wrong. Was it cut when it was copied?");
        var credential = await credentials.FindAsync(secret, Context.RequestAborted);
        if (credential is null)
            return Refuse("There is no such API key.");
        if (RefusalOf(credential, tenant.RealNow) is { } refusal)
            return Refuse(refusal.Detail, refusal.Code);
        if (credential.Networks.Length > 0 && !(Context.Connection.RemoteIpAddress is { } address && Array.Exists(credential.Networks, n => n.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))))
            return Refuse("The API key may not be used from this address.");
        return Enter(credential);
    }

    /// <summary>Why a credential that was good once is no longer; null where it is.</summary>
    internal static (string Detail, ErrorCode Code)? RefusalOf(Credential credential, DateTimeOffset now)
    {
        if (credential.RevokedAt is not null)
            return ("The API key was revoked.", ErrorCode.Unauthenticated);
        if (credential.ExpiresAt <= now)
            return ("The API key has expired.", ErrorCode.Unauthenticated);
        if (credential.User == UserStatus.Deactivated)
            return ("The user whom the API key acts as is deactivated.", ErrorCode.Unauthenticated);
        return credential.Organization == OrganizationStatus.Suspended ? ("The organization is suspended. Its operator can resume it.", ErrorCode.OrganizationSuspended) : null;
    }

    private AuthenticateResult Enter(Credential credential)
    {
        tenant.Enter(credential.OrganizationId, new Actor(ActorKinds.ApiKey, credential.KeyId.ToString()), credential.ClockOffset, credential.UserId.Value);
        credentials.Used(credential, tenant.RealNow);
        Context.Features.Set(credential);
        return Accept(credential.Principal, credential.ExpiresAt);
    }

    // A live connection ends when its credential expires.
    private static AuthenticateResult Accept(ClaimsPrincipal principal, DateTimeOffset? until = null) =>
        AuthenticateResult.Success(new AuthenticationTicket(principal, new AuthenticationProperties { ExpiresUtc = until }, CredentialCache.Scheme));

    private AuthenticateResult Refuse(string detail, ErrorCode? code = null)
    {
        // The challenge comes later; this is what it says.
        Context.Features.Set(new SupportException(code ?? ErrorCode.Unauthenticated, detail));
        return AuthenticateResult.Fail(detail);
    }
}

/// <summary>Looks a request's key up again: a stored answer is at most five seconds old.</summary>
internal sealed class KeyWatch(CredentialCache credentials, TimeProvider time) : ICredentialWatch
{
    public async Task<bool> IsGoodAsync(HttpContext request, CancellationToken cancellationToken) =>
        request.Features.Get<Credential>() is { } credential
        && await credentials.FindAsync(credential, cancellationToken) is { } now && BearerAuthentication.RefusalOf(now, time.GetUtcNow()) is null;
}

/// <summary>The credential of who runs this installation: the setting <c>Operator:Key</c>, refused when unset.</summary>
internal sealed class OperatorKey
{
    private readonly byte[]? hash;

    public OperatorKey(IConfiguration configuration)
    {
        var key = configuration["Operator:Key"];
        if (string.IsNullOrEmpty(key))
            return;
        if (key.Length < 32)
            throw new InvalidOperationException("The setting Operator:Key must have at least 32 characters.");
        hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
    }

    // Hashes of equal length are compared, so the time says nothing about the key.
    public bool Is(string secret) => hash is not null && CryptographicOperations.FixedTimeEquals(hash, SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
