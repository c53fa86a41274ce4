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
    private static readonly ClaimsPrincipal Operator = new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, "operator"), new(PermissionClaims.Permission, RequiresAttribute.Operator)], CredentialCache.Scheme));

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
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
        return Check(credential) ?? Enter(credential);
    }

    private AuthenticateResult? Check(Credential credential)
    {
        if (credential.RevokedAt is not null)
            return Refuse("The API key was revoked.");
        if (credential.ExpiresAt <= tenant.RealNow)
            return Refuse("The API key has expired.");
        if (credential.User == UserStatus.Deactivated)
            return Refuse("The user whom the API key acts as is deactivated.");
        if (credential.Organization == OrganizationStatus.Suspended)
            return Refuse("The organization is suspended. Its operator can resume it.", ErrorCode.OrganizationSuspended);
        if (credential.Networks.Length > 0 && !(Context.Connection.RemoteIpAddress is { } address && Array.Exists(credential.Networks, n => n.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address))))
            return Refuse("The API key may not be used from this address.");
        return null;
    }

    private AuthenticateResult Enter(Credential credential)
    {
        tenant.Enter(credential.OrganizationId, new Actor(ActorKinds.ApiKey, credential.KeyId.ToString()), credential.ClockOffset, credential.UserId.Value);
        credentials.Used(credential, tenant.RealNow);
        return Accept(credential.Principal);
    }

    private static AuthenticateResult Accept(ClaimsPrincipal principal) => AuthenticateResult.Success(new AuthenticationTicket(principal, CredentialCache.Scheme));

    private AuthenticateResult Refuse(string detail, ErrorCode? code = null)
    {
        // The challenge comes later; this is what it says.
        Context.Features.Set(new SupportException(code ?? ErrorCode.Unauthenticated, detail));
        return AuthenticateResult.Fail(detail);
    }
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
