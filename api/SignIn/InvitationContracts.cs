using System.ComponentModel.DataAnnotations;
using HeadlessSupport.Api.Access;
using HeadlessSupport.Api.Platform.Data;
using HeadlessSupport.Api.Platform.Http;
using HeadlessSupport.Api.Users;

namespace HeadlessSupport.Api.SignIn;

/// <summary>An invitation to join the staff, without its link.</summary>
/// <param name="UserId">Whom it makes able to sign in.</param>
/// <param name="Email">Where it was sent, in lower case.</param>
/// <param name="InvitedBy">The user who invited them, or whom the API key acts as; null where no user did.</param>
/// <param name="ExpiresAt">Real time from which its link is of no use.</param>
/// <param name="AcceptedAt">Real time at which they joined; null while they have not.</param>
/// <param name="RevokedAt">Real time since which its link is of no use; null while nobody has revoked it.</param>
public sealed record InvitationResponse(
    Id<Invitation> Id, Id<User> UserId, string Email, Id<User>? InvitedBy, DateTimeOffset ExpiresAt, DateTimeOffset? AcceptedAt, DateTimeOffset? RevokedAt, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public static InvitationResponse From(Invitation i) => new(i.Id, i.UserId, i.Email, i.InvitedBy, i.ExpiresAt, i.AcceptedAt, i.RevokedAt, i.CreatedAt, i.UpdatedAt, i.Version);
}

/// <summary>Whom to invite: a user who is there already, or someone new.</summary>
/// <param name="UserId">A staff user who has an address and cannot sign in yet; then the rest is left out.</param>
/// <param name="Email">Address of someone new.</param>
/// <param name="Name">How they are called.</param>
/// <param name="Role"><c>agent</c> unless said otherwise; not <c>customer</c>.</param>
/// <param name="RoleId">A role that the organization made itself.</param>
public sealed record CreateInvitationRequest(
    Id<User>? UserId = null,
    [Email, MaxLength(254)] string? Email = null,
    [NotBlank, MaxLength(200)] string? Name = null,
    [MaxLength(50)] string? Role = null,
    Id<Role>? RoleId = null);
