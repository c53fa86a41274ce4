using HeadlessSupport.Api.SignIn.Pages;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Where people let in a program on another device, by the code that it shows (RFC 8628).</summary>
internal static class DeviceEndpoints
{
    private const string Here = "/oauth/verify";

    public static void MapDevices(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Here, ShowAsync).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost(Here, AnswerAsync).AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> ShowAsync(HttpContext context, Authorization authorization, SignInPages pages, CancellationToken cancellationToken)
    {
        var request = context.GetOpenIddictServerRequest()!;
        if (request.UserCode is null)
            return pages.Show<DevicePage>(context, Look.Plain);
        if (await FindAsync(context, authorization, request, cancellationToken) is not { } wish)
            return Unknown(context, pages, request.UserCode);
        var (asked, found) = wish;
        return found.Answer ?? (found.Elsewhere is not null ? Results.LocalRedirect(found.Elsewhere) : pages.Consent(context, found, asked, Here));
    }

    private static async Task<IResult> AnswerAsync(HttpContext context, Authorization authorization, SignInPages pages, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        var request = context.GetOpenIddictServerRequest()!;
        if (await FindAsync(context, authorization, request, cancellationToken) is not { } wish)
            return Unknown(context, pages, request.UserCode);
        var (asked, found) = wish;
        if (found.Answer is not null || found.Elsewhere is not null)
            return found.Answer ?? Results.LocalRedirect(found.Elsewhere!);
        if ((string?)request["consent"] != "yes")
            return Results.Forbid(new AuthenticationProperties { RedirectUri = "/sign-in/device-refused" }, [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
        var principal = await authorization.GrantAsync(context, found, asked.GetScopes(), cancellationToken);
        return Results.SignIn(principal, new AuthenticationProperties { RedirectUri = "/sign-in/device-done" }, OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }

    // The code stands for what the program asked for.
    private static async Task<(OpenIddictRequest Asked, Authorization.Found Found)?> FindAsync(HttpContext context, Authorization authorization, OpenIddictRequest request, CancellationToken cancellationToken)
    {
        var known = await context.AuthenticateAsync(OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
        if (known.Principal is not { } principal || principal.GetClaim(Claims.ClientId) is not { Length: > 0 } client)
            return null;
        var asked = new OpenIddictRequest { ClientId = client, Scope = string.Join(' ', principal.GetScopes()), UserCode = request.UserCode };
        if ((string?)request["organization"] is { } organization)
            asked["organization"] = organization;
        return (asked, await authorization.FindAsync(context, asked, cancellationToken, Here));
    }

    private static IResult Unknown(HttpContext context, SignInPages pages, string? code) =>
        pages.Show<DevicePage>(context, Look.Plain, StatusCodes.Status422UnprocessableEntity, ("Code", code), ("Error", "That code is not known, or has expired. Start again on the other device."));
}
