using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Mail;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.SignIn.Pages;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Passwords that were forgotten, and addresses that change: both go by a link in a mail.</summary>
internal static class PasswordEndpoints
{
    public static void MapPasswords(this RouteGroupBuilder pages)
    {
        pages.MapGet("/forgot", (HttpContext context, SignInPages p) => p.Show<ForgotPage>(context, Look.Plain, parameters: [("Return", SignInPages.Return(context.Request.Query["return"]))]));
        pages.MapPost("/forgot", ForgotAsync);
        // Whoever looks at links in mails beforehand only sees a form.
        pages.MapGet("/reset", (HttpContext context, SignInPages p) => p.Show<ResetPage>(context, Look.Plain, parameters: [("Account", context.Request.Query["login"].ToString()), ("Token", context.Request.Query["token"].ToString())]));
        pages.MapPost("/reset", ResetAsync);
        pages.MapPost("/email", EmailAsync);
        pages.MapGet("/verify", (HttpContext context, SignInPages p) => p.Show<ConfirmPage>(context, Look.Plain, parameters:
        [
            ("Title", "Use this address?"), ("Text", "You will sign in with it from now on."), ("Action", "/sign-in/verify"), ("Button", "Use it"),
            ("Values", (IReadOnlyList<KeyValuePair<string, string>>)[.. new[] { "login", "email", "token" }.Select(n => KeyValuePair.Create(n, context.Request.Query[n].ToString()))]),
        ]));
        pages.MapPost("/verify", VerifyAsync);
    }

    // Whether there is such an account is found out when the mail is sent: here the answer, and the time it takes, is always the same.
    private static async Task<IResult> ForgotAsync(HttpContext context, SignInPages pages, SignInTries tries, AccountsDb accounts, MailOutbox outbox, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        var email = (await context.Request.ReadFormAsync(cancellationToken))["email"].ToString().Trim();
        if (email.Length is > 2 and <= 254 && tries.May(context, "forgot " + email))
        {
            outbox.Add(accounts, PasswordResetComposer.MailKind, null, new PasswordResetComposer.Wish(email));
            await accounts.SaveChangesAsync(cancellationToken);
        }
        return pages.Message(context, "Look into your mail", "If there is an account with this address, a link is on its way to it. It is good for two hours.", "/sign-in", "Back to signing in");
    }

    private static async Task<IResult> ResetAsync(HttpContext context, SignInPages pages, UserManager<Login> logins, SessionsEnd sessions, SignInAudit audit, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var (id, token) = (form["login"].ToString(), form["token"].ToString());
        var login = Guid.TryParse(id, out _) ? await logins.FindByIdAsync(id) : null;
        var result = login is null ? IdentityResult.Failed(new IdentityErrorDescriber().InvalidToken()) : await logins.ResetPasswordAsync(login, Decode(token), form["password"].ToString());
        if (!result.Succeeded)
            return pages.Show<ResetPage>(context, Look.Plain, StatusCodes.Status422UnprocessableEntity, ("Account", id), ("Token", token), ("Error", AccountEndpoints.Problems(result)));
        await logins.SetLockoutEndDateAsync(login!, null);
        // Whoever knew the old password is out, everywhere.
        await sessions.EndEverywhereAsync(login!.Id, "password_reset", context, cancellationToken);
        await audit.ChangedAsync(context, login.Id, "password.reset", cancellationToken);
        return pages.Message(context, "Your password is changed", "You are signed out everywhere.", "/sign-in", "Sign in");
    }

