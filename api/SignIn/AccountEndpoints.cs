using System.Buffers.Text;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.SignIn.Pages;
using HeadlessSupport.Api.SignIn.Sso;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn;

/// <summary>One's own account: passkeys, authenticator, password and address. All changes need a sign-in of the last half hour, with the second step where there is one.</summary>
internal static class AccountEndpoints
{
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(30);

    public static void MapAccount(this RouteGroupBuilder pages)
    {
        pages.MapGet("/security", ShowAsync);
        pages.MapPost("/passkeys/options", OptionsAsync);
        pages.MapPost("/passkeys", AddPasskeyAsync);
        pages.MapPost("/passkeys/remove", RemovePasskeyAsync);
        pages.MapPost("/recovery-codes", RecoveryCodesAsync);
        pages.MapPost("/set-up/remove", RemoveAuthenticatorAsync);
        pages.MapPost("/password", PasswordAsync);
    }

    /// <summary>Who signed in a moment ago; null where they must do so again.</summary>
    public static async Task<Login?> RecentAsync(HttpContext context, UserManager<Login> logins, TenantContext tenant)
    {
        // What an organization's issuer vouches for is good there, and no key to what the login opens elsewhere.
        if (await SignInCookie.ReadAsync(context) is not { Within: null } by || by.At + Recent < tenant.RealNow || await logins.FindByIdAsync(by.LoginId.ToString()) is not { } login)
            return null;
        return login.TwoFactorEnabled && !by.Mfa ? null : login;
    }

    /// <summary>Who may set up a second step: also who came by their organization's issuer, where they have none yet and belong to no other.</summary>
    public static async Task<Login?> MaySetUpAsync(HttpContext context, UserManager<Login> logins, Memberships memberships, TenantContext tenant, CancellationToken cancellationToken)
    {
        if (await SignInCookie.ReadAsync(context) is not { Within: { } within } by)
            return await RecentAsync(context, logins, tenant);
        if (by.At + Recent < tenant.RealNow || (await memberships.OfAsync(by.LoginId, cancellationToken)).Exists(p => p.Organization.Id != within))
            return null;
        return await logins.FindByIdAsync(by.LoginId.ToString()) is { TwoFactorEnabled: false } login ? login : null;
    }

    public static IResult Again(string back) => Results.LocalRedirect("/sign-in" + QueryString.Create("return", back));

    private static async Task<IResult> ShowAsync(HttpContext context, SignInPages pages, UserManager<Login> logins, AccountsDb accounts, TenantContext tenant, CancellationToken cancellationToken) =>
        await RecentAsync(context, logins, tenant) is { } login
            ? await PageAsync(context, pages, logins, accounts, login, null, null, cancellationToken)
            : Again("/sign-in/security");

    private static async Task<IResult> PageAsync(HttpContext context, SignInPages pages, UserManager<Login> logins, AccountsDb accounts, Login login, string? note, string? error, CancellationToken cancellationToken)
    {
        var passkeys = await logins.GetPasskeysAsync(login);
        var linked = (await logins.GetLoginsAsync(login)).Select(l => l.LoginProvider).ToHashSet(StringComparer.Ordinal);
        var providers = context.RequestServices.GetRequiredService<SsoProviders>().OfInstallation;
        return pages.Show<SecurityPage>(context, Look.Plain, error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity,
            ("Email", login.Email), ("HasAuthenticator", login.TotpSecret is not null), ("HasPassword", login.PasswordHash is not null), ("HasPasskeys", pages.HasPasskeys), ("Note", note), ("Error", error),
            ("Providers", (IReadOnlyList<(string, string, bool)>)[.. providers.Select(p => (p.Id, p.Name, linked.Contains(p.Id)))]),
            ("RecoveryCodes", await accounts.RecoveryCodes.CountAsync(c => c.LoginId == login.Id, cancellationToken)),
            ("Passkeys", (IReadOnlyList<(string, string, DateTimeOffset)>)[.. passkeys.Select(p => (Base64Url.EncodeToString(p.CredentialId), p.Name ?? "Passkey", p.CreatedAt))]));
    }

