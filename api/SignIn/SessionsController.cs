using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Who is signed in, where.</summary>
[Route("api/v{version:apiVersion}/sessions")]
public sealed class SessionsController(SupportDb db, TenantContext tenant) : ApiController
{
    private const string Manage = "sessions.manage";
    private const string Revoked = "revoked";

    private SessionsEnd SessionsEnd => HttpContext.RequestServices.GetRequiredService<SessionsEnd>();

    /// <summary>List sessions</summary>
    /// <remarks>Your own, or with <c>sessions.manage</c> anybody's.</remarks>
    [HttpGet(Name = "Sessions_List"), Requires(RequiresAttribute.Member)]
    public async Task<ActionResult<Page<SessionResponse>>> List([FromQuery] SessionFilter filter, CancellationToken cancellationToken)
    {
        var sessions = db.Sessions.AsNoTracking();
        if (filter.User != "all")
        {
            var user = filter.User is null ? tenant.RequiredUserId<User>() : Id<User>.TryParse(filter.User, null, out var id) ? id : throw SupportException.Unreadable("user", "Expected all or an id that begins with usr_.");
            CheckMay(user);
            sessions = sessions.Where(s => s.UserId == user);
        }
        else
            CheckMay(null);
        if (!filter.Ended)
        {
            var now = tenant.RealNow;
            var idle = now - TimeSpan.FromMinutes((await db.Organizations.AsNoTracking().SingleAsync(cancellationToken)).Security.SessionIdleMinutes);
            sessions = sessions.Where(s => s.RevokedAt == null && s.EndsAt > now && s.LastSeenAt > idle);
        }
        return await PageAsync(sessions, SessionMapping.Newest, filter, SessionResponse.From, cancellationToken);
    }

    /// <summary>Get a session</summary>
    [HttpGet("{id}", Name = "Sessions_Get"), Requires(RequiresAttribute.Member)]
    public async Task<ActionResult<SessionResponse>> Get(Id<Session> id, CancellationToken cancellationToken)
    {
        var session = await FindAsync(db.Sessions.AsNoTracking(), id, cancellationToken);
        return Show(session, SessionResponse.From(session));
    }

    /// <summary>End a session</summary>
    /// <remarks>Its tokens are refused at once, on other nodes within 5 seconds, and the browser must sign in anew.</remarks>
    [HttpPost("{id}/revoke", Name = "Sessions_Revoke"), Requires(RequiresAttribute.Member)]
    public async Task<ActionResult<SessionResponse>> Revoke(Id<Session> id, CancellationToken cancellationToken)
    {
        var session = await FindAsync(db.Sessions, id, cancellationToken);
        await CheckIfMatchAsync(session, [], cancellationToken);
        await SessionsEnd.EndAsync([session], Revoked, cancellationToken);
        return Show(session, SessionResponse.From(session));
    }

    /// <summary>End all of your sessions</summary>
    /// <remarks>The one that asks is ended too.</remarks>
    [HttpPost("revoke-all", Name = "Sessions_RevokeAll"), Requires(RequiresAttribute.Member)]
    public async Task<ActionResult<RevokedSessionsResponse>> RevokeAll(CancellationToken cancellationToken) =>
        Ok(new RevokedSessionsResponse(await SessionsEnd.EndAllAsync(tenant.RequiredUserId<User>(), Revoked, cancellationToken)));

    /// <summary>End all sessions of a user</summary>
    [HttpPost("~/api/v{version:apiVersion}/users/{id}/revoke-sessions", Name = "Users_RevokeSessions"), Requires(Manage)]
    public async Task<ActionResult<RevokedSessionsResponse>> RevokeAllOf(Id<User> id, CancellationToken cancellationToken)
    {
        var user = await db.Users.AsNoTracking().SingleOrDefaultAsync(u => u.Id == id, cancellationToken) ?? throw SupportException.NotFound("user");
        await CheckIfMatchAsync(user, [], cancellationToken);
        return Ok(new RevokedSessionsResponse(await SessionsEnd.EndAllAsync(id, Revoked, cancellationToken)));
    }

    private void CheckMay(Id<User>? user)
    {
        if (user != tenant.UserId<User>() && !User.May(Manage))
            throw new SupportException(ErrorCode.Forbidden, $"The credential lacks {Manage}, so it may see and end its own user's sessions only.");
    }

    private async Task<Session> FindAsync(IQueryable<Session> sessions, Id<Session> id, CancellationToken cancellationToken)
    {
        var session = await sessions.SingleOrDefaultAsync(s => s.Id == id, cancellationToken);
        return session is not null && (session.UserId == tenant.UserId<User>() || User.May(Manage)) ? session : throw SupportException.NotFound("session");
    }
}
