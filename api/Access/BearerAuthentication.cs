using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;

namespace HeadlessSupport.Api.Access;

/// <summary><c>Authorization: Bearer</c>: the operator's key, or one of the kinds of <see cref="IBearer"/>. Knows the organization and the actor from here on.</summary>
internal sealed class BearerAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, IEnumerable<IBearer> kinds, OperatorKey operatorKey, TenantContext tenant)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Where browsers connect, whose WebSockets and EventSources cannot send headers.</summary>
    private const string Live = "/live";

    private static readonly ClaimsPrincipal Operator = new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, "operator"), new(PermissionClaims.Permission, RequiresAttribute.Operator)], CredentialCache.Scheme));

    /// <summary>What UseAuthentication does, for this one scheme.</summary>
    public static async Task LetIn(HttpContext context, RequestDelegate next)
    {
        var result = await context.AuthenticateAsync(CredentialCache.Scheme);
        if (result.Principal is not null)
            context.User = result.Principal;
        context.Features.Set<IAuthenticateResultFeature>(new Result(result));
        await next(context);
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        tenant.ComesFrom(Context.Connection.RemoteIpAddress, Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null);
        var header = Request.Headers.Authorization.ToString();
        if (header.Length == 0 && Request.Path.StartsWithSegments(Live, StringComparison.Ordinal) && Request.Query["access_token"].ToString() is { Length: > 0 } token)
            header = "Bearer " + token;
        if (header.Length == 0)
            return AuthenticateResult.NoResult();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return Refuse(Credential.Refuse("Send the credential as Authorization: Bearer hs_…"));
        var secret = header["Bearer ".Length..].Trim();
        if (operatorKey.Is(secret))
        {
            tenant.EnterAsOperator(Context.Connection.RemoteIpAddress);
            return Accept(Operator);
        }
        if (kinds.FirstOrDefault(k => k.Knows(secret)) is not { } kind)
            return Refuse(Credential.Refuse("That is no credential of ours: its checksum is wrong. Was it cut when it was copied?"));
        try
        {
            return Enter(new(kind, secret), await kind.ReadAsync(secret, Context, Context.RequestAborted));
        }
        catch (SupportException refusal)
        {
            return Refuse(refusal);
        }
    }

    private AuthenticateResult Enter(Presented presented, Credential credential)
    {
        var sight = Sight.Of(credential.Principal);
        // Actions for everyone find the organization themselves, and must not look through the eyes of who sees little of it.
        if (sight != Sight.All && Context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            return AuthenticateResult.NoResult();
        tenant.Enter(credential.OrganizationId, credential.Actor, credential.ClockOffset, credential.UserId.Value, sight, Context.Connection.RemoteIpAddress);
        Context.Features.Set(presented);
        return Accept(credential.Principal, credential.ExpiresAt);
    }

    // A live connection ends when its credential expires.
    private static AuthenticateResult Accept(ClaimsPrincipal principal, DateTimeOffset? until = null) =>
        AuthenticateResult.Success(new AuthenticationTicket(principal, new AuthenticationProperties { ExpiresUtc = until }, CredentialCache.Scheme));

    private AuthenticateResult Refuse(SupportException refusal)
    {
        // The challenge comes later; this is what it says.
        Context.Features.Set(refusal);
        return AuthenticateResult.Fail(refusal.Message);
    }

    private sealed class Result(AuthenticateResult result) : IAuthenticateResultFeature
    {
        public AuthenticateResult? AuthenticateResult { get; set; } = result;
    }
}

/// <summary>The credential that a request came with.</summary>
internal sealed record Presented(IBearer Kind, string Secret);

/// <summary>Looks a request's credential up again: a stored answer is at most five seconds old.</summary>
internal sealed class KeyWatch : ICredentialWatch
{
    public async Task<bool> IsGoodAsync(HttpContext request, CancellationToken cancellationToken)
    {
        if (request.Features.Get<Presented>() is not { } presented)
            return false;
        try
        {
            await presented.Kind.ReadAsync(presented.Secret, request, cancellationToken);
            return true;
        }
        catch (SupportException)
        {
            return false;
        }
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
