using System.Security.Claims;
using HeadlessSupport.Api.Apps;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace HeadlessSupport.Api.SignIn;

/// <summary>The OAuth 2.0 and OpenID Connect endpoints; OpenIddict checks the protocol, and here is decided who gets what.</summary>
internal static class OAuthEndpoints
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static void MapOAuth(this IEndpointRouteBuilder routes)
    {
        var oauth = routes.MapGroup("/oauth").AllowAnonymous().ExcludeFromDescription();
        oauth.MapGet("/authorize", AuthorizeAsync);
        oauth.MapPost("/authorize", ConsentAsync);
        oauth.MapPost("/token", TokenAsync);
        oauth.MapGet("/userinfo", UserInfoAsync);
        oauth.MapPost("/userinfo", UserInfoAsync);
        oauth.MapGet("/logout", LogoutAsync);
        oauth.MapPost("/logout", LogoutAsync);
    }

    private static async Task<IResult> AuthorizeAsync(HttpContext context, Authorization authorization, SignInPages pages, CancellationToken cancellationToken)
    {
        if (Failed(context) is { } error)
            return pages.Message(context, "This sign-in cannot go on", error, status: StatusCodes.Status400BadRequest);
        var request = context.GetOpenIddictServerRequest()!;
        var found = await authorization.FindAsync(context, request, cancellationToken);
        if (found.Answer is not null || found.Elsewhere is not null)
            return found.Answer ?? Results.LocalRedirect(found.Elsewhere!);
        return found.AsksConsent
            ? pages.Consent(context, found, request)
            : Authorization.SignIn(await authorization.GrantAsync(context, found, request.GetScopes(), cancellationToken));
    }

    // The consent page posts the whole request back, so that nothing is kept in between.
    private static async Task<IResult> ConsentAsync(HttpContext context, Authorization authorization, SignInPages pages, CancellationToken cancellationToken)
    {
        if (Failed(context) is { } error)
            return pages.Message(context, "This sign-in cannot go on", error, status: StatusCodes.Status400BadRequest);
        var request = context.GetOpenIddictServerRequest()!;
        if ((string?)request["consent"] is not { } answer)
            // An app may send its request as a form: it then goes the same way as one in the address.
            return Results.LocalRedirect("/oauth/authorize" + QueryString.Create(request.GetParameters().Select(p => KeyValuePair.Create(p.Key, (string?)p.Value))));
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        var found = await authorization.FindAsync(context, request, cancellationToken);
        if (found.Answer is not null || found.Elsewhere is not null)
            return found.Answer ?? Results.LocalRedirect(found.Elsewhere!);
        return answer == "yes"
            ? Authorization.SignIn(await authorization.GrantAsync(context, found, request.GetScopes(), cancellationToken))
            : Authorization.Deny(Errors.AccessDenied, "The person did not agree.");
    }

    private static async Task<IResult> TokenAsync(HttpContext context, Tokens tokens, CancellationToken cancellationToken)
    {
        var request = context.GetOpenIddictServerRequest()!;
        if (request.IsClientCredentialsGrantType())
            return await tokens.ForInstallAsync(context, request, cancellationToken);
        var granted = await context.AuthenticateAsync(Scheme);
        return granted.Principal is { } principal
            ? await tokens.ForSessionAsync(context, principal, cancellationToken)
            : Authorization.Deny(Errors.InvalidGrant, "The grant cannot be used any more.");
    }

    private static async Task<IResult> UserInfoAsync(HttpContext context, Tokens tokens, CancellationToken cancellationToken)
    {
        var token = await context.AuthenticateAsync(Scheme);
        return token.Principal is { } principal && await tokens.PersonAsync(context, principal, cancellationToken) is { } person
            ? Results.Json(person)
            : Results.Challenge(new AuthenticationProperties(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                [OpenIddictServerAspNetCoreConstants.Properties.Error] = Errors.InvalidToken,
                [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = "The session has ended.",
            }), [Scheme]);
    }

    // Signs out of our pages, and ends the session of the app that asks (RP-initiated logout).
    private static async Task<IResult> LogoutAsync(HttpContext context, Tokens tokens, SignInManager<Login> manager, SignInPages pages, CancellationToken cancellationToken)
    {
        if (Failed(context) is { } error)
            return pages.Message(context, "This sign-out cannot go on", error, status: StatusCodes.Status400BadRequest);
        var hinted = await context.AuthenticateAsync(Scheme);
        // Without a token of ours anybody's page could sign people out.
        if (hinted.Principal is not { } principal)
            return pages.SignOut(context);
        await tokens.EndAsync(context, principal, cancellationToken);
        await manager.SignOutAsync();
        return Results.SignOut(new AuthenticationProperties { RedirectUri = "/sign-in/out" }, [Scheme]);
    }

    private static string? Failed(HttpContext context) =>
        context.GetOpenIddictServerResponse() is { Error: { } } response ? response.ErrorDescription ?? response.Error : null;
}
