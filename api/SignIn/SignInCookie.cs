using System.Globalization;
using System.Security.Claims;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace HeadlessSupport.Api.SignIn;

/// <summary>That someone is signed in on our own pages, in one browser. Apps never see it.</summary>
internal static class SignInCookie
{
    private const string Id = "sign_in";
    private const string At = "sign_in_at";
    private const string Factors = "mfa";
    private const string Via = "via";
    private const string Within = "within";

    /// <summary>Who is signed in on our pages; null for nobody.</summary>
    public static async Task<SignedIn?> ReadAsync(HttpContext context)
    {
        var cookie = await context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        return cookie.Principal is { } who && Guid.TryParse(who.FindFirstValue(ClaimTypes.NameIdentifier), out var login) && Guid.TryParse(who.FindFirstValue(Id), out var id)
            && long.TryParse(who.FindFirstValue(At), CultureInfo.InvariantCulture, out var at)
            ? new(login, id, who.HasClaim(Factors, "true"), DateTimeOffset.FromUnixTimeMilliseconds(at), who.FindFirstValue(Via), Id<Tenant>.TryParse(who.FindFirstValue(Within), null, out var within) ? within : null)
            : null;
    }

    /// <summary>Signs in, as someone new each time, so that a sign-in before it stays what it was.</summary>
    /// <param name="via">The connection or provider that said who it is.</param>
    /// <param name="within">The only organization that this is good in.</param>
    public static Task WriteAsync(SignInManager<Login> manager, Login login, bool mfa, DateTimeOffset now, string? via = null, Id<Tenant>? within = null) => manager.SignInWithClaimsAsync(login, isPersistent: false,
    [
        new(Id, Guid.CreateVersion7().ToString("N")),
        new(At, now.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
        new(Factors, mfa ? "true" : "false"),
        .. via is null ? [] : new Claim[] { new(Via, via) },
        .. within is null ? [] : new Claim[] { new(Within, within.Value.ToString()) },
    ]);

    /// <summary>Identity makes the principal anew when it looks at the stamp; what is ours is taken along.</summary>
    public static Task KeepAsync(SecurityStampRefreshingPrincipalContext context)
    {
        if (context is { NewPrincipal.Identity: ClaimsIdentity made, CurrentPrincipal: { } before })
            made.AddClaims(before.Claims.Where(c => c.Type is Id or At or Factors or Via or Within));
        return Task.CompletedTask;
    }

    /// <summary>Who gave the right password and owes a second factor.</summary>
    public static async Task<Guid?> ReadHalfAsync(HttpContext context)
    {
        var cookie = await context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme);
        return Guid.TryParse(cookie.Principal?.FindFirstValue(ClaimTypes.NameIdentifier), out var login) ? login : null;
    }

    public static Task WriteHalfAsync(HttpContext context, Login login) => context.SignInAsync(IdentityConstants.TwoFactorUserIdScheme,
        new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, login.Id.ToString())], IdentityConstants.TwoFactorUserIdScheme)));
}
