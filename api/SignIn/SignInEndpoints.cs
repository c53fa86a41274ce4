using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.SignIn.Pages;
using HeadlessSupport.Api.SignIn.Sso;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;

namespace HeadlessSupport.Api.SignIn;

/// <summary>The pages on which people sign in. They exist because OAuth needs them; all else is the API's.</summary>
internal static class SignInEndpoints
{
    // One sentence for all of it: which it was tells whether there is such an account.
    private const string Wrong = "That address and password do not belong together, or were tried too often. Try again in some minutes.";
    private const string ComeByOthers = "Your organization asks you to sign in with its own sign-in. Choose it below.";
    private const string WrongCode = "That code is not good, or was used already. Wait for the next one.";

    private static readonly TimeSpan AsLong = TimeSpan.FromMilliseconds(500);

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapOAuth();
        routes.MapDevices();
        var pages = routes.MapGroup("/sign-in").AllowAnonymous().ExcludeFromDescription();
        pages.MapGet("", SignInAsync);
        pages.MapPost("", PasswordAsync);
        pages.MapPost("/passkey/options", async (HttpContext context, SignInPages p, SignInManager<Login> manager) =>
            await p.IsOursAsync(context) ? Results.Text(await manager.MakePasskeyRequestOptionsAsync(null), "application/json") : Results.StatusCode(StatusCodes.Status400BadRequest));
        pages.MapPost("/passkey", PasskeyAsync);
        pages.MapGet("/code", CodeAsync);
        pages.MapPost("/code", TakeCodeAsync);
        pages.MapGet("/set-up", SetUpAsync);
        pages.MapPost("/set-up", TakeSetUpAsync);
        pages.MapGet("/organization", ChooseAsync);
        pages.MapPost("/out", OutAsync);
        pages.MapGet("/out", (HttpContext context, SignInPages p) => p.Message(context, "Signed out", "You can close this page.", "/sign-in", "Sign in again"));
        pages.MapAccount();
        pages.MapPasswords();
        pages.MapJoining();
        pages.MapSso();
        pages.MapAssets();
    }

    private static Task<IResult> SignInAsync(HttpContext context, SignInPages pages, CancellationToken cancellationToken) =>
        pages.SignInAsync(context, SignInPages.Return(context.Request.Query["return"]), Hint(context.Request.Query["return"]),
            context.Request.Query["by"] == "sso" ? ComeByOthers : null, StatusCodes.Status200OK, cancellationToken);

    private static async Task<IResult> PasswordAsync(HttpContext context, SignInPages pages, SsoProviders providers, SsoDoor door, Passwords passwords, SignInManager<Login> manager, SignInTries tries, SignInAudit audit, TenantContext tenant, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var (email, back) = (form["email"].ToString().Trim(), SignInPages.Return(form["return"]));
        if (!tries.May(context, email))
            return await pages.SignInAsync(context, back, email, Wrong, StatusCodes.Status429TooManyRequests, cancellationToken);
        if (await providers.ForAddressAsync(email, back, cancellationToken) is { } connection)
            return await door.BeginAsync(context, connection.ToString(), back, email, null, cancellationToken);
        var begun = time.GetTimestamp();
        var login = await passwords.FindAsync(email, form["password"].ToString());
        if (login is null)
        {
            await audit.FailedAsync(context, email, "password", cancellationToken);
            // Where there is an account more is written down: so that the time does not tell, each refusal takes as long.
            if (AsLong - time.GetElapsedTime(begun) is { Ticks: > 0 } left)
                await Task.Delay(left, time, cancellationToken);
            return await pages.SignInAsync(context, back, email, Wrong, StatusCodes.Status401Unauthorized, cancellationToken);
        }
        if (login.TwoFactorEnabled)
        {
            await SignInCookie.WriteHalfAsync(context, login);
            return Results.LocalRedirect("/sign-in/code" + QueryString.Create("return", back));
        }
        await SignInCookie.WriteAsync(manager, login, mfa: false, tenant.RealNow);
        await audit.SucceededAsync(context, login.Id, "password", cancellationToken);
        return Results.LocalRedirect(back);
    }

    private static async Task<IResult> PasskeyAsync(HttpContext context, SignInPages pages, SignInManager<Login> manager, UserManager<Login> logins, SignInAudit audit, TenantContext tenant, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var back = SignInPages.Return(form["return"]);
        var assertion = await AssertAsync(manager, form["credential"].ToString());
        if (assertion is not { Succeeded: true } || await manager.PreSignInRefusesAsync(assertion.User))
        {
            await audit.FailedAsync(context, assertion?.User?.Email, "passkey", cancellationToken);
            return await pages.SignInAsync(context, back, null, "That passkey is not known here.", StatusCodes.Status401Unauthorized, cancellationToken);
        }
        // Its counter grew: a copy of it would be noticed.
        await logins.AddOrUpdatePasskeyAsync(assertion.User, assertion.Passkey);
        await SignInCookie.WriteAsync(manager, assertion.User, mfa: true, tenant.RealNow);
        await audit.SucceededAsync(context, assertion.User.Id, "passkey", cancellationToken);
        return Results.LocalRedirect(back);
    }

    private static async Task<PasskeyAssertionResult<Login>?> AssertAsync(SignInManager<Login> manager, string credential)
    {
        try
        {
            return await manager.PerformPasskeyAssertionAsync(credential);
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or System.Text.Json.JsonException)
        {
            // No options were asked for before, or what came is no credential.
            return null;
        }
    }

    private static async Task<bool> PreSignInRefusesAsync(this SignInManager<Login> manager, Login login) => !await manager.CanSignInAsync(login);

    private static async Task<IResult> CodeAsync(HttpContext context, SignInPages pages, UserManager<Login> logins, CancellationToken cancellationToken)
    {
        var back = SignInPages.Return(context.Request.Query["return"]);
        if ((await OwesAsync(context, logins)).Login is not { } login)
            return Results.LocalRedirect("/sign-in" + QueryString.Create("return", back));
        return login.TwoFactorEnabled
            ? pages.Show<CodePage>(context, await pages.LookAsync(back, cancellationToken), parameters: [("Return", back)])
            : Results.LocalRedirect("/sign-in/set-up" + QueryString.Create("return", back));
    }

    private static async Task<IResult> TakeCodeAsync(HttpContext context, SignInPages pages, UserManager<Login> logins, SignInManager<Login> manager, Authenticators authenticators, SignInTries tries, SignInAudit audit, TenantContext tenant, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var (code, back) = (form["code"].ToString(), SignInPages.Return(form["return"]));
        var (owes, before) = await OwesAsync(context, logins);
        if (owes is not { TwoFactorEnabled: true } login)
            return Results.LocalRedirect("/sign-in" + QueryString.Create("return", back));
        var good = tries.May(context, "code " + login.Id) && !await logins.IsLockedOutAsync(login)
            && (await authenticators.TakeAsync(login, code, cancellationToken) || await authenticators.TakeRecoveryAsync(login, code, cancellationToken));
        if (!good)
        {
            await logins.AccessFailedAsync(login);
            await audit.FailedAsync(context, login.Email, "code", cancellationToken);
            return pages.Show<CodePage>(context, await pages.LookAsync(back, cancellationToken), StatusCodes.Status401Unauthorized, ("Return", back), ("Error", WrongCode));
        }
        await logins.ResetAccessFailedCountAsync(login);
        await context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        await SignInCookie.WriteAsync(manager, login, mfa: true, tenant.RealNow, before?.Via, before?.Within);
        await audit.SucceededAsync(context, login.Id, "code", cancellationToken);
        return Results.LocalRedirect(back);
    }

    private static async Task<IResult> SetUpAsync(HttpContext context, SignInPages pages, UserManager<Login> logins, Memberships memberships, Authenticators authenticators, TenantContext tenant, CancellationToken cancellationToken)
    {
        var back = SignInPages.Return(context.Request.Query["return"]);
        if (await AccountEndpoints.MaySetUpAsync(context, logins, memberships, tenant, cancellationToken) is not { } login)
            return AccountEndpoints.Again("/sign-in/security");
        return await ShowSetUpAsync(context, pages, authenticators, login, authenticators.NewSecret(), back, null, StatusCodes.Status200OK, cancellationToken);
    }

    private static async Task<IResult> TakeSetUpAsync(HttpContext context, SignInPages pages, UserManager<Login> logins, SignInManager<Login> manager, Memberships memberships, Authenticators authenticators, SignInTries tries, SignInAudit audit, TenantContext tenant, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var (secret, back) = (form["secret"].ToString(), SignInPages.Return(form["return"]));
        if (await AccountEndpoints.MaySetUpAsync(context, logins, memberships, tenant, cancellationToken) is not { } login)
            return AccountEndpoints.Again("/sign-in/security");
        var codes = tries.May(context, "set-up " + login.Id) ? await authenticators.UseAsync(login, secret, form["code"].ToString(), cancellationToken) : null;
        if (codes is null)
            return await ShowSetUpAsync(context, pages, authenticators, login, secret, back, WrongCode, StatusCodes.Status422UnprocessableEntity, cancellationToken);
        var before = await SignInCookie.ReadAsync(context);
        await SignInCookie.WriteAsync(manager, login, mfa: true, tenant.RealNow, before?.Via, before?.Within);
        await audit.ChangedAsync(context, login.Id, "authenticator.added", cancellationToken);
        return pages.Show<RecoveryPage>(context, await pages.LookAsync(back, cancellationToken), parameters: [("Codes", codes), ("Return", back)]);
    }

    private static async Task<IResult> ChooseAsync(HttpContext context, SignInPages pages, Memberships memberships, CancellationToken cancellationToken)
    {
        var back = SignInPages.Return(context.Request.Query["return"]);
        if (await SignInCookie.ReadAsync(context) is not { } by)
            return Results.LocalRedirect("/sign-in" + QueryString.Create("return", back));
        var places = (await memberships.OfAsync(by.LoginId, cancellationToken)).Where(p => by.Within is null || p.Organization.Id == by.Within);
        return pages.Show<OrganizationPage>(context, Look.Plain, parameters:
            [("Places", (IReadOnlyList<(string, string)>)[.. places.Select(p => (QueryHelpers.AddQueryString(back, "organization", p.Organization.Slug), p.Name))])]);
    }

    private static async Task<IResult> OutAsync(HttpContext context, SignInPages pages, SignInManager<Login> manager)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        await manager.SignOutAsync();
        return Results.LocalRedirect("/sign-in/out");
    }

    // Half signed in, or signed in by one factor alone where more is asked for.
    private static async Task<(Login? Login, SignedIn? Before)> OwesAsync(HttpContext context, UserManager<Login> logins)
    {
        if (await SignInCookie.ReadHalfAsync(context) is { } half)
            return (await logins.FindByIdAsync(half.ToString()), null);
        return await SignInCookie.ReadAsync(context) is { } before ? (await logins.FindByIdAsync(before.LoginId.ToString()), before) : (null, null);
    }

    private static async Task<IResult> ShowSetUpAsync(HttpContext context, SignInPages pages, Authenticators authenticators, Login login, string secret, string back, string? error, int status, CancellationToken cancellationToken)
    {
        if (authenticators.UriOf(secret, login.Email!) is not { } uri)
            return pages.Expired(context);
        return pages.Show<SetUpPage>(context, await pages.LookAsync(back, cancellationToken), status,
            ("Return", back), ("Sealed", secret), ("Secret", authenticators.TextOf(secret)), ("Picture", Authenticators.PictureOf(uri)), ("IsRequired", back.StartsWith("/oauth/", StringComparison.Ordinal)), ("Error", error));
    }

    private static string? Hint(string? back) =>
        back?.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at && QueryHelpers.ParseQuery(back[at..]).TryGetValue("login_hint", out var hint) && hint.ToString() is { Length: <= 254 } text ? text : null;
}