    private static async Task<IResult> EmailAsync(HttpContext context, SignInPages pages, UserManager<Login> logins, AccountsDb accounts, MailOutbox outbox, SignInTries tries, Links links, TenantContext tenant, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        if (await AccountEndpoints.RecentAsync(context, logins, tenant) is not { } login)
            return AccountEndpoints.Again("/sign-in/security");
        var email = (await context.Request.ReadFormAsync(cancellationToken))["email"].ToString().Trim();
        if (!new System.ComponentModel.DataAnnotations.EmailAddressAttribute().IsValid(email) || email.Length > 254)
            return pages.Message(context, "That is no address", "Go back and write it once more.", "/sign-in/security", "Back", StatusCodes.Status422UnprocessableEntity);
        if (tries.May(context, "email " + login.Id))
        {
            var token = await logins.GenerateChangeEmailTokenAsync(login, email);
            var url = links.Page(QueryHelpers.AddQueryString("/sign-in/verify", new Dictionary<string, string?>(StringComparer.Ordinal) { ["login"] = login.Id.ToString(), ["email"] = email, ["token"] = Encode(token) }));
            outbox.Add(accounts, OutgoingMail.Of("email_change", null, new(email, login.Name), new Letter(MailLook.OfTheInstallation, "Use this address to sign in",
                [$"Someone who signed in as {login.Email} wants to sign in with this address from now on."], new("Use this address", url), "The link is good for two hours. If it was not you, do nothing.")));
            await accounts.SaveChangesAsync(cancellationToken);
        }
        return pages.Message(context, "Look into your mail", "A link is on its way to the new address. It is good for two hours.", "/sign-in/security", "Back");
    }

    private static async Task<IResult> VerifyAsync(HttpContext context, SignInPages pages, UserManager<Login> logins, SignInAudit audit, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var login = Guid.TryParse(form["login"], out var id) ? await logins.FindByIdAsync(id.ToString()) : null;
        var email = form["email"].ToString();
        var good = login is not null && await logins.VerifyUserTokenAsync(login, logins.Options.Tokens.ChangeEmailTokenProvider, UserManager<Login>.GetChangeEmailTokenPurpose(email), Decode(form["token"].ToString()))
            && await logins.FindByEmailAsync(email) is null;
        if (!good || !await ChangeAsync(logins, login!, email))
            return pages.Message(context, "That did not work", "The link was used already, has expired, or the address is taken.", "/sign-in/security", "Your account", StatusCodes.Status422UnprocessableEntity);
        await audit.ChangedAsync(context, login!.Id, "email.changed", cancellationToken);
        return pages.Message(context, "Your address is changed", "Sign in with it from now on.", "/sign-in", "Sign in");
    }

    // In one save, by which the link is of no use any more. Refused where somebody took the address in the meantime.
    private static async Task<bool> ChangeAsync(UserManager<Login> logins, Login login, string email)
    {
        login.Email = email;
        login.UserName = email;
        login.EmailConfirmed = true;
        return (await logins.UpdateSecurityStampAsync(login)).Succeeded;
    }

    internal static string Encode(string token) => WebEncoders.Base64UrlEncode(System.Text.Encoding.UTF8.GetBytes(token));

    private static string Decode(string token)
    {
        try
        {
            return System.Text.Encoding.UTF8.GetString(WebEncoders.Base64UrlDecode(token));
        }
        catch (FormatException)
        {
            return "";
        }
    }
}

/// <summary>Writes the mail with the link, if there is such a login.</summary>
internal sealed class PasswordResetComposer(UserManager<Login> logins, Links links) : IMailComposer
{
    public const string MailKind = "password_reset";

    internal sealed record Wish(string Email);

    public string Kind => MailKind;

    public async Task<OutgoingMail?> ComposeAsync(System.Text.Json.JsonElement arguments, CancellationToken cancellationToken)
    {
        var wish = System.Text.Json.JsonSerializer.Deserialize<Wish>(arguments, Json.Options)!;
        if (await logins.FindByEmailAsync(wish.Email) is not { } login)
            return null;
        var url = links.Page(QueryHelpers.AddQueryString("/sign-in/reset", new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["login"] = login.Id.ToString(),
            ["token"] = PasswordEndpoints.Encode(await logins.GeneratePasswordResetTokenAsync(login)),
        }));
        return OutgoingMail.Of(Kind, null, new(login.Email!, login.Name), new Letter(MailLook.OfTheInstallation, "Choose a new password",
            ["Someone asked for a new password for your account."], new("Choose a new password", url), "The link is good for two hours and for one time. If it was not you, do nothing: your password stays as it is."));
    }
}
