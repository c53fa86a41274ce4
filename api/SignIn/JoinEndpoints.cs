using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.SignIn.Pages;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Where the link of an invitation leads.</summary>
internal static class JoinEndpoints
{
    public static void MapJoining(this RouteGroupBuilder pages)
    {
        pages.MapGet("/join", ShowAsync);
        pages.MapPost("/join", JoinAsync);
    }

    private static async Task<IResult> ShowAsync(HttpContext context, SignInPages pages, Joining joining, CancellationToken cancellationToken)
    {
        var token = context.Request.Query["invitation"].ToString();
        return await joining.FindAsync(context, token, cancellationToken) is { } found ? Show(context, pages, token, found, null) : Gone(context, pages);
    }

    private static async Task<IResult> JoinAsync(HttpContext context, SignInPages pages, Joining joining, CancellationToken cancellationToken)
    {
        if (!await pages.IsOursAsync(context))
            return pages.Expired(context);
        var form = await context.Request.ReadFormAsync(cancellationToken);
        var token = form["invitation"].ToString();
        if (await joining.FindAsync(context, token, cancellationToken) is not { } found)
            return Gone(context, pages);
        if (found.Login is not null && !found.IsSignedIn)
            return Show(context, pages, token, found, null);
        if (await joining.JoinAsync(context, found, form["name"].ToString().Trim(), form["password"].ToString(), cancellationToken) is { } error)
            return Show(context, pages, token, found, error);
        return pages.Message(context, "Welcome", $"You have joined {found.Look.Name}. Open the program that you work with, and sign in there.", "/sign-in/security", "Your account", look: found.Look);
    }

    private static IResult Show(HttpContext context, SignInPages pages, string token, Joining.Found found, string? error) =>
        pages.Show<JoinPage>(context, found.Look, error is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity, ("Title", $"Join {found.Look.Name}"),
            ("Token", token), ("Email", found.Invitation.Email), ("Name", found.User.Name), ("HasLogin", found.Login is not null), ("IsSignedIn", found.IsSignedIn), ("Error", error));

    private static IResult Gone(HttpContext context, SignInPages pages) =>
        pages.Message(context, "This invitation cannot be used", "It was used already, taken back, or has expired. Ask who invited you for a new one.", status: StatusCodes.Status404NotFound);
}

/// <summary>Makes of an invitation a login that is let in.</summary>
internal sealed class Joining(SupportDb db, SystemDb system, TenantContext tenant, UserManager<Login> logins, SignInManager<Login> manager)
{
    internal sealed record Found(Invitation Invitation, User User, Look Look, Login? Login, bool IsSignedIn);

    /// <summary>The invitation that the link carries, if it is still open. Works in its organization's name from here on.</summary>
    public async Task<Found?> FindAsync(HttpContext context, string token, CancellationToken cancellationToken)
    {
        var hash = Invitation.HashOf(token);
        var at = await system.ReadAcrossOrganizationsAsync(all => all.Invitations.AsNoTracking().Where(i => i.TokenHash == hash).Select(i => new { i.OrganizationId, i.UserId }).SingleOrDefaultAsync(cancellationToken));
        if (at is null)
            return null;
        tenant.Enter(at.OrganizationId, new Actor(ActorKinds.User, at.UserId.ToString()), TimeSpan.Zero, at.UserId.Value, address: context.Connection.RemoteIpAddress);
        var organization = await db.Organizations.AsNoTracking().SingleAsync(cancellationToken);
        tenant.Enter(at.OrganizationId, tenant.Actor, TimeSpan.FromSeconds(organization.ClockOffsetSeconds), at.UserId.Value, address: context.Connection.RemoteIpAddress);
        var invitation = await db.Invitations.SingleAsync(i => i.TokenHash == hash, cancellationToken);
        var user = await db.Users.SingleAsync(u => u.Id == at.UserId, cancellationToken);
        if (!invitation.IsOpen(tenant.RealNow) || organization.Status != Organizations.OrganizationStatus.Active || user is not { Status: UserStatus.Active, IsStaff: true })
            return null;
        var login = await logins.FindByEmailAsync(invitation.Email);
        var signedIn = await SignInCookie.ReadAsync(context);
        // What another organization's own sign-in vouches for is good there only.
        var isSignedIn = login is not null && signedIn?.LoginId == login.Id && (signedIn.Within is null || signedIn.Within == organization.Id);
        return new(invitation, user, Look.Of(organization), login, isSignedIn);
    }

    /// <returns>Why not, in a sentence; null where they are in.</returns>
    public async Task<string?> JoinAsync(HttpContext context, Found found, string name, string password, CancellationToken cancellationToken)
    {
        var login = found.Login;
        if (login is null)
        {
            if (name.Length is 0 or > 200)
                return "Write your name.";
            // The link was in a mail to this address, so it is theirs. Who dies after this line finds the login at the next try.
            login = new Login(found.Invitation.Email, name, tenant.RealNow) { EmailConfirmed = true, LockoutEnabled = true };
            var made = await logins.CreateAsync(login, password);
            if (!made.Succeeded)
                return AccountEndpoints.Problems(made);
        }
        found.Invitation.Accept(found.User, login.Id, tenant.Now, tenant.RealNow);
        await db.SaveChangesAsync(cancellationToken);
        if (!found.IsSignedIn)
            await SignInCookie.WriteAsync(manager, login, mfa: false, tenant.RealNow);
        return null;
    }
}