    private static async Task<IResult> OptionsAsync(HttpContext context, SignInPages pages, UserManager<Login> logins, SignInManager<Login> manager, TenantContext tenant)
    {
        if (!await pages.IsOursAsync(context) || await RecentAsync(context, logins, tenant) is not { } login)
            return Results.StatusCode(StatusCodes.Status400BadRequest);
        var options = await manager.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity { Id = login.Id.ToString(), Name = login.Email!, DisplayName = login.Name ?? login.Email! });
        return Results.Text(options, "application/json");
    }

    private static Task<IResult> AddPasskeyAsync(HttpContext context, Change change, SignInManager<Login> manager, SignInAudit audit, CancellationToken cancellationToken) =>
        change.RunAsync(context, async (login, form) =>
        {
            PasskeyAttestationResult result;
            try
            {
                result = await manager.PerformPasskeyAttestationAsync(form["credential"].ToString());
            }
            catch (Exception error) when (error is InvalidOperationException or ArgumentException or System.Text.Json.JsonException)
            {
                return (null, "The passkey could not be read. Try again.");
            }
            if (!result.Succeeded || result.UserEntity.Id != login.Id.ToString())
                return (null, "The passkey could not be read. Try again.");
            result.Passkey.Name = form["name"].ToString() is { Length: > 0 and <= 100 } name ? name : "Passkey";
            await change.Logins.AddOrUpdatePasskeyAsync(login, result.Passkey);
            await audit.ChangedAsync(context, login.Id, "passkey.added", cancellationToken);
            return ("The passkey is added.", null);
        }, cancellationToken);

    private static Task<IResult> RemovePasskeyAsync(HttpContext context, Change change, SignInAudit audit, CancellationToken cancellationToken) =>
        change.RunAsync(context, async (login, form) =>
        {
            var id = form["id"].ToString();
            if (!Base64Url.IsValid(id) || await change.Logins.GetPasskeyAsync(login, Base64Url.DecodeFromChars(id)) is not { } passkey)
                return (null, "There is no such passkey.");
            await change.Logins.RemovePasskeyAsync(login, passkey.CredentialId);
            await audit.ChangedAsync(context, login.Id, "passkey.removed", cancellationToken);
            return ("The passkey is removed.", null);
        }, cancellationToken);

    private static async Task<IResult> RecoveryCodesAsync(HttpContext context, SignInPages pages, UserManager<Login> logins, Authenticators authenticators, AccountsDb accounts, SignInAudit audit, TenantContext tenant, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        if (await RecentAsync(context, logins, tenant) is not { TotpSecret: not null } login)
            return Again("/sign-in/security");
        var codes = await authenticators.NewRecoveryCodesAsync(login, cancellationToken);
        await accounts.SaveChangesAsync(cancellationToken);
        await audit.ChangedAsync(context, login.Id, "recovery_codes.renewed", cancellationToken);
        return pages.Show<RecoveryPage>(context, Look.Plain, parameters: [("Codes", codes), ("Return", "/sign-in/security")]);
    }

    private static Task<IResult> RemoveAuthenticatorAsync(HttpContext context, Change change, Authenticators authenticators, SignInAudit audit, CancellationToken cancellationToken) =>
        change.RunAsync(context, async (login, _) =>
        {
            await authenticators.RemoveAsync(login, cancellationToken);
            await audit.ChangedAsync(context, login.Id, "authenticator.removed", cancellationToken);
            return ("The authenticator is removed.", null);
        }, cancellationToken);

    private static Task<IResult> PasswordAsync(HttpContext context, Change change, SignInManager<Login> manager, SignInTries tries, SignInAudit audit, TenantContext tenant, CancellationToken cancellationToken) =>
        change.RunAsync(context, async (login, form) =>
        {
            if (!tries.May(context, "password " + login.Id))
                return (null, "That was tried too often. Try again in some minutes.");
            var result = login.PasswordHash is null
                ? await change.Logins.AddPasswordAsync(login, form["password"].ToString())
                : await change.Logins.ChangePasswordAsync(login, form["current"].ToString(), form["password"].ToString());
            if (!result.Succeeded)
                return (null, Problems(result));
            // Every other browser is signed out by the new stamp; this one goes on.
            var before = (await SignInCookie.ReadAsync(context))!;
            await SignInCookie.WriteAsync(manager, login, before.Mfa, tenant.RealNow, before.Via, before.Within);
            await audit.ChangedAsync(context, login.Id, "password.changed", cancellationToken);
            return ("The password is changed. Other browsers are signed out.", null);
        }, cancellationToken);

    /// <summary>What Identity refused, in its sentences.</summary>
    internal static string Problems(IdentityResult result) =>
        string.Join(' ', result.Errors.Select(e => e.Code == "PasswordMismatch" ? "Your password now is another one." : e.Code == "InvalidToken" ? "The link was used already or has expired." : e.Description).Distinct(StringComparer.Ordinal));

    /// <summary>A change to one's own account: the form is ours, the person signed in a moment ago, and sees the page again with what came of it.</summary>
    internal sealed class Change(SignInPages pages, UserManager<Login> logins, AccountsDb accounts, TenantContext tenant)
    {
        public UserManager<Login> Logins => logins;

        public async Task<IResult> RunAsync(HttpContext context, Func<Login, IFormCollection, Task<(string? Note, string? Error)>> change, CancellationToken cancellationToken)
        {
            if (!await pages.IsOursAsync(context))
                return pages.Expired(context);
            if (await RecentAsync(context, logins, tenant) is not { } login)
                return Again("/sign-in/security");
            var (note, error) = await change(login, await context.Request.ReadFormAsync(cancellationToken));
            return await PageAsync(context, pages, logins, accounts, login, note, error, cancellationToken);
        }
    }
}
