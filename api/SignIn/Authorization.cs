using System.Collections.Immutable;
using System.Security.Claims;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.SignIn.Sso;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Lets an app in: who signed in, in which organization, how far. What is granted becomes a session.</summary>
internal sealed class Authorization(SupportDb db, SystemDb system, TenantContext tenant, Memberships memberships, SsoRules sso, IOpenIddictApplicationManager apps, IOpenIddictAuthorizationManager authorizations, AuditLog audit)
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    /// <summary>What an authorization request comes to: a page to go to first, a refusal, or the app and the place it is let into.</summary>
    /// <param name="Elsewhere">Where the person must go first, and come back from.</param>
    /// <param name="Install">How the organization lets in the app of another publisher; null for its own.</param>
    internal sealed record Found(IResult? Answer, string? Elsewhere, OAuthApp? App, Membership? In, SignedIn? By, AppInstall? Install, bool AsksConsent);

    /// <summary>Finds out all that must be known before the app is let in.</summary>
    public async Task<Found> FindAsync(HttpContext context, OpenIddictRequest request, CancellationToken cancellationToken, string here = "/oauth/authorize")
    {
        var app = await AppAsync(request.ClientId!, cancellationToken);
        var by = await SignInCookie.ReadAsync(context);
        var organization = (string?)request["organization"];
        if (by is null || Asks(request, PromptValues.Login) || (request.MaxAge is { } most && by.At.AddSeconds(most) < tenant.RealNow))
            return Silent(request) ? Refuse(Errors.LoginRequired, "Nobody is signed in.") : First("/sign-in", request, here);
        var places = await memberships.OfAsync(by.LoginId, cancellationToken);
        if (app.OrganizationId is var publisher && organization is null && places.Exists(p => p.Organization.Id == publisher))
            places = [.. places.Where(p => p.Organization.Id == publisher)];
        if (organization is not null)
            places = [.. places.Where(p => p.Organization.Slug == organization || p.Organization.Id.ToString() == organization)];
        if (by.Within is { } only && places.Count > 0 && (places = [.. places.Where(p => p.Organization.Id == only)]).Count == 0)
            return Silent(request) ? Refuse(Errors.LoginRequired, "They are signed in for another organization.") : First("/sign-in", request, here);
        if (places.Count == 0)
            return Refuse(Errors.AccessDenied, "You are no member of the staff there.");
        if (places.Count > 1)
            return Silent(request) ? Refuse(Errors.AccountSelectionRequired, "Name the organization in the parameter organization.") : First("/sign-in/organization", request, here);
        var place = places[0];
        if (place.NeedsMfa && !by.Mfa)
            return Silent(request) ? Refuse(Errors.InteractionRequired, "A second factor is needed.") : First("/sign-in/code", request, here);
        Memberships.Enter(tenant, place, context);
        if (await ComesOtherwiseAsync(place, by, request, here, cancellationToken) is { } otherwise)
            return otherwise;
        // Whoever ended a session of this sign-in wants to see the person again.
        if (await db.Sessions.AnyAsync(s => s.SignInId == by.SignInId && s.RevokedAt != null, cancellationToken))
            return Silent(request) ? Refuse(Errors.LoginRequired, "The session was ended.") : First("/sign-in", request, here);
        if (app.OrganizationId == place.Organization.Id)
            return new(null, null, app, place, by, null, AsksConsent: Asks(request, PromptValues.Consent));
        var install = await db.AppInstalls.SingleOrDefaultAsync(i => i.AppId == app.Id && i.RemovedAt == null, cancellationToken);
        if (install is null)
            return Refuse(Errors.AccessDenied, $"{place.Name} has not installed this app. An admin can.");
        return new(null, null, app, place, by, install, AsksConsent: !Silent(request));
    }

    // Whether the organization asks for its own sign-in, or no longer takes the one by which they came.
    private async Task<Found?> ComesOtherwiseAsync(Membership place, SignedIn by, OpenIddictRequest request, string here, CancellationToken cancellationToken)
    {
        if (await sso.OwesAsync(place.User, by, cancellationToken))
            return Silent(request) ? Refuse(Errors.LoginRequired, "The organization asks for its own sign-in.") : First("/sign-in?by=sso", request, here, place.Organization.Slug);
        if (!await sso.StillHoldsAsync(by, cancellationToken))
            return Silent(request) ? Refuse(Errors.LoginRequired, "Their way to sign in was taken away.") : First("/sign-in", request, here);
        return null;
    }

    /// <summary>Begins the session and answers with what the app gets of it.</summary>
    public async Task<ClaimsPrincipal> GrantAsync(HttpContext context, Found found, IEnumerable<string> asked, CancellationToken cancellationToken)
    {
        var (app, place) = (found.App!, found.In!);
        var known = new[] { Scopes.OpenId, Scopes.Profile, Scopes.Email, Scopes.OfflineAccess };
        ImmutableArray<string> scopes = [.. asked.Where(s => known.Contains(s) || (app.Scopes.Contains(s) && (found.Install is null || found.Install.Scopes.Contains(s)))).Distinct(StringComparer.Ordinal)];
        var copy = await apps.FindByClientIdAsync(app.Id.ToString(), cancellationToken);
        var subject = place.User.Id.ToString();
        var authorization = await authorizations.CreateAsync(
            new ClaimsIdentity(Scheme).SetClaim(Claims.Subject, subject), subject, (await apps.GetIdAsync(copy!, cancellationToken))!, AuthorizationTypes.AdHoc, scopes, cancellationToken);
        var authorizationId = (await authorizations.GetIdAsync(authorization, cancellationToken))!;
        var session = new Session(tenant.Required, place.User.Id, found.By!, app, authorizationId, UserAgent(context), context.Connection.RemoteIpAddress?.ToString(),
            TimeSpan.FromMinutes(place.Organization.Security.SessionMaxMinutes), tenant.Now, tenant.RealNow);
        db.Add(session);
        audit.Note(new("session.started", Target: session.Id.ToString(), Details: new { app_id = app.Id, app_name = app.Name, session.Mfa }));
        await db.SaveChangesAsync(cancellationToken);
        return PrincipalOf(place.User, session, found.By!, scopes).SetAuthorizationId(authorizationId);
    }

    /// <summary>The app that a request names; OpenIddict has found it before.</summary>
    public async Task<OAuthApp> AppAsync(string clientId, CancellationToken cancellationToken)
    {
        var id = Id<OAuthApp>.Parse(clientId, null);
        return await system.ReadAcrossOrganizationsAsync(all => all.OAuthApps.AsNoTracking().SingleAsync(a => a.Id == id, cancellationToken));
    }

    public static IResult SignIn(ClaimsPrincipal principal) => Results.SignIn(principal, properties: null, Scheme);

    public static IResult Deny(string error, string description) => Results.Forbid(new AuthenticationProperties(new Dictionary<string, string?>(StringComparer.Ordinal)
    {
        [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
        [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
    }), [Scheme]);

    internal static ClaimsPrincipal PrincipalOf(User user, Session session, SignedIn by, ImmutableArray<string> scopes)
    {
        var identity = new ClaimsIdentity(Scheme, Claims.Name, Claims.Role);
        identity.SetClaim(Claims.Subject, user.Id.ToString());
        identity.SetClaim(TokenClaims.Organization, user.OrganizationId.ToString());
        identity.SetClaim(TokenClaims.Session, session.Id.ToString());
        identity.SetClaim(Claims.AuthenticationTime, by.At.ToUnixTimeSeconds());
        identity.SetClaims(Claims.AuthenticationMethodReference, by.Mfa ? ["mfa"] : by.Via is null ? ["pwd"] : []);
        SetPerson(identity, user, scopes);
        identity.SetScopes(scopes);
        identity.SetDestinations(DestinationsOf);
        return new(identity);
    }

    /// <summary>Name and address as they are now, so far as the app asked for them.</summary>
    internal static void SetPerson(ClaimsIdentity identity, User user, ImmutableArray<string> scopes)
    {
        if (scopes.Contains(Scopes.Profile))
            identity.SetClaim(Claims.Name, user.Name).SetClaim(Claims.Locale, user.Locale);
        if (scopes.Contains(Scopes.Email))
            identity.SetClaim(Claims.Email, user.Email);
    }

    internal static IEnumerable<string> DestinationsOf(Claim claim) => claim.Type switch
    {
        Claims.Name or Claims.Email or Claims.Locale or Claims.AuthenticationTime or Claims.AuthenticationMethodReference => [Destinations.IdentityToken],
        _ => [Destinations.AccessToken, Destinations.IdentityToken],
    };

    private static string? UserAgent(HttpContext context) => context.Request.Headers.UserAgent.ToString() is { Length: > 0 } text ? text[..Math.Min(300, text.Length)] : null;

    private static bool Asks(OpenIddictRequest request, string prompt) => request.HasPromptValue(prompt);

    private static bool Silent(OpenIddictRequest request) => request.HasPromptValue(PromptValues.None);

    private static Found Refuse(string error, string description) => new(Deny(error, description), null, null, null, null, null, false);

    // The way back leaves out that the person be asked again: by then they were.
    private static Found First(string page, OpenIddictRequest request, string here, string? organization = null)
    {
        var parameters = request.GetParameters().Where(p => p.Key is not (Parameters.Prompt or Parameters.MaxAge)).ToDictionary(p => p.Key, p => (string?)p.Value, StringComparer.Ordinal);
        if (organization is not null)
            parameters["organization"] = organization;
        return new(null, QueryHelpers.AddQueryString(page, "return", here + QueryString.Create(parameters)), null, null, null, null, false);
    }
}
