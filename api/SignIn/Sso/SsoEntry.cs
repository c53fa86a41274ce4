using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn.Sso;

/// <summary>Finds who it is that an issuer vouches for, or makes them.</summary>
internal sealed class SsoEntry(SupportDb db, TenantContext tenant, UserManager<Login> logins, SignInManager<Login> manager, SsoRules rules, Authority authority, SignInAudit audit)
{
    private TimeSpan offset;

    /// <param name="Why">In a word, for the audit log.</param>
    /// <param name="Sentence">For the person.</param>
    internal sealed record Outcome(Login? Login, string? Why = null, string? Sentence = null);

    /// <summary>
    /// Whom an organization's connection names: by what they are called there, else by their address, whose domain the
    /// organization has proved to be its own. Works in the organization's name, and the user's, from here on.
    /// </summary>
    public async Task<Outcome> EnterAsync(HttpContext context, SsoConnection connection, ClaimsPrincipal who, CancellationToken cancellationToken)
    {
        if (!await EnterOrganizationAsync(context, connection, cancellationToken))
            return new(null, "disabled", "This way to sign in is switched off.");
        if (SsoClaims.SubjectOf(who) is not { } subject || SsoClaims.EmailOf(who) is not { } email || string.Equals(who.FindFirstValue("email_verified"), "false", StringComparison.OrdinalIgnoreCase))
            return new(null, "no_address", $"{connection.Name} did not say your e-mail address, or has not verified it.");
        if (!await rules.IsVouchedForAsync(connection, email, cancellationToken))
            return new(null, "foreign_domain", $"{connection.Name} may not sign in addresses of your domain here.");
        var key = KeyOf(connection.Issuer, subject);
        var (user, login, clash) = await FindAsync(connection, key, email, cancellationToken);
        if (clash)
            return new(null, "other_login", "Your address belongs to another account here. Ask an admin.");
        if (user is null or { IsStaff: false } && !connection.JustInTime)
            return new(null, "unknown", "You are no member of the staff here. Ask an admin to add you.");
        if (user is { Status: not UserStatus.Active } or { IsMachine: true })
            return new(null, "deactivated", "Your account here is switched off.");
        var keeps = user is { IsStaff: true } && connection.Roles.Count == 0;
        var role = keeps ? new SsoRole("", "", user!.Role, user.RoleId) : connection.RoleOf((claim, value) => who.HasClaim(claim, value));
        if (role is null || (role.RoleId is { } own && !await db.Roles.AnyAsync(r => r.Id == own, cancellationToken)))
            return new(null, "no_role", "Nothing that your organization says of you gives you a role here. Ask an admin.");
        login ??= await MakeAsync(email, SsoClaims.NameOf(who));
        if (login is null || !await manager.CanSignInAsync(login))
            return new(null, "locked", "That sign-in could not be completed. Start again.");
        await LetInAsync(user, login, role, email, SsoClaims.NameOf(who), cancellationToken);
        // Last: who dies before finds login and user by the address at the next try.
        if (await logins.FindByLoginAsync(connection.Id.ToString(), key) is null)
            await logins.AddLoginAsync(login, new UserLoginInfo(connection.Id.ToString(), key, connection.Name));
        return new(login);
    }

    /// <summary>
    /// Whom a provider of the installation names: only whoever connected it before, signed in otherwise. An address
    /// that a provider tells opens nothing by itself: another may have had it before.
    /// </summary>
    public async Task<(Login? Login, string? Sentence)> EnterByProviderAsync(HttpContext context, string id, string name, ClaimsPrincipal who, string? connects, CancellationToken cancellationToken)
    {
        if (SsoClaims.SubjectOf(who) is not { } subject)
            return (null, $"{name} did not say who you are.");
        var key = KeyOf(id, subject);
        var found = await logins.FindByLoginAsync(id, key);
        if (connects is null)
            return found is not null && await manager.CanSignInAsync(found) ? (found, null) : (null, $"This account of {name} is not connected to one here. Sign in another way, and connect it on the page of your account.");
        // Whoever began is still here, and it is the same browser: both were signed in a moment ago.
        if (await AccountEndpoints.RecentAsync(context, logins, tenant) is not { } login || login.Id.ToString() != connects)
            return (null, "Sign in first, and connect it on the page of your account.");
        if (found is not null && found.Id != login.Id)
            return (null, $"This account of {name} is connected to another account here.");
        if (found is null)
        {
            await logins.AddLoginAsync(login, new UserLoginInfo(id, key, name));
            await audit.ChangedAsync(context, login.Id, "provider.connected", cancellationToken);
        }
        return (login, null);
    }

