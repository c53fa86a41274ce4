using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Organizations;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Platform.Mail;
using HeadlessSupport.Api.Platform.Tenancy;
using HeadlessSupport.Api.Users;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace HeadlessSupport.Api.SignIn;

/// <summary>Staff who are asked to join by mail.</summary>
[Route("api/v{version:apiVersion}/invitations")]
public sealed class InvitationsController(SupportDb db, TenantContext tenant, MailOutbox outbox, Links links, Authority authority) : ApiController
{
    /// <summary>List invitations</summary>
    [HttpGet(Name = "Invitations_List"), Requires("users.manage")]
    public async Task<ActionResult<Page<InvitationResponse>>> List([FromQuery] PageQuery page, CancellationToken cancellationToken) =>
        await PageAsync(db.Invitations.AsNoTracking(), InvitationMapping.Newest, page, InvitationResponse.From, cancellationToken);

    /// <summary>Invite someone to join the staff</summary>
    /// <remarks>They get a mail with a link, which is good for seven days and once; with it they choose a password, or join with the login that they have.</remarks>
    [HttpPost(Name = "Invitations_Create"), Requires("users.manage"), Creates]
    public async Task<ActionResult<InvitationResponse>> Create(CreateInvitationRequest request, CancellationToken cancellationToken)
    {
        var user = request.UserId is { } id ? await KnownAsync(request, id, cancellationToken) : await NewAsync(request, cancellationToken);
        if (await db.Invitations.AnyAsync(i => i.UserId == user.Id && i.AcceptedAt == null && i.RevokedAt == null, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "They are invited already. Send that invitation again, or revoke it.", ("/user_id", "Has an open invitation."));
        var token = Invitation.NewToken();
        var invitation = new Invitation(user, tenant.UserId<User>(), token, tenant.Now, tenant.RealNow);
        db.Add(invitation);
        await SendAsync(invitation, user, token, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return ShowCreated(invitation, $"invitations/{invitation.Id}", InvitationResponse.From(invitation));
    }

    /// <summary>Get an invitation</summary>
    [HttpGet("{id}", Name = "Invitations_Get"), Requires("users.manage")]
    public async Task<ActionResult<InvitationResponse>> Get(Id<Invitation> id, CancellationToken cancellationToken)
    {
        var invitation = await FindAsync(db.Invitations.AsNoTracking(), id, cancellationToken);
        return Show(invitation, InvitationResponse.From(invitation));
    }

    /// <summary>Send an invitation again</summary>
    /// <remarks>With a new link; the one before is of no use any more.</remarks>
    [HttpPost("{id}/send", Name = "Invitations_Send"), Requires("users.manage")]
    public async Task<ActionResult<InvitationResponse>> Send(Id<Invitation> id, CancellationToken cancellationToken)
    {
        var invitation = await FindAsync(db.Invitations, id, cancellationToken);
        await CheckIfMatchAsync(invitation, [], cancellationToken);
        var user = await db.Users.AsNoTracking().SingleAsync(u => u.Id == invitation.UserId, cancellationToken);
        var token = Invitation.NewToken();
        invitation.Renew(token, tenant.Now, tenant.RealNow);
        await SendAsync(invitation, user, token, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return Show(invitation, InvitationResponse.From(invitation));
    }

    /// <summary>Revoke an invitation</summary>
    /// <remarks>Its link is of no use any more. The user stays.</remarks>
    [HttpPost("{id}/revoke", Name = "Invitations_Revoke"), Requires("users.manage")]
    public async Task<ActionResult<InvitationResponse>> Revoke(Id<Invitation> id, CancellationToken cancellationToken)
    {
        var invitation = await FindAsync(db.Invitations, id, cancellationToken);
        await CheckIfMatchAsync(invitation, [], cancellationToken);
        invitation.Revoke(tenant.Now, tenant.RealNow);
        await db.SaveChangesAsync(cancellationToken);
        return Show(invitation, InvitationResponse.From(invitation));
    }

    private static async Task<Invitation> FindAsync(IQueryable<Invitation> invitations, Id<Invitation> id, CancellationToken cancellationToken) =>
        await invitations.SingleOrDefaultAsync(i => i.Id == id, cancellationToken) ?? throw SupportException.NotFound("invitation");

    private async Task<User> KnownAsync(CreateInvitationRequest request, Id<User> id, CancellationToken cancellationToken)
    {
        if (request.Email is not null || request.Name is not null || request.Role is not null || request.RoleId is not null)
            throw SupportException.Invalid("/user_id", "Send either user_id, or the address, name and role of someone new.");
        var user = await db.Users.SingleOrDefaultAsync(u => u.Id == id, cancellationToken) ?? throw SupportException.Invalid("/user_id", "There is no such user.");
        if (user is not { IsStaff: true, IsMachine: false, Status: UserStatus.Active, Email: not null })
            throw SupportException.Invalid("/user_id", "Must be an active staff user with an e-mail address.");
        await authority.CheckOverAsync(User, user, cancellationToken);
        if (user.LoginId is not null)
            throw new SupportException(ErrorCode.Conflict, "They have joined already.", ("/user_id", "Can sign in already."));
        return user;
    }

    private async Task<User> NewAsync(CreateInvitationRequest request, CancellationToken cancellationToken)
    {
        var email = Emails.Normalize(request.Email) ?? throw SupportException.Invalid("/email", "Is required where user_id is left out.");
        if (request.Role == Roles.Customer)
            throw SupportException.Invalid("/role", "Customers do not join the staff.");
        if (request.RoleId is { } role && !await db.Roles.AnyAsync(r => r.Id == role, cancellationToken))
            throw SupportException.Invalid("/role_id", "There is no such role.");
        if (await db.Users.AnyAsync(u => u.Email == email, cancellationToken))
            throw new SupportException(ErrorCode.AlreadyExists, "A user with this e-mail address exists already. Invite them by user_id.", ("/email", "Is used by another user."));
        await authority.CheckGivesAsync(User, request.Role ?? Roles.Agent, request.RoleId, cancellationToken);
        var user = new User(tenant.Required, new UserUpdate(request.Name, email, request.Role ?? Roles.Agent, RoleId: request.RoleId), tenant.Now);
        db.Add(user);
        return user;
    }

    private async Task SendAsync(Invitation invitation, User user, string token, CancellationToken cancellationToken)
    {
        var organization = await db.Organizations.AsNoTracking().SingleAsync(cancellationToken);
        var name = organization.Branding.ProductName ?? organization.Name;
        outbox.Add(db, OutgoingMail.Of("invitation", tenant.Required, new(invitation.Email, user.Name), new Letter(new(name, organization.Branding.PrimaryColor), $"Join {name}",
            [$"You are invited to work in the support of {name}."], new("Join", links.Page("/sign-in/join?invitation=" + Uri.EscapeDataString(token))),
            "The link is good for seven days. If you do not know of this, do nothing.")));
    }
}
