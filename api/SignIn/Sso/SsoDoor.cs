using System.Globalization;
using System.Security.Claims;
using HeadlessSupport.Api.Platform.Audit;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using OpenIddict.Client.AspNetCore;
using Properties = OpenIddict.Client.AspNetCore.OpenIddictClientAspNetCoreConstants.Properties;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>Sends people to whoever is to say who they are, and takes them in again.</summary>
internal sealed class SsoDoor(SsoClient client, SsoProviders providers, SsoEntry entry, SignInPages pages, SignInTries tries, SignInManager<Login> manager, AuditLog audit, TenantContext tenant)
{
    private const string Scheme = OpenIddictClientAspNetCoreDefaults.AuthenticationScheme;
    private const string Return = "return";
    private const string Connects = "connects";

    /// <param name="id">A provider of the installation, or a connection.</param>
    /// <param name="hint">The address that they entered.</param>
    /// <param name="connects">The login that is to be connected, of whoever is signed in.</param>
    public async Task<IResult> BeginAsync(HttpContext context, string id, string back, string? hint, Guid? connects, CancellationToken cancellationToken)
    {
        var connection = await ConnectionAsync(id, cancellationToken);
        var name = connection?.Name ?? providers.OfInstallation.FirstOrDefault(p => p.Id == id).Name;
        if (name is null || connection?.Enabled == false)
            return await ShowAsync(context, back, "There is no such way to sign in.", StatusCodes.Status404NotFound, cancellationToken);
        if (!await IsThereAsync(id, cancellationToken))
        {
            await NoteAsync(context, connection, id, "unreachable", null, cancellationToken);
            return await ShowAsync(context, back, $"{name} does not answer. Try again later.", StatusCodes.Status502BadGateway, cancellationToken);
        }
        var properties = new AuthenticationProperties { Items = { [Properties.RegistrationId] = id, [Return] = back } };
        if (hint is not null)
            properties.Items[Properties.LoginHint] = hint;
        if (connects is { } login)
            properties.Items[Connects] = login.ToString();
        return Results.Challenge(properties, [Scheme]);
    }

    public async Task<IResult> EndAsync(HttpContext context, string id, CancellationToken cancellationToken)
    {
        var connection = await ConnectionAsync(id, cancellationToken);
        var result = context.GetOpenIddictClientResponse() is { Error: { } error } ? AuthenticateResult.Fail(error) : await context.AuthenticateAsync(Scheme);
        if (result is not { Succeeded: true, Principal: { } who, Properties: { } properties } || properties.GetString(Properties.RegistrationId) != id
            || SsoClaims.HasExpired(properties.GetParameter<ClaimsPrincipal>(Properties.BackchannelIdentityTokenPrincipal), tenant.RealNow))
        {
            await NoteAsync(context, connection, id, Word(result.Failure?.Message), null, cancellationToken);
            return await ShowAsync(context, SignInPages.Return(null), "That sign-in could not be completed. Start again.", StatusCodes.Status401Unauthorized, cancellationToken);
        }
        var back = SignInPages.Return(properties.GetString(Return));
        if (connection is null)
            return await EndByProviderAsync(context, id, who, back, properties.GetString(Connects), cancellationToken);
        var (login, why, sentence) = await entry.EnterAsync(context, connection, who, cancellationToken);
        if (login is null)
        {
            await NoteAsync(context, connection, id, why!, SsoClaims.EmailOf(who), cancellationToken);
            return await ShowAsync(context, back, sentence!, StatusCodes.Status401Unauthorized, cancellationToken);
        }
        await SignInCookie.WriteAsync(manager, login, SsoClaims.SaysMfa(who), tenant.RealNow, id, connection.OrganizationId);
        await audit.NoteAsync(new("sign_in.succeeded", connection.OrganizationId, tenant.Actor, tenant.Actor.Id, new { by = id }), cancellationToken);
        return back == SignInPages.Return(null) ? pages.Message(context, "Signed in", "Open the program that you work with.") : Results.LocalRedirect(back);
    }