    public async Task<IResult> SignInByProviderAsync(HttpContext context, string id, Login login, bool mfa, string back, CancellationToken cancellationToken)
    {
        if (login.TwoFactorEnabled && !mfa)
        {
            await SignInCookie.WriteHalfAsync(context, login);
            return Results.LocalRedirect("/sign-in/code" + QueryString.Create("return", back));
        }
        await SignInCookie.WriteAsync(manager, login, mfa, tenant.RealNow, id);
        await audit.SucceededAsync(context, login.Id, id, cancellationToken);
        return Results.LocalRedirect(back);
    }

    // What one issuer calls a person says nothing at another, and names can be long.
    private static string KeyOf(string issuer, string subject) => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.UTF8.GetBytes(issuer + "\n" + subject)));

    private async Task<bool> EnterOrganizationAsync(HttpContext context, SsoConnection connection, CancellationToken cancellationToken)
    {
        tenant.Enter(connection.OrganizationId, Actor.System, TimeSpan.Zero, address: context.Connection.RemoteIpAddress);
        var organization = await db.Organizations.AsNoTracking().SingleAsync(cancellationToken);
        offset = TimeSpan.FromSeconds(organization.ClockOffsetSeconds);
        tenant.Enter(connection.OrganizationId, Actor.System, offset, address: context.Connection.RemoteIpAddress);
        return connection.Enabled && organization.Status == OrganizationStatus.Active;
    }

    private async Task<(User? User, Login? Login, bool Clash)> FindAsync(SsoConnection connection, string key, string email, CancellationToken cancellationToken)
    {
        var login = await logins.FindByLoginAsync(connection.Id.ToString(), key);
        var user = login is null ? null : await db.Users.SingleOrDefaultAsync(u => u.LoginId == login.Id, cancellationToken);
        user ??= await db.Users.SingleOrDefaultAsync(u => u.Email == email, cancellationToken);
        if (login is null && user?.LoginId is { } known)
            login = await logins.FindByIdAsync(known.ToString());
        login ??= await logins.FindByEmailAsync(email);
        var clash = login is not null && ((user?.LoginId is { } of && of != login.Id) || await db.Users.AnyAsync(u => u.LoginId == login.Id && (user == null || u.Id != user.Id), cancellationToken));
        return (user, login, clash);
    }

    private async Task<Login?> MakeAsync(string email, string? name)
    {
        var login = new Login(email, name, tenant.RealNow) { EmailConfirmed = true, LockoutEnabled = true };
        return (await logins.CreateAsync(login)).Succeeded ? login : null;
    }

    private async Task LetInAsync(User? user, Login login, SsoRole role, string email, string? name, CancellationToken cancellationToken)
    {
        var isNew = user is null;
        user ??= new User(tenant.Required, new UserUpdate(name, email, role.Role, RoleId: role.RoleId), tenant.Now);
        tenant.Enter(tenant.Required, new Actor(ActorKinds.User, user.Id.ToString()), offset, user.Id.Value, address: tenant.Address);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (isNew)
            db.Add(user);
        else if ((user.Role, user.RoleId) != (role.Role, role.RoleId) && await MayLoseAsync(user, role, cancellationToken))
            user.Update(UserUpdate.From(user) with { Role = role.Role, RoleId = role.RoleId }, tenant.Now);
        user.LetIn(login.Id, tenant.Now);
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    // The last admin stays one, whatever the issuer says: nobody could set it right.
    private async Task<bool> MayLoseAsync(User user, SsoRole to, CancellationToken cancellationToken)
    {
        if (!user.IsActiveAdmin || (to.Role == Roles.Admin && to.RoleId is null))
            return true;
        try
        {
            await authority.CheckAdminRemainsAsync(user, cancellationToken);
            return true;
        }
        catch (SupportException)
        {
            return false;
        }
    }
}