    private async Task<IResult> EndByProviderAsync(HttpContext context, string id, ClaimsPrincipal who, string back, string? connects, CancellationToken cancellationToken)
    {
        var (login, sentence) = await entry.EnterByProviderAsync(context, id, providers.OfInstallation.First(p => p.Id == id).Name, who, connects, cancellationToken);
        if (login is null)
            return await ShowAsync(context, back, sentence!, StatusCodes.Status401Unauthorized, cancellationToken);
        if (connects is not null)
            return Results.LocalRedirect(back);
        return await entry.SignInByProviderAsync(context, id, login, SsoClaims.SaysMfa(who), back, cancellationToken);
    }

    private async Task<SsoConnection?> ConnectionAsync(string id, CancellationToken cancellationToken) =>
        Id<SsoConnection>.TryParse(id, null, out var parsed) ? await client.FindAsync(parsed, cancellationToken) : null;

    // OpenIddict would throw in the middle of the answer.
    private async Task<bool> IsThereAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var registration = await client.GetClientRegistrationByIdAsync(id, cancellationToken);
            await registration.ConfigurationManager!.GetConfigurationAsync(cancellationToken).WaitAsync(cancellationToken);
            return true;
        }
        catch (Exception error) when (error is InvalidOperationException or HttpRequestException or OpenIddict.Abstractions.OpenIddictExceptions.ProtocolException)
        {
            return false;
        }
    }

    // Anybody can call a callback: of the tries from one place only some are noted.
    private async Task NoteAsync(HttpContext context, SsoConnection? connection, string id, string why, string? email, CancellationToken cancellationToken)
    {
        if (connection is not null && tries.May(context, "sso " + id))
        {
            await audit.NoteAsync(new("sign_in.failed", connection.OrganizationId, Actor.System, id, new { by = id, why, email },
                context.Connection.RemoteIpAddress, context.Request.Headers.UserAgent.ToString(), context.Response.Headers[RequestLog.Header].ToString()), cancellationToken);
        }
    }

    private Task<IResult> ShowAsync(HttpContext context, string back, string error, int status, CancellationToken cancellationToken) =>
        pages.SignInAsync(context, back, null, error, status, cancellationToken);

    // What an issuer calls its error is a stranger's text.
    private static string Word(string? error) => error is { Length: > 0 and <= 50 } && error.All(c => char.IsAsciiLetterLower(c) || c == '_') ? error : "invalid_answer";
}

/// <summary>What an issuer says of someone.</summary>
internal static class SsoClaims
{
    // Clocks differ.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    // RFC 8176: more than one factor, or one that stands for more than what is known.
    private static readonly string[] Strong = ["mfa", "otp", "hwk", "sc"];
    private static readonly string[] StrongContexts = ["phr", "phrh", "https://refeds.org/profile/mfa", "http://schemas.openid.net/pape/policies/2007/06/multi-factor", "urn:okta:loa:2fa:any"];

    public static string? EmailOf(ClaimsPrincipal who) => Emails.Normalize(who.FindFirstValue("email"));

    public static string? NameOf(ClaimsPrincipal who) => who.FindFirstValue("name")?.Trim() is { Length: > 0 and <= 200 } name ? name : null;

    public static string? SubjectOf(ClaimsPrincipal who) => who.FindFirstValue("sub") ?? who.FindFirstValue(ClaimTypes.NameIdentifier);

    /// <summary>OpenIddict looks at everything else of an ID token.</summary>
    public static bool HasExpired(ClaimsPrincipal? idToken, DateTimeOffset realNow) => idToken is not null
        && !(long.TryParse(idToken.FindFirstValue("exp"), CultureInfo.InvariantCulture, out var exp) && exp > (realNow - Skew).ToUnixTimeSeconds());

    public static bool SaysMfa(ClaimsPrincipal who) => who.FindAll("amr").Any(c => Strong.Contains(c.Value)) || who.FindAll("acr").Any(c => StrongContexts.Contains(c.Value));
}
